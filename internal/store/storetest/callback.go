package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// testCallbacks: what waits is listed by date; a second writer is told so.
func testCallbacks(k *kit) {
	keptAway := func(made *ticket.Ticket) { made.Avoid, made.LeadPath = []string{"patrol"}, "bureau/traffic" }
	a, b := k.open(keptAway), k.open(keptAway)
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
	again := first // the same round and cause
	again.ID = k.id()
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertCallback(ctx, again) })
	everybody := desk.Filter{At: noon().Add(time.Hour)}
	got, err := k.Callbacks(k.Context(), everybody, 10)
	ok(k, err)
	same(k, "waiting", got, []desk.Callback{second, first})
	got, err = k.Callbacks(k.Context(), everybody, 1)
	ok(k, err)
	same(k, "the first", got, []desk.Callback{second})
	k.late(everybody, second.DueAt)
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

// late: one call is, for who may see its ticket and once its time has come.
func (k *kit) late(f desk.Filter, due time.Time) {
	k.Helper()
	late, err := k.LateCallbacks(k.Context(), f)
	ok(k, err)
	same(k, "late", late, desk.LateCallbacks{N: 1, Oldest: due})
	for _, f := range []desk.Filter{{At: f.At, Unit: "patrol"}, {At: f.At, Scope: "bureau/patrol"}, {At: noon()}} {
		late, err = k.LateCallbacks(k.Context(), f)
		ok(k, err)
		same(k, "late for somebody else, or not yet", late, desk.LateCallbacks{})
	}
	got, err := k.Callbacks(k.Context(), desk.Filter{Unit: "patrol"}, 10)
	ok(k, err)
	same(k, "for a unit that is kept away", got, []desk.Callback{})
}
