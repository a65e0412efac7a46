package app

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu/internal/config"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

func opened(t *testing.T, c config.Config) error {
	t.Helper()
	s, _, err := openStore(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return s.Close()
}

func TestKeysAreMadeOnceAndNeverReplaced(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Data = t.TempDir()
	if err := opened(t, c); err != nil {
		t.Fatal(err)
	}
	made, err := os.ReadFile(c.Keyfile())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(c.Keyfile()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v", info.Mode(), err)
	}
	if err := opened(t, c); err != nil {
		t.Errorf("a second start: %v", err)
	}

	if err := os.Rename(c.Keyfile(), filepath.Join(c.Data, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if err := opened(t, c); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("without its keys: %v", err)
	}
	if _, err := os.Stat(c.Keyfile()); !errors.Is(err, os.ErrNotExist) {
		t.Error("other keys were made for a database that has its own")
	}
	if err := os.WriteFile(c.Keyfile(), []byte(seal.GenerateKey("k1")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := opened(t, c); !errors.Is(err, store.ErrKeys) {
		t.Errorf("with other keys: %v", err)
	}
	if err := os.WriteFile(c.Keyfile(), made, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := opened(t, c); err != nil {
		t.Errorf("with its keys back: %v", err)
	}
}
