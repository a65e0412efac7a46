package demo_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/demo"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// fill makes up a plan's tickets and stores them.
func fill(tb testing.TB, s *store.Store, plan demo.Plan) (stored, refused int) {
	tb.Helper()
	m, err := demo.New(parts(tb, s), plan)
	must(tb, err)
	for n := range m.Batches() {
		for try := 0; ; try++ {
			b, err := m.Make(tb.Context(), n, try)
			must(tb, err)
			if err = m.Keep(tb.Context(), b); demo.Again(err, try) {
				continue
			}
			must(tb, err)
			if !b.Known {
				stored += b.Tickets
			}
			refused += b.Refused
			break
		}
	}
	return stored, refused
}

func all(tb testing.TB, s *store.Store) []ticket.Ticket {
	tb.Helper()
	var found []ticket.Ticket
	for f := (desk.Filter{Reports: true, Limit: 100}); ; {
		page, err := s.Tickets(tb.Context(), f)
		must(tb, err)
		found = append(found, page.Tickets...)
		if f.Cursor = page.Next; f.Cursor == "" {
			return found
		}
	}
}

// TestAPlanIsPlausible looks at a small bureau's two years: everything that
// occurs in a life occurs, everybody sees what it is, and nobody is told of it.
func TestAPlanIsPlausible(t *testing.T) {
	t.Parallel()
	s := open(t)
	const count = 500
	stored, refused := fill(t, s, demo.Plan{Seed: 2, Count: count, Until: now()})
	tickets := all(t, s)
	if stored != count || len(tickets) != count || refused > count/200 {
		t.Fatalf("%d stored, %d listed, %d refused moves", stored, len(tickets), refused)
	}
	seen := map[string]int{}
	for i := range tickets {
		one := &tickets[i]
		if !strings.HasPrefix(one.Title, channel.DemoMark) || one.Origin.Platform != channel.DemoPlatform || one.Conversation != "" {
			t.Fatalf("ticket %s %q of %q does not say what it is", one.Number, one.Title, one.Origin.Platform)
		}
		for what, is := range map[string]bool{
			string(one.Status): true, string(one.Kind): true, string(one.Source): true,
			"overdue": one.Status.Open() && one.DueAt.Before(now()), "supervised": one.Supervised, "rated": one.Rating > 0, "redone": one.Round > 1,
			"returned": one.Returns > 0, "with others": len(one.Co) > 0, "about a unit": len(one.Avoid) > 0, "held": one.Holder != "",
		} {
			if is {
				seen[what]++
			}
		}
		if one.Avoids(one.LeadPath) {
			t.Errorf("ticket %s is with the unit it is about", one.Number)
		}
		c, err := s.Contact(t.Context(), one.LetterID)
		if err == nil && (!strings.HasPrefix(c.Name, "演示") || !strings.HasPrefix(c.Phone, "0000") || one.Kind == channel.Report) {
			t.Errorf("ticket %s is of %+v", one.Number, c)
		}
	}
	want := []string{"overdue", "supervised", "rated", "redone", "returned", "with others", "about a unit", "held"}
	for _, status := range ticket.Statuses() {
		want = append(want, string(status))
	}
	for _, k := range channel.Kinds() {
		if !k.Profile().Consulted { // nobody consults
			want = append(want, string(k))
		}
	}
	for _, what := range want {
		if seen[what] == 0 {
			t.Errorf("no ticket is %s: %v", what, seen)
		}
	}
	jobs, err := s.JobCounts(t.Context())
	if must(t, err); len(jobs) > 0 {
		t.Errorf("somebody is told: %v", jobs)
	}
}

// TestThePastIsOver checks what the desk finds when it starts: an unbroken
// trail, a step to come for every clock, and nothing that is due already.
func TestThePastIsOver(t *testing.T) {
	t.Parallel()
	s := open(t)
	fill(t, s, demo.Plan{Seed: 5, Count: 250, Until: now().AddDate(0, -1, 0)})
	acts, err := s.Verify(t.Context())
	if must(t, err); acts < 1250 {
		t.Errorf("%d acts in the trail of 250 tickets", acts)
	}
	d := desk.New(parts(t, s))
	health, err := d.NewSelfCheck(0).Diagnose(t.Context(), desk.Signs{})
	if must(t, err); len(health.Findings) > 0 || health.Lag > 0 {
		t.Errorf("the self-check finds %+v, lag %s", health.Findings, health.Lag)
	}
	fired, err := d.FireClocks(t.Context(), 1000)
	if must(t, err); fired > 0 {
		t.Errorf("%d steps are still due", fired)
	}
}

// TestAPlanRepeats checks that equal plans make equal tickets, that a plan goes
// on where it was stopped, and that real letters are told from made-up ones.
func TestAPlanRepeats(t *testing.T) {
	t.Parallel()
	a, b := open(t), open(t)
	plan := demo.Plan{Seed: 9, Count: 300, Until: now()}
	fill(t, a, plan)
	m, err := demo.New(parts(t, b), plan)
	must(t, err)
	second, err := m.Make(t.Context(), 1, 0)
	must(t, err)
	must(t, m.Keep(t.Context(), second)) // stopped after a batch
	if stored, _ := fill(t, b, plan); stored != 250 {
		t.Errorf("%d tickets stored, want the 250 that were missing", stored)
	}
	if stored, _ := fill(t, b, plan); stored != 0 {
		t.Errorf("%d tickets stored a second time", stored)
	}
	one, other := all(t, a), all(t, b)
	if !reflect.DeepEqual(one, other) {
		t.Errorf("equal plans differ: %d and %d tickets, %+v and %+v", len(one), len(other), one[0], other[0])
	}
	genuine, err := a.Genuine(t.Context())
	if must(t, err); genuine {
		t.Error("made-up letters are taken for real ones")
	}
}

func TestPlansThatCannotBe(t *testing.T) {
	t.Parallel()
	for code, plan := range map[string]demo.Plan{
		"demo.count": {Until: now()},
		"demo.until": {Count: 1, Until: now().Add(time.Second)},
	} {
		if _, err := demo.New(parts(t, nil), plan); !problem.HasCode(err, code) {
			t.Errorf("%+v: %v, want %s", plan, err, code)
		}
	}
	if _, err := demo.New(parts(t, nil), demo.Plan{Count: 1, Until: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}); err == nil {
		t.Error("letters of years nobody knows the holidays of")
	}
}

func parts(tb testing.TB, s desk.Store) desk.Parts {
	tb.Helper()
	router, err := assignment.LoadRouter()
	must(tb, err)
	calendar, err := deadline.LoadCalendar()
	must(tb, err)
	profile, err := deadline.LoadProfile()
	must(tb, err)
	chains, err := review.LoadRules()
	must(tb, err)
	return desk.Parts{
		Store: s, Router: router, Tree: router.Tree(), Calendar: calendar, Profile: profile, Chains: chains, CodeKey: []byte("a key of the tests"),
		Now: now, Log: slog.New(slog.DiscardHandler), Rights: rights,
	}
}

func now() time.Time { return time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC) }

func rights(roles []string, path string) desk.Actor {
	u := access.User{UnitPath: path}
	for _, r := range roles {
		u.Roles = append(u.Roles, access.Role(r))
	}
	g := access.GrantOf(u)
	a := desk.Actor{Scope: g.Scope}
	for _, m := range g.Moves {
		a.Moves = append(a.Moves, ticket.Move(m))
	}
	return a
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// empty holds nothing.
type empty struct{ desk.Store }

func (empty) TicketByOrigin(context.Context, string, string) (ticket.Ticket, error) {
	return ticket.Ticket{}, problem.New(problem.NotFound, "ticket.not_found", "没有找到。")
}

// BenchmarkMake makes up tickets without storing them.
func BenchmarkMake(b *testing.B) {
	m, err := demo.New(parts(b, empty{}), demo.Plan{Seed: 1, Count: 1_000_000, Until: now()})
	must(b, err)
	made := 0
	for n := 0; b.Loop(); n++ {
		batch, err := m.Make(b.Context(), n, 0)
		must(b, err)
		made += batch.Tickets
	}
	b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "tickets/s")
}

// BenchmarkKeep stores them.
func BenchmarkKeep(b *testing.B) {
	s := open(b)
	m, err := demo.New(parts(b, s), demo.Plan{Seed: 1, Count: 1_000_000, Until: now()})
	must(b, err)
	made := 0
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		batch, err := m.Make(b.Context(), n, 0)
		must(b, err)
		b.StartTimer()
		must(b, m.Keep(b.Context(), batch))
		made += batch.Tickets
	}
	b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "tickets/s")
}

func open(tb testing.TB) *store.Store {
	tb.Helper()
	keys, err := seal.ParseKeyring(seal.GenerateKey("k1"))
	must(tb, err)
	s, err := store.Open(tb.Context(), store.Config{URL: filepath.Join(tb.TempDir(), "desk.db"), Keyring: keys})
	must(tb, err)
	tb.Cleanup(func() { must(tb, s.Close()) })
	must(tb, s.Migrate(tb.Context()))
	return s
}
