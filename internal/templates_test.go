package internal_test

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"testing"

	"github.com/valyala/quicktemplate/parser"
)

// TestTemplatesAreCompiled: beside each template stands the Go that is made of it now.
func TestTemplatesAreCompiled(t *testing.T) {
	t.Parallel()
	templates, err := filepath.Glob("web/*/*.qtpl")
	if err != nil || len(templates) == 0 {
		t.Fatal("no templates", err)
	}
	for _, path := range templates {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := os.ReadFile(path + ".go")
		if err != nil {
			t.Fatal(err)
		}
		var now bytes.Buffer
		if err := parser.ParseNoLineComments(&now, bytes.NewReader(source), filepath.Base(path), filepath.Base(filepath.Dir(path))); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		formatted, err := format.Source(now.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !bytes.Equal(formatted, compiled) {
			t.Errorf("%s was changed: run go generate ./internal/web/...", path)
		}
	}
}
