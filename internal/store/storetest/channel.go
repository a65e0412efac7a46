package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

func arrival(key, lane string) desk.Arrival {
	return desk.Arrival{Source: "12345/city", Key: key, Lane: lane, Type: "application/json", Body: []byte(`{"order":"` + key + `","phone":"13800138000"}`)}
}

// arrive keeps an arrival and returns its id.
func (k *kit) arrive(a desk.Arrival) string {
	k.Helper()
	id := k.id()
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertInbound(ctx, id, a, noon()) })
	return id
}

// testTry undoes what failed inside a transaction, and only that.
func testTry(k *kit) {
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertInbound(ctx, "kept", arrival("1", ""), noon()); err != nil {
			return err
		}
		failed := tx.Try(ctx, func(ctx context.Context, tx desk.Tx) error {
			return errors.Join(tx.InsertInbound(ctx, "undone", arrival("2", ""), noon()),
				tx.Record(ctx, audit.Entry{At: noon(), Actor: "a", Action: "b", Object: "c"}), errOurs)
		})
		if !errors.Is(failed, errOurs) {
			k.Errorf("got %v, want the function's own error", failed)
		}
		broken := tx.Try(ctx, func(ctx context.Context, tx desk.Tx) error {
			return tx.InsertDelivery(ctx, desk.Delivery{ID: "twice", State: desk.DeliveryWaiting}, desk.Delivery{ID: "twice", State: desk.DeliveryWaiting})
		})
		if broken == nil {
			k.Error("one id was stored twice")
		}
		return tx.Try(ctx, func(ctx context.Context, tx desk.Tx) error {
			return tx.InsertInbound(ctx, "last", arrival("3", ""), noon())
		})
	})
	for id, there := range map[string]bool{"kept": true, "undone": false, "last": true} {
		if _, err := k.Inbound(k.Context(), id); (err == nil) != there {
			k.Errorf("%s is there: %v (%v)", id, err == nil, err)
		}
	}
	acts, err := k.Verify(k.Context())
	ok(k, err)
	same(k, "audit entries", acts, 0)
}

// testInbound: what comes twice is kept once, as it first came.
func testInbound(k *kit) {
	id := k.arrive(arrival("1", "order 7"))
	k.change(func(ctx context.Context, tx desk.Tx) error {
		again := arrival("1", "order 7")
		again.Body = []byte("other")
		wantCode(k, tx.InsertInbound(ctx, "again", again, noon()), problem.Conflict, "inbox.known")
		in, err := tx.InboundByKey(ctx, "12345/city", "1")
		same(k, "the first", in.ID, id)
		return err
	})
	in, err := k.Inbound(k.Context(), id)
	ok(k, err)
	want := desk.Inbound{
		ID: id, Seq: in.Seq, Source: "12345/city", Type: "application/json", Body: arrival("1", "").Body, ReceivedAt: noon(), State: desk.InboundWaiting, Laned: true, Version: 1,
	}
	same(k, "as it came", in, want)
	in.State, in.Reason, in.Detail, in.Subject, in.Answer, in.Version = desk.InboundUnprocessable, "order.unknown", "没有这件工单。", "J1", []byte("success"), 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateInbound(ctx, in, 1) })
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateInbound(ctx, in, 1) })
	wantCode(k, err, problem.Conflict, "inbox.stale")
	waiting := k.arrive(arrival("2", ""))
	listed := func(f desk.InboundFilter) []string {
		ids := []string{}
		f.Limit = 9
		found, err := k.Inbounds(k.Context(), f)
		ok(k, err)
		for _, in := range found {
			ids = append(ids, in.ID)
			if in.Body != nil || in.Answer != nil {
				k.Error("a list holds a body")
			}
		}
		return ids
	}
	bad := []desk.InboundState{desk.InboundUnprocessable}
	same(k, "unprocessable", listed(desk.InboundFilter{States: bad}), []string{id})
	same(k, "with those stuck", listed(desk.InboundFilter{States: bad, Stuck: noon().Add(time.Second)}), []string{waiting, id})
	same(k, "of another source", listed(desk.InboundFilter{States: bad, Source: "12345/other"}), []string{})
	same(k, "before the first", listed(desk.InboundFilter{States: bad, Before: in.Seq}), []string{})
	_, err = k.Inbound(k.Context(), "nobody")
	wantCode(k, err, problem.NotFound, "inbox.not_found")
	_, err = k.LastWaiting(k.Context(), "12345/city", "order 7")
	wantCode(k, err, problem.NotFound, "inbox.not_found")
	k.arrive(arrival("3", "order 7"))
	newest := k.arrive(arrival("4", "order 7"))
	k.arrive(arrival("5", "order 8"))
	last, err := k.LastWaiting(k.Context(), "12345/city", "order 7")
	ok(k, err)
	same(k, "the newest that waits", last.ID, newest)
}

// testLane keeps the order of a lane, and no other.
func testLane(k *kit) {
	first, second := k.arrive(arrival("1", "a")), k.arrive(arrival("2", "a"))
	other, alone := k.arrive(arrival("3", "b")), k.arrive(arrival("4", ""))
	k.arrive(arrival("5", ""))
	for id, want := range map[string][]string{second: {first, second}, other: {other}, alone: {alone}} {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			lane, err := tx.LaneOf(ctx, id, 9)
			var ids []string
			for _, in := range lane {
				ids = append(ids, in.ID)
			}
			same(k, "lane of "+id, ids, want)
			return err
		})
	}
}

func (k *kit) delivery(lane string) desk.Delivery {
	return desk.Delivery{
		ID: k.id(), Route: "webhook/a", Lane: lane, Kind: "ticket.answered", Ticket: "J1", Body: []byte(`{"number":"J1"}`), State: desk.DeliveryWaiting,
		NextAt: noon(), CreatedAt: noon(), AlarmAt: noon().Add(time.Hour), Version: 1,
	}
}

func (k *kit) claimDeliveries(at time.Time) (ds []desk.Delivery) {
	k.Helper()
	k.change(func(ctx context.Context, tx desk.Tx) (err error) {
		ds, err = tx.ClaimDeliveries(ctx, "webhook/a", at, at.Add(time.Minute), 9)
		return err
	})
	return ds
}

// testDeliveries: of a lane the first alone leaves, whatever becomes of it.
func testDeliveries(k *kit) {
	first, second, alone := k.delivery("J1"), k.delivery("J1"), k.delivery("")
	elsewhere := k.delivery("J1")
	elsewhere.Route, elsewhere.NextAt = "webhook/b", noon().Add(time.Hour)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertDelivery(ctx, first, second, alone, elsewhere)
	})
	routes, err := k.DueRoutes(k.Context(), noon())
	ok(k, err)
	same(k, "routes", routes, []string{"webhook/a"})
	claimed := k.claimDeliveries(noon())
	same(k, "claimed", len(claimed), 2)
	first.Seq, first.Lane, first.Tries, first.Version = claimed[0].Seq, "", 1, 2
	same(k, "the first", claimed[0], first)
	same(k, "leased", len(k.claimDeliveries(noon().Add(59*time.Second))), 0)
	again := k.claimDeliveries(noon().Add(time.Minute))
	same(k, "after the lease", len(again), 2)
	same(k, "tries", again[0].Tries, 2)

	end := func(d desk.Delivery, s desk.DeliveryState, was int64) {
		d.State, d.Reason, d.EndedAt, d.Version = s, "peer.refused", noon(), was+1
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateDelivery(ctx, d, was) })
	}
	end(again[1], desk.DeliverySent, 3)
	end(again[0], desk.DeliveryDead, 3)
	same(k, "behind a dead one", len(k.claimDeliveries(noon().Add(time.Hour))), 0)
	end(again[0], desk.DeliveryDropped, 4)
	behind := k.claimDeliveries(noon().Add(time.Hour))
	same(k, "behind a dropped one", len(behind), 1)
	same(k, "the second", behind[0].ID, second.ID)
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateDelivery(ctx, behind[0], 1) })
	wantCode(k, err, problem.Conflict, "delivery.stale")
	list, err := k.Deliveries(k.Context(), desk.DeliveryFilter{States: []desk.DeliveryState{desk.DeliveryDropped}, Route: "webhook", Ticket: "J1", Limit: 9})
	ok(k, err)
	same(k, "listed", len(list), 1)
	same(k, "the body in a list", string(list[0].Body), "")
	list, err = k.Deliveries(k.Context(), desk.DeliveryFilter{Ticket: "J1", Bodies: true, Limit: 9})
	ok(k, err)
	same(k, "the body where it is wanted", string(list[len(list)-1].Body), `{"number":"J1"}`)
	one, err := k.Delivery(k.Context(), first.ID)
	ok(k, err)
	same(k, "body", string(one.Body), `{"number":"J1"}`)
	_, err = k.Delivery(k.Context(), "nobody")
	wantCode(k, err, problem.NotFound, "delivery.not_found")
}

// testHeldRoutes: of a route that is held nothing leaves, and of others everything.
func testHeldRoutes(k *kit) {
	elsewhere := k.delivery("")
	elsewhere.Route = "webhook/b"
	hold := func(until time.Time) {
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.HoldRoute(ctx, "webhook/a", until) })
	}
	hold(noon().Add(2 * time.Hour))
	hold(noon().Add(time.Hour))
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertDelivery(ctx, k.delivery("J1"), k.delivery(""), elsewhere)
	})
	for at, want := range map[time.Duration][]string{0: {"webhook/b"}, time.Hour - time.Microsecond: {"webhook/b"}, time.Hour: {"webhook/a", "webhook/b"}} {
		routes, err := k.DueRoutes(k.Context(), noon().Add(at))
		ok(k, err)
		same(k, at.String(), routes, want)
	}
	same(k, "while it is held", len(k.claimDeliveries(noon().Add(59*time.Minute))), 0)
	hold(noon())
	same(k, "once it is let go", len(k.claimDeliveries(noon())), 2)
}

func testAttempts(k *kit) {
	d := k.delivery("")
	tried := []desk.Attempt{
		{Delivery: d.ID, No: 1, At: noon(), Took: 20 * time.Millisecond, Outcome: desk.TryLater, Status: 500},
		{Delivery: d.ID, No: 2, At: noon().Add(time.Minute), Took: time.Second, Outcome: desk.NobodyKnows, Detail: "timeout"},
	}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertDelivery(ctx, d), tx.InsertAttempt(ctx, tried[0]), tx.InsertAttempt(ctx, tried[1]))
	})
	got, err := k.Attempts(k.Context(), d.ID)
	ok(k, err)
	same(k, "attempts", got, tried)
}

// testDeliveryTakesAPlace: what leaves instead of another leaves when that would have.
func testDeliveryTakesAPlace(k *kit) {
	refused, behind, instead := k.delivery("J1"), k.delivery("J1"), k.delivery("J1")
	k.change(func(ctx context.Context, tx desk.Tx) error {
		refused.State = desk.DeliveryDropped
		if err := tx.InsertDelivery(ctx, refused, behind, instead); err != nil {
			return err
		}
		return tx.TakePlace(ctx, instead.ID, refused.ID)
	})
	same(k, "the first of its lane", k.claimDeliveries(noon())[0].ID, instead.ID)
	found, err := k.Deliveries(k.Context(), desk.DeliveryFilter{Limit: 9})
	ok(k, err)
	var order []string
	for _, d := range found {
		order = append(order, d.ID)
	}
	same(k, "newest first", order, []string{refused.ID, behind.ID, instead.ID})
}

// testDeliveriesClaimedOnce has many couriers at work: every delivery is leased
// once, and every lane in its order.
func testDeliveriesClaimedOnce(k *kit) {
	lanes := []string{"a", "b", "c", ""}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for i := range 80 {
			if err := tx.InsertDelivery(ctx, k.delivery(lanes[i%len(lanes)])); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	claimed := map[string]int{}
	work := func() {
		for left := true; left; {
			left = k.sendSome(func(id string) {
				mu.Lock()
				defer mu.Unlock()
				claimed[id]++
			})
		}
	}
	together(4, func(int) { work() })
	work() // a courier that found every lane held by others has gone
	each(k, "delivery", claimed, 80)
}

// sendSome sends some deliveries, if any may leave.
func (k *kit) sendSome(sent func(id string)) bool {
	k.Helper()
	var ds []desk.Delivery
	k.change(func(ctx context.Context, tx desk.Tx) (err error) {
		if ds, err = tx.ClaimDeliveries(ctx, "webhook/a", noon(), noon().Add(time.Minute), 3); err != nil {
			return err
		}
		for _, d := range ds {
			was := d.Version
			d.State, d.Version = desk.DeliverySent, was+1
			if err := tx.UpdateDelivery(ctx, d, was); err != nil {
				return err
			}
		}
		return nil
	})
	for _, d := range ds {
		sent(d.ID)
	}
	return len(ds) > 0
}
