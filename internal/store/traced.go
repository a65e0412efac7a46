package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"jiesu/internal/trace"
)

// system is what the database is called in traces.
func (b *base) system() string {
	if b.postgres {
		return "postgresql"
	}
	return "sqlite"
}

// traced traces the queries bun builds; those with fixed texts do without it.
type traced struct{ *base }

// spanOf is where a query keeps its span.
type spanOf struct{}

// BeforeQuery implements [bun.QueryHook].
func (h traced) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	ctx, span := trace.Statement(ctx, h.system(), e.Query)
	if span.On() {
		e.Stash = map[any]any{spanOf{}: span}
	}
	return ctx
}

// AfterQuery implements [bun.QueryHook].
func (h traced) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	if span, ok := e.Stash[spanOf{}].(trace.Span); ok {
		err := e.Err
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		span.End(err)
	}
}
