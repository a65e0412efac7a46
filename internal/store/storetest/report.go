package storetest

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// lived stores the way of three tickets through March: one answered in time,
// redone and answered late, one that became a request for information and was
// declined, and a report (举报).
func (k *kit) lived() (help, request ticket.Ticket) {
	k.Helper()
	of := func(kind channel.Kind) ticket.Ticket {
		return k.open(func(made *ticket.Ticket) {
			made.Kind, made.Lead, made.CreatedAt, made.Avoid = kind, "traffic", noon(), nil
		})
	}
	help, request, tip := of(channel.Help), of(channel.Disclosure), of(channel.Report)
	at := func(hours int) time.Time { return noon().Add(time.Duration(hours) * time.Hour) }
	event := func(t ticket.Ticket, seq int64, m ticket.Move, hours int, lead string, edit func(*ticket.Event)) ticket.Event {
		e := ticket.Event{ID: k.id(), TicketID: t.ID, Seq: seq, Move: m, From: ticket.Reviewing, To: ticket.Answered, Lead: lead, Kind: t.Kind, At: at(hours)}
		if edit != nil {
			edit(&e)
		}
		return e
	}
	reason := func(code string) func(*ticket.Event) { return func(e *ticket.Event) { e.Reason = code } }
	met := func(hours int, breached time.Time) deadline.Clock {
		c := k.clock(help.ID)
		c.MetAt, c.BreachedAt, c.NextAt = at(hours), breached, time.Time{}
		return c
	}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertClock(ctx, met(10, time.Time{}), met(50, at(40))); err != nil {
			return err
		}
		for i, hours := range []int{10, 50} {
			d := reply.Draft{ID: k.id(), TicketID: help.ID, Round: i + 1, Revision: 1, Text: "已修好。", Outcome: reply.Resolved, Author: "u1", At: at(1), ReleasedAt: at(hours)}
			if err := tx.SaveDraft(ctx, d); err != nil {
				return err
			}
		}
		return tx.InsertEvent(ctx,
			event(help, 1, ticket.Open, 0, "mailbox", nil), event(help, 2, ticket.Dispatch, 1, "mailbox", nil), event(help, 3, ticket.Sign, 2, "patrol", nil),
			event(help, 4, ticket.Release, 10, "patrol", nil), event(help, 5, ticket.Rate, 11, "patrol", func(e *ticket.Event) { e.Score, e.Solved = 2, true }),
			event(help, 6, ticket.Redo, 20, "patrol", reason("unresolved")), event(help, 7, ticket.Return, 21, "mailbox", reason("avoid")),
			event(help, 8, ticket.Reassign, 22, "mailbox", reason("wrong_unit")), event(help, 9, ticket.Release, 50, "", nil),
			event(help, 10, ticket.Rate, 51, "traffic", nil), // without a score: from before steps kept it
			event(request, 1, ticket.Open, 0, "mailbox", func(e *ticket.Event) { e.Kind = channel.Consult }),
			event(request, 2, ticket.Reclassify, 1, "mailbox", func(e *ticket.Event) { e.Kind = channel.Consult }),
			event(request, 3, ticket.Decline, 5, "mailbox", func(e *ticket.Event) { e.Kind, e.Reason = "", "petition" }),
			event(tip, 1, ticket.Open, 0, "mailbox", nil), event(tip, 2, ticket.Release, 3, "patrol", nil))
	})
	return help, request
}

// testReportCells: what is counted is what happened then, by who led then, and
// of reports the kind alone.
func testReportCells(k *kit) {
	k.lived()
	from, until, err := deadline.ParseMonth("2026-03")
	ok(k, err)
	const hour = 3600
	help := func(c report.Cell) report.Cell {
		c.Category, c.Channel, c.District, c.Kind, c.N = "noise", "web", "east", "help", 1
		return c
	}
	as := func(kind string, c report.Cell) report.Cell { c = help(c); c.Kind = kind; return c }
	want := report.Sum([]report.Cell{
		help(report.Cell{Unit: "mailbox", Step: report.Received}), help(report.Cell{Unit: "patrol", Step: report.Assigned}),
		help(report.Cell{Unit: "patrol", Step: report.Replied, Code: "resolved", Good: 1, Firsts: 1, Seconds: 10 * hour}),
		help(report.Cell{Unit: "patrol", Step: report.Graded, Code: "2", Good: 1}), help(report.Cell{Unit: "patrol", Step: report.Reopened, Code: "unresolved"}),
		help(report.Cell{Unit: "mailbox", Step: report.GivenBack, Code: "avoid"}), help(report.Cell{Unit: "traffic", Step: report.Assigned, Code: "wrong_unit"}),
		help(report.Cell{Unit: "traffic", Step: report.Replied, Code: "resolved", Seconds: 30 * hour}),
		as("consult", report.Cell{Unit: "mailbox", Step: report.Received}),
		as("disclosure", report.Cell{Unit: "mailbox", Step: report.Declined, Code: "petition", Firsts: 1, Seconds: 5 * hour}),
		{Kind: "report", Step: report.Received, N: 1},
		{Kind: "report", Step: report.Replied, N: 1, Firsts: 1, Seconds: 3 * hour},
	})
	got, err := k.CountCells(k.Context(), from, until)
	ok(k, err)
	same(k, "March", got, want)
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertCells(ctx, "2026-03", got) })
	kept, err := k.ReportCells(k.Context(), "2026-03")
	ok(k, err)
	same(k, "as it was closed", kept, got)
	none, err := k.CountCells(k.Context(), until, until.AddDate(0, 1, 0))
	ok(k, err)
	same(k, "April", none, []report.Cell{})
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertCells(ctx, "2026-03", got) })
	wantCode(k, err, problem.Conflict, "score.frozen")
}

func testReportMonths(k *kit) {
	_, err := k.ReportMonth(k.Context(), "2026-03")
	wantCode(k, err, problem.NotFound, "report.not_found")
	march := desk.ReportMonth{Month: "2026-03", At: noon(), Form: "version: 1", Digest: "d"}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertReportMonth(ctx, march) })
	got, err := k.ReportMonth(k.Context(), "2026-03")
	ok(k, err)
	same(k, "March", got, march)
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertReportMonth(ctx, march) })
	wantCode(k, err, problem.Conflict, "score.frozen")
}

// testCountedTickets: what is behind a figure, page by page, is never a report,
// nor of a unit or a line that was not asked for.
func testCountedTickets(k *kit) {
	help, request := k.lived()
	patrol, consult := "patrol", "consult"
	all := desk.Counted{From: noon(), Until: noon().Add(99 * time.Hour), Steps: []report.Step{report.Received, report.Replied}, Limit: 10}
	with := func(change func(*desk.Counted)) desk.Counted { c := all; change(&c); return c }
	for name, c := range map[string]struct {
		asked desk.Counted
		want  []string
	}{
		"all":      {all, []string{help.Number, request.Number, help.Number, help.Number}},
		"a unit":   {with(func(c *desk.Counted) { c.Unit = &patrol }), []string{help.Number}},
		"units":    {with(func(c *desk.Counted) { c.Units = []string{"traffic", "patrol"} }), []string{help.Number, help.Number}},
		"a kind":   {with(func(c *desk.Counted) { c.Kind = &consult }), []string{request.Number}},
		"a step":   {with(func(c *desk.Counted) { c.Steps = []report.Step{report.GivenBack} }), []string{help.Number}},
		"too soon": {with(func(c *desk.Counted) { c.Until = c.From }), []string{}},
	} {
		got, err := k.CountedTickets(k.Context(), desk.Filter{Reports: true}, c.asked)
		ok(k, err)
		numbers := []string{}
		for _, t := range got {
			numbers = append(numbers, t.Number)
		}
		same(k, name, numbers, c.want)
	}
	first, err := k.CountedTickets(k.Context(), desk.Filter{}, with(func(c *desk.Counted) { c.Limit = 3 }))
	ok(k, err)
	rest, err := k.CountedTickets(k.Context(), desk.Filter{}, with(func(c *desk.Counted) { c.After = first[2] }))
	ok(k, err)
	whole, err := k.CountedTickets(k.Context(), desk.Filter{}, all)
	ok(k, err)
	same(k, "page by page", slices.Concat(first, rest), whole)
	if c := whole[2].Cell; c.Code != "resolved" || c.Good != 1 || c.Kind != "help" {
		k.Errorf("the reply in time: %+v", c)
	}
	way, err := k.Passages(k.Context(), string(channel.Disclosure), noon().Add(4*time.Hour))
	ok(k, err)
	same(k, "the request before it was declined", way, []report.Passage{{Ticket: request.Number, Opened: noon(), Step: report.Received, At: noon()}})
}

// testShown: a number is told to nobody who must keep away from its ticket.
func testShown(k *kit) {
	put := func(number string, kind channel.Kind, avoid ...string) {
		k.open(func(made *ticket.Ticket) {
			made.Number, made.Kind, made.Avoid, made.Lead = number, kind, avoid, "traffic"
		})
	}
	put("J1", channel.Disclosure)
	put("J2", channel.Disclosure, "mailbox")
	put("J3", channel.Disclosure, "user:chief")
	put("J4", channel.Report)
	for name, c := range map[string]struct {
		filter desk.Filter
		want   []string
	}{
		"everybody's":                         {desk.Filter{Reports: true}, []string{"J1", "J2", "J3", "J4"}},
		"not about the own unit, nor oneself": {desk.Filter{Unit: "mailbox", Viewer: "chief"}, []string{"J1"}},
	} {
		got, err := k.Shown(k.Context(), c.filter, []string{"J4", "J3", "J2", "J1", "J0"})
		ok(k, err)
		same(k, name, got, c.want)
	}
	none, err := k.Shown(k.Context(), desk.Filter{Reports: true}, nil)
	ok(k, err)
	same(k, "of none", none, []string(nil))
}
