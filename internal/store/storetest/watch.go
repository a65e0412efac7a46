package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

func testWatched(k *kit) {
	standing := func(c *deadline.Clock) {
		c.NextAt, c.Pauses = time.Time{}, []deadline.Pause{{Reason: deadline.AwaitSupplement, From: noon()}}
	}
	put := func(id string, edit func(*deadline.Clock)) {
		c := k.clock(id)
		edit(&c)
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertClock(ctx, c) })
	}
	var want, still []desk.Watched
	for i, status := range ticket.Statuses() {
		made := k.open(func(t *ticket.Ticket) { t.Status = status })
		put(made.ID, func(c *deadline.Clock) { c.MetAt, c.NextAt = noon(), time.Time{} })
		put(made.ID, func(c *deadline.Clock) { c.SupersededBy, c.NextAt = "another", time.Time{} })
		w := desk.Watched{ID: made.ID, Number: made.Number, Status: status, Matter: deadline.Matter{
			Kind: string(made.Kind), Source: string(made.Source), Urgency: string(made.Urgency), Origin: made.Origin.Platform,
		}}
		if i%3 > 0 {
			put(made.ID, func(*deadline.Clock) {})
			w.Clocks = append(w.Clocks, desk.WatchedClock{Purpose: deadline.Answer, Next: true})
		}
		if i%3 == 1 {
			put(made.ID, standing)
			w.Clocks = append(w.Clocks, desk.WatchedClock{Purpose: deadline.Answer, Paused: deadline.AwaitSupplement})
			still = append(still, w)
		}
		if len(status.Waits()) > 0 {
			want = append(want, w)
		}
	}
	read := func(after string, still bool, limit int) []desk.Watched {
		got, err := k.Watched(k.Context(), after, still, limit)
		ok(k, err)
		for i := range got {
			got[i].Clocks = runsFirst(got[i].Clocks)
		}
		return got
	}
	same(k, "unfinished", read("", false, 100), want)
	same(k, "a page", read(want[1].ID, false, 3), want[2:5])
	same(k, "standing still", read("", true, 100), still)
	same(k, "a page of them", read(still[0].ID, true, 2), still[1:3])
	stranded := k.open(func(t *ticket.Ticket) { t.Status = ticket.Declined })
	put(stranded.ID, func(c *deadline.Clock) { c.NextAt = time.Time{} })
	last := read(still[len(still)-1].ID, true, 100)
	same(k, "stranded", last[0].Clocks, []desk.WatchedClock{{Purpose: deadline.Answer}})
}

// runsFirst puts clocks that run before those that stand.
func runsFirst(clocks []desk.WatchedClock) []desk.WatchedClock {
	if len(clocks) == 2 && !clocks[0].Next {
		clocks[0], clocks[1] = clocks[1], clocks[0]
	}
	return clocks
}

func testBacklog(k *kit) {
	ask := func() desk.Backlog {
		b, err := k.Backlog(k.Context(), noon(), noon().Add(-time.Hour), noon().Add(-24*time.Hour))
		ok(k, err)
		return b
	}
	none := desk.Backlog{Late: desk.Finding{Kind: desk.ClockLate}, GivenUp: desk.Finding{Kind: desk.JobGivenUp}}
	same(k, "nothing", ask(), none)
	plain := k.open(nil)
	report := k.open(func(t *ticket.Ticket) { t.Kind = channel.Report })
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for i, id := range []string{plain.ID, plain.ID, report.ID, plain.ID} {
			c := k.clock(id)
			c.NextAt = noon().Add([]time.Duration{time.Minute, -time.Minute, -2 * time.Hour, -3 * time.Hour}[i])
			if err := tx.InsertClock(ctx, c); err != nil {
				return err
			}
		}
		ready, leased, old, failed := k.job("ready"), k.job("leased"), k.job("old"), k.job("failed")
		ready.RunAt, leased.RunAt, leased.LeaseUntil = noon().Add(-time.Minute), noon().Add(-time.Hour), noon().Add(time.Second)
		old.State, old.RunAt, failed.State = desk.JobFailed, noon().Add(-25*time.Hour), desk.JobFailed
		return tx.Enqueue(ctx, ready, leased, old, failed)
	})
	same(k, "something", ask(), desk.Backlog{
		Clock: noon().Add(-3 * time.Hour), Job: noon().Add(-time.Minute),
		Late:    desk.Finding{Kind: desk.ClockLate, Count: 2, Tickets: []string{plain.Number}},
		GivenUp: desk.Finding{Kind: desk.JobGivenUp, Count: 1, Codes: []string{"notify.staff"}},
	})
}
