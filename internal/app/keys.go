package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"jiesu/internal/seal"
)

// keyring reads the sealing keys; the first start makes them. Whoever loses the
// file loses every sealed text, so it is never overwritten.
func keyring(path string) (*seal.Keyring, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		raw = []byte("# Sealing keys. Keep a copy apart from the database backup.\n" + seal.GenerateKey("k1") + "\n")
		err = create(path, raw)
	}
	if err != nil {
		return nil, fmt.Errorf("sealing keys: %w", err)
	}
	return seal.ParseKeyring(string(raw))
}

// create writes a new file durably, readable by its owner alone.
func create(path string, raw []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	return errors.Join(err, f.Sync(), f.Close())
}
