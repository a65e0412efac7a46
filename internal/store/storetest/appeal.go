package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// appeal is one against a step of a ticket, as it was filed.
func (k *kit) appeal(t ticket.Ticket, seq int64) desk.Appeal {
	return desk.Appeal{
		ID: k.id(), TicketID: t.ID, Ticket: t.Number, Seq: seq, Unit: "traffic", Score: 2, RatedAt: noon(), Reason: "mistaken", Words: "来信人打电话说选错了。",
		State: desk.AppealWaiting, Appellant: "u1", FiledAt: noon().Add(time.Duration(seq) * time.Minute), Version: 1,
	}
}

func (k *kit) file(a desk.Appeal) {
	k.Helper()
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertAppeal(ctx, a) })
}

// testAppeals: one a rating, dated by its clock, listed for who may see the
// ticket, and decided once.
func testAppeals(k *kit) {
	t := k.open(func(made *ticket.Ticket) { made.Avoid, made.LeadPath = []string{"patrol"}, "bureau/traffic" })
	clock := k.clock(t.ID)
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertClock(ctx, clock) })
	first, second := k.appeal(t, 5), k.appeal(t, 9)
	first.Clock = clock.ID
	k.file(first)
	k.file(second)
	first.DueAt = clock.DueAt
	err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertAppeal(ctx, k.appeal(t, 5)) })
	wantCode(k, err, problem.Conflict, "appeal.twice")
	got, err := k.AppealsOf(k.Context(), t.ID)
	ok(k, err)
	same(k, "of a ticket", got, []desk.Appeal{first, second})
	for scope, want := range map[string][]desk.Appeal{"": {first}, "bureau/traffic": {first}, "bureau/patrol": {}} {
		got, err = k.Appeals(k.Context(), desk.Filter{Scope: scope}, desk.AppealWaiting, 1)
		ok(k, err)
		same(k, "waiting in "+scope, got, want)
	}
	got, err = k.Appeals(k.Context(), desk.Filter{Unit: "patrol"}, desk.AppealWaiting, 9)
	ok(k, err)
	same(k, "for a unit that is kept away", got, []desk.Appeal{})
	first.State, first.DecidedBy, first.DecidedAt, first.Decision, first.Struck, first.Version = desk.AppealUpheld, "u2", noon().Add(time.Hour), "情况属实。", true, 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateAppeal(ctx, first, 1) })
	one, err := k.Appeal(k.Context(), first.ID)
	ok(k, err)
	same(k, "decided", one, first)
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateAppeal(ctx, first, 1) })
	wantCode(k, err, problem.Conflict, "appeal.stale")
	_, err = k.Appeal(k.Context(), "nobody")
	wantCode(k, err, problem.NotFound, "appeal.not_found")
}

// testStruckRatings: a struck rating is in no figure and behind none; one that
// was found unfair too late is.
func testStruckRatings(k *kit) {
	from, until, err := deadline.ParseMonth("2026-03")
	ok(k, err)
	t := k.open(func(made *ticket.Ticket) { made.Lead, made.Avoid = "traffic", nil })
	rate := func(seq int64) ticket.Event {
		return ticket.Event{ID: k.id(), TicketID: t.ID, Seq: seq, Move: ticket.Rate, From: ticket.Answered, To: ticket.Answered, Lead: "traffic", Kind: t.Kind, Score: 1, At: noon()}
	}
	struck, late := k.appeal(t, 2), k.appeal(t, 3)
	struck.State, struck.Struck, late.State = desk.AppealUpheld, true, desk.AppealUpheld
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertEvent(ctx, rate(2), rate(3), rate(4))
	})
	k.file(struck)
	k.file(late)
	k.file(k.appeal(t, 4))
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.HoldMonths(ctx); err != nil {
			return err
		}
		return tx.FreezeFacts(ctx, "2026-03", from, until)
	})
	if facts := k.facts("2026-03"); len(facts) != 2 || facts[0].Seq != 3 || facts[1].Seq != 4 {
		k.Errorf("facts: %+v", facts)
	}
	cells, err := k.CountCells(k.Context(), from, until)
	ok(k, err)
	if len(cells) != 1 || cells[0].Step != report.Graded || cells[0].N != 2 {
		k.Errorf("cells: %+v", cells)
	}
	behind, err := k.CountedTickets(k.Context(), desk.Filter{}, desk.Counted{From: from, Until: until, Steps: []report.Step{report.Graded}, Limit: 9})
	ok(k, err)
	if len(behind) != 2 {
		k.Errorf("behind the figure: %+v", behind)
	}
	upheld, err := k.UpheldAppeals(k.Context(), from, until)
	ok(k, err)
	same(k, "upheld", upheld, []desk.UpheldAppeals{{Unit: "traffic", Struck: 1, Late: 1}})
	upheld, err = k.UpheldAppeals(k.Context(), until, until.AddDate(0, 1, 0))
	ok(k, err)
	same(k, "upheld in April", upheld, []desk.UpheldAppeals(nil))
}
