package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"jiesu/internal/config"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// openStore opens the database with its keys, and brings it up to date. The
// first start makes the keys; they are never made for a database that has
// others already, for whoever loses the file loses every sealed text.
func openStore(ctx context.Context, c config.Config, log *slog.Logger) (*store.Store, *seal.Keyring, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, nil, fmt.Errorf("data folder: %w", err)
	}
	text, err := os.ReadFile(c.Keyfile())
	missing := errors.Is(err, fs.ErrNotExist)
	if missing {
		text, err = []byte("# Sealing keys. Keep a copy apart from the database backup.\n"+seal.GenerateKey("k1")+"\n"), nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("sealing keys: %w", err)
	}
	keys, err := seal.ParseKeyring(string(text))
	if err != nil {
		return nil, nil, fmt.Errorf("sealing keys: %w", err)
	}
	s, err := store.Open(ctx, store.Config{URL: c.Database(), Keyring: keys, Log: log, Traced: c.OTLPURL != ""})
	if err != nil {
		return nil, nil, err
	}
	if err := unlock(ctx, s, c.Keyfile(), text, missing); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, keys, nil
}

// unlock keeps new keys before anything is sealed with them.
func unlock(ctx context.Context, s *store.Store, path string, text []byte, made bool) error {
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if made {
		fresh, err := s.Fresh(ctx)
		if err != nil {
			return err
		}
		if !fresh {
			return fmt.Errorf("sealing keys: %s is missing, and the database was sealed with it: restore it from its backup", path)
		}
		if err := create(path, text); err != nil {
			return fmt.Errorf("sealing keys: %w", err)
		}
	}
	return s.Unlock(ctx)
}

// create writes a new file durably, readable by its owner alone.
func create(path string, raw []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
