package main

import (
	"database/sql"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSameRows has a letter written to the program, and its yardstick written to a
// database of its own: both must put as many rows into the same tables.
func TestSameRows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, "jiesu")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../jiesu").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b := &bench{options: options{program: program}, dir: dir}
	data, err := b.folder()
	check(t, err)
	p, err := b.jiesu(t.Context(), data)
	check(t, with(p, err, func(p *process) error {
		return p.call(t.Context(), http.MethodPost, "/api/v1/letters", "", letter(1), nil)
	}))
	bare, err := openBareStore(t.Context(), filepath.Join(dir, "bare.db"), sharedCommit)
	check(t, err)
	rows := bare.ticketRows()
	check(t, bare.run(t.Context(), rows))
	check(t, bare.close())
	want := map[string]int{}
	for _, r := range rows {
		want[strings.Fields(r.text)[2]]++
	}
	delete(want, "ticket_tokens") // cannot be counted
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "jiesu.db"))
	check(t, err)
	defer func() { check(t, db.Close()) }()
	where := map[string]string{
		"job": " WHERE kind IN ('notify.staff', 'ticket.relate')", "audit": " WHERE action = 'ticket.open'",
		"idempotency": " WHERE scope = 'letters'",
	}
	for table, n := range want {
		var got int
		check(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table+where[table]).Scan(&got))
		if got != n {
			t.Errorf("%d rows in %s, and %d of the yardstick", got, table, n)
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
