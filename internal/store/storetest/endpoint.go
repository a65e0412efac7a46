package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/webhooks"
)

// testEndpoints: endpoints come back as they were, with both secrets, where they
// lead never changes, and a second writer is told so.
func testEndpoints(k *kit) {
	first := desk.Endpoint{
		ID: k.id(), URL: "https://integrator.example/hook?token=geheim", Description: "市政务平台", Types: []webhooks.Type{webhooks.TicketAnswered},
		Secret: webhooks.Secret("0123456789abcdef0123456789abcdef"), State: desk.EndpointEnabled, CreatedBy: "u1", CreatedAt: noon(), UpdatedAt: noon(), Version: 1,
	}
	second := first
	second.ID, second.Types, second.CreatedAt = k.id(), nil, noon().Add(time.Hour)
	for _, e := range []desk.Endpoint{second, first} {
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertEndpoint(ctx, e) })
	}
	got, err := k.Endpoints(k.Context())
	ok(k, err)
	same(k, "oldest first", got, []desk.Endpoint{first, second})
	first.Former, first.Secret, first.FormerUntil = first.Secret, webhooks.Secret("fedcba9876543210fedcba9876543210"), noon().Add(time.Hour)
	first.State, first.UpdatedAt, first.Version = desk.EndpointGone, noon().Add(time.Minute), 2
	elsewhere := first
	elsewhere.URL = "https://elsewhere.example/"
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateEndpoint(ctx, elsewhere, 1) })
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateEndpoint(ctx, first, 1) })
	wantCode(k, err, problem.Conflict, "webhook.stale")
	one, err := k.Endpoint(k.Context(), first.ID)
	ok(k, err)
	same(k, "one", one, first)
	_, err = k.Endpoint(k.Context(), "nothing")
	wantCode(k, err, problem.NotFound, "webhook.not_found")
}

// testSentAttempts: the newest attempts of one route come first.
func testSentAttempts(k *kit) {
	const route = "webhook/e1"
	one, other := k.id(), k.id()
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertDelivery(ctx,
			desk.Delivery{ID: one, Route: route, Lane: "n1", Kind: "ticket.opened", State: desk.DeliveryWaiting, NextAt: noon(), CreatedAt: noon(), Version: 1},
			desk.Delivery{ID: other, Route: route + "0", Kind: "ping", State: desk.DeliveryWaiting, NextAt: noon(), CreatedAt: noon(), Version: 1})
	})
	tried := func(id string, no int) desk.Attempt {
		return desk.Attempt{Delivery: id, No: no, At: noon().Add(time.Duration(no) * time.Second), Took: time.Second, Outcome: desk.TryLater, Status: 500}
	}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, a := range []desk.Attempt{tried(one, 1), tried(other, 1), tried(one, 2), tried(one, 3)} {
			if err := tx.InsertAttempt(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
	got, err := k.SentAttempts(k.Context(), route, 2)
	ok(k, err)
	same(k, "the newest first", got, []desk.SentAttempt{{Attempt: tried(one, 3), Kind: "ticket.opened"}, {Attempt: tried(one, 2), Kind: "ticket.opened"}})
}
