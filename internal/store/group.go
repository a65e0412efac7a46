package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"

	"jiesu/internal/problem"
)

// maxGroup bounds how many functions share one commit, and with it how long
// the first of them waits for the last.
const maxGroup = 256

// group is the one writer of a SQLite file. A goroutine of its own takes the
// waiting functions, runs them in one transaction, commits once, and only then
// answers them all. Each but the first runs inside a savepoint: before the first
// there is nothing to keep.
type group struct {
	*base
	db      *sql.DB
	waiting chan *request
	closing sync.RWMutex // held shared while a caller hands in a request
	closed  bool
	done    chan struct{}

	// Of the goroutine alone:
	conn     *sql.Conn // nil until the first transaction, and after a broken one
	prepared *prepared
	begun    bool // there is a transaction, and something in it
}

// The states of a request. Who moves it away from pending owns it.
const (
	pending int32 = iota
	taken
	abandoned
)

type request struct {
	run    func(*tx) error
	state  atomic.Int32
	err    error         // of the function, then of the commit
	answer chan struct{} // closed when err is final
}

func startGroup(b *base, db *sql.DB) *group {
	g := &group{base: b, db: db, waiting: make(chan *request, maxGroup), done: make(chan struct{})}
	go g.loop()
	return g
}

// do runs fn in the writer and returns once its commit is durable. A caller
// whose context ends before its turn is passed over; from its turn on it waits,
// so that it always learns what became of its change.
func (g *group) do(ctx context.Context, fn func(context.Context, *tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	inside, err := enter(ctx)
	if err != nil {
		return err
	}
	// SQLite rolls back the whole group when a statement is interrupted: one
	// caller's cancellation must not reach the statements.
	inside = context.WithoutCancel(inside)
	r := &request{answer: make(chan struct{}), run: func(t *tx) error { return t.guard(inside, fn) }}
	if err := g.hand(ctx, r); err != nil {
		return err
	}
	select {
	case <-r.answer:
		return r.err
	case <-ctx.Done():
		if r.state.CompareAndSwap(pending, abandoned) {
			return ctx.Err()
		}
		<-r.answer
		return r.err
	}
}

func (g *group) hand(ctx context.Context, r *request) error {
	g.closing.RLock()
	defer g.closing.RUnlock()
	if g.closed {
		return problem.New(problem.Unavailable, "store.closed", "系统正在停止，请稍后再试。")
	}
	select {
	case g.waiting <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop refuses new requests, finishes those handed in, and closes the file.
func (g *group) stop() error {
	g.closing.Lock()
	if !g.closed {
		g.closed = true
		close(g.waiting)
	}
	g.closing.Unlock()
	<-g.done
	return g.db.Close()
}

func (g *group) loop() {
	defer close(g.done)
	ctx := context.Background() // the writer outlives every caller; stop ends it
	for first := range g.waiting {
		batch, err := g.runAll(ctx, first)
		if err == nil && g.begun {
			err = g.exec(ctx, "COMMIT")
		}
		g.begun = false
		if err != nil {
			g.abort(ctx, err)
		}
		for _, r := range batch {
			if err != nil && r.err == nil {
				r.err = failure("commit", err)
			}
			close(r.answer)
		}
	}
	g.release(nil)
}

// runAll runs first and whatever else waits by then. It returns an error only
// where the shared transaction itself is lost.
func (g *group) runAll(ctx context.Context, first *request) (batch []*request, err error) {
	for r := first; r != nil; r = g.next() {
		if !r.state.CompareAndSwap(pending, taken) {
			continue
		}
		batch = append(batch, r)
		run := g.runFirst
		if g.begun {
			run = g.runOne
		}
		if err := run(ctx, r); err != nil {
			return batch, err
		}
		if len(batch) == maxGroup {
			break
		}
	}
	return batch, nil
}

// next returns a request that already waits, or nil.
func (g *group) next() *request {
	select {
	case r := <-g.waiting: // nil once the channel is closed and empty
		return r
	default:
		return nil
	}
}

// runFirst runs r in a transaction it begins. One that fails leaves none.
func (g *group) runFirst(ctx context.Context, r *request) error {
	if err := g.begin(ctx); err != nil {
		return err
	}
	if r.err = r.run(g.tx()); r.err != nil {
		return g.exec(ctx, "ROLLBACK")
	}
	g.begun = true
	return nil
}

func (g *group) tx() *tx { return &tx{view: view{base: g.base, on: g.prepared}} }

// runOne runs r in the transaction of others.
func (g *group) runOne(ctx context.Context, r *request) error {
	if err := g.exec(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	if r.err = r.run(g.tx()); r.err != nil {
		if err := g.exec(ctx, "ROLLBACK TO one"); err != nil {
			return err
		}
	}
	return g.exec(ctx, "RELEASE one")
}

func (g *group) begin(ctx context.Context) error {
	if g.conn == nil {
		conn, err := g.db.Conn(ctx)
		if err != nil {
			return err
		}
		g.conn, g.prepared = conn, newPrepared(conn)
	}
	return g.exec(ctx, "BEGIN IMMEDIATE")
}

func (g *group) exec(ctx context.Context, text string) error {
	_, err := g.prepared.ExecContext(ctx, text)
	return err
}

// abort gives the shared transaction up. Some errors of SQLite (a full disk, an
// I/O error) have ended it already; a new connection is sure to be clean.
func (g *group) abort(ctx context.Context, cause error) {
	g.log.ErrorContext(ctx, "a shared transaction was lost", "error", cause)
	if g.conn != nil && g.exec(ctx, "ROLLBACK") != nil {
		g.release(driver.ErrBadConn)
	}
}

// release gives the connection back; with driver.ErrBadConn it is closed.
func (g *group) release(with error) {
	if g.conn == nil {
		return
	}
	err := errors.Join(g.prepared.close(), g.conn.Raw(func(any) error { return with }), g.conn.Close())
	if err != nil && with == nil {
		g.log.Error("the writer's connection did not close", "error", err)
	}
	g.conn, g.prepared = nil, nil
}
