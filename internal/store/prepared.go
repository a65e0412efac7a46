package store

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"sync"

	"github.com/uptrace/bun"
)

// runner runs statements: a pool, a transaction, or one of them behind a
// [prepared].
type runner = bun.IConn

// preparer is what SQLite statements are prepared on.
type preparer interface {
	runner
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// prepared runs every text as a statement prepared once. SQLite would parse a
// text anew each time; pgx keeps such a cache itself. Only fixed texts may come
// here: see [view.built] for the others.
type prepared struct {
	on         preparer
	mu         sync.RWMutex
	statements map[string]*sql.Stmt
}

func newPrepared(on preparer) *prepared {
	return &prepared{on: on, statements: map[string]*sql.Stmt{}}
}

func (p *prepared) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	p.mu.RLock()
	st := p.statements[text]
	p.mu.RUnlock()
	if st != nil {
		return st, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if st = p.statements[text]; st != nil {
		return st, nil
	}
	st, err := p.on.PrepareContext(ctx, planned(text)) //nolint:sqlclosecheck // close closes it
	if err != nil {
		return nil, err
	}
	p.statements[text] = st
	return st, nil
}

// bound is a limit that comes with the values.
var bound = regexp.MustCompile(`LIMIT (\$\d+)`)

// planned is text as SQLite plans it once: a limit that is a plain parameter is part of
// the plan, and has it parse and plan the text anew each time it runs.
func planned(text string) string { return bound.ReplaceAllString(text, "LIMIT CAST($1 AS INTEGER)") }

// ExecContext implements [runner].
func (p *prepared) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := p.statement(ctx, text) //nolint:sqlclosecheck // close closes it
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// QueryContext implements [runner].
func (p *prepared) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	st, err := p.statement(ctx, text) //nolint:sqlclosecheck // close closes it
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// QueryRowContext implements [runner]. A row cannot carry the error of its
// preparation, so that a text that does not parse runs as it is.
func (p *prepared) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	st, err := p.statement(ctx, text) //nolint:sqlclosecheck // close closes it
	if err != nil {
		return p.on.QueryRowContext(ctx, text, args...)
	}
	return st.QueryRowContext(ctx, args...)
}

func (p *prepared) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all error
	for _, st := range p.statements {
		all = errors.Join(all, st.Close())
	}
	clear(p.statements)
	return all
}
