package storetest

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// testSupervision: what the database counts and lists is what the rules say of
// each ticket.
func testSupervision(k *kit) {
	all := k.manyStates()
	counts, err := k.SupervisionCounts(k.Context(), desk.Filter{Reports: true, At: noon()})
	ok(k, err)
	for _, unit := range []string{"station-1", "station-2", "mailbox"} {
		i := slices.IndexFunc(counts, func(c desk.UnitCounts) bool { return c.Unit == unit })
		if i < 0 {
			k.Fatalf("nothing is counted for %s: %+v", unit, counts)
		}
		for _, aspect := range desk.Aspects() {
			want := belonging(all, unit, aspect)
			page, err := k.Tickets(k.Context(), desk.Filter{Reports: true, Aspect: aspect, Owner: unit, At: noon(), Limit: 100})
			ok(k, err)
			same(k, unit+" "+string(aspect), numbersOf(page.Tickets), numbersOf(want))
			if counts[i].Counts[aspect] != len(want) {
				k.Errorf("%s %s: counted %d, want %d", unit, aspect, counts[i].Counts[aspect], len(want))
			}
		}
		late := belonging(all, unit, desk.PastDue)
		oldest := slices.MinFunc(late, func(a, b ticket.Ticket) int { return a.DueAt.Compare(b.DueAt) })
		if !counts[i].Oldest.Equal(oldest.DueAt) {
			k.Errorf("%s: oldest %s, want %s", unit, counts[i].Oldest, oldest.DueAt)
		}
	}
}

// manyStates opens tickets in all kinds of states, the same at every run.
func (k *kit) manyStates() []ticket.Ticket {
	chance := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // a test that repeats
	around := func() time.Time { return noon().Add(time.Duration(chance.IntN(5)-2) * 12 * time.Hour) }
	var all []ticket.Ticket
	for range 120 {
		all = append(all, k.open(func(made *ticket.Ticket) {
			made.Status, made.Resume = ticket.Statuses()[chance.IntN(len(ticket.Statuses()))], ""
			if made.Status == ticket.Supplement {
				made.Resume = []ticket.Status{ticket.Received, ticket.Handling}[chance.IntN(2)]
			}
			made.Lead = []string{"station-1", "station-2"}[chance.IntN(2)]
			made.LeadPath, made.Avoid, made.Co = "bureau/"+made.Lead, nil, nil
			made.Urges, made.Supervisions, made.Returns = chance.IntN(2), chance.IntN(3), chance.IntN(3)
			made.DueAt, made.CircularAt, made.FeedbackDue = around(), around(), around()
			if chance.IntN(2) == 0 {
				made.CircularAt = time.Time{}
			}
			if made.Supervisions == 0 || chance.IntN(2) == 0 {
				made.FeedbackDue = time.Time{}
			}
			made.Standing = chance.IntN(4) == 0
		}))
	}
	return all
}

// belonging are the tickets a unit answers for that show an aspect.
func belonging(all []ticket.Ticket, unit string, aspect desk.Aspect) []ticket.Ticket {
	return slices.DeleteFunc(slices.Clone(all), func(t ticket.Ticket) bool {
		owner := "mailbox"
		if t.Dispatched() {
			owner = t.Lead
		}
		return owner != unit || !aspect.Shows(&t, noon())
	})
}

func numbersOf(tickets []ticket.Ticket) []string {
	var numbers []string
	for i := range tickets {
		numbers = append(numbers, tickets[i].Number)
	}
	slices.Sort(numbers)
	return numbers
}

// testSupervisionIsForWhoMaySee: nothing is counted that the viewer's list does
// not show.
func testSupervisionIsForWhoMaySee(k *kit) {
	put := func(lead string, edit func(*ticket.Ticket)) {
		k.open(func(made *ticket.Ticket) {
			made.Lead, made.LeadPath, made.Avoid, made.Co, made.Status, made.Kind = lead, "bureau/"+lead, nil, nil, ticket.Handling, channel.Help
			made.Standing, made.DueAt = false, noon().Add(-time.Hour)
			edit(made)
		})
	}
	put("branch", func(*ticket.Ticket) {})
	put("branch", func(made *ticket.Ticket) { made.Kind = channel.Report })
	put("branch", func(made *ticket.Ticket) { made.Avoid = []string{"bureau", "user:chief"} })
	put("branch", func(made *ticket.Ticket) { made.Status, made.Resume = ticket.Received, "" })
	put("other", func(*ticket.Ticket) {})
	put("bureau", func(made *ticket.Ticket) {
		made.Avoid, made.Status, made.Resume = []string{"mailbox"}, ticket.Received, ""
	})
	for name, c := range map[string]struct {
		filter desk.Filter
		want   map[string]int
	}{
		"task force":  {desk.Filter{Reports: true, Unit: "mailbox"}, map[string]int{"branch": 3, "mailbox": 1, "other": 1}},
		"leader":      {desk.Filter{Unit: "bureau", Viewer: "u1"}, map[string]int{"branch": 1, "bureau": 1, "mailbox": 1, "other": 1}},
		"the branch":  {desk.Filter{Scope: "bureau/branch", Unit: "branch", Viewer: "u2"}, map[string]int{"branch": 3}},
		"its chief":   {desk.Filter{Scope: "bureau/branch", Unit: "branch", Viewer: "chief"}, map[string]int{"branch": 2}},
		"a neighbour": {desk.Filter{Scope: "bureau/third", Unit: "third"}, map[string]int{}},
	} {
		c.filter.At = noon()
		counts, err := k.SupervisionCounts(k.Context(), c.filter)
		ok(k, err)
		got := map[string]int{}
		for _, u := range counts {
			got[u.Unit] = u.Counts[desk.PastDue]
		}
		same(k, name, got, c.want)
	}
}

func testCirculars(k *kit) {
	from, until, err := deadline.ParseMonth("2026-03")
	ok(k, err)
	help := k.open(func(made *ticket.Ticket) {
		made.Kind, made.Avoid, made.Lead, made.LeadPath = channel.Help, nil, "branch", "bureau/branch"
	})
	tip := k.open(func(made *ticket.Ticket) {
		made.Kind, made.Avoid, made.Lead, made.LeadPath = channel.Report, nil, "branch", "bureau/branch"
	})
	event := func(t ticket.Ticket, seq int64, m ticket.Move, at time.Time, lead string) ticket.Event {
		return ticket.Event{ID: k.id(), TicketID: t.ID, Seq: seq, Move: m, From: ticket.Handling, To: ticket.Handling, Actor: "u1", Lead: lead, Note: "超期未答复。", At: at}
	}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, e := range []ticket.Event{
			event(help, 2, ticket.Circular, until.Add(-time.Microsecond), "branch"), event(help, 1, ticket.Circular, from, "station"),
			event(help, 3, ticket.Circular, until, "branch"), event(help, 4, ticket.Note, from, "branch"), event(tip, 1, ticket.Circular, noon(), "branch"),
		} {
			if err := tx.InsertEvent(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	want := []desk.Circulated{
		{Ticket: help.Number, Unit: "station", By: "u1", At: from.UTC(), Note: "超期未答复。"},
		{Ticket: help.Number, Unit: "branch", By: "u1", At: until.Add(-time.Microsecond).UTC(), Note: "超期未答复。"},
	}
	got, err := k.Circulars(k.Context(), desk.Filter{Unit: "bureau"}, from, until, 10)
	ok(k, err)
	same(k, "of March, without the report", got, want)
	got, err = k.Circulars(k.Context(), desk.Filter{Scope: "bureau/other", Unit: "other"}, from, until, 10)
	ok(k, err)
	same(k, "elsewhere", got, []desk.Circulated{})
	got, err = k.Circulars(k.Context(), desk.Filter{Unit: "bureau"}, from, until, 1)
	ok(k, err)
	same(k, "the first", got, want[:1])
}
