package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/webhooks/hotline"
)

// TestADecisionAboutMoreTimeMayComeLate: after our own date it is kept, nothing
// waits for it any more, and the platform's new date counts.
func TestADecisionAboutMoreTimeMayComeLate(t *testing.T) {
	t.Parallel()
	for name, granted := range map[string]bool{"granted": true, "refused": false} {
		c := connected(t)
		c.told(dispatch("N1", nil))
		c.toHandling()
		c.do(c.handler, desk.Command{Move: ticket.Extend, Reason: "complex", Days: 2})
		was := c.view().Ticket.DueAt
		c.pass(96 * time.Hour)
		d := hotline.Decision{Granted: granted}
		if granted {
			d.NewReplyBy = c.now().Add(48 * time.Hour)
		}
		c.told(hotline.Act{Kind: hotline.ActExtend, OrderNo: "N1", Opinion: "已研究", Decision: &d})
		c.state("N1", order.Handling)
		got := c.view().Ticket
		if got.Extension != nil || granted != got.DueAt.After(was) || granted != got.Origin.Due.Equal(d.NewReplyBy) {
			t.Errorf("%s: was due %s, is due %s, still asks for %+v", name, was, got.DueAt, got.Extension)
		}
	}
}

// TestALaterDateOfThePlatformsIsKept: it moves nothing, and the answer may not be
// later than it should it get more time.
func TestALaterDateOfThePlatformsIsKept(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", func(o *hotline.Order) { o.Deadlines = hotline.Deadlines{} }))
	c.toHandling()
	was, date := c.view().Ticket, monday().Add(50*24*time.Hour)
	c.told(hotline.Act{Kind: hotline.ActUrge, OrderNo: "N1", Deadlines: &hotline.Deadlines{ReplyBy: date}})
	clocks, err := c.store.Clocks(t.Context(), was.ID)
	must(t, err)
	i := slices.IndexFunc(clocks, func(k deadline.Clock) bool { return k.Purpose == deadline.Answer })
	if i < 0 || !clocks[i].Cap.Equal(date) || !clocks[i].DueAt.Equal(was.DueAt) {
		t.Errorf("was due %s, the clocks are %+v", was.DueAt, clocks)
	}
}

// TestAUnitAsksTheHouseOnceTheOrderIsOver: a report (举报) outlives its order.
func TestAUnitAsksTheHouseOnceTheOrderIsOver(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", func(o *hotline.Order) { o.AppealType, o.Content = hotline.Report, "举报民警收钱" }))
	c.handler = c.house.handler("handler", "inspection")
	c.do(c.force, desk.Command{Move: ticket.Dispatch, Unit: "inspection"})
	c.do(c.handler, desk.Command{Move: ticket.Sign})
	c.told(hotline.Act{Kind: hotline.ActRecall, OrderNo: "N1"})
	c.do(c.handler, desk.Command{Move: ticket.Extend, Reason: "complex", Days: 2})
	if kinds, _ := c.sent(); slices.Contains(kinds, "extend") || c.view().Ticket.Extension == nil {
		t.Errorf("sent %v, the ticket asks for %+v", kinds, c.view().Ticket.Extension)
	}
}

// TestAnAnswerThePlatformCouldNotTakeIsToldLater: one that came while it decided
// about a return is proposed, once, when it does not take the order back.
func TestAnAnswerThePlatformCouldNotTakeIsToldLater(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	c.toHandling()
	o := c.latest("N1").Order
	was := o.Version
	o.State, o.Version = order.ReturnAsked, was+1
	must(t, c.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateOrder(ctx, o, was) }))
	c.answer("已修好。")
	c.wantSent("sign progress")
	c.told(hotline.Act{Kind: hotline.ActReturn, OrderNo: "N1", Decision: &hotline.Decision{}})
	c.told(hotline.Act{Kind: hotline.ActUrge, OrderNo: "N1"})
	var owed []string
	for _, op := range c.latest("N1").Ops {
		if op.State == desk.OpProposed {
			owed = append(owed, string(op.Kind)+" "+op.Op.Complete.Content)
		}
	}
	if !slices.Equal(owed, []string{"complete 已修好。"}) {
		t.Errorf("proposed %q", owed)
	}
}

// TestWhatComesBackHasItsFiles: nothing is pulled again, and a new ticket has
// what the one before it had.
func TestWhatComesBackHasItsFiles(t *testing.T) {
	t.Parallel()
	c := connected(t)
	pulled := 0
	c.FetchFile = func(context.Context, string, hotline.Attachment) ([]byte, error) {
		pulled++
		return []byte("说明"), nil
	}
	c.told(dispatch("N1", func(o *hotline.Order) {
		o.Attachments = []hotline.Attachment{{Name: "ok.txt", FetchURL: "https://city.example/1"}}
	}))
	first := c.receipt.Number
	for seq := 2; c.receipt.Number == first; seq++ {
		must(t, c.PullFiles(t.Context()))
		if files := c.view().Files; len(files) != 1 || files[0].Name != "ok.txt" {
			t.Errorf("before it comes back, the letter has %+v", files)
		}
		c.toHandling()
		c.answer("已修好。")
		c.confirm("N1")
		c.told(hotline.Act{Kind: hotline.ActReopen, OrderNo: "N1", DispatchSeq: seq})
	}
	if files := c.view().Files; len(files) != 1 || files[0].Name != "ok.txt" || len(c.latest("N1").Files) != 0 || pulled != 1 {
		t.Errorf("the new ticket has %+v, pulled %d times", files, pulled)
	}
}

// TestTheDateOfANewDispatchCounts: also where the ticket is being handled again
// already.
func TestTheDateOfANewDispatchCounts(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	c.toHandling()
	c.answer("已修好。")
	c.confirm("N1")
	c.do(c.force, desk.Command{Move: ticket.Redo, Reason: "unresolved"})
	sooner := monday().Add(30 * time.Hour)
	c.told(hotline.Act{Kind: hotline.ActReopen, OrderNo: "N1", DispatchSeq: 2, Deadlines: &hotline.Deadlines{ReplyBy: sooner}})
	if got := c.view().Ticket; got.Round != 2 || got.DueAt.After(sooner) || c.clock(deadline.Answer).DueAt.After(sooner) {
		t.Errorf("in round %d, due %s, wanted by %s", got.Round, got.DueAt, sooner)
	}
}

// TestWhatComesBackWhileItIsHandledIsSigned: no step of its ticket would sign it any
// more, and the answer could never be told.
func TestWhatComesBackWhileItIsHandledIsSigned(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	c.toHandling()
	c.answer("已修好。")
	c.confirm("N1")
	c.do(c.force, desk.Command{Move: ticket.Redo, Reason: "unresolved"})
	c.toHandling()
	c.told(hotline.Act{Kind: hotline.ActReopen, OrderNo: "N1", DispatchSeq: 2})
	c.state("N1", order.Handling)
	c.answer("又修好了。")
	c.confirm("N1")
	c.state("N1", order.Review)
}

// TestEveryWaitHasItsAlarm: what was confirmed late, and is not typed either, is
// told a second time.
func TestEveryWaitHasItsAlarm(t *testing.T) {
	t.Parallel()
	c := connected(t)
	_, err := c.ImportActs(t.Context(), c.force, "county", []desk.ImportedAct{{Row: 2, Act: dispatch("M1", nil)}}, true)
	must(t, err)
	o, err := c.store.LatestOrder(t.Context(), "county", "M1")
	must(t, err)
	c.receipt.Number = o.Ticket
	c.toHandling()
	c.answer("已修好。")
	told := func(kind string) (n int) {
		t.Helper()
		c.work(t)
		notices, err := c.Notifications(t.Context(), c.force, 50)
		must(t, err)
		for i := range notices {
			if notices[i].Kind == kind {
				n++
			}
		}
		return n
	}
	c.pass(72 * time.Hour)
	before := told("order.untyped")
	if n := told("order.unconfirmed"); n != 1 {
		t.Errorf("told %d times that nobody confirmed", n)
	}
	v, err := c.Order(t.Context(), c.force, o.ID)
	must(t, err)
	op := v.Ops[len(v.Ops)-1]
	said := *op.Op.Complete
	said.IsTrue = new(true)
	v, err = c.ReviseOp(t.Context(), c.force, op.ID, op.Version, desk.OpEdit{Complete: &said})
	must(t, err)
	op = v.Ops[len(v.Ops)-1]
	_, err = c.ConfirmOp(t.Context(), c.other, op.ID, op.Version)
	must(t, err)
	if n := told("order.untyped"); n != before+1 {
		t.Errorf("told %d times what is not typed, %d before it was confirmed", n, before)
	}
}

// TestATakenBackRequestIsOver: the unit may ask for more time again.
func TestATakenBackRequestIsOver(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	c.toHandling()
	ask := desk.Command{Move: ticket.Extend, Reason: "complex", Days: 2}
	c.do(c.handler, ask)
	v := c.latest("N1")
	_, err := c.WithdrawAsked(t.Context(), c.force, v.ID, v.Version)
	must(t, err)
	if got := c.view().Ticket.Extension; got != nil {
		t.Errorf("still asks for %+v", got)
	}
	c.do(c.handler, ask)
	c.wantSent("sign progress extend withdraw extend")
}

// TestTheSameWordsOnAnotherDayAreSaidAnew: of a platform that gives neither ids nor
// times, repeats of a day are one.
func TestTheSameWordsOnAnotherDayAreSaidAnew(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	wire := hotline.Platform{Lock: hotline.Line{}, Dialect: hotline.Canonical{}}
	urge := func() {
		t.Helper()
		said, err := wire.Open(hotline.Request{Body: []byte(`{"act":"urge","order_no":"N1"}`)}, c.now())
		must(t, err)
		for _, m := range said {
			_, err := c.Receive(t.Context(), desk.Arrival{Source: "12345/city", Key: m.Key, Lane: m.Lane, Body: m.Raw})
			must(t, err)
		}
		c.work(t)
	}
	urge()
	urge()
	c.pass(24 * time.Hour)
	urge()
	if got := c.latest("N1").Urges; got != 2 {
		t.Errorf("urged %d times, want once a day", got)
	}
}
