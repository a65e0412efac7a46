package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/internal/trace"
)

// maxTries bounds how often PostgreSQL runs one function.
const maxTries = 6

// base is what every access to the database shares.
type base struct {
	bun      *bun.DB // models and built queries; its connection is never used
	keys     *seal.Keyring
	log      *slog.Logger
	postgres bool
	models   models
}

// view reads, inside a transaction or outside of one.
type view struct {
	*base
	on runner
}

// tx reads and writes inside one transaction.
type tx struct {
	view
	acts    []audit.Entry // linked into their lanes at the end, see tx.link
	spoiled error         // the first write that failed
}

// InTx implements [desk.Store].
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx desk.Tx) error) (err error) {
	ctx, span := trace.Step(ctx, "transaction") // from waiting for the writer or a connection to the commit
	defer func() { span.End(err) }()
	return s.write(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, t) })
}

type insideKey struct{}

// enter marks ctx as being inside a transaction. On SQLite a nested one would
// wait for itself for ever.
func enter(ctx context.Context) (context.Context, error) {
	if ctx.Value(insideKey{}) != nil {
		return nil, errors.New("store: InTx inside InTx")
	}
	return context.WithValue(ctx, insideKey{}, true), nil
}

// guard runs fn and says whether its work may be committed. A panic in fn
// becomes its error: other callers share the goroutine, or the pool.
func (t *tx) guard(ctx context.Context, fn func(context.Context, *tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	if err := fn(ctx, t); err != nil {
		return err
	}
	if t.spoiled == nil {
		t.spoiled = t.link(ctx)
	}
	return t.spoiled
}

// lock ends a query for rows that are to stay as read until the end. SQLite has
// one writer anyway.
func (t *tx) lock() string {
	if t.postgres {
		return " FOR UPDATE"
	}
	return ""
}

// spoil remembers that a write failed: what it left behind must not be
// committed even where fn goes on. PostgreSQL would refuse; SQLite would not.
func (t *tx) spoil(err error) error {
	if err != nil && t.spoiled == nil {
		t.spoiled = err
	}
	return err
}

// transact runs fn in a transaction of PostgreSQL.
func (b *base) transact(ctx context.Context, pool *sql.DB, fn func(context.Context, *tx) error) error {
	inside, err := enter(ctx)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := b.attempt(inside, pool, fn)
		if try == maxTries || !retryable(err) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

func (b *base) attempt(ctx context.Context, pool *sql.DB, fn func(context.Context, *tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// Statements end with ctx; the commit does not, so that its outcome is known.
	sqlTx, err := pool.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return failure("begin", err)
	}
	t := &tx{view: view{base: b, on: sqlTx}}
	if err := t.guard(ctx, fn); err != nil {
		if undo := sqlTx.Rollback(); undo != nil {
			b.log.WarnContext(ctx, "a rollback failed; the connection is dropped", "error", undo)
		}
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return failure("commit", err)
	}
	return nil
}

// pause waits a little longer after every try, at random, so that two
// transactions that met do not meet again.
func pause(ctx context.Context, try int) error {
	wait := time.NewTimer(time.Duration(1+rand.IntN(10<<try)) * time.Millisecond) //nolint:gosec // spreads load, guards nothing
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stale is the answer to a guarded update that found another version.
func stale() error {
	return problem.New(problem.Conflict, "ticket.stale", "这件事刚刚被别人处理过，请刷新后再试。")
}

// Try implements [desk.Tx] by a savepoint.
func (t *tx) Try(ctx context.Context, fn func(ctx context.Context, tx desk.Tx) error) error {
	if _, err := t.on.ExecContext(ctx, "SAVEPOINT try"); err != nil {
		return failure("begin to try", t.spoil(err))
	}
	acts, spoiled := len(t.acts), t.spoiled
	failed := fn(ctx, t)
	if failed == nil && spoiled == nil {
		failed = t.spoiled // a write failed, and fn went on
	}
	if failed != nil {
		if _, err := t.on.ExecContext(ctx, "ROLLBACK TO SAVEPOINT try"); err != nil {
			return failure("undo what was tried", t.spoil(err))
		}
		t.acts, t.spoiled = t.acts[:acts], spoiled
	}
	if _, err := t.on.ExecContext(ctx, "RELEASE SAVEPOINT try"); err != nil {
		return failure("end what was tried", t.spoil(err))
	}
	return failed
}
