package app_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"jiesu/faq"
	"jiesu/internal/app"
)

// TestAnExportIsALibrary: what was exported passes every check of a library's
// files, and says what they said.
func TestAnExportIsALibrary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := app.ExportLibrary(t.Context(), "", []string{"JIESU_DATA=" + filepath.Join(dir, "data")}, app.Export{Format: "yaml", Out: dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(faq.Shipped(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(name, "library/") {
			return err
		}
		raw, err := fs.ReadFile(faq.Shipped(), name)
		if err == nil {
			err = os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o750)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), raw, 0o600)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want, err := faq.Load(faq.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	got, err := faq.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Entries) != len(want.Entries) {
		t.Fatalf("%d entries, want %d", len(got.Entries), len(want.Entries))
	}
	for i := range want.Entries {
		if !reflect.DeepEqual(got.Entries[i], want.Entries[i]) {
			t.Errorf("%+v, want %+v", got.Entries[i], want.Entries[i])
		}
	}
}
