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
	"jiesu/internal/store"
)

// openStore opens the database with its keys, and brings it up to date. The
// first start makes the keys; they are never made for a database that has
// others already, for whoever loses the file loses every sealed text.
func openStore(ctx context.Context, c config.Config, log *slog.Logger) (*store.Store, *vault, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, nil, fmt.Errorf("data folder: %w", err)
	}
	v := newVault(&c)
	keys, err := v.open(ctx)
	made := errors.Is(err, fs.ErrNotExist) && notThere(v.path)
	if made {
		var text []byte
		if text, err = v.fresh(ctx); err == nil {
			keys, err = v.use(ctx, text)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, store.Config{URL: c.Database(), Keyring: keys, Log: log, Traced: c.OTLPURL != ""})
	if err != nil {
		return nil, nil, err
	}
	if err := unlock(ctx, s, v, made); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, v, nil
}

func notThere(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// unlock keeps new keys before anything is sealed with them.
func unlock(ctx context.Context, s *store.Store, v *vault, made bool) error {
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if made {
		fresh, err := s.Fresh(ctx)
		if err != nil {
			return err
		}
		if !fresh {
			return fmt.Errorf("sealing keys: %s is missing, and the database was sealed with it: restore it from its backup", v.path)
		}
		if err := create(v.path, v.read); err != nil {
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
	return syncFolder(path)
}

// syncFolder makes the names in the folder of a file durable.
func syncFolder(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
