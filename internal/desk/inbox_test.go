package desk_test

import (
	"errors"
	"testing"
	"testing/iotest"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// TestWhatCannotBeTakenIsShown: nothing that has arrived is lost, whoever sent it.
func TestWhatCannotBeTakenIsShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := desk.Arrival{Source: "pigeon/post", Key: "1", Type: "text/plain", Body: []byte("gurr")}
	first, err := h.Receive(t.Context(), a)
	must(t, err)
	again, err := h.Receive(t.Context(), a)
	must(t, err)
	if !again.Repeated || again.ID != first.ID || string(again.Body) != "gurr" {
		t.Errorf("the repeat is %+v", again)
	}
	must(t, h.runner.Once(t.Context()))
	boss := h.taskForce("u1")
	shown := func() []desk.Inbound {
		page, err := h.Arrivals(t.Context(), boss, desk.InboundFilter{})
		must(t, err)
		return page.Arrivals
	}
	if got := shown(); len(got) != 1 || got[0].Reason != "inbox.source" || got[0].Detail == "" || got[0].Body != nil {
		t.Fatalf("shown: %+v", got)
	}
	told, err := h.store.Notifications(t.Context(), []string{assignment.TaskForce}, 9)
	must(t, err)
	if len(told) != 1 || told[0].Kind != "inbox.unprocessable" {
		t.Errorf("told: %+v", told)
	}
	handler := h.handler("u2", "traffic")
	for name, err := range map[string]error{
		"list": second(h.Arrivals(t.Context(), handler, desk.InboundFilter{})), "take": h.TakeAgain(t.Context(), handler, first.ID), "drop": h.DropArrival(t.Context(), handler, first.ID, "无关"),
	} {
		if problem.KindOf(err) != problem.Denied || err == nil {
			t.Errorf("%s by a unit: %v", name, err)
		}
	}
	must(t, h.TakeAgain(t.Context(), boss, first.ID))
	h.pass(time.Second)
	must(t, h.runner.Once(t.Context()))
	if got := shown(); len(got) != 1 || got[0].State != desk.InboundUnprocessable {
		t.Fatalf("taken again: %+v", got)
	}
	must(t, h.DropArrival(t.Context(), boss, first.ID, "不是发给我们的"))
	if got := shown(); len(got) != 0 {
		t.Errorf("after the drop: %+v", got)
	}
}

func second[T any](_ T, err error) error { return err }

// TestAFailureOfOursHoldsTheLaneForAWhile: what fails for reasons of ours is tried
// again, those behind it wait their turn, and after an hour staff see it and the
// others go on.
func TestAFailureOfOursHoldsTheLaneForAWhile(t *testing.T) {
	t.Parallel()
	c := connected(t)
	working := c.Random
	c.Random = iotest.ErrReader(errors.New("made by the test"))
	order := c.say(dispatch("A1", nil))
	urge := c.say(hotline.Act{Kind: hotline.ActUrge, OrderNo: "A1"})
	if order.State != desk.InboundWaiting || urge.State != desk.InboundWaiting {
		t.Fatalf("the order is %s, the urge %s", order.State, urge.State)
	}
	c.Random = working
	c.pass(time.Minute)
	c.work(t)
	for _, id := range []string{order.ID, urge.ID} {
		in, err := c.store.Inbound(t.Context(), id)
		must(t, err)
		if in.State != desk.InboundDone {
			t.Errorf("after the failure: %s %s %s", in.State, in.Reason, in.Detail)
		}
	}

	c.Random = iotest.ErrReader(errors.New("made by the test"))
	lost := c.say(dispatch("A2", nil))
	for range 12 {
		c.pass(20 * time.Minute)
		c.work(t)
	}
	lost, err := c.store.Inbound(t.Context(), lost.ID)
	must(t, err)
	if lost.State != desk.InboundUnprocessable || lost.Reason != "inbox.failed" || lost.Detail == "" {
		t.Fatalf("after four hours it is %s: %s %s", lost.State, lost.Reason, lost.Detail)
	}
	c.Random = working
	must(t, c.TakeAgain(t.Context(), c.force, lost.ID))
	c.work(t)
	if lost, err = c.store.Inbound(t.Context(), lost.ID); err != nil || lost.State != desk.InboundDone {
		t.Errorf("taken again: %s, %v", lost.State, err)
	}
}
