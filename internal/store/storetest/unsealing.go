package storetest

import (
	"context"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

func testUnsealing(k *kit) {
	a, b := k.open(nil), k.open(nil)
	first := desk.Unsealing{
		ID: k.id(), TicketID: a.ID, Ticket: a.Number, Requester: "u1", RequesterUnit: "narcotics", Reason: "核实线索\x00", State: desk.UnsealingPending,
		RequestedAt: noon(), ExpiresAt: noon().Add(time.Hour), Version: 1,
	}
	second, third := first, first
	second.ID, second.RequestedAt = k.id(), noon().Add(time.Minute)
	third.ID, third.TicketID, third.Ticket, third.State = k.id(), b.ID, b.Number, desk.UnsealingGranted
	for _, u := range []desk.Unsealing{second, third, first} {
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertUnsealing(ctx, u) })
	}
	first.Reason, second.Reason = "核实线索", "核实线索" // no database holds the zero byte
	third.Reason = first.Reason
	got, err := k.UnsealingsOf(k.Context(), a.ID)
	ok(k, err)
	same(k, "of a ticket", got, []desk.Unsealing{first, second})
	got, err = k.Unsealings(k.Context(), desk.UnsealingGranted, 10)
	ok(k, err)
	same(k, "granted", got, []desk.Unsealing{third})
	got, err = k.Unsealings(k.Context(), desk.UnsealingPending, 1)
	ok(k, err)
	same(k, "the oldest", got, []desk.Unsealing{first})
	first.State, first.DecidedBy, first.DecidedAt, first.Decision, first.Looks, first.Version = desk.UnsealingRefused, "u2", noon().Add(time.Hour), "没有必要", 2, 2
	first.ExpiresAt = noon().Add(2 * time.Hour)
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateUnsealing(ctx, first, 1) })
	one, err := k.Unsealing(k.Context(), first.ID)
	ok(k, err)
	same(k, "decided", one, first)
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateUnsealing(ctx, first, 1) })
	wantCode(k, err, problem.Conflict, "unsealing.stale")
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, object := range []string{"ticket/" + a.ID, "ticket/" + b.ID, "ticket/" + a.ID} {
			if err := tx.Record(ctx, audit.Entry{At: noon(), Actor: "u1", Action: "archive.read", Object: object, Detail: map[string]string{"reason": "filing"}}); err != nil {
				return err
			}
		}
		return nil
	})
	trail, err := k.Trail(k.Context(), "ticket/"+a.ID)
	ok(k, err)
	if len(trail) != 2 || trail[0].Seq >= trail[1].Seq || trail[1].Object != "ticket/"+a.ID || len(trail[1].Hash) == 0 {
		k.Errorf("the trail of one object is %+v", trail)
	}
	_, err = k.Unsealing(k.Context(), "nobody")
	wantCode(k, err, problem.NotFound, "unsealing.not_found")
}
