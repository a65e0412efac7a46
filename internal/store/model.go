package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"jiesu/internal/trace"
)

// maxValues bounds the rows of one INSERT, and so the number of its texts.
const maxValues = 25

// models holds what is derived once from each row type.
type models struct {
	mu     sync.RWMutex
	byType map[reflect.Type]*model
}

// model is a row type as fixed statements need it. Rows are bun models; built
// queries use bun, the frequent ones these texts, which parse once.
type model struct {
	table   *schema.Table
	columns string   // id, number, …
	inserts []string // by number of rows; [0] unused
}

func modelOf[T any](b *base) *model {
	key := reflect.TypeFor[T]()
	b.models.mu.RLock()
	m := b.models.byType[key]
	b.models.mu.RUnlock()
	if m != nil {
		return m
	}
	b.models.mu.Lock()
	defer b.models.mu.Unlock()
	if b.models.byType == nil {
		b.models.byType = map[reflect.Type]*model{}
	}
	m = newModel(b.bun.Table(key), b.postgres)
	b.models.byType[key] = m
	return m
}

// newModel derives a model. SQLite's driver looks the name of every parameter up
// in a list of all of them; a bare mark has none.
func newModel(t *schema.Table, postgres bool) *model {
	var names []string
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	m := &model{table: t, columns: strings.Join(names, ", "), inserts: make([]string, maxValues+1)}
	var text strings.Builder
	text.WriteString("INSERT INTO " + t.Name + " (" + m.columns + ") VALUES ")
	for n := range maxValues {
		if n > 0 {
			text.WriteString(", ")
		}
		text.WriteString("(")
		for i := range names {
			if i > 0 {
				text.WriteString(", ")
			}
			if !postgres {
				text.WriteString("?")
				continue
			}
			text.WriteString("$" + strconv.Itoa(n*len(names)+i+1))
		}
		text.WriteString(")")
		m.inserts[n+1] = text.String()
	}
	return m
}

// insert stores rows and returns how many were new. What to do with rows that
// are there already stands in onConflict; empty: an error.
func insert[T any](ctx context.Context, t *tx, onConflict string, rows ...T) (int64, error) {
	m := modelOf[T](t.base)
	var stored int64
	for some := range slices.Chunk(rows, maxValues) {
		args := make([]any, 0, len(some)*len(m.table.Fields))
		for i := range some {
			row := reflect.ValueOf(&some[i]).Elem()
			for _, f := range m.table.Fields {
				args = append(args, argument(f.Value(row).Interface()))
			}
		}
		n, err := t.exec(ctx, m.inserts[len(some)]+onConflict, args...)
		if err != nil {
			return stored, err
		}
		stored += n
	}
	return stored, nil
}

// exec runs a fixed statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, text string, args ...any) (int64, error) {
	ctx, span := trace.Statement(ctx, t.system(), text)
	res, err := t.on.ExecContext(ctx, text, args...)
	span.End(err)
	if err != nil {
		return 0, t.spoil(err)
	}
	return res.RowsAffected()
}

// one reads one row of a type by a fixed condition: sql.ErrNoRows where there
// is none.
func one[T any](ctx context.Context, v view, tail string, args ...any) (T, error) {
	var none T
	rows, err := all[T](ctx, v, tail+" LIMIT 1", args...)
	switch {
	case err != nil:
		return none, err
	case len(rows) == 0:
		return none, sql.ErrNoRows
	}
	return rows[0], nil
}

// all reads the rows of a type by a fixed condition and order.
func all[T any](ctx context.Context, v view, tail string, args ...any) ([]T, error) {
	m := modelOf[T](v.base)
	return query[T](ctx, v, "SELECT "+m.columns+" FROM "+m.table.Name+" "+tail, args...)
}

// query reads the rows of a fixed statement that returns a type's columns.
func query[T any](ctx context.Context, v view, text string, args ...any) (found []T, err error) {
	for i := range args {
		args[i] = argument(args[i])
	}
	ctx, span := trace.Statement(ctx, v.system(), text)
	defer func() { span.End(err) }()
	rows, err := v.on.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	return found, errors.Join(v.bun.ScanRows(ctx, rows, &found), rows.Err())
}

// argument makes every text storable, whoever wrote it.
func argument(v any) any {
	if s := reflect.ValueOf(v); s.Kind() == reflect.String {
		return clean(s.String())
	}
	return v
}

// built is where queries built by bun run. Their texts hold their values: they
// must not be prepared.
func (v view) built() bun.IConn {
	if p, ok := v.on.(*prepared); ok {
		return p.on
	}
	return v.on
}
