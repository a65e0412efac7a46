package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations holds one folder of numbered, forward-only SQL files a dialect.
//
//go:embed migration
var migrations embed.FS

// ErrNewer is returned where the database was migrated by a later version.
var ErrNewer = errors.New("store: the database is of a newer version of jiesu: start that one")

// Migrate brings the tables up to date. A lock, of a session of PostgreSQL or on the
// folder of the file, lets several processes start at once.
func (s *Store) Migrate(ctx context.Context) error {
	dialect, folder, options := goose.DialectSQLite3, "migration/sqlite", []goose.ProviderOption{}
	if s.postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("store: migrate: %w", err)
		}
		dialect, folder = goose.DialectPostgres, "migration/postgres"
		options = append(options, goose.WithSessionLocker(locker))
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	options = append(options, goose.WithDisableGlobalRegistry(true))
	db, err := sql.Open(s.driver, s.url) // of its own: a migration must not sit in the writer's transaction
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	migrate := func() error { return up(ctx, dialect, db, files, options) }
	if s.postgres {
		err = migrate()
	} else {
		err = Locked(filepath.Dir(s.path), migrate)
	}
	return errors.Join(err, db.Close())
}

// Locked runs fn while no other process does so for the same folder.
func Locked(folder string, fn func() error) error {
	dir, err := os.Open(folder) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return errors.Join(fmt.Errorf("lock %s: %w", folder, err), dir.Close())
	}
	return errors.Join(fn(), dir.Close()) // which ends the lock
}

func up(ctx context.Context, dialect goose.Dialect, db *sql.DB, files fs.FS, options []goose.ProviderOption) error {
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	is, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	sources := provider.ListSources()
	if known := sources[len(sources)-1].Version; is > known {
		return fmt.Errorf("%w (its schema is %d, this program knows %d)", ErrNewer, is, known)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}
