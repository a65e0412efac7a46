package desk_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
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

// slow is an index that is asked while somebody else writes.
type slow struct {
	knowledge.Index

	write func(ctx context.Context) error
}

func (s slow) Search(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error) {
	if err := s.write(ctx); err != nil {
		return nil, err
	}
	return s.Index.Search(ctx, text, limit)
}

// While an answer is worked out the only writer is free, whoever waits for it: a
// job, or WeChat itself.
func TestASlowAnswerHoldsUpNoWriter(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	asked := 0
	f.Matcher = knowledge.NewMatcher(slow{Index: f.Index, write: func(ctx context.Context) error {
		asked++
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return f.store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
			return tx.NoteUnanswered(ctx, desk.Unanswered{Text: strconv.Itoa(asked), FirstAt: f.now(), LastAt: f.now()})
		})
	}})
	for range 2 {
		f.receive(desk.WeChatMessage{Type: desk.WeChatText, Text: "红烧肉怎么做才好吃"})
	}
	f.work(t)
	if asked == 0 || f.messages() != 4 {
		t.Fatalf("asked %d times, %d messages", asked, f.messages())
	}
	by := asked
	f.say("糖醋鱼怎么做才好吃") // not the same again: that is remembered
	if asked == by || f.messages() != 6 || len(f.ended) != 3 {
		t.Errorf("asked %d times, %d messages, counted %v", asked-by, f.messages(), f.ended)
	}
}

// What cannot be worked out holds up its person for an hour; then staff see it, and
// what came after it is answered.
func TestAMessageThatFailsIsShownAfterAnHour(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	f.say("你好")
	well := f.Matcher
	f.Matcher = knowledge.NewMatcher(slow{Index: f.Index, write: func(context.Context) error { return errors.New("the index is broken") }})
	f.receive(desk.WeChatMessage{Type: desk.WeChatText, Text: "身份证丢了怎么补办"})
	next := f.receive(desk.WeChatMessage{Type: desk.WeChatText, Text: "你好"})
	if _, err := f.AnswerWeChat(t.Context(), next); err == nil {
		t.Error("what came later is answered first")
	}
	f.pass(61 * time.Minute)
	words, err := f.AnswerWeChat(t.Context(), next)
	must(t, err)
	shown, err := f.Arrivals(t.Context(), f.taskForce("u1"), desk.InboundFilter{})
	must(t, err)
	if len(shown.Arrivals) != 1 || shown.Arrivals[0].Reason != "inbox.failed" || f.messages() != 4 || words == "" {
		t.Errorf("shown %+v, %d messages, answered %q", shown.Arrivals, f.messages(), words)
	}
	f.Matcher = well
	must(t, f.TakeAgain(t.Context(), f.taskForce("u1"), shown.Arrivals[0].ID))
	f.work(t)
	if f.messages() != 6 {
		t.Errorf("%d messages after it was taken again", f.messages())
	}
}

// What WeChat had taken and did not bring is shown as such; each agreement is one
// message, and who does not get it is not counted on to want the next.
func TestWhatWeChatLosesIsNoted(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	ctx := t.Context()
	number, _ := f.handedOver()
	agree := desk.WeChatMessage{Type: desk.WeChatGrants, Grants: []desk.WeChatGrant{{Template: "S", Accepted: true}}}
	f.do(agree)
	f.do(agree)
	f.pass(49 * time.Hour)
	f.declined(number)
	waiting, _ := f.parcels(desk.DeliveryWaiting)
	v := waiting[len(waiting)-1]
	for i, arrived := range []bool{true, false} {
		must(t, f.Settle(ctx, v, desk.Attempt{Delivery: v.ID, No: 1, At: f.now(), Outcome: desk.Arrived}, 0))
		f.do(desk.WeChatMessage{Type: desk.WeChatSent, Grants: []desk.WeChatGrant{{Template: "S", Accepted: arrived}, {Template: "unknown"}}})
		got, err := f.store.Delivery(ctx, v.ID)
		must(t, err)
		who, err := f.store.WeChatPeer(ctx, "main", "o_x")
		must(t, err)
		if (got.Reason == "wechat.lost") == arrived || got.State != desk.DeliverySent || who.Credits["S"] != 1-i {
			t.Errorf("arrived %t: %+v, %+v", arrived, got, who)
		}
		if !arrived {
			return
		}
		other, _ := f.handedOver()
		f.pass(49 * time.Hour)
		f.do(agree)
		f.declined(other)
		waiting, _ = f.parcels(desk.DeliveryWaiting)
		v = waiting[len(waiting)-1]
	}
}
