package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

func (k *kit) consultation(edit func(*consultation.Consultation)) consultation.Consultation {
	k.Helper()
	c := consultation.Consultation{
		ID: k.id(), Unit: "traffic", UnitPath: "bureau/traffic", State: consultation.Open,
		Content: consultation.Content{Title: "停车管理办法", Text: "第一条\n", Days: 20, Short: "情况紧急"},
		Review:  consultation.Review{Authors: []string{"u1"}, At: noon(), ApprovedBy: "u2", ApprovedAt: noon()},
		OpensAt: noon(), Period: consultation.Period{Days: 20, ClosesAt: noon().AddDate(0, 0, 20), Rule: "consultation", Explain: []deadline.Line{{Date: "2026-03-03", Text: "第1天"}}},
		Changes: []consultation.Change{{At: noon(), By: "u1", Reason: "来信较多", After: noon()}}, CreatedAt: noon(), UpdatedAt: noon(), Version: 1,
	}
	if edit != nil {
		edit(&c)
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertConsultation(ctx, c) })
	return c
}

func testConsultations(k *kit) {
	open := k.consultation(nil)
	draft := k.consultation(func(c *consultation.Consultation) {
		c.State, c.OpensAt, c.CreatedAt = consultation.Draft, time.Time{}, noon().Add(time.Hour)
	})
	got, err := k.Consultation(k.Context(), open.ID)
	ok(k, err)
	same(k, "kept", got, open)
	all, err := k.Consultations(k.Context(), consultation.States(), 10)
	ok(k, err)
	same(k, "newest first", all, []consultation.Consultation{draft, open})
	public, err := k.Consultations(k.Context(), []consultation.State{consultation.Open, consultation.Reported}, 10)
	ok(k, err)
	same(k, "what is public", public, []consultation.Consultation{open})
	open.State, open.Reported, open.Version = consultation.Reported, noon().AddDate(0, 2, 0), 2
	open.Result = &consultation.Result{Text: "已研究。", Tally: consultation.Tally{Received: 1, Outcomes: []consultation.Outcome{{Outcome: reply.Adopted, N: 1}}}}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateConsultation(ctx, open, 1) })
	got, err = k.Consultation(k.Context(), open.ID)
	ok(k, err)
	same(k, "changed", got, open)
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateConsultation(ctx, open, 1) })
	wantCode(k, err, problem.Conflict, "consultation.stale")
	_, err = k.Consultation(k.Context(), "nothing")
	wantCode(k, err, problem.NotFound, "consultation.not_found")
	figures, err := k.ConsultationFigures(k.Context(), noon(), noon().AddDate(0, 2, 0))
	ok(k, err)
	same(k, "the figures of some time", figures, desk.ConsultationFigures{Opened: 1})
	figures, err = k.ConsultationFigures(k.Context(), noon().AddDate(0, 2, 0), noon().AddDate(0, 3, 0))
	ok(k, err)
	same(k, "of the time after it", figures, desk.ConsultationFigures{Reported: 1})
}

func testOpinions(k *kit) {
	c := k.consultation(nil)
	opinion := func(t *ticket.Ticket) { t.Kind, t.Consultation = channel.Opinion, c.ID }
	first, second := k.open(opinion), k.open(opinion)
	k.open(nil) // about something else
	for i, text := range []string{"不予采纳。", "写入第八条。"} {
		d := reply.Draft{ID: k.id(), TicketID: second.ID, Round: 1, Revision: i + 1, Text: text, Outcome: reply.Adopted, Author: "u1", At: noon()}
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveDraft(ctx, d) })
	}
	drafts, err := k.Drafts(k.Context(), second.ID)
	ok(k, err)
	want := []desk.Opinion{{Ticket: first}, {Ticket: second, Disposition: &drafts[1]}}
	got, err := k.Opinions(k.Context(), c.ID, "", 10)
	ok(k, err)
	same(k, "with the newest disposition", got, want)
	got, err = k.Opinions(k.Context(), c.ID, first.ID, 1)
	ok(k, err)
	same(k, "after the first", got, want[1:])
	figures, err := k.ConsultationFigures(k.Context(), noon(), noon().Add(time.Second))
	ok(k, err)
	same(k, "the figures", figures, desk.ConsultationFigures{Opened: 1, Opinions: 2})
}
