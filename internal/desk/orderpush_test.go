package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// lamp is a letter that is no matter of the police.
func lamp(edit func(*channel.Letter)) channel.Letter {
	l := letter()
	l.Kind, l.Title, l.Text, l.Category = channel.Help, "路灯不亮，电话13800138000", "中山路的路灯坏了，请找13800138000。", ""
	if edit != nil {
		edit(&l)
	}
	return l
}

// offers has force propose to give a new letter to the city.
func (c *city) offers() desk.OrderView {
	c.t.Helper()
	c.receipt = begin(c.t, c.house, desk.Opening{Letter: lamp(nil)}).receipt
	v, err := c.PushOrder(c.t.Context(), c.force, desk.PushDraft{Ticket: c.receipt.Number, Platform: "city", Opinion: "属于市政设施", Unit: "市城管局"})
	must(c.t, err)
	return v
}

// tried has the last delivery end as an attempt did.
func (c *city) tried(o desk.Outcome, number string) {
	c.t.Helper()
	all, err := c.store.Deliveries(c.t.Context(), desk.DeliveryFilter{Route: "12345", Limit: 1})
	must(c.t, err)
	v, err := c.store.Delivery(c.t.Context(), all[0].ID)
	must(c.t, err)
	must(c.t, c.Settle(c.t.Context(), v, desk.Attempt{Delivery: v.ID, No: 1, At: c.now(), Outcome: o, Number: number}, time.Minute))
}

// TestALetterIsGivenToAPlatform: two people, one delivery; its ticket ends with the
// second one's word, and what the platform says later lands there.
func TestALetterIsGivenToAPlatform(t *testing.T) {
	t.Parallel()
	c := connected(t)
	v := c.offers()
	number := c.receipt.Number
	if v.State != order.Offered || !v.Outward || strings.Contains(v.Ops[0].Op.Push.Content+v.Ops[0].Op.Push.Title, "13800138000") || v.Ops[0].Op.Push.Appellant.Phone != "" {
		t.Errorf("shown is %+v, to be told %+v", v.Order, v.Ops[0].Op.Push)
	}
	if _, err := c.PushOrder(t.Context(), c.force, desk.PushDraft{Ticket: number, Platform: "city", Opinion: "再推"}); !problem.HasCode(err, "order.push_known") {
		t.Errorf("proposed twice: %v", err)
	}
	v, err := c.DropOp(t.Context(), c.force, v.Ops[0].ID, v.Ops[0].Version)
	must(t, err)
	if v.State != order.Kept || c.view().Ticket.Status != ticket.Received {
		t.Errorf("after it was taken back: %s", v.State)
	}
	_, err = c.PushOrder(t.Context(), c.force, desk.PushDraft{Ticket: number, Platform: "city", Opinion: "属于市政设施", Unit: "市城管局"})
	must(t, err)
	c.confirm(number)
	op := c.wantSent("push")
	if p := op.Push; string(p.OrderNo) != number || p.Appellant.Phone != "13800138000" || p.Dispatch.LeadUnit.Name != "市城管局" || !strings.Contains(p.Content, "13800138000") || p.AcceptedAt.IsZero() {
		t.Errorf("the platform is given %+v", p)
	}
	events := c.view().Events
	if last := events[len(events)-1]; last.Move != ticket.TransferTo || last.Actor != "other" || !strings.Contains(last.Public, "市12345热线") {
		t.Errorf("its ticket ends with %+v", last)
	}

	c.tried(desk.Arrived, "P9")
	if o := c.latest("P9"); o.Theirs != "P9" || o.State != order.Pushed || o.Ticket != number {
		t.Errorf("the platform calls it %+v", o.Order)
	}
	c.told(hotline.Act{Kind: hotline.ActSuppl, OrderNo: "P9", DispatchSeq: 1, Supplement: &hotline.Suppl{Content: "已派市城管局"}})
	c.told(hotline.Act{Kind: hotline.ActVisit, OrderNo: hotline.ID(number), Visit: &hotline.Visit{SatisfactionResult: 5, Solved: true, Content: "已修好"}})
	c.told(hotline.Act{Kind: hotline.ActArchive, OrderNo: "P9"})
	c.state(number, order.Archived)
	var all []string
	for _, e := range c.view().Events {
		all = append(all, e.Note)
	}
	notes := strings.Join(all, "\n")
	if got := c.view().Ticket; got.Status != ticket.Transferred || !strings.Contains(notes, "已派市城管局") || !strings.Contains(notes, "已修好") {
		t.Errorf("the ticket is %s, with %q", got.Status, notes)
	}

	c.told(dispatch("P9", nil)) // and gives it to us after all
	if got := c.view().Ticket; got.Number == number || got.Kind != channel.Help {
		t.Errorf("dispatched to us it is %+v", got)
	}
}

// TestWhatAPlatformDoesNotTakeIsHandledHere: under another number, and the old ticket
// says which.
func TestWhatAPlatformDoesNotTakeIsHandledHere(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.offers()
	number := c.receipt.Number
	c.confirm(number)
	c.told(hotline.Act{Kind: hotline.ActReceipt, OrderNo: "P9", Receipt: &hotline.Receipt{OrderNo: hotline.ID(number), Message: "不属于本平台"}})
	o := c.state(number, order.Rejected)
	if o.Ticket == number {
		t.Fatalf("it is %+v", o.Order)
	}
	again, err := c.store.TicketByNumber(t.Context(), o.Ticket)
	must(t, err)
	c.receipt.Number = number
	all := c.view().Events
	if last := all[len(all)-1]; again.Status != ticket.Received || !strings.Contains(last.Note, o.Ticket) || !strings.Contains(last.Note, "不属于本平台") {
		t.Errorf("the new one is %s, the old one says %q", again.Status, last.Note)
	}
	c.receipt.Number = o.Ticket
	c.do(c.force, desk.Command{Move: ticket.Decline, Reason: "outside_area", Text: "不属于本市管辖。"}) // the platform does not wait for it
}

// TestWhatNeverGoesToAPlatform: reports, what is about people here, what a unit has
// in hand; and nobody gives away what they must not see.
func TestWhatNeverGoesToAPlatform(t *testing.T) {
	t.Parallel()
	c := connected(t)
	blind := c.house.handler("blind", "patrol")
	blind.Orders = true
	avoided := c.taskForce("avoided")
	avoided.Orders, avoided.Path, avoided.Unit = true, c.Tree.Path("traffic"), "traffic"
	number := func(edit func(*channel.Letter)) string {
		return begin(t, c.house, desk.Opening{Letter: lamp(edit)}).receipt.Number
	}
	about := number(func(l *channel.Letter) {
		l.Kind, l.Text = channel.Complaint, "交警支队的民警态度很差，要求处理。"
	})
	busy := number(nil)
	for _, m := range []desk.Command{{Move: ticket.Accept}, {Move: ticket.Dispatch, Unit: "traffic"}} {
		_, err := c.move(t, c.force, busy, m)
		must(t, err)
	}
	c.told(dispatch("N1", nil))
	order12345 := c.receipt.Number
	for name, test := range map[string]struct {
		actor  desk.Actor
		number string
		to     string
		code   string
	}{
		"a report":                {c.force, number(func(l *channel.Letter) { l.Kind, l.Text = channel.Report, "有人聚众赌博。" }), "city", "order.push_report"},
		"about people here":       {c.force, about, "city", "order.push_named"},
		"what a unit has in hand": {c.force, busy, "city", "order.push_in_hand"},
		"an order of the city's":  {c.force, order12345, "city", "order.push_known"},
		"a platform nobody knows": {c.force, number(nil), "village", "order.platform"},
		"not to be seen":          {blind, number(nil), "city", "ticket.not_found"},
		"to keep away from":       {avoided, about, "city", "ticket.not_found"},
		"nobody who may":          {c.handler, number(nil), "city", "order.denied"},
	} {
		_, err := c.PushOrder(t.Context(), test.actor, desk.PushDraft{Ticket: test.number, Platform: test.to, Opinion: "不属于公安"})
		if !problem.HasCode(err, test.code) {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
	if kinds, _ := c.sent(); len(kinds) != 0 {
		t.Errorf("sent %v", kinds)
	}

	v := c.offers() // and what has become something else meanwhile
	c.do(c.force, desk.Command{Move: ticket.Accept})
	c.do(c.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	if _, err := c.ConfirmOp(t.Context(), c.other, v.Ops[0].ID, v.Ops[0].Version); !problem.HasCode(err, "order.push_in_hand") {
		t.Errorf("confirmed though a unit has it: %v", err)
	}
	if act := lastAct(t, c.house, "ticket/"+c.view().Ticket.ID, "order.refused"); act.Actor != "other" {
		t.Errorf("the refusal is audited as %+v", act)
	}
}

// TestThePageReadsItsOrdersAtOnce: however many operations wait.
func TestThePageReadsItsOrdersAtOnce(t *testing.T) {
	t.Parallel()
	c := connected(t)
	reads := func() int {
		counting := &countingStore{Store: c.store}
		c.Store = counting
		b, err := c.OrderBoard(t.Context(), c.force, desk.OrderQuery{})
		must(t, err)
		c.Store = c.store
		if len(b.Orders) == 0 || len(b.Proposed) != len(b.Orders) || b.Proposed[0].Order.ID != b.Proposed[0].OrderID {
			t.Errorf("%d orders, %d wait", len(b.Orders), len(b.Proposed))
		}
		return counting.n
	}
	c.offers()
	one := reads()
	for range 5 {
		c.offers()
	}
	if six := reads(); one != six || six != 2 {
		t.Errorf("orders are read %d times for one operation, %d times for six", one, six)
	}
}

// countingStore counts the queries for orders.
type countingStore struct {
	desk.Store

	n int
}

func (s *countingStore) Order(ctx context.Context, id string) (desk.Order, error) {
	s.n++
	return s.Store.Order(ctx, id)
}

func (s *countingStore) Orders(ctx context.Context, f desk.OrderFilter) ([]desk.Order, error) {
	s.n++
	return s.Store.Orders(ctx, f)
}
