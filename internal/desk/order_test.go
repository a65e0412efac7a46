package desk_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// city is a 12345 platform, and the people who work on its orders.
type city struct {
	*story

	other desk.Actor // of the task force too
	n     int
}

// dispatch is the first thing a platform says about an order.
func dispatch(number string, edit func(*hotline.Order)) hotline.Act {
	o := hotline.Order{
		OrderNo: hotline.ID(number), DispatchSeq: 1, AppealType: hotline.Complaint, Title: "路灯不亮", Content: "学校门口的信号灯坏了三天。",
		Appellant: hotline.Appellant{Name: "张三", Phone: "13800138000"},
		Deadlines: hotline.Deadlines{SignBy: monday().Add(4 * time.Hour), ReplyBy: monday().Add(72 * time.Hour)},
	}
	if edit != nil {
		edit(&o)
	}
	return hotline.Act{Kind: hotline.ActDispatch, OrderNo: o.OrderNo, DispatchSeq: o.DispatchSeq, DispatchNo: o.DispatchNo, Order: &o}
}

// connected is a desk with a platform that is connected and one that is not.
func connected(t *testing.T) *city {
	t.Helper()
	h := open(t)
	wire := hotline.Platform{Dialect: hotline.Canonical{}}
	h.Platforms = []desk.Platform{{ID: "city", Name: "市12345热线", Read: wire.Read}, {ID: "county", Name: "县12345热线"}}
	force, other := h.taskForce("force"), h.taskForce("other")
	force.Orders, other.Orders, force.Channels = true, true, true
	return &city{other: other, story: &story{
		house: h, t: t, force: force, handler: h.handler("handler", "traffic"), head: h.head("head", "traffic"), leader: h.leader("director"),
	}}
}

// say has the platform say something, and returns what became of it.
func (c *city) say(a hotline.Act) desk.Inbound {
	c.t.Helper()
	c.n++
	if a.ID == "" && a.Kind != hotline.ActDispatch {
		a.ID = hotline.ID("act-" + string(rune('a'+c.n)))
	}
	body, err := json.Marshal(a)
	must(c.t, err)
	in, err := c.Receive(c.t.Context(), desk.Arrival{Source: "12345/city", Key: a.Key(), Lane: string(a.OrderNo), Type: "application/json", Body: body})
	must(c.t, err)
	c.work(c.t)
	in, err = c.store.Inbound(c.t.Context(), in.ID)
	must(c.t, err)
	return in
}

// told has the platform say something that can be taken.
func (c *city) told(a hotline.Act) {
	c.t.Helper()
	in := c.say(a)
	if in.State != desk.InboundDone {
		c.t.Fatalf("%s: %s %s %s", a.Kind, in.State, in.Reason, in.Detail)
	}
	c.receipt.Number = in.Subject
}

func (c *city) latest(number string) desk.OrderView {
	c.t.Helper()
	o, err := c.store.LatestOrder(c.t.Context(), "city", number)
	must(c.t, err)
	v, err := c.Order(c.t.Context(), c.force, o.ID)
	must(c.t, err)
	return v
}

// sent are the kinds of what has been given to those who carry it, in order, and
// the last of it.
func (c *city) sent() (kinds []string, last hotline.Op) {
	c.t.Helper()
	all, err := c.store.Deliveries(c.t.Context(), desk.DeliveryFilter{Route: "12345", Limit: 100})
	must(c.t, err)
	for i, v := range slices.Backward(all) {
		kinds = append(kinds, v.Kind)
		if i == 0 {
			v, err = c.store.Delivery(c.t.Context(), v.ID)
			must(c.t, err)
			must(c.t, json.Unmarshal(v.Body, &last))
			must(c.t, last.Check())
			if last.ID != v.ID || v.AlarmAt.IsZero() {
				c.t.Errorf("%s is carried under %s, with an alarm at %s", v.Kind, v.ID, v.AlarmAt)
			}
		}
	}
	return kinds, last
}

// wantSent checks what has gone to the platform so far.
func (c *city) wantSent(kinds string) hotline.Op {
	c.t.Helper()
	got, last := c.sent()
	if strings.Join(got, " ") != kinds {
		c.t.Fatalf("sent %v, want %s", got, kinds)
	}
	return last
}

func (c *city) state(number string, want order.State) desk.OrderView {
	c.t.Helper()
	v := c.latest(number)
	if v.State != want {
		c.t.Fatalf("the order is %s, want %s", v.State, want)
	}
	return v
}

// confirm has other confirm the last operation, which force proposed.
func (c *city) confirm(number string) {
	c.t.Helper()
	v := c.latest(number)
	op := v.Ops[len(v.Ops)-1]
	if op.Op.Complete != nil && op.Op.Complete.IsTrue == nil && op.Op.Complete.PublicReply != "" { // not about a report
		if _, err := c.ConfirmOp(c.t.Context(), c.other, op.ID, op.Version); !problem.HasCode(err, "order.is_true") {
			c.t.Errorf("nobody said whether it is true: %v", err)
		}
		said := *op.Op.Complete
		said.IsTrue = new(true)
		v, err := c.ReviseOp(c.t.Context(), c.force, op.ID, op.Version, desk.OpEdit{Complete: &said})
		must(c.t, err)
		op = v.Ops[len(v.Ops)-1]
	}
	if _, err := c.ConfirmOp(c.t.Context(), c.force, op.ID, op.Version); !problem.HasCode(err, "order.same_person") || op.MayConfirm {
		c.t.Errorf("whoever drafted it confirms it: %v", err)
	}
	_, err := c.ConfirmOp(c.t.Context(), c.other, op.ID, op.Version)
	must(c.t, err)
}

// TestAnOrderFromItsDispatchToItsArchive: the platform says everything it can, and
// hears everything it has to, in order.
func TestAnOrderFromItsDispatchToItsArchive(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	v := c.view()
	if v.Ticket.Source != channel.H12345 || v.Ticket.Origin.ID != "N1" || v.Ticket.DueAt.After(monday().Add(72*time.Hour)) || !v.HasContact {
		t.Fatalf("the ticket is %+v", v.Ticket)
	}
	c.toHandling()
	c.wantSent("sign progress")
	c.state("N1", order.Handling)

	c.told(hotline.Act{Kind: hotline.ActUrge, OrderNo: "N1", Opinion: "请尽快"})
	c.told(hotline.Act{Kind: hotline.ActSupervise, OrderNo: "N1", Opinion: "领导督办"})
	if got := c.view().Ticket; got.Urges != 1 || !got.Supervised {
		t.Errorf("urged %d times, supervised %v", got.Urges, got.Supervised)
	}
	c.do(c.handler, desk.Command{Move: ticket.Extend, Reason: "complex", Days: 2})
	op := c.wantSent("sign progress extend")
	if op.Extend.Amount != 2 || op.Extend.Unit != hotline.Workday || op.Extend.NewReplyBy.IsZero() {
		t.Errorf("asked for %+v", op.Extend)
	}
	c.state("N1", order.ExtendAsked)
	was := c.view().Ticket.DueAt
	c.told(hotline.Act{Kind: hotline.ActExtend, OrderNo: "N1", Decision: &hotline.Decision{Granted: true, NewReplyBy: op.Extend.NewReplyBy}})
	if got := c.view().Ticket; !got.DueAt.After(was) || got.Extension != nil {
		t.Errorf("was due %s, is due %s", was, got.DueAt)
	}

	c.answer("已修好。")
	c.wantSent("sign progress extend")
	c.confirm("N1")
	op = c.wantSent("sign progress extend complete")
	if op.Complete.Result != hotline.Solved || op.Complete.PublicReply != "已修好。" || !*op.Complete.IsTrue || op.Operator.Name != "" {
		t.Errorf("the result is %+v", op)
	}
	frozen := c.state("N1", order.Review).Ops[3]
	if _, err := c.ReviseOp(t.Context(), c.other, frozen.ID, frozen.Version, desk.OpEdit{Complete: &hotline.Complete{Result: hotline.Solved, Content: "改"}}); !problem.HasCode(err, "order.stale") {
		t.Errorf("what was confirmed is changed: %v", err)
	}

	c.told(hotline.Act{Kind: hotline.ActComplete, OrderNo: "N1", Opinion: "没有说明原因", Decision: &hotline.Decision{}})
	if got := c.view().Ticket; got.Round != 2 || got.Status != ticket.Accepted {
		t.Fatalf("after its result was refused: round %d, %s", got.Round, got.Status)
	}
	c.toHandling()
	c.answer("因线路老化，已更换。")
	c.confirm("N1")
	c.told(hotline.Act{Kind: hotline.ActComplete, OrderNo: "N1", Decision: &hotline.Decision{Granted: true}})
	c.told(hotline.Act{Kind: hotline.ActVisit, OrderNo: "N1", Visit: &hotline.Visit{SatisfactionResult: 2, Reason: "又坏了"}})
	if got := c.view().Ticket; got.Rating != 2 || got.Solved {
		t.Errorf("rated %d", got.Rating)
	}
	c.told(hotline.Act{Kind: hotline.ActReopen, OrderNo: "N1", DispatchSeq: 2, Deadlines: &hotline.Deadlines{ReplyBy: monday().Add(240 * time.Hour)}})
	again := c.state("N1", order.ToSign)
	if got := c.view().Ticket; got.Round != 3 || again.Dispatch != "2" || again.Ticket != got.Number || !got.Origin.Due.Equal(again.ReplyBy) {
		t.Errorf("reopened as %+v with the ticket %+v", again.Order, got)
	}
	c.toHandling()
	c.answer("已更换灯组并观察三天。")
	c.confirm("N1")
	kinds, last := c.sent()
	if got := strings.Join(kinds, " "); got != "sign progress extend complete progress complete sign progress complete" || last.DispatchSeq != 2 {
		t.Errorf("sent %s, the last for dispatch %d", got, last.DispatchSeq)
	}
	c.told(hotline.Act{Kind: hotline.ActVisit, OrderNo: "N1", DispatchSeq: 2, Visit: &hotline.Visit{SatisfactionResult: 5, Solved: true}})
	c.told(hotline.Act{Kind: hotline.ActArchive, OrderNo: "N1", DispatchSeq: 2})
	c.state("N1", order.Archived)
	if got := c.view().Ticket; got.Status != ticket.Closed || got.Rating != 5 {
		t.Errorf("at the end: %s, rated %d", got.Status, got.Rating)
	}

	c.told(hotline.Act{Kind: hotline.ActReopen, OrderNo: "N1", DispatchSeq: 3})
	if got := c.view().Ticket; got.Round != 1 || got.Origin.ID == "N1" {
		t.Errorf("with no round left it is handled as %+v", got)
	}
}

// TestRepeatsAndWhatCannotBe: the same is taken once; what the order does not allow
// is kept with a reason, and nothing changes.
func TestRepeatsAndWhatCannotBe(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	first := c.receipt.Number
	c.told(dispatch("N1", func(o *hotline.Order) { o.Content = "换了说法" }))
	if c.receipt.Number != first {
		t.Errorf("the same dispatch is %s and %s", first, c.receipt.Number)
	}
	for code, a := range map[string]hotline.Act{
		"order.step":       {Kind: hotline.ActVisit, OrderNo: "N1", Visit: &hotline.Visit{Solved: true}},
		"order.still_open": dispatch("N1", func(o *hotline.Order) { o.DispatchSeq = 2 }),
		"order.invalid":    {Kind: hotline.ActVisit, OrderNo: "N1"},
	} {
		if in := c.say(a); in.State != desk.InboundUnprocessable || in.Reason != code || in.Detail == "" {
			t.Errorf("%s %s: %s %s %q", code, a.Kind, in.State, in.Reason, in.Detail)
		}
	}
	c.state("N1", order.ToSign)
	if n := len(c.view().Events); n != 1 {
		t.Errorf("%d events", n)
	}
	early := c.say(hotline.Act{Kind: hotline.ActUrge, OrderNo: "N2"})
	if early.State != desk.InboundWaiting {
		t.Errorf("an urge before its order is %s", early.State)
	}
	c.told(dispatch("N2", nil))
	if got := c.view().Ticket; got.Urges != 1 {
		t.Errorf("the urge that was early counts %d", got.Urges)
	}
	b, err := c.OrderBoard(t.Context(), c.force, desk.OrderQuery{})
	must(t, err)
	if len(b.Orders) != 2 || b.Unreadable != 3 {
		t.Errorf("the board shows %d orders, %d unreadable", len(b.Orders), b.Unreadable)
	}
}

// TestAnOrderIsGivenBackOnlyWithItsPlatform: two people ask, the platform decides,
// and until then nobody ends the ticket.
func TestAnOrderIsGivenBackOnlyWithItsPlatform(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", func(o *hotline.Order) { o.Dispatch.LeadUnit.Name = "市水务局" }))
	if lead := c.view().Ticket.Lead; lead != assignment.TaskForce {
		t.Errorf("an order for a unit nobody knows goes to %s", lead)
	}
	c.refused(c.force, desk.Command{Move: ticket.Decline, Reason: "outside_area", Text: "不属于本市管辖。"}, "order.open")
	back := hotline.Return{Reason: hotline.NotOurDuty, Text: "属于水务部门职责", SuggestUnit: hotline.UnitRef{Name: "市水务局"}}
	ask := func() {
		t.Helper()
		v := c.latest("N1")
		_, err := c.ProposeReturn(t.Context(), c.force, v.ID, v.Version, back)
		must(t, err)
		c.confirm("N1")
	}
	ask()
	c.wantSent("return")
	c.refused(c.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}, "order.return_pending")
	c.refused(c.force, desk.Command{Move: ticket.Merge, Into: begin(t, c.house, desk.Opening{Letter: letter()}).receipt.Number}, "order.return_pending")
	c.told(hotline.Act{Kind: hotline.ActReturn, OrderNo: "N1", Opinion: "应由你单位办理", Decision: &hotline.Decision{}})
	c.state("N1", order.Handling)
	events := c.view().Events
	if last := events[len(events)-1]; last.Move != ticket.Note || !strings.Contains(last.Note, "应由你单位办理") {
		t.Errorf("the refusal is kept as %+v", last)
	}
	ask()
	c.told(hotline.Act{Kind: hotline.ActReturn, OrderNo: "N1", Decision: &hotline.Decision{Granted: true}})
	c.state("N1", order.Returned)
	if got := c.view().Ticket.Status; got != ticket.Transferred {
		t.Errorf("after it was given back the ticket is %s", got)
	}
	v := c.latest("N1")
	if _, err := c.ProposeReturn(t.Context(), c.force, v.ID, v.Version, back); problem.KindOf(err) != problem.Conflict {
		t.Errorf("given back twice: %v", err)
	}
	if act := lastAct(t, c.house, "ticket/"+c.view().Ticket.ID, "order.refused"); act.Actor != "force" || act.Detail["act"] != "propose" {
		t.Errorf("the refusal is audited as %+v", act)
	}
}

// TestAMergedOrderIsAnswered: an order that is merged before anybody signed for it is
// signed for, and hears the answer of the letter it went into.
func TestAMergedOrderIsAnswered(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	main := begin(t, c.house, desk.Opening{Letter: letter()})
	c.do(c.force, desk.Command{Move: ticket.Merge, Into: main.receipt.Number})
	c.wantSent("sign progress")
	main.toHandling()
	main.answer("已修好。")
	v := c.state("N1", order.Handling)
	if op := v.Ops[len(v.Ops)-1]; op.State != desk.OpProposed || op.Op.Complete == nil || op.Op.Complete.PublicReply != "已修好。" {
		t.Errorf("the platform is to be told %+v", op.OrderOp)
	}
}

// TestAnOrderWithoutDatesHasAnAlarm: where a platform gives no dates, those of the
// letter count.
func TestAnOrderWithoutDatesHasAnAlarm(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", func(o *hotline.Order) { o.Deadlines = hotline.Deadlines{} }))
	c.pass(c.view().Ticket.DueAt.Sub(c.now()))
	c.work(t)
	notices, err := c.Notifications(t.Context(), c.force, 50)
	must(t, err)
	if !slices.ContainsFunc(notices, func(n desk.Notification) bool { return n.Kind == "order.unsigned" }) {
		t.Error("nobody is told that an order without dates is not signed for")
	}
	c.toHandling()
	c.wantSent("sign progress") // each with an alarm
}

// TestWhatAPlatformRefusesIsTyped: staff stop what the platform does not take, and
// carry it there themselves; what was typed is not sent as well.
func TestWhatAPlatformRefusesIsTyped(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	c.do(c.force, desk.Command{Move: ticket.Accept})
	op := c.latest("N1").Ops[0]
	must(t, c.DropDelivery(t.Context(), c.force, op.ID, "平台不收"))
	must(t, c.Replay(t.Context(), c.force, op.ID))
	if got := c.latest("N1").Ops[0]; got.State != desk.OpSent {
		t.Errorf("what is sent again is %s", got.State)
	}
	must(t, c.DropDelivery(t.Context(), c.force, op.ID, "平台不收"))
	op = c.latest("N1").Ops[0]
	if op.State != desk.OpToType || !op.MayType {
		t.Fatalf("what was stopped is %s", op.State)
	}
	_, err := c.TypeOp(t.Context(), c.force, op.ID, op.Version, time.Time{})
	must(t, err)
	if err := c.Replay(t.Context(), c.force, op.ID); !problem.HasCode(err, "order.op_over") {
		t.Errorf("what was typed is sent as well: %v", err)
	}
}

// TestAUnitNobodyKnowsIsNoted: an order for one goes to the task force, which reads
// why; one for the bureau, or a unit of it, goes on without a word.
func TestAUnitNobodyKnowsIsNoted(t *testing.T) {
	t.Parallel()
	c := connected(t)
	for i, tt := range []struct {
		unit  hotline.UnitRef
		noted string
	}{
		{hotline.UnitRef{Name: "外省某市公安局"}, "外省某市公安局"},
		{hotline.UnitRef{Code: "440000"}, "440000"},
		{hotline.UnitRef{Name: c.Tree.Root().Name, Code: "440000"}, ""},
		{hotline.UnitRef{Name: "公安局"}, ""},
		{hotline.UnitRef{Code: "traffic"}, ""},
	} {
		c.told(dispatch("N"+string(rune('1'+i)), func(o *hotline.Order) { o.Dispatch.LeadUnit = tt.unit }))
		v := c.view()
		note := v.Events[0].Note
		if noted := strings.Contains(note, "不在本局目录"); noted != (tt.noted != "") || !strings.Contains(note, tt.noted) || noted && v.Ticket.Lead != assignment.TaskForce {
			t.Errorf("%+v goes to %s with %q", tt.unit, v.Ticket.Lead, note)
		}
	}
}

// TestARecallEndsWhatWasProposed: nothing more goes to a platform that took its
// order back.
func TestARecallEndsWhatWasProposed(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	c.toHandling()
	c.answer("已修好。")
	c.told(hotline.Act{Kind: hotline.ActRecall, OrderNo: "N1", Opinion: "派错了"})
	v := c.state("N1", order.Closed)
	if op := v.Ops[len(v.Ops)-1]; op.Kind != hotline.OpComplete || op.State != desk.OpDropped {
		t.Errorf("what was proposed is %s", op.State)
	}
	c.told(dispatch("N2", nil))
	c.told(hotline.Act{Kind: hotline.ActRecall, OrderNo: "N2"})
	if got := c.view().Ticket.Status; got != ticket.Withdrawn {
		t.Errorf("an order taken back leaves its ticket %s", got)
	}
}

// TestAReportFromAPlatformStaysSealed: who must not see the ticket sees no order,
// and the platform hears no more than that it was dealt with.
func TestAReportFromAPlatformStaysSealed(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", func(o *hotline.Order) { o.AppealType, o.Content = hotline.Report, "举报交警支队民警收钱" }))
	v := c.latest("N1")
	if v.Body.Content != "" || v.Body.Appellant.Name != "" || v.Title != channel.Report.Name() {
		t.Errorf("the page shows %+v", v.Body)
	}
	for name, edit := range map[string]func(*desk.Actor){
		"kept away":       func(a *desk.Actor) { a.Unit, a.Path = "traffic", c.Tree.Path("traffic") },
		"sees no reports": func(a *desk.Actor) { a.Reports, a.Unit = false, "patrol" },
	} {
		a := c.other
		edit(&a)
		if _, err := c.Order(t.Context(), a, v.ID); !problem.HasCode(err, "order.not_found") {
			t.Errorf("%s: %v", name, err)
		}
		b, err := c.OrderBoard(t.Context(), a, desk.OrderQuery{})
		must(t, err)
		if len(b.Orders) != 0 || len(b.Counts) != 0 {
			t.Errorf("%s: the board shows %d orders", name, len(b.Orders))
		}
	}
	if _, err := c.OrderBoard(t.Context(), c.handler, desk.OrderQuery{}); !problem.HasCode(err, "order.denied") {
		t.Errorf("a unit sees the board: %v", err)
	}
	if _, err := c.ConfirmOp(t.Context(), c.handler, "x", 1); !problem.HasCode(err, "order.denied") {
		t.Errorf("a unit confirms: %v", err)
	}

	c.handler, c.head = c.house.handler("handler", "inspection"), c.house.head("head", "inspection")
	c.do(c.force, desk.Command{Move: ticket.Dispatch, Unit: "inspection"})
	c.do(c.handler, desk.Command{Move: ticket.Sign})
	c.answer("经查，民警某某已停职。")
	c.confirm("N1")
	op := c.wantSent("sign complete")
	if strings.Contains(op.Complete.Content+op.Complete.PublicReply, "停职") || op.Complete.PublicReply != "" {
		t.Errorf("the platform is told %+v", op.Complete)
	}
}
