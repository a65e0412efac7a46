package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"jiesu/internal/config"
	"jiesu/internal/store"
)

// BackUp writes what a database holds at one moment to a new file while the desk
// serves: SQLite by itself, PostgreSQL with pg_dump. There are no keys in it.
func BackUp(ctx context.Context, file string, environ []string, target string) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	if c.DatabaseURL == "" {
		return store.Backup(ctx, c.Database(), target)
	}
	if err := create(target, nil); err != nil { // for its owner alone, which it stays
		return err
	}
	return postgresTool(ctx, c.DatabaseURL, environ, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file="+target)
}

// Restore puts what BackUp wrote into an installation that holds nothing yet.
func Restore(ctx context.Context, file string, environ []string, backup string) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	if c.DatabaseURL == "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
		if found, err := filepath.Glob(c.Database() + "*"); err != nil || len(found) > 0 { // with the journal of another file it would be damaged
			return errors.Join(fmt.Errorf("the installation is not empty: there is %v", found), err)
		}
		return store.Backup(ctx, backup, c.Database())
	}
	if err := store.Empty(ctx, c.DatabaseURL); err != nil {
		return err
	}
	return postgresTool(ctx, c.DatabaseURL, environ, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", backup)
}

// postgresTool runs a program of PostgreSQL on a database. The password goes by the
// environment: arguments are seen by everybody on the machine.
func postgresTool(ctx context.Context, databaseURL string, environ []string, tool string, args ...string) error {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return errors.New("database_url cannot be read") // the cause would repeat the password
	}
	q := u.Query()
	password, ok := u.User.Password()
	if !ok {
		password = q.Get("password")
	}
	q.Del("password")
	u.RawQuery = q.Encode()
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	p := exec.CommandContext(ctx, tool, append(args, "--dbname="+u.String())...) //nolint:gosec // one of two names
	p.Env = slices.Clone(environ)
	if password != "" {
		p.Env = append(p.Env, "PGPASSWORD="+password)
	}
	if said, err := p.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", tool, err, said)
	}
	return nil
}
