package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
)

// ErrKeys is returned where the database was sealed with other keys.
var ErrKeys = errors.New("store: these keys do not open this database: restore the key file that belongs to it")

// keycheckPlace binds the check to its purpose.
const keycheckPlace = "keycheck"

type keycheckRow struct {
	bun.BaseModel `bun:"table:keycheck"`

	ID     int64 `bun:",pk"`
	Sealed []byte
}

// Fresh reports whether nothing has ever been sealed in the database.
func (s *Store) Fresh(ctx context.Context) (bool, error) {
	_, err := s.keycheck(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return false, err
}

// Unlock makes sure that the keys belong to the database, and claims a fresh
// one for them.
func (s *Store) Unlock(ctx context.Context) error {
	sealed, err := s.keycheck(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return s.write(ctx, func(ctx context.Context, t *tx) error {
			_, err := t.exec(ctx, "INSERT INTO keycheck (id, sealed) VALUES (1, $1)", s.keys.Seal(keycheckPlace, []byte(keycheckPlace)))
			return failure("claim database", err)
		})
	}
	if err != nil {
		return err
	}
	if _, err := s.keys.Open(keycheckPlace, sealed); err != nil {
		return ErrKeys
	}
	return nil
}

func (s *Store) keycheck(ctx context.Context) ([]byte, error) {
	r, err := one[keycheckRow](ctx, s.view, "WHERE id = $1", 1)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	return r.Sealed, failure("read key check", err)
}
