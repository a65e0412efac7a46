package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

const (
	batch = 250 // tickets of one transaction
	tries = 20  // a number that was just taken is drawn again, with the whole batch
)

// Plan says what to make up. Equal plans make equal tickets.
type Plan struct {
	Seed  uint64
	Count int
	Until time.Time // when the last letter has come and nobody does anything any more
}

// origin begins the numbers of a plan's tickets. When it ends is no part of it:
// whoever goes on later goes on with the same plan.
func (p *Plan) origin() string { return fmt.Sprintf("%d-%d-", p.Seed, p.Count) }

// Maker makes up the tickets of a plan. It is not safe for concurrent use.
type Maker struct {
	parts desk.Parts
	made  *made
	plan  Plan
	times times
	now   time.Time
	store desk.Store
}

// New returns a maker for the store of parts, which also say what the rules are.
func New(p desk.Parts, plan Plan) (*Maker, error) {
	m := &Maker{parts: p, plan: plan, now: p.Now().UTC().Truncate(time.Microsecond), store: p.Store}
	switch {
	case plan.Count < 1:
		return nil, problem.New(problem.Invalid, "demo.count", "请给出要生成的件数。")
	case plan.Until.After(m.now):
		return nil, problem.New(problem.Invalid, "demo.until", "截止时间不能晚于现在。")
	}
	var err error
	if m.made, err = readMade(); err != nil {
		return nil, err
	}
	m.times, err = newTimes(p.Calendar, plan.Until, plan.Count)
	return m, err
}

// Batches is how many transactions the plan takes.
func (m *Maker) Batches() int { return (m.plan.Count + batch - 1) / batch }

// Batch is some made-up tickets that are not stored yet.
type Batch struct {
	Tickets int  // how many
	Known   bool // they are stored already
	Refused int  // moves the desk did not allow: attempts, as in a real desk

	files []*file
	acts  []audit.Entry
}

// Make makes up the n-th batch; try is how often that was done before.
func (m *Maker) Make(ctx context.Context, n, try int) (*Batch, error) {
	first := n * batch
	b := &Batch{Tickets: min(batch, m.plan.Count-first)}
	_, err := m.store.TicketByOrigin(ctx, channel.DemoPlatform, m.plan.origin()+strconv.Itoa(first))
	if b.Known = err == nil; b.Known || problem.KindOf(err) != problem.NotFound {
		return b, err
	}
	w := newWorld(m.parts, m.made, m.plan, first, try)
	for w.next < w.end {
		clear(w.shelf.files)
		at := m.times.at(w.next, m.plan.Count, w.rand.Float64())
		if err := w.live(ctx, at); err != nil {
			return nil, err
		}
		if err := w.reach(ctx, m.now); err != nil { // what the desk does without anybody
			return nil, err
		}
		for _, id := range slices.Sorted(maps.Keys(w.shelf.files)) {
			b.files = append(b.files, w.shelf.files[id])
		}
	}
	b.Refused, b.acts = w.refused, w.shelf.acts
	return b, nil
}

// Keep stores a batch that is not stored yet, all of it or nothing.
func (m *Maker) Keep(ctx context.Context, b *Batch) error {
	if b.Known {
		return nil
	}
	return m.store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		if err := b.keep(ctx, tx); err != nil {
			return err
		}
		for _, e := range b.acts {
			if err := tx.Record(ctx, e); err != nil {
				return err
			}
		}
		return tx.Record(ctx, audit.Entry{
			At: m.now, Actor: "operator", Action: "demo.tickets", Object: "demo",
			Detail: map[string]string{"plan": m.plan.origin(), "tickets": strconv.Itoa(b.Tickets)},
		})
	})
}

func (b *Batch) keep(ctx context.Context, tx desk.Tx) error {
	var events []ticket.Event
	var clocks []deadline.Clock
	for _, f := range b.files {
		if err := tx.InsertTicket(ctx, f.letter, f.ticket, f.code); err != nil {
			return err
		}
		for _, d := range f.drafts {
			if err := tx.SaveDraft(ctx, d); err != nil {
				return err
			}
		}
		for i := range f.reads {
			if err := tx.InsertReview(ctx, f.reads[i]); err != nil {
				return err
			}
		}
		events, clocks = append(events, f.events...), append(clocks, f.clocks...)
	}
	if err := tx.InsertEvent(ctx, events...); err != nil {
		return err
	}
	return tx.InsertClock(ctx, clocks...)
}

// Again reports whether a batch that was not kept may be tried once more: a
// number it drew was taken.
func Again(err error, try int) bool { return problem.HasCode(err, "ticket.taken") && try < tries }
