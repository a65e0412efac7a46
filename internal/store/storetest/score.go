package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// testScores freezes March: the facts are what happened in it, by who led then.
func testScores(k *kit) {
	from, until, err := deadline.ParseMonth("2026-03")
	ok(k, err)
	help := k.open(func(made *ticket.Ticket) { made.Kind, made.Lead = channel.Help, "mailbox" })
	tip := k.open(func(made *ticket.Ticket) { made.Kind = channel.Report })
	last := until.Add(-time.Microsecond)
	event := func(t ticket.Ticket, seq int64, m ticket.Move, at time.Time) ticket.Event {
		return ticket.Event{ID: k.id(), TicketID: t.ID, Seq: seq, Move: m, From: ticket.Reviewing, To: ticket.Answered, Lead: "station", At: at}
	}
	clock := func(t ticket.Ticket, p deadline.Purpose, met, breached time.Time) deadline.Clock {
		c := k.clock(t.ID)
		c.Purpose, c.MetAt, c.BreachedAt, c.NextAt = p, met, breached, time.Time{}
		return c
	}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, c := range []deadline.Clock{
			clock(help, deadline.Answer, from, time.Time{}), clock(help, deadline.Review, last, time.Time{}), clock(help, deadline.Answer, last, noon()),
			clock(tip, deadline.Answer, noon(), time.Time{}),
		} {
			if err := tx.InsertClock(ctx, c); err != nil {
				return err
			}
		}
		events := []ticket.Event{
			event(help, 1, ticket.Release, from.Add(-time.Microsecond)), event(help, 2, ticket.Release, from), event(help, 3, ticket.Release, last),
			event(help, 4, ticket.Return, noon()), event(help, 5, ticket.Redo, noon()), event(help, 6, ticket.Rate, noon()), event(help, 7, ticket.Rate, noon()),
			event(help, 8, ticket.Note, noon()), event(help, 9, ticket.Release, until), event(help, 10, ticket.Circular, noon()), event(tip, 1, ticket.Release, noon()),
		}
		events[3].Reason, events[4].Reason, events[5].Score = "not_our_duty", "unresolved", 4
		events[4].Lead = "" // from before steps kept it
		for _, e := range events {
			if err := tx.InsertEvent(ctx, e); err != nil {
				return err
			}
		}
		return tx.FreezeFacts(ctx, "2026-03", from, until)
	})
	want := []report.Fact{
		{Ticket: help.ID, Seq: 2, Unit: "station", Kind: report.Answered, Value: 1},
		{Ticket: help.ID, Seq: 3, Unit: "station", Kind: report.Answered},
		{Ticket: help.ID, Seq: 4, Unit: "station", Kind: report.Returned, Reason: "not_our_duty"},
		{Ticket: help.ID, Seq: 5, Unit: "mailbox", Kind: report.Redone, Reason: "unresolved"},
		{Ticket: help.ID, Seq: 6, Unit: "station", Kind: report.Rated, Value: 4},
	}
	same(k, "facts of March", k.facts("2026-03"), want)
	same(k, "facts of April", k.facts("2026-04"), []report.Fact(nil))
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.FreezeFacts(ctx, "2026-03", from, until) })
	wantCode(k, err, problem.Conflict, "score.frozen")
}

func (k *kit) facts(month string) (facts []report.Fact) {
	k.Helper()
	ok(k, k.EachFact(k.Context(), month, func(f report.Fact) error { facts = append(facts, f); return nil }))
	return facts
}

// testManyFacts: more facts than are read at once.
func testManyFacts(k *kit) {
	const many = 1_001
	from, until, err := deadline.ParseMonth("2026-03")
	ok(k, err)
	help := k.open(func(made *ticket.Ticket) { made.Kind = channel.Help })
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for seq := range int64(many) {
			e := ticket.Event{ID: k.id(), TicketID: help.ID, Seq: seq + 1, Move: ticket.Return, Lead: "station", At: noon()}
			if err := tx.InsertEvent(ctx, e); err != nil {
				return err
			}
		}
		return tx.FreezeFacts(ctx, "2026-03", from, until)
	})
	if facts := k.facts("2026-03"); len(facts) != many || facts[many-1].Seq != many {
		k.Errorf("%d facts of %d", len(facts), many)
	}
}

func testFrozenMonths(k *kit) {
	_, err := k.FrozenMonth(k.Context(), "2026-03")
	wantCode(k, err, problem.NotFound, "score.not_found")
	last, err := k.LastFrozen(k.Context())
	ok(k, err)
	same(k, "the last of none", last, "")
	march := desk.FrozenMonth{Month: "2026-03", At: noon(), By: "operator", Rules: "version: 1", Facts: 3, Digest: "d", Sheet: `{"lines":[]}`}
	april := march
	april.Month = "2026-04"
	for _, m := range []desk.FrozenMonth{april, march} {
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertFrozenMonth(ctx, m) })
	}
	got, err := k.FrozenMonth(k.Context(), "2026-03")
	ok(k, err)
	same(k, "March", got, march)
	last, err = k.LastFrozen(k.Context())
	ok(k, err)
	same(k, "the last", last, "2026-04")
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertFrozenMonth(ctx, march) })
	wantCode(k, err, problem.Conflict, "score.frozen")
}
