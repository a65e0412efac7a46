package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // driver "sqlite"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/seal"
)

// maxPostgresConns bounds the connections of one replica.
const maxPostgresConns = 16

// Config says where the data is and how it is sealed.
type Config struct {
	URL     string // postgres://… or the path of a SQLite file
	Keyring *seal.Keyring
	Log     *slog.Logger // nil: silent
	Traced  bool         // statements are told of within traces
}

// Store is the open database.
type Store struct {
	view
	driver, url string
	path        string // of a SQLite file
	write       func(ctx context.Context, fn func(context.Context, *tx) error) error
	pool        *sql.DB // PostgreSQL: all connections; SQLite: the readers
	group       *group  // SQLite: the writer
}

var (
	_ desk.Store   = (*Store)(nil)
	_ access.Store = (*Store)(nil)
	_ desk.Tx      = (*tx)(nil)
)

// Open opens the database. It does not create tables: see [Store.Migrate].
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Keyring == nil {
		return nil, errors.New("store: no keyring")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if strings.HasPrefix(c.URL, "postgres://") || strings.HasPrefix(c.URL, "postgresql://") {
		return openPostgres(ctx, c)
	}
	return openSQLite(ctx, c)
}

func openPostgres(ctx context.Context, c Config) (*Store, error) {
	pool, err := sql.Open("pgx", c.URL)
	if err != nil {
		return nil, errors.New("store: the PostgreSQL URL cannot be read") // the cause would repeat the password
	}
	pool.SetMaxOpenConns(maxPostgresConns)
	pool.SetMaxIdleConns(maxPostgresConns)
	b := newBase(bun.NewDB(pool, pgdialect.New()), &c, true)
	s := &Store{view: view{base: b, on: pool}, driver: "pgx", url: c.URL, pool: pool}
	s.write = func(ctx context.Context, fn func(context.Context, *tx) error) error {
		return b.transact(ctx, pool, fn)
	}
	return s.pinged(ctx)
}

func openSQLite(ctx context.Context, c Config) (*Store, error) {
	readers, err := sql.Open("sqlite", sqliteURL(c.URL, "query_only(1)", "cache_size(-16384)"))
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", c.URL, err)
	}
	// More readers than cores would only starve the writer.
	readers.SetMaxOpenConns(runtime.NumCPU())
	readers.SetMaxIdleConns(runtime.NumCPU())
	b := newBase(bun.NewDB(readers, sqlitedialect.New()), &c, false)
	s := &Store{
		view:   view{base: b, on: newPrepared(readers)},
		driver: "sqlite",
		path:   c.URL,
		url:    sqliteURL(c.URL, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "wal_autocheckpoint(4000)"),
		pool:   readers,
	}
	// What a savepoint could need back would go to a file once it is more than a few
	// pages; one letter is.
	writer, err := sql.Open("sqlite", s.url+"&_pragma=temp_store(MEMORY)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", c.URL, err), readers.Close())
	}
	s.group = startGroup(b, writer) //nolint:contextcheck // the writer outlives the call that opens it
	s.write = s.group.do
	return s.pinged(ctx)
}

func newBase(db *bun.DB, c *Config, postgres bool) *base {
	b := &base{bun: db, keys: c.Keyring, log: c.Log, postgres: postgres}
	if c.Traced {
		b.bun = db.WithQueryHook(traced{b})
	}
	return b
}

// sqliteURL makes the driver's URL for a file; the path may hold any character.
func sqliteURL(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...)}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// Stats are those of the connections that are read with, and on PostgreSQL written.
func (s *Store) Stats() sql.DBStats { return s.pool.Stats() }

func (s *Store) pinged(ctx context.Context) (*Store, error) {
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if s.group != nil { // the writer first: it creates a new file
		if err := s.group.do(ctx, func(context.Context, *tx) error { return nil }); err != nil {
			return err
		}
	}
	if err := s.pool.PingContext(ctx); err != nil {
		return failure("ping", err)
	}
	return nil
}

// Close finishes the transactions that wait, then closes the database. Calls
// that come later fail.
func (s *Store) Close() error {
	var err error
	if s.group != nil {
		err = s.group.stop()
	}
	return errors.Join(err, s.pool.Close())
}
