package desk

import (
	"context"
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// PushDraft is a letter that is to be given to a 12345 platform.
type PushDraft struct {
	Ticket   string // number
	Platform string // id
	Opinion  string // why it is theirs
	Unit     string // who should have it there; may be empty
}

// PushOrder has a second person look at giving a letter to a platform: what is no
// matter of the police. With the second person's word it goes there, and its ticket
// ends.
func (d *Desk) PushOrder(ctx context.Context, a Actor, p PushDraft) (OrderView, error) {
	if !a.Orders {
		return OrderView{}, noOrders()
	}
	letter := func(ctx context.Context, tx Tx) (Order, ticket.Ticket, error) {
		t, err := seen(ctx, tx, a, p.Ticket)
		return Order{}, t, err
	}
	return d.actOnOrder(ctx, a, "push", letter, func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket) (err error) {
		*o, err = d.offer(ctx, tx, &a, t, &p)
		return err
	})
}

// offer keeps what is proposed. One that was taken back may be proposed anew.
func (d *Desk) offer(ctx context.Context, tx Tx, a *Actor, t *ticket.Ticket, p *PushDraft) (Order, error) {
	to, known := d.platform(p.Platform)
	if !known {
		return Order{}, problem.New(problem.Invalid, "order.platform", "没有接入这个12345平台。")
	}
	if f := channel.CheckText("/opinion", "推送理由", p.Opinion, ticket.MaxPublic); f != nil {
		return Order{}, problem.New(problem.Invalid, "order.push_opinion", f.Message).With(*f)
	}
	if err := d.mayPush(ctx, tx, a, t); err != nil {
		return Order{}, err
	}
	before, err := tx.OrderOfTicket(ctx, t.ID)
	if err == nil && before.State != order.Kept {
		return Order{}, problem.New(problem.Conflict, "order.push_known", "这件来信已有12345工单（"+before.State.Name()+"），不能再推送。")
	}
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return Order{}, err
	}
	body, err := pushed(ctx, tx, t, p)
	if err != nil {
		return Order{}, err
	}
	o, err := tx.OrderByDispatch(ctx, to.ID, t.Number, "")
	switch {
	case err == nil:
		err = d.stepOrder(ctx, tx, &o, order.Offer)
	case problem.KindOf(err) == problem.NotFound:
		at := d.at()
		o = Order{
			ID: d.NewID(), Platform: to.ID, Number: t.Number, Outward: true, State: order.Offered, TicketID: t.ID, Ticket: t.Number,
			ReceivedAt: at, UpdatedAt: at, Body: *body, Version: 1,
		}
		err = tx.InsertOrder(ctx, o)
	}
	if err != nil {
		return o, err
	}
	op := d.newOp(&o, t, hotline.OpPush, d.at())
	op.DraftedBy, op.Op.OrderNo, op.Op.Push = a.ID, "", body // it has no number there yet
	if err := checkOp(&op); err != nil {
		return o, err
	}
	return o, d.propose(ctx, tx, &op)
}

// mayPush refuses what never leaves the house this way.
func (d *Desk) mayPush(ctx context.Context, r Reader, a *Actor, t *ticket.Ticket) error {
	switch {
	case t.Restricted():
		return problem.New(problem.Conflict, "order.push_report", "举报只由本机关办理，不能推送给12345平台。")
	case !a.MayMove(t, ticket.TransferTo):
		return problem.New(problem.Denied, "ticket.denied", "您的岗位不能转出来信。")
	case !t.Allows(ticket.TransferTo):
		return problem.New(problem.Conflict, "order.push_in_hand", "来信现在是“"+t.Status.Name()+"”，只有待受理、待派单的来信才能推送。")
	}
	l, err := r.Letter(ctx, t.LetterID)
	if err != nil {
		return err
	}
	rule := d.Router.Route(requestOf(t, l.Title, l.Text))
	rerouted := t.Returns == 0 && rule.Unit != t.Lead // whoever was named is not kept; where the letter went, is
	if len(t.Avoid) > 0 || rule.Rule == assignment.Avoidance || rerouted && t.Lead != assignment.TaskForce {
		return problem.New(problem.Conflict, "order.push_named", "来信反映本机关的民警或者单位，由本机关依照回避规定办理，不能推送给12345平台。")
	}
	return nil
}

// pushed is a letter as a platform takes it. It is known by the number of its ticket.
func pushed(ctx context.Context, tx Tx, t *ticket.Ticket, p *PushDraft) (*hotline.Order, error) {
	l, err := tx.Letter(ctx, t.LetterID)
	if err != nil {
		return nil, err
	}
	o := hotline.Order{
		Platform: p.Platform, OrderNo: hotline.ID(t.Number), Source: sourceThere(t.Source), AppealType: appealOf(t.Kind), Urgency: urgencyThere(t.Urgency),
		Category: hotline.Category{Code: hotline.ID(t.Category)}, Title: l.Title, Content: clip(l.Text, ticket.MaxNote), AcceptedAt: l.ReceivedAt,
		Place:    hotline.Place{RegionCode: hotline.ID(t.District)},
		Dispatch: hotline.Dispatch{LeadUnit: hotline.UnitRef{Name: strings.TrimSpace(p.Unit)}, Opinion: p.Opinion, Mode: hotline.Assign},
	}
	c, err := tx.Contact(ctx, t.LetterID)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return nil, err
	}
	o.Appellant = hotline.Appellant{Name: c.Name, Phone: hotline.ID(c.Phone), WantCallback: c.Phone != ""}
	return &o, nil
}

// sourceThere is what a platform calls the way a letter came.
func sourceThere(s channel.Source) hotline.Source {
	switch s {
	case channel.Web, channel.Chat:
		return "web"
	case channel.WeChat:
		return "wechat"
	case channel.Phone:
		return "phone"
	case channel.Mailbox, channel.Post:
		return "mail"
	case channel.Window, channel.H12345, channel.Watch, channel.Social:
	}
	return "other"
}

// appealOf is what a platform calls a kind of letter; one it does not know asks for help.
func appealOf(k channel.Kind) hotline.AppealType {
	for _, e := range hotline.AppealTypes() {
		if e.Code != hotline.Report && kindOf(e.Code) == k {
			return e.Code
		}
	}
	return hotline.Help
}

func urgencyThere(u channel.Urgency) hotline.Urgency {
	for _, e := range hotline.Urgencies() {
		if urgencyOf(e.Code) == u {
			return e.Code
		}
	}
	return hotline.Normal
}

// giveAway ends the ticket of what goes to a platform, in the name of whoever
// confirmed it.
func (d *Desk) giveAway(ctx context.Context, tx Tx, a *Actor, o *Order, t *ticket.Ticket) error {
	name := o.Platform
	if p, known := d.platform(o.Platform); known {
		name = p.Name
	}
	return d.move(ctx, tx, *a, t, Command{
		Move: ticket.TransferTo, Reason: "hotline", Version: t.Version, Text: "这件来信反映的事项不属于公安机关职责，已转" + name + "办理，由该平台与您联系。",
	})
}

// numbered keeps what a platform calls an order that we gave it.
func (d *Desk) numbered(ctx context.Context, tx Tx, op *OrderOp, number string) error {
	o, err := tx.Order(ctx, op.OrderID)
	if err != nil || o.Theirs != "" {
		return err
	}
	o.Theirs = number
	return d.keepOrder(ctx, tx, &o, o.State)
}

// heardOfPushed keeps with its ticket what a platform says about what we gave it,
// whatever that is. What it does not take is handled here after all.
func (d *Desk) heardOfPushed(ctx context.Context, tx Tx, o *Order, a *hotline.Act) error {
	step := order.Of(a)
	if r := a.Receipt; r != nil {
		if o.Theirs == "" {
			o.Theirs = string(r.OrderNo)
		}
		if !r.Taken {
			step = order.PushRefused
		}
	}
	state := o.State
	if to, err := step.After(o.State); err == nil { // the rest is news that changes nothing
		state = to
	}
	back := state == order.Rejected && o.State != state
	t, err := tx.TicketByID(ctx, o.TicketID)
	if err != nil {
		return err
	}
	if err := d.keepOrder(ctx, tx, o, state); err != nil {
		return err
	}
	if s := a.Supplement; s != nil {
		if err := d.addOrderFiles(ctx, tx, o, s.Attachments); err != nil {
			return err
		}
	}
	note := said(step, a)
	if back {
		if err := d.handleAgain(ctx, tx, o, note); err != nil {
			return err
		}
		note = clip(note+"。已重新登记为"+o.Ticket+"，请告知来信人", ticket.MaxNote)
	}
	return d.remark(ctx, tx, &t, note)
}

// comesBack takes in as an order what we gave to its platform before.
func (d *Desk) comesBack(ctx context.Context, tx Tx, given *Order, a *hotline.Act) (Order, error) {
	was, err := tx.TicketByID(ctx, given.TicketID)
	if err != nil {
		return Order{}, err
	}
	body := given.Body
	if a.Order != nil {
		body = *a.Order
	}
	body.OrderNo, body.DispatchNo, body.DispatchSeq = a.OrderNo, a.DispatchNo, a.DispatchSeq
	return d.openOrder(ctx, tx, given.Platform, &body, &was, string(a.OrderNo)+"#"+a.DispatchKey())
}

// pushedOrder is what we gave to a platform and an act is about: it is known there by
// its number or ours, under whatever dispatch.
func pushedOrder(ctx context.Context, r OrderReader, platform string, a *hotline.Act) (Order, error) {
	numbers := []hotline.ID{a.OrderNo}
	if a.Receipt != nil {
		numbers = append(numbers, a.Receipt.OrderNo)
	}
	none := problem.New(problem.NotFound, "order.not_found", "没有这件12345工单。")
	for _, n := range slices.DeleteFunc(numbers, func(n hotline.ID) bool { return n == "" }) {
		o, err := r.LatestOrder(ctx, platform, string(n))
		if err == nil && o.Outward || err != nil && problem.KindOf(err) != problem.NotFound {
			return o, err
		}
	}
	return Order{}, none
}
