package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

const (
	resealRows  = 200     // of one transaction: others write in between
	resealBytes = 4 << 20 // and where the values are files
)

// Resealing is how far sealing everything under one key is.
type Resealing struct {
	Key   string    // empty: it was never asked for
	From  time.Time // others may not have read the key before
	Place string    // table and column under way
	Left  int64     // values under other keys; once it is done, those that do not open
	Done  bool
	Going bool // this process has more to do, now
}

type resealRow struct {
	bun.BaseModel `bun:"table:reseal"`

	ID        int64 `bun:",pk"`
	KeyID     string
	Place     string // what is under way, or one of the two below
	After     string
	Moved     int64 // values since the last count
	Remaining int64
	BeginAt   stamp
	Open      int64
}

// What is under way beside columns: counting what is to be done, and what is left.
const (
	resealCount   = "(count)"
	resealRecount = "(recount)"
	resealDone    = "(done)"
)

func (r *resealRow) counts() bool { return r.Place == resealCount || r.Place == resealRecount }

// Resealing tells how far sealing everything under one key is.
func (v view) Resealing(ctx context.Context) (Resealing, error) {
	rows, err := all[resealRow](ctx, v, "WHERE id = 1")
	if err != nil || len(rows) == 0 {
		return Resealing{}, failure("read how far resealing is", err)
	}
	r := rows[0]
	return Resealing{Key: r.KeyID, From: r.BeginAt.Time, Place: r.Place, Left: r.Remaining, Done: r.Place == resealDone}, nil
}

// SealCounts counts the sealed values by the ids of their keys.
func (v view) SealCounts(ctx context.Context) (map[string]int64, error) {
	counts := map[string]int64{}
	for _, c := range sealedColumns() {
		id := "substr(" + c.column + ", 1, max(instr(" + c.column + ", x'3a') - 1, 0))"
		if v.postgres {
			id = `substr(` + c.column + `, 1, greatest(position('\x3a'::bytea IN substr(` + c.column + `, 1, 33)) - 1, 0))`
		}
		rows, err := query[struct {
			KeyID []byte
			N     int64
		}](ctx, v, "SELECT "+id+" AS key_id, count(*) AS n FROM "+c.table+" WHERE length("+c.column+") > 0 GROUP BY 1")
		if err != nil {
			return nil, failure("count sealed values", err)
		}
		for _, r := range rows {
			counts[string(r.KeyID)] += r.N
		}
	}
	return counts, nil
}

// BeginReseal asks for everything to be sealed under the current key, from a time on
// at which all replicas have read it.
func (s *Store) BeginReseal(ctx context.Context, from time.Time) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := insert(ctx, t, ` ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id, place = excluded.place, after = '', moved = 0,
			remaining = 0, begin_at = excluded.begin_at`, resealRow{ID: 1, KeyID: s.keys.Current(), Place: resealCount, BeginAt: at(from)})
		return failure("begin resealing", err)
	})
}

// Reseal seals the next values under the current key. Several replicas may do so at
// once, and others write meanwhile; it may be interrupted anywhere. A value that does
// not open stays as it is. It is done once a whole count finds nothing that could be
// sealed anew.
func (s *Store) Reseal(ctx context.Context, now time.Time) (Resealing, error) {
	r, err := s.Resealing(ctx)
	if err != nil || r.Key == "" || r.Done || r.Key != s.keys.Current() || now.Before(r.From) {
		return r, err
	}
	if r.Place == resealCount || r.Place == resealRecount {
		err = s.countReseal(ctx, r.Key)
	} else {
		err = s.write(ctx, func(ctx context.Context, t *tx) error { return t.reseal(ctx, r.Key) })
	}
	if err != nil {
		return r, err
	}
	r, err = s.Resealing(ctx)
	r.Going = !r.Done
	return r, err
}

// countReseal counts outside of any transaction, which takes long, and goes on where
// nobody else did meanwhile.
func (s *Store) countReseal(ctx context.Context, key string) error {
	counts, err := s.SealCounts(ctx)
	if err != nil {
		return err
	}
	left := int64(0)
	for id, n := range counts {
		if id != key {
			left += n
		}
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		r, err := t.resealing(ctx)
		if err != nil || r.KeyID != key || !r.counts() {
			return err
		}
		next := sealedColumns()[0].name()
		if left == 0 || r.Place == resealRecount && r.Moved == 0 { // what is left does not open
			next = resealDone
		}
		_, err = t.exec(ctx, "UPDATE reseal SET place = $1, after = '', moved = 0, remaining = $2 WHERE id = 1", next, left)
		return failure("count what is to be resealed", err)
	})
}

// resealing reads and locks how far it is: one replica after the other.
func (t *tx) resealing(ctx context.Context) (resealRow, error) {
	rows, err := all[resealRow](ctx, t.view, "WHERE id = 1"+t.lock())
	if err != nil || len(rows) == 0 {
		return resealRow{}, failure("read how far resealing is", t.spoil(err))
	}
	return rows[0], nil
}

// reseal seals the next values of the column under way, and goes on to the next one.
func (t *tx) reseal(ctx context.Context, key string) error {
	r, err := t.resealing(ctx)
	if err != nil || r.KeyID != key {
		return err
	}
	columns := sealedColumns()
	i := slices.IndexFunc(columns, func(c sealedColumn) bool { return c.name() == r.Place })
	if i < 0 {
		return nil // another replica has ended the round
	}
	values, last, err := t.sealedAfter(ctx, &columns[i], key, r.After)
	if err != nil {
		return failure("read sealed values of "+r.Place, t.spoil(err))
	}
	moved, err := t.moveSealed(ctx, &columns[i], values)
	if err != nil {
		return failure("reseal "+r.Place, err)
	}
	if last == "" {
		r.Place = resealRecount
		if i+1 < len(columns) {
			r.Place = columns[i+1].name()
		}
	}
	_, err = t.exec(ctx, "UPDATE reseal SET place = $1, after = $2, moved = $3, remaining = $4, open = 0 WHERE id = 1", r.Place, last, r.Moved+moved, max(r.Remaining-moved, 0))
	return failure("note how far resealing is", err)
}

// sealedValue is one that is to be sealed anew.
type sealedValue struct {
	place  string
	key    []any
	sealed []byte
}

// sealedAfter reads the values behind a row that are not under key, and the last row
// it has looked at; empty: there are no more.
func (t *tx) sealedAfter(ctx context.Context, c *sealedColumn, key, after string) (found []sealedValue, last string, err error) {
	text := "SELECT " + strings.Join(slices.Concat(c.key, c.row), ", ") + ", CASE WHEN substr(" + c.column + ", 1, $1) = $2 THEN NULL ELSE " + c.column +
		" END FROM " + c.table + " WHERE length(" + c.column + ") > 0"
	prefix := []byte(key + ":")
	args := []any{len(prefix), prefix}
	if after != "" {
		from, err := parseRow(after)
		if err != nil {
			return nil, "", err
		}
		text += " AND (" + strings.Join(c.key, ", ") + ") > (" + marks(len(args)+1, len(from)) + ")"
		args = append(args, from...)
	}
	text += " ORDER BY " + strings.Join(c.key, ", ") + " LIMIT " + strconv.Itoa(resealRows)
	rows, err := t.on.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, rows.Close(), rows.Err()) }()
	size, seen := 0, 0
	for ; size < resealBytes && rows.Next(); seen++ {
		key, row, v := make([]any, len(c.key)), make([]any, len(c.row)), sealedValue{}
		if err := rows.Scan(slices.Concat(pointers(key), pointers(row), []any{&v.sealed})...); err != nil {
			return nil, "", err
		}
		last = formatRow(key)
		if v.sealed != nil {
			v.key, v.place = key, c.placeOf(row)
			found = append(found, v)
			size += len(v.sealed)
		}
	}
	if seen < resealRows && size < resealBytes {
		last = ""
	}
	return found, last, nil
}

// moveSealed seals values under the current key, except those somebody has changed
// meanwhile. The tables that only grow let it, as long as this transaction says so.
func (t *tx) moveSealed(ctx context.Context, c *sealedColumn, values []sealedValue) (moved int64, err error) {
	if len(values) == 0 {
		return 0, nil
	}
	if _, err := t.exec(ctx, "UPDATE reseal SET open = 1 WHERE id = 1"); err != nil {
		return 0, err
	}
	text := "UPDATE " + c.table + " SET " + c.column + " = $1 WHERE " + c.column + " = $2 AND (" + strings.Join(c.key, ", ") + ") = (" + marks(3, len(c.key)) + ")"
	for _, v := range values {
		plain, err := t.keys.Open(v.place, v.sealed)
		if err != nil {
			t.log.WarnContext(ctx, "a sealed value does not open and stays as it is", "place", v.place, "error", err)
			continue
		}
		n, err := t.exec(ctx, text, slices.Concat([]any{t.keys.Seal(v.place, plain), v.sealed}, v.key)...)
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}

// placeOf names the place of a row's value, as whoever sealed it did.
func (c *sealedColumn) placeOf(row []any) string {
	if c.table == "keycheck" {
		return c.place
	}
	names := make([]string, len(row))
	for i, v := range row {
		if raw, ok := v.([]byte); ok {
			v = hex.EncodeToString(raw)
		}
		names[i] = fmt.Sprint(v)
	}
	return place(c.place, strings.Join(names, "/"))
}

func pointers(values []any) []any {
	all := make([]any, len(values))
	for i := range values {
		all[i] = &values[i]
	}
	return all
}

// marks are n parameters from the given one on.
func marks(from, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(from+i)
	}
	return strings.Join(all, ", ")
}

// formatRow writes the key of a row, in a way that [parseRow] gives the database back
// what it had: texts, numbers and fingerprints.
func formatRow(key []any) string {
	all := make([]string, len(key))
	for i, v := range key {
		switch v := v.(type) {
		case int64:
			all[i] = "n" + strconv.FormatInt(v, 10)
		case []byte:
			all[i] = "b" + hex.EncodeToString(v)
		default:
			all[i] = "t" + hex.EncodeToString([]byte(fmt.Sprint(v)))
		}
	}
	return strings.Join(all, " ")
}

func parseRow(text string) (key []any, err error) {
	for one := range strings.FieldsSeq(text) {
		var v any
		raw, errHex := hex.DecodeString(one[1:])
		switch one[0] {
		case 'n':
			v, err = strconv.ParseInt(one[1:], 10, 64)
		case 'b':
			v, err = raw, errHex
		default:
			v, err = string(raw), errHex
		}
		if err != nil {
			return nil, fmt.Errorf("store: %q names no row: %w", text, err)
		}
		key = append(key, v)
	}
	return key, nil
}
