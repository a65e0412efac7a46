package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

func testClockRoundTrip(k *kit) {
	made := k.open(nil)
	c := k.clock(made.ID)
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertClock(ctx, c) })
	got, err := k.Clocks(k.Context(), made.ID)
	ok(k, err)
	same(k, "inserted", got, []deadline.Clock{c})

	next := c
	next.MetAt, next.BreachedAt, next.NextAt, next.NextStep, next.Version = noon(), c.DueAt, time.Time{}, 1, 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateClock(ctx, next, 1) })
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateClock(ctx, c, 1) })
	wantCode(k, err, problem.Conflict, "ticket.stale")
	got, err = k.Clocks(k.Context(), made.ID)
	ok(k, err)
	same(k, "updated", got, []deadline.Clock{next})
}

func testClockDue(k *kit) {
	made := k.open(nil)
	put := func(edit func(*deadline.Clock)) string {
		c := k.clock(made.ID)
		edit(&c)
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertClock(ctx, c) })
		return c.ID
	}
	later := put(func(c *deadline.Clock) { c.NextAt = noon() })
	sooner := put(func(c *deadline.Clock) { c.NextAt = noon().Add(-time.Hour) })
	put(func(c *deadline.Clock) { c.NextAt = noon().Add(time.Microsecond) })
	put(func(c *deadline.Clock) { c.NextAt, c.MetAt = noon(), noon() })
	put(func(c *deadline.Clock) { c.NextAt, c.SupersededBy = noon(), later })
	put(func(c *deadline.Clock) { c.NextAt = time.Time{} })
	for limit, want := range map[int][]string{10: {sooner, later}, 1: {sooner}} {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			due, err := tx.DueClocks(ctx, noon(), limit)
			var got []string
			for _, c := range due {
				got = append(got, c.ID)
			}
			same(k, "due", got, want)
			return err
		})
	}
}

func testClockSteps(k *kit) {
	made := k.open(nil)
	var clocks []deadline.Clock
	for range 20 {
		c := k.clock(made.ID)
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertClock(ctx, c) })
		c.Steps = append(c.Steps, deadline.Step{Name: "again", To: "leader", At: noon().Add(2 * time.Hour), Every: 5})
		c.NextStep, c.NextAt, c.Version = 1, noon().Add(2*time.Hour), 2
		clocks = append(clocks, c)
	}
	clocks[3].NextAt, clocks[3].BreachedAt = time.Time{}, clocks[3].DueAt
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.StepClocks(ctx, clocks) })
	got, err := k.Clocks(k.Context(), made.ID)
	ok(k, err)
	same(k, "stepped", got, clocks)
	behind := []deadline.Clock{clocks[0], clocks[1]}
	behind[0].Version, behind[0].NextStep = 3, 9
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.StepClocks(ctx, behind) })
	wantCode(k, err, problem.Conflict, "ticket.stale")
	got, err = k.Clocks(k.Context(), made.ID)
	ok(k, err)
	same(k, "none of a stale batch", got, clocks)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		found, err := tx.TicketsByID(ctx, []string{made.ID, "nobody's"})
		same(k, "tickets", found, []ticket.Ticket{made})
		numbered, unknown := tx.TicketsByNumber(ctx, []string{made.Number, "261130-0000-0000"})
		same(k, "tickets by number", numbered, found)
		return errors.Join(err, unknown, tx.StepClocks(ctx, nil))
	})
}

// testClocksClaimedOnce lets eight workers fire the same clocks.
func testClocksClaimedOnce(k *kit) {
	made := k.open(nil)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for range 100 {
			if err := tx.InsertClock(ctx, k.clock(made.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	fired := map[string]int{}
	fire := func(ctx context.Context, tx desk.Tx) (batch []string, err error) {
		due, err := tx.DueClocks(ctx, noon().Add(time.Hour), 7)
		for _, c := range due {
			was := c.Version
			c.NextAt, c.Version = time.Time{}, was+1
			if err := tx.UpdateClock(ctx, c, was); err != nil {
				return nil, err
			}
			batch = append(batch, c.ID)
		}
		return batch, err
	}
	together(8, func(int) {
		for batch := []string{""}; len(batch) > 0; {
			err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) (err error) {
				batch, err = fire(ctx, tx)
				return err
			})
			if err != nil {
				k.Error(err)
				return
			}
			mu.Lock()
			for _, id := range batch {
				fired[id]++
			}
			mu.Unlock()
		}
	})
	each(k, "clock", fired, 100)
}

// each wants n keys, every one counted once.
func each(tb testing.TB, what string, counts map[string]int, n int) {
	tb.Helper()
	if len(counts) != n {
		tb.Errorf("%d of %d %ss", len(counts), n, what)
	}
	for id, times := range counts {
		if times != 1 {
			tb.Errorf("%s %s came %d times", what, id, times)
		}
	}
}
