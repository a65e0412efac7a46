package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// Empty fails where a PostgreSQL database holds tables.
func Empty(ctx context.Context, databaseURL string) error {
	db, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return errors.New("store: the PostgreSQL database cannot be reached") // the cause would repeat the password
	}
	var held bool
	err = db.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema())").Scan(&held)
	if err == nil && held {
		err = errors.New("store: the PostgreSQL database is not empty")
	}
	return errors.Join(err, db.Close(ctx))
}

// Backup writes what a SQLite file holds at one moment to another file, readable by
// its owner alone, while the desk goes on. It needs no keys, and holds none.
func Backup(ctx context.Context, file, target string) (err error) {
	if _, err := os.Stat(file); err != nil { // opening would make it
		return err
	}
	made, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, made.Sync(), made.Close()); err != nil {
			err = errors.Join(err, os.Remove(target))
		}
	}()
	db, err := sql.Open("sqlite", sqliteURL(file))
	if err != nil {
		return fmt.Errorf("store: open %s: %w", file, err)
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", filepath.ToSlash(target))
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("store: back up to %s: %w", target, err)
	}
	return checked(ctx, target)
}

// checked fails where a database is damaged.
func checked(ctx context.Context, file string) error {
	db, err := sql.Open("sqlite", sqliteURL(file, "query_only(1)"))
	if err != nil {
		return fmt.Errorf("store: open %s: %w", file, err)
	}
	said := ""
	err = db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said)
	if err == nil && said != "ok" {
		err = errors.New(said)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("store: the backup is damaged: %w", err)
	}
	return nil
}
