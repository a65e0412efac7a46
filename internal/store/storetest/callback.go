package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

// testCallbacks: what waits is listed by date; a second writer is told so.
func testCallbacks(k *kit) {
	a, b := k.open(nil), k.open(nil)
	first := desk.Callback{
		ID: k.id(), TicketID: a.ID, Ticket: a.Number, Round: 1, Unit: "traffic", Cause: desk.CauseAnswered, State: desk.CallWaiting,
		CreatedAt: noon(), DueAt: noon().Add(time.Hour), Version: 1,
	}
	second, third := first, first
	second.ID, second.DueAt, second.Cause, second.RectifyAt = k.id(), noon().Add(time.Minute), desk.CauseBadRating, noon().Add(48*time.Hour)
	second.CreatedAt = noon().Add(time.Minute)
	third.ID, third.TicketID, third.Ticket, third.State = k.id(), b.ID, b.Number, desk.CallOver
	for _, c := range []desk.Callback{first, second, third} {
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertCallback(ctx, c) })
	}
	got, err := k.Callbacks(k.Context(), 10)
	ok(k, err)
	same(k, "waiting", got, []desk.Callback{second, first})
	got, err = k.Callbacks(k.Context(), 1)
	ok(k, err)
	same(k, "the first", got, []desk.Callback{second})
	second.State, second.Attempts, second.CalledBy, second.CalledAt, second.DueAt, second.Version = desk.CallUnreachable, 3, "u1", noon(), noon().Add(2*time.Hour), 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateCallback(ctx, second, 1) })
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateCallback(ctx, second, 1) })
	wantCode(k, err, problem.Conflict, "callback.stale")
	got, err = k.CallbacksOf(k.Context(), a.ID)
	ok(k, err)
	same(k, "of a ticket", got, []desk.Callback{first, second})
	one, err := k.Callback(k.Context(), third.ID)
	ok(k, err)
	same(k, "one", one, third)
	_, err = k.Callback(k.Context(), "nobody")
	wantCode(k, err, problem.NotFound, "callback.not_found")
}
