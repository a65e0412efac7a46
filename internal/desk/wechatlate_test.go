package desk_test

import (
	"context"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
)

// A message that WeChat does not take as it is keeps nobody from the next: staff
// hear of it, and its person may still be written to.
func TestARefusedMessageSilencesNobody(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "mini")
	ctx := t.Context()
	f.say("你好")
	f.say("你好")
	before, err := f.store.WeChatPeer(ctx, "mini", "o_x")
	must(t, err)
	claim := func() (vs []desk.Delivery) {
		must(t, f.store.InTx(ctx, func(ctx context.Context, tx desk.Tx) (err error) {
			vs, err = tx.ClaimDeliveries(ctx, "wechat/mini", f.now(), f.now().Add(time.Minute), 9)
			return err
		}))
		return vs
	}
	first := claim()
	if len(first) != 1 {
		t.Fatalf("they leave one after the other: %+v", first)
	}
	must(t, f.Settle(ctx, first[0], desk.Attempt{Delivery: first[0].ID, No: 1, At: f.now(), Outcome: desk.NotDelivered, Detail: desk.WeChatRefused}, 0))
	if next := claim(); len(next) != 1 || next[0].ID == first[0].ID {
		t.Errorf("after it: %+v", next)
	}
	after, err := f.store.WeChatPeer(ctx, "mini", "o_x")
	must(t, err)
	if after.Left != before.Left || !after.OpenUntil.Equal(before.OpenUntil) {
		t.Errorf("they may be written to: %+v, before %+v", after, before)
	}
	f.work(t)
	told, err := f.store.Notifications(ctx, []string{assignment.TaskForce}, 9)
	must(t, err)
	if len(told) != 1 || told[0].Kind != "delivery.dead" {
		t.Errorf("told: %+v", told)
	}
}

// An answer WeChat did not wait for leaves as soon as it is there, unless a later
// try has got it: there is one, either way.
func TestALateAnswerLeavesAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(f *follower, in desk.Inbound)
		soon   bool
	}{
		"nobody has taken it":    {func(*follower, desk.Inbound) {}, true},
		"it was just taken":      {func(f *follower, _ desk.Inbound) { f.work(f.t) }, true},
		"a later try has got it": {func(f *follower, in desk.Inbound) { must(f.t, second(f.AnswerWeChat(f.t.Context(), in))) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := onWeChat(t, "main")
			in := f.receive(desk.WeChatMessage{Type: desk.WeChatText, Text: "你好"})
			c.before(f, in)
			must(t, f.AnswerWeChatLate(t.Context(), in))
			f.work(t)
			waiting, ps := f.parcels(desk.DeliveryWaiting)
			if len(waiting) != 1 || ps[0].Text == "" || waiting[0].NextAt.After(f.now()) == c.soon {
				t.Errorf("sent by itself: %+v", waiting)
			}
			words, err := f.AnswerWeChat(t.Context(), in)
			must(t, err)
			if (words == "") != c.soon || f.messages() != 2 {
				t.Errorf("another try gets %q; %d messages", words, f.messages())
			}
		})
	}
}
