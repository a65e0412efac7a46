package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/seal"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest/pgtest"
)

// crashLoad is what processes that are killed have to fire.
type crashLoad struct {
	clocks, steps int           // steps of each clock
	over          time.Duration // time over which the first steps are spread
	kills         int           // at most: how many meet a process that still has steps to fire depends on the machine
	within        time.Duration
}

func (l crashLoad) total() int { return l.clocks * l.steps }

// TestEveryStepFiresOnceThroughCrashes kills serving processes with SIGKILL
// while they fire the steps of clocks, and starts them again, until all have
// fired: none may be lost, and none fire twice.
func TestEveryStepFiresOnceThroughCrashes(t *testing.T) {
	t.Parallel()
	small := crashLoad{clocks: 300, steps: 3, over: 5 * time.Second, kills: 5, within: 4 * time.Minute}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testKilled(t, "", 1, small)
	})
	t.Run("three-on-postgres", func(t *testing.T) {
		t.Parallel()
		testKilled(t, crashDatabase(t), 3, small)
	})
}

// TestEveryStepFiresOnceUnderLoad is the same with 100,000 steps in a minute
// and a kill every few seconds:
//
//	JIESU_TEST_CRASH_CLOCKS=100000 go test ./cmd/jiesu -run UnderLoad -v -timeout 30m
func TestEveryStepFiresOnceUnderLoad(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("JIESU_TEST_CRASH_CLOCKS"))
	if err != nil || n < 1 {
		t.Skip("NOT RUN: kills under the load of 100,000 steps in a minute; JIESU_TEST_CRASH_CLOCKS does not say how many")
	}
	large := crashLoad{clocks: n, steps: 1, over: time.Minute, kills: 15, within: 10 * time.Minute}
	t.Run("sqlite", func(t *testing.T) { testKilled(t, "", 1, large) })
	t.Run("three-on-postgres", func(t *testing.T) { testKilled(t, crashDatabase(t), 3, large) })
}

func crashDatabase(t *testing.T) string {
	t.Helper()
	server, err := pgtest.Start(context.WithoutCancel(t.Context()), os.Getenv("JIESU_TEST_DATABASE_URL"))
	if errors.Is(err, pgtest.ErrAbsent) {
		t.Skip("NOT TESTED ON POSTGRESQL:", err)
	}
	must(t, err)
	t.Cleanup(func() { must(t, server.Stop()) })
	return server.Database(t)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// fleet are serving processes over one database.
type fleet struct {
	program, data, url string
	processes          []*exec.Cmd
}

func testKilled(t *testing.T, url string, processes int, load crashLoad) {
	t.Helper()
	f := newFleet(t, url)
	s := f.open(t)
	must(t, fillClocks(t.Context(), s, load))
	db := f.sql(t)
	t.Cleanup(f.killAll)
	for range processes {
		f.processes = append(f.processes, f.serve(t))
	}
	kills := f.killWhileFiring(t, db, load)
	t.Logf("%d steps fired through %d kills of %d processes", load.total(), kills, processes)
	if kills == 0 {
		t.Error("no process was killed while it had steps to fire")
	}
	wantFiredOnce(t, db, load)
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// newFleet makes an installation with one account, so that the first start has
// nothing to seed.
func newFleet(t *testing.T, url string) *fleet {
	t.Helper()
	f := &fleet{data: private(t), url: url}
	self, err := os.Executable()
	must(t, err)
	f.program = filepath.Join(t.TempDir(), "jiesu") // by this name the test is the program
	must(t, os.Symlink(self, f.program))
	add := f.command(t, "user", "add", "first-account", "--name=a", "--unit=mailbox", "--role=taskforce")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return f
}

func TestDoctorFailsOnWhatTheSelfCheckFinds(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "")
	if out, err := f.command(t, "doctor").CombinedOutput(); err != nil || !strings.Contains(string(out), "every deadline has its next step") {
		t.Errorf("a sound desk: %v: %s", err, out)
	}
	// The clocks are long due and nobody fires; nobody screens the tickets either.
	must(t, fillClocks(t.Context(), f.open(t), crashLoad{clocks: 3, steps: 1, over: -time.Hour}))
	out, err := f.command(t, "doctor").CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitFailed {
		t.Errorf("doctor ended with %v", err)
	}
	for _, want := range []string{"self-check: runner.stalled: 1", "self-check: clock.missing: 3", "T0000000 T0000001 T0000002"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("doctor says nothing of %q: %s", want, out)
		}
	}
}

// killWhileFiring kills one process after the other, each time some more steps
// have fired, until all have.
func (f *fleet) killWhileFiring(t *testing.T, db *sql.DB, load crashLoad) (kills int) {
	t.Helper()
	looking := time.NewTicker(20 * time.Millisecond)
	defer looking.Stop()
	deadline := time.After(load.within)
	next := 1
	for {
		fired := count(t, db, "SELECT count(*) FROM audit WHERE action LIKE 'clock.%'")
		if kills < load.kills && fired >= next && fired < load.total() {
			victim := kills % len(f.processes)
			f.kill(victim)
			kills++
			next = fired + (load.total()-fired)/(load.kills-kills+2)
			f.processes[victim] = f.serve(t)
		}
		if fired >= load.total() {
			f.killAll()
			return kills
		}
		select {
		case <-looking.C:
		case <-deadline:
			t.Fatalf("%d of %d steps fired after %v and %d kills", fired, load.total(), load.within, kills)
		}
	}
}

func wantFiredOnce(t *testing.T, db *sql.DB, load crashLoad) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT action, detail FROM audit WHERE action LIKE 'clock.%'")
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	fired := map[string]int{}
	for rows.Next() {
		var action, text string
		must(t, rows.Scan(&action, &text))
		var detail map[string]string
		must(t, json.Unmarshal([]byte(text), &detail))
		fired[detail["clock"]+" "+action]++
	}
	must(t, rows.Err())
	if len(fired) != load.total() {
		t.Errorf("%d of %d steps fired", len(fired), load.total())
	}
	for step, n := range fired {
		if n != 1 {
			t.Errorf("%s fired %d times", step, n)
		}
	}
	// What a killed process had taken is done by others once its lease runs out.
	notices := count(t, db, "SELECT count(*) FROM notification WHERE kind LIKE 'clock.%'")
	waiting := count(t, db, "SELECT count(*) FROM job WHERE kind = 'notify.staff' AND key LIKE '%/clock.%' AND state = 'ready'")
	doubled := count(t, db, "SELECT count(*) FROM (SELECT 1 AS one FROM notification WHERE kind LIKE 'clock.%' GROUP BY ticket, kind HAVING count(*) > 1) AS doubled")
	left := count(t, db, "SELECT count(*) FROM clock WHERE next_at IS NOT NULL")
	if notices+waiting != load.total() || doubled != 0 || left != 0 {
		t.Errorf("%d notices and %d that wait for %d steps, %d doubled, %d clocks with steps left", notices, waiting, load.total(), doubled, left)
	}
}

// fillClocks stores tickets with a clock each, whose steps come due one after
// the other from now on.
func fillClocks(ctx context.Context, s *store.Store, load crashLoad) error {
	const batch = 500
	begin := time.Now().UTC().Truncate(time.Microsecond).Add(time.Second)
	for from := 0; from < load.clocks; from += batch {
		err := s.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
			for n := from; n < min(from+batch, load.clocks); n++ {
				if err := fillClock(ctx, tx, n, begin.Add(load.over*time.Duration(n)/time.Duration(load.clocks)), load.steps); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func fillClock(ctx context.Context, tx desk.Tx, n int, at time.Time, steps int) error {
	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	l := channel.Letter{ID: id(), Source: channel.Web, Kind: channel.Help, Title: "测试", Text: "测试", ReceivedAt: at}
	k := ticket.Ticket{
		ID: id(), Number: fmt.Sprintf("T%07d", n), LetterID: l.ID, Kind: l.Kind, Source: l.Source, Title: l.Title, Status: ticket.Received,
		Lead: "mailbox", LeadPath: "bureau/mailbox", Round: 1, DueAt: at, CreatedAt: at, UpdatedAt: at, Version: 1,
	}
	c := deadline.Clock{
		ID: id(), TicketID: k.ID, Purpose: deadline.Answer, Round: 1, Unit: "mailbox", Rule: "reply", RuleVersion: 1,
		Budget: deadline.Budget{N: 5, Unit: deadline.WorkingDay}, Calendar: "test", StartedAt: at, DueAt: at, NextAt: at, Version: 1,
	}
	for i := range steps {
		name := []string{"warn", "due", "overdue.notice"}[i]
		c.Steps = append(c.Steps, deadline.Step{Name: name, To: "taskforce", At: at.Add(time.Duration(i) * time.Second)})
	}
	return errors.Join(tx.InsertTicket(ctx, l, k, nil), tx.InsertClock(ctx, c))
}

func (f *fleet) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	p := exec.Command(f.program, args...)
	p.Env = []string{"JIESU_LISTEN=127.0.0.1:0", "JIESU_DATA=" + f.data, "JIESU_DATABASE_URL=" + f.url}
	return p
}

func (f *fleet) serve(t *testing.T) *exec.Cmd {
	t.Helper()
	p := f.command(t, "serve")
	must(t, p.Start())
	return p
}

func (f *fleet) kill(n int) {
	_ = f.processes[n].Process.Kill()
	_ = f.processes[n].Wait() // killed
}

func (f *fleet) killAll() {
	for n := range f.processes {
		f.kill(n)
	}
}

// open opens the store with the keys the program has made.
func (f *fleet) open(t *testing.T) *store.Store {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(f.data, "*"))
	must(t, err)
	for _, path := range found {
		text, err := os.ReadFile(path)
		must(t, err)
		keys, err := seal.ParseKeyring(string(text))
		if err != nil {
			continue // the database
		}
		url := f.url
		if url == "" {
			url = filepath.Join(f.data, "jiesu.db")
		}
		s, err := store.Open(t.Context(), store.Config{URL: url, Keyring: keys})
		must(t, err)
		t.Cleanup(func() { must(t, s.Close()) })
		return s
	}
	t.Fatalf("no keys among %s", strings.Join(found, ", "))
	return nil
}

func (f *fleet) sql(t *testing.T) *sql.DB {
	t.Helper()
	driver, url := "pgx", f.url
	if url == "" {
		driver, url = "sqlite", "file:"+filepath.Join(f.data, "jiesu.db")+"?_pragma=busy_timeout(10000)&_pragma=query_only(1)"
	}
	db, err := sql.Open(driver, url)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func count(t *testing.T, db *sql.DB, text string) (n int) {
	t.Helper()
	must(t, db.QueryRowContext(t.Context(), text).Scan(&n))
	return n
}
