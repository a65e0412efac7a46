package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"

	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// How a bare store commits.
const (
	ownCommit    = "own"    // a transaction each
	sharedCommit = "shared" // those that wait share one, each under a savepoint
	oneStatement = "one"    // a single statement with everything in it, PostgreSQL alone
)

const mostShared = 256

// row is one statement and its values.
type row struct {
	text string
	args []any
}

// bareStore writes rows into the program's own tables by prepared statements: no
// sealing, no mapping, no checks.
type bareStore struct {
	db       *sql.DB
	how      string
	postgres bool
	no       any          // false, as the database writes it
	next     func() int64 // number of the next row
	prepared map[string]*sql.Stmt
	waiting  chan request
	ended    chan struct{}
}

type request struct {
	rows []row
	done chan error
}

func openBareStore(ctx context.Context, where, how string) (*bareStore, error) {
	if err := tables(ctx, where); err != nil {
		return nil, err
	}
	driver, address := "pgx", where
	if !strings.HasPrefix(where, "postgres") {
		driver, address = "sqlite", "file:"+where+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=wal_autocheckpoint(4000)&_txlock=immediate"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	if driver == "sqlite" {
		db.SetMaxOpenConns(1)
	}
	s := &bareStore{db: db, how: how, postgres: driver == "pgx", no: 0, next: counted(), prepared: map[string]*sql.Stmt{}, waiting: make(chan request, mostShared), ended: make(chan struct{})}
	if s.postgres {
		s.no = false
	}
	kinds := [][]row{s.ticketRows(), s.conversationRows(newID()), s.messageRows(newID(), 10)}
	for _, rows := range kinds {
		if how == oneStatement {
			rows = []row{together(rows)}
		}
		for _, r := range rows {
			if s.prepared[r.text], err = db.PrepareContext(ctx, r.text); err != nil { //nolint:sqlclosecheck // closed with db
				return nil, errors.Join(fmt.Errorf("%s: %w", r.text, err), db.Close())
			}
		}
	}
	go s.loop(context.WithoutCancel(ctx))
	return s, nil
}

// tables makes the program's tables and the lane the yardstick writes its acts to.
func tables(ctx context.Context, where string) error {
	keys, err := seal.ParseKeyring(seal.GenerateKey("k1"))
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Config{URL: where, Keyring: keys})
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(ctx), s.Close())
}

func (s *bareStore) close() error {
	close(s.waiting)
	<-s.ended
	return s.db.Close()
}

func (s *bareStore) run(ctx context.Context, rows []row) error {
	switch s.how {
	case sharedCommit:
		r := request{rows, make(chan error, 1)}
		s.waiting <- r
		return <-r.done
	case oneStatement:
		all := together(rows)
		_, err := s.prepared[all.text].ExecContext(ctx, all.args...)
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := s.write(ctx, tx, rows); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (s *bareStore) write(ctx context.Context, tx *sql.Tx, rows []row) error {
	for _, r := range rows {
		if _, err := tx.StmtContext(ctx, s.prepared[r.text]).ExecContext(ctx, r.args...); err != nil { //nolint:sqlclosecheck // the transaction's end closes it
			return err
		}
	}
	return nil
}

// loop shares a commit between those that wait.
func (s *bareStore) loop(ctx context.Context) {
	defer close(s.ended)
	for first := range s.waiting {
		batch := []request{first}
		tx, err := s.db.BeginTx(ctx, nil)
		for i := 0; err == nil && i < len(batch); i++ {
			err = s.writeOne(ctx, tx, batch[i].rows)
			if more, ok := s.another(len(batch)); ok {
				batch = append(batch, more)
			}
		}
		if err == nil {
			err = tx.Commit()
		}
		for _, r := range batch {
			r.done <- err
		}
	}
}

// writeOne writes the rows of one request so that it could be undone alone.
func (s *bareStore) writeOne(ctx context.Context, tx *sql.Tx, rows []row) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	if err := s.write(ctx, tx, rows); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "RELEASE one")
	return err
}

// another is a request that waits already, unless there are enough in the batch.
func (s *bareStore) another(n int) (request, bool) {
	if n >= mostShared {
		return request{}, false
	}
	select {
	case r, ok := <-s.waiting:
		return r, ok
	default:
		return request{}, false
	}
}

// together is all rows as one statement of PostgreSQL, in which every row but the
// last is a common table expression.
func together(rows []row) row {
	var all row
	var text strings.Builder
	for i, r := range rows {
		part := r.text
		for n := len(r.args); n >= 1; n-- {
			part = strings.ReplaceAll(part, fmt.Sprintf("$%d", n), fmt.Sprintf("$#%d", n+len(all.args)))
		}
		part = strings.ReplaceAll(part, "$#", "$")
		all.args = append(all.args, r.args...)
		switch {
		case i == len(rows)-1:
			text.WriteString(" " + part)
		case i == 0:
			text.WriteString("WITH r0 AS (" + part + ")")
		default:
			fmt.Fprintf(&text, ", r%d AS (%s)", i, part)
		}
	}
	all.text = text.String()
	return all
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// newSchema makes an empty database beside the one named, and returns its address.
func newSchema(ctx context.Context, address, name string) (string, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return "", err
	}
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name)
	if err := errors.Join(err, db.Close()); err != nil {
		return "", err
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
