package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations holds one folder of numbered, forward-only SQL files a dialect.
//
//go:embed migration
var migrations embed.FS

// Migrate brings the tables up to date. On PostgreSQL a session lock lets
// several replicas start at once.
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
	err = up(ctx, dialect, db, files, options)
	return errors.Join(err, db.Close())
}

func up(ctx context.Context, dialect goose.Dialect, db *sql.DB, files fs.FS, options []goose.ProviderOption) error {
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}
