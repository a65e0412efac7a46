package desk

import (
	"context"

	"jiesu/internal/desk/gap"
	"jiesu/internal/problem"
)

// MostCounted is up to what number waiting things are counted: nobody works
// through more of them in a day.
const MostCounted = 1000

// CountReader counts what waits.
type CountReader interface {
	// Waiting counts, in one round trip, up to one more than MostCounted of each.
	Waiting(ctx context.Context, w Waiting) (WaitingCounts, error)
}

// Waiting is what is to be counted.
type Waiting struct {
	Tickets   []Filter
	Callbacks *Filter    // calls to be made of tickets it finds; nil: none
	Gaps      *GapFilter // nil: none
}

// WaitingCounts are the counts of a [Waiting].
type WaitingCounts struct {
	Tickets         []int
	Callbacks, Gaps int
}

// Queue is something beside tickets that waits for people.
type Queue string

// The queues.
const (
	SignalQueue   Queue = "signals"
	ReviewQueue   Queue = "reviews"
	CallbackQueue Queue = "callbacks"
	GapQueue      Queue = "gaps"
)

// Counts is how much waits for somebody.
type Counts struct {
	Tickets []int         // by filter
	Queues  map[Queue]int // those the reader has a part in
}

// Counts counts the tickets each filter finds, as far as a may see them, and what
// else waits for a. Signals and texts are counted one by one: who has a part in
// them is a matter of rules, and few are open at once.
func (d *Desk) Counts(ctx context.Context, a Actor, tickets []Filter) (Counts, error) {
	var w Waiting
	if a.Scope != "" {
		for _, f := range tickets {
			w.Tickets = append(w.Tickets, a.listed(f))
		}
	}
	if a.Calls {
		f := a.visible(Filter{})
		w.Callbacks = &f
	}
	deputed := d.deputed(a)
	if scope, ok := deputed.gapScope(); ok {
		w.Gaps = &GapFilter{State: gap.Open, Scope: scope}
	}
	n, err := d.Store.Waiting(ctx, w)
	if err != nil {
		return Counts{}, err
	}
	c := Counts{Tickets: n.Tickets, Queues: map[Queue]int{}}
	if w.Callbacks != nil {
		c.Queues[CallbackQueue] = n.Callbacks
	}
	if w.Gaps != nil {
		c.Queues[GapQueue] = n.Gaps
	}
	signals, err := d.Signals(ctx, a, false)
	if err := counted(c.Queues, SignalQueue, len(signals), err); err != nil {
		return Counts{}, err
	}
	texts, err := d.Texts(ctx, a, ReviewFilter{}, true)
	return c, counted(c.Queues, ReviewQueue, len(texts), err)
}

// counted notes how long a list is, unless its reader may not see it.
func counted(queues map[Queue]int, q Queue, n int, err error) error {
	if problem.KindOf(err) == problem.Denied {
		return nil
	}
	if err == nil {
		queues[q] = n
	}
	return err
}
