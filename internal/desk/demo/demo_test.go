package demo_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/demo"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

func parts(tb testing.TB, s desk.Store) desk.Parts {
	tb.Helper()
	router, err := assignment.LoadRouter()
	must(tb, err)
	calendar, err := deadline.LoadCalendar()
	must(tb, err)
	profile, err := deadline.LoadProfile()
	must(tb, err)
	return desk.Parts{
		Store: s, Router: router, Tree: router.Tree(), Calendar: calendar, Profile: profile, CodeKey: []byte("a key of the tests"),
		Now: now, Log: slog.New(slog.DiscardHandler), Rights: rights,
	}
}

func now() time.Time { return time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC) }

func rights(roles []string, path string) ([]ticket.Move, string) {
	u := access.User{UnitPath: path}
	for _, r := range roles {
		u.Roles = append(u.Roles, access.Role(r))
	}
	g := access.GrantOf(u)
	var moves []ticket.Move
	for _, m := range g.Moves {
		moves = append(moves, ticket.Move(m))
	}
	return moves, g.Scope
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
