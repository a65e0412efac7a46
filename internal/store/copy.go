package store

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Copied is what became of one table.
type Copied struct {
	Table string
	Rows  int64
	Hash  [sha256.Size]byte // of all rows, whatever their order; the same in both databases
}

// Copy moves what a SQLite file holds into an empty PostgreSQL database, table by
// table in one transaction, and reads it back: unless counts and hashes of all
// tables are the same in both, nothing is kept. Both have the same schema. Nobody
// else may have the file open; it is not changed. What tickets are found by is made
// anew by the desk.
func Copy(ctx context.Context, file, databaseURL string) (copied []Copied, err error) {
	from, err := sql.Open("sqlite", sqliteURL(file, "locking_mode(EXCLUSIVE)", "query_only(0)"))
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	source, err := from.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	// With the lock on the whole file a desk that still runs is noticed.
	if _, err := source.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return nil, fmt.Errorf("store: %s is in use: stop the desk first: %w", file, err)
	}
	defer func() {
		_, undone := source.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, undone)
	}()
	to, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return nil, errors.New("store: the PostgreSQL database cannot be reached") // the cause would repeat the password
	}
	defer func() { err = errors.Join(err, to.Close(context.WithoutCancel(ctx))) }()
	return copied, pgx.BeginFunc(ctx, to, func(target pgx.Tx) error {
		copied, err = copyAll(ctx, source, target)
		return err
	})
}

// remade are the tables that are not copied: how far the schema is, and what
// tickets are found by, which both databases keep in their own way.
func remade() []string {
	return []string{"goose_db_version", "ticket_found", "ticket_tokens", "ticket_unindexed"}
}

func copyAll(ctx context.Context, source *sql.Conn, target pgx.Tx) ([]Copied, error) {
	tables, err := tablesOf(ctx, source, target)
	if err != nil {
		return nil, err
	}
	if err := emptied(ctx, target, tables); err != nil {
		return nil, err
	}
	copied := make([]Copied, len(tables))
	for i, t := range tables {
		if copied[i], err = t.copy(ctx, source, target); err != nil {
			return nil, fmt.Errorf("store: copy %s: %w", t.name, err)
		}
	}
	_, err = target.Exec(ctx, "INSERT INTO ticket_unindexed (ticket) SELECT id FROM ticket WHERE kind <> 'report'")
	return copied, err
}

// emptied makes the target hold nothing, unless somebody has worked with it: then
// it is refused.
func emptied(ctx context.Context, target pgx.Tx, tables []table) error {
	for _, t := range slices.Backward(tables) {
		var full bool
		if err := target.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.quoted()+")").Scan(&full); err != nil {
			return fmt.Errorf("store: look at %s: %w", t.name, err)
		}
		switch {
		case !full:
		case t.name == "audit_head" || t.name == "gap_place": // an empty schema has rows in these
			if _, err := target.Exec(ctx, "DELETE FROM "+t.quoted()); err != nil {
				return fmt.Errorf("store: empty %s: %w", t.name, err)
			}
		default:
			return fmt.Errorf("store: the PostgreSQL database is not empty: there are rows in %s", t.name)
		}
	}
	return nil
}

// table is one that both databases have.
type table struct {
	name    string
	columns []column
	numbers string // the column that is counted by the database; empty: none
}

type column struct{ name, kind string }

func (t *table) quoted() string { return pgx.Identifier{t.name}.Sanitize() }

func (t *table) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// list names the columns in SQL that both databases read.
func (t *table) list() string {
	names := t.names()
	for i, n := range names {
		names[i] = pgx.Identifier{n}.Sanitize()
	}
	return strings.Join(names, ", ")
}

// tablesOf lists what is to be copied, each table after those it refers to.
func tablesOf(ctx context.Context, source *sql.Conn, target pgx.Tx) ([]table, error) {
	rows, err := target.Query(ctx, `SELECT c.table_name, c.column_name, c.data_type, c.is_identity = 'YES'
		FROM information_schema.columns AS c JOIN information_schema.tables AS t USING (table_schema, table_name)
		WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name <> ALL($1)
		ORDER BY c.table_name, c.ordinal_position`, remade())
	if err != nil {
		return nil, fmt.Errorf("store: read the schema: %w", err)
	}
	byName := map[string]*table{}
	var names []string
	var name string
	var c column
	var identity bool
	_, err = pgx.ForEachRow(rows, []any{&name, &c.name, &c.kind, &identity}, func() error {
		if byName[name] == nil {
			byName[name] = &table{name: name}
			names = append(names, name)
		}
		byName[name].columns = append(byName[name].columns, c)
		if identity {
			byName[name].numbers = c.name
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: read the schema: %w", err)
	}
	order := succession{source: source, tables: byName, done: map[string]bool{}}
	for _, name := range names {
		if err := order.visit(ctx, name); err != nil {
			return nil, err
		}
	}
	return order.sorted, nil
}

// succession puts tables after those they refer to.
type succession struct {
	source *sql.Conn
	tables map[string]*table
	done   map[string]bool
	sorted []table
}

func (o *succession) visit(ctx context.Context, name string) error {
	if o.done[name] || o.tables[name] == nil {
		return nil
	}
	o.done[name] = true // before what it refers to: a table may refer to itself
	before, err := referred(ctx, o.source, name)
	if err != nil {
		return err
	}
	for _, other := range before {
		if err := o.visit(ctx, other); err != nil {
			return err
		}
	}
	o.sorted = append(o.sorted, *o.tables[name])
	return nil
}

// referred lists the tables a table has to come after.
func referred(ctx context.Context, source *sql.Conn, name string) (others []string, err error) {
	rows, err := source.QueryContext(ctx, `SELECT "table" FROM pragma_foreign_key_list(?)`, name)
	if err != nil {
		return nil, fmt.Errorf("store: read the schema: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var other string
		if err := rows.Scan(&other); err != nil {
			return nil, fmt.Errorf("store: read the schema: %w", err)
		}
		others = append(others, other)
	}
	return others, rows.Err()
}

// copy copies one table and compares.
func (t *table) copy(ctx context.Context, source *sql.Conn, target pgx.Tx) (c Copied, err error) {
	// What the triggers made is copied; the trail of acts refuses changes, not new rows.
	if _, err := target.Exec(ctx, "ALTER TABLE "+t.quoted()+" DISABLE TRIGGER USER"); err != nil {
		return c, err
	}
	rows, err := source.QueryContext(ctx, "SELECT "+t.list()+" FROM "+t.quoted()) //nolint:gosec,rowserrcheck // names of the schema, quoted; the feed says what went wrong
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	feed := &feed{table: t, rows: rows, sum: digest{table: t.name}}
	if _, err := target.CopyFrom(ctx, pgx.Identifier{t.name}, t.names(), feed); err != nil {
		return c, err
	}
	if _, err := target.Exec(ctx, "ALTER TABLE "+t.quoted()+" ENABLE TRIGGER USER"); err != nil {
		return c, err
	}
	if t.numbers != "" {
		if _, err := target.Exec(ctx, fmt.Sprintf("SELECT setval(pg_get_serial_sequence(%s, %s), max(%s)) FROM %s HAVING count(*) > 0", literal(t.quoted()), literal(t.numbers), pgx.Identifier{t.numbers}.Sanitize(), t.quoted())); err != nil {
			return c, err
		}
	}
	there, err := t.read(ctx, target)
	if err != nil {
		return c, err
	}
	if there.rows != feed.sum.rows || there.hash != feed.sum.hash {
		return c, fmt.Errorf("%d rows with hash %x became %d rows with hash %x", feed.sum.rows, feed.sum.hash, there.rows, there.hash)
	}
	return Copied{Table: t.name, Rows: there.rows, Hash: there.hash}, nil
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// read sums up what the target has of a table now.
func (t *table) read(ctx context.Context, target pgx.Tx) (sum digest, err error) {
	sum.table = t.name
	rows, err := target.Query(ctx, "SELECT "+t.list()+" FROM "+t.quoted())
	if err != nil {
		return sum, err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return sum, err
		}
		if err := sum.add(values); err != nil {
			return sum, err
		}
	}
	return sum, rows.Err()
}

// feed gives the rows of SQLite to PostgreSQL, as values of its types.
type feed struct {
	table *table
	rows  *sql.Rows
	sum   digest
	err   error
}

// Next implements [pgx.CopyFromSource].
func (f *feed) Next() bool { return f.err == nil && f.rows.Next() }

// Err implements [pgx.CopyFromSource].
func (f *feed) Err() error { return errors.Join(f.err, f.rows.Err()) }

// Values implements [pgx.CopyFromSource].
func (f *feed) Values() ([]any, error) {
	values, places := make([]any, len(f.table.columns)), make([]any, len(f.table.columns))
	for i := range values {
		places[i] = &values[i]
	}
	if err := f.rows.Scan(places...); err != nil {
		return nil, err
	}
	for i, c := range f.table.columns {
		if n, ok := values[i].(int64); ok && c.kind == "boolean" {
			values[i] = n != 0
		}
	}
	return values, f.sum.add(values)
}

// digest sums up rows, whatever their order.
type digest struct {
	table string
	rows  int64
	hash  [sha256.Size]byte
}

func (d *digest) add(values []any) error {
	h := sha256.New()
	var number [9]byte
	put := func(kind byte, n uint64, rest []byte) {
		number[0] = kind
		binary.BigEndian.PutUint64(number[1:], n)
		h.Write(number[:])
		h.Write(rest)
	}
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			put(0, 0, nil)
		case bool:
			n := uint64(0)
			if v {
				n = 1
			}
			put(1, n, nil)
		case int64:
			put(2, uint64(v), nil) //nolint:gosec // its bits
		case int32:
			put(2, uint64(int64(v)), nil) //nolint:gosec // its bits
		case float64:
			put(3, math.Float64bits(v), nil)
		case string:
			put(4, uint64(len(v)), []byte(v))
		case []byte:
			put(5, uint64(len(v)), v)
		default:
			return fmt.Errorf("a value of %s is a %T", d.table, v)
		}
	}
	subtle.XORBytes(d.hash[:], d.hash[:], h.Sum(nil))
	d.rows++
	return nil
}
