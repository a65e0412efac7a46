package storetest

import (
	"context"
	"strings"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// testSignals: signals come back as they were, are found by state and by ticket,
// only ever gain tickets, and a second writer is told so.
func testSignals(k *kit) {
	a, b := k.open(nil), k.open(nil)
	first := signal.Signal{
		ID: k.id(), Pattern: signal.Surging, Level: signal.Major, Category: "crowd", District: "east", Group: "traffic/east", Unit: "traffic",
		UnitPath: "bureau/traffic", Restricted: true, State: signal.Open, Since: noon(), RaisedAt: noon().Add(time.Minute), UpdatedAt: noon().Add(time.Minute),
		Tickets: []string{b.ID, a.ID}, Version: 1, Body: signal.Body{
			Watchlist: "1", Evidence: []signal.Evidence{{Ticket: a.ID, Pattern: signal.Surging, Count: 2}},
			Told: []signal.Told{{Chain: 1, Unit: "bureau", To: "leader", At: noon(), DueAt: noon().Add(time.Hour)}},
		},
	}
	second := signal.Signal{
		ID: k.id(), Pattern: signal.Repeated, Level: signal.General, State: signal.Closed, Since: noon(), RaisedAt: noon().Add(time.Hour), UpdatedAt: noon(),
		Tickets: []string{a.ID}, Version: 1,
	}
	for _, s := range []signal.Signal{first, second} {
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertSignal(ctx, s) })
	}
	got, err := k.Signals(k.Context(), signal.States(), 10)
	ok(k, err)
	same(k, "major ones first", got, []signal.Signal{first, second})
	got, err = k.Signals(k.Context(), []signal.State{signal.Closed}, 1)
	ok(k, err)
	same(k, "in a state", got, []signal.Signal{second})
	got, err = k.SignalsOf(k.Context(), []string{a.ID, "nothing"})
	ok(k, err)
	same(k, "of a ticket, oldest first", got, []signal.Signal{first, second})
	got, err = k.SignalsOf(k.Context(), nil)
	ok(k, err)
	same(k, "of none", len(got), 0)
	more := k.open(nil)
	first.State, first.Response, first.Into, first.Unit, first.Version = signal.Responding, a.ID, second.ID, "patrol", 2
	first.Tickets = append(first.Tickets, more.ID)
	first.Releases = []signal.Published{{At: noon(), Channel: signal.Press, Words: "上午十时", By: "u1"}}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateSignal(ctx, first, 1) })
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateSignal(ctx, first, 1) })
	wantCode(k, err, problem.Conflict, "signal.stale")
	one, err := k.Signal(k.Context(), first.ID)
	ok(k, err)
	same(k, "one", one, first)
	_, err = k.Signal(k.Context(), "nothing")
	wantCode(k, err, problem.NotFound, "signal.not_found")
}

// testWriters: letters of one person are those with one telephone number, and
// none of them a report; whoever gave none is one more person.
func testWriters(k *kit) {
	write := func(kind channel.Kind, phone string) ticket.Ticket {
		l := k.letter()
		t := k.ticket(l.ID)
		l.Kind, t.Kind = kind, kind
		if l.Contact.Phone = phone; phone == "" {
			l.Contact = nil
		}
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertTicket(ctx, l, t, []byte("code")) })
		return t
	}
	a, b := write(channel.Help, "13800138000"), write(channel.Consult, "13800138000")
	report, other := write(channel.Report, "13800138000"), write(channel.Help, "13900139000")
	nobody, another := write(channel.Help, ""), write(channel.Help, "")
	got, err := k.WrittenBySame(k.Context(), b.LetterID, noon().Add(-time.Hour))
	ok(k, err)
	same(k, "of one person", got, []string{a.ID, b.ID})
	for name, c := range map[string]struct {
		letter string
		since  time.Time
	}{"later": {b.LetterID, noon().Add(time.Hour)}, "of nobody known": {nobody.LetterID, noon().Add(-time.Hour)}} {
		got, err := k.WrittenBySame(k.Context(), c.letter, c.since)
		ok(k, err)
		same(k, name, len(got), 0)
	}
	past, err := k.Past(k.Context(), desk.PastFilter{Limit: 10})
	ok(k, err)
	wrote := map[string]string{}
	for _, p := range past {
		wrote[p.Ticket.ID] = p.Writer
	}
	if w := wrote[a.ID]; w == "" || w != wrote[b.ID] || w == wrote[other.ID] || wrote[nobody.ID] != "" || strings.Contains(w, "13800138000") {
		k.Errorf("who wrote what: %v", wrote)
	}
	n, err := k.Writers(k.Context(), []string{a.ID, b.ID, report.ID, other.ID, nobody.ID, another.ID})
	ok(k, err)
	same(k, "people", n, 3)
	n, err = k.Writers(k.Context(), nil)
	ok(k, err)
	same(k, "nobody", n, 0)
}
