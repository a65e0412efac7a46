package storetest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// testMail: one a ticket, guarded by its version, listed while its answer waits to
// be entered.
func testMail(k *kit) {
	var made []desk.Mail
	steps := map[string]ticket.Event{}
	for i, waiting := range []string{"b", "", "a"} {
		m := desk.Mail{Ticket: k.open(nil).ID, Source: "mayor", Digest: "d", Waiting: waiting, Version: 1}
		if i == 2 {
			m.EnteredBy, m.EnteredAt = "u1", noon()
		}
		made = append(made, m)
		k.change(func(ctx context.Context, tx desk.Tx) error {
			for seq, id := range []string{waiting, "z"} {
				e := ticket.Event{ID: id, TicketID: m.Ticket, Seq: int64(seq + 2), Move: ticket.Release, Public: "已经修好。", At: noon()}
				if steps[id] = e; id == "" {
					continue
				}
				if err := tx.InsertEvent(ctx, e); err != nil {
					return err
				}
			}
			return tx.SaveMail(ctx, m, 0)
		})
	}
	for name, c := range map[string]struct {
		source string
		limit  int
		want   []ticket.Event
	}{
		"waiting":           {"mayor", 9, []ticket.Event{steps["a"], steps["b"]}},
		"the first":         {"mayor", 1, []ticket.Event{steps["a"]}},
		"of another source": {"province", 9, []ticket.Event{}},
	} {
		got, err := k.WaitingSteps(k.Context(), c.source, c.limit)
		ok(k, err)
		same(k, name, got, c.want)
	}
	m := made[0]
	m.Waiting, m.EnteredBy, m.EnteredAt, m.Version = "", "u2", noon().Add(time.Minute), 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveMail(ctx, m, 1) })
	got, err := k.Mail(k.Context(), m.Ticket)
	ok(k, err)
	same(k, "entered", got, m)
	for _, was := range []int64{0, 1} {
		err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveMail(ctx, m, was) })
		wantCode(k, err, problem.Conflict, "mailbox.stale")
	}
	_, err = k.Mail(k.Context(), "nobody")
	wantCode(k, err, problem.NotFound, "mailbox.not_found")
}

// testReleasedDrafts: of each ticket that is asked for, what has left the house.
func testReleasedDrafts(k *kit) {
	var out []reply.Draft
	var ids []string
	for range 3 {
		made := k.open(nil)
		ids = append(ids, made.ID)
		for revision := range 2 {
			d := reply.Draft{ID: k.id(), TicketID: made.ID, Round: 1, Revision: revision, Text: "已经修好。", Outcome: reply.Resolved, Author: "u1", At: noon()}
			if revision == 1 {
				d.ReleasedAt = noon().Add(time.Hour)
				out = append(out, d)
			}
			k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveDraft(ctx, d) })
		}
	}
	got, err := k.ReleasedDrafts(k.Context(), ids[:2])
	ok(k, err)
	slices.SortFunc(got, func(a, b reply.Draft) int { return cmp.Compare(a.ID, b.ID) })
	same(k, "released", got, out[:2])
	got, err = k.ReleasedDrafts(k.Context(), nil)
	ok(k, err)
	same(k, "of none", got, []reply.Draft{})
}
