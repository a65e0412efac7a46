package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// migrated is an empty SQLite file with the schema of today. To migrate one takes
// longer than most tests.
//
//nolint:gochecknoglobals // made once a process; the schema does not change meanwhile
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "jiesu-schema-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory
	keys, err := seal.ParseKeyring(seal.GenerateKey("schema"))
	if err != nil {
		return nil, err
	}
	path, ctx := filepath.Join(dir, "desk.db"), context.Background()
	s, err := store.Open(ctx, store.Config{URL: path, Keyring: keys})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.Migrate(ctx), s.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path) //nolint:gosec // the file made above
})

// Migrated writes a database that is migrated already to path, unless there is
// one.
func Migrated(tb testing.TB, path string) {
	tb.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	content, err := migrated()
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
}
