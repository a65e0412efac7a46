package desk

import (
	"context"
	"encoding/json"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// propose keeps an operation until a second person has confirmed it.
func (d *Desk) propose(ctx context.Context, tx Tx, op *OrderOp) error {
	op.State, op.Version = OpProposed, 1
	if err := tx.InsertOrderOp(ctx, *op); err != nil {
		return err
	}
	return d.watchOp(ctx, tx, op)
}

// issue lets an operation go as it is: the order moves on, and the operation is
// given to those who carry it to the platform.
func (d *Desk) issue(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, op *OrderOp) error {
	err := checkOp(op)
	if err != nil {
		return err
	}
	if op.Supersedes == "" {
		err = d.stepOrder(ctx, tx, o, order.By(op.Kind))
	} else { // the order has moved on with the first
		err = d.supersede(ctx, tx, o, op)
	}
	if err != nil {
		return err
	}
	was := op.Version
	op.State, op.Version = OpSent, was+1
	p, known := d.platform(o.Platform)
	byHand := !known || p.Manual()
	if byHand {
		op.State = OpToType
	}
	if was == 0 {
		err = tx.InsertOrderOp(ctx, *op)
	} else {
		err = tx.UpdateOrderOp(ctx, *op, was)
	}
	switch {
	case err != nil:
		return err
	case byHand:
		return d.watchOp(ctx, tx, op)
	}
	whole, err := d.withFiles(ctx, tx, op.Op)
	if err != nil {
		return err
	}
	body, err := json.Marshal(whole)
	if err != nil {
		return err
	}
	err = d.send(ctx, tx, Delivery{
		ID: op.ID, Route: HotlineCarrier + "/" + o.Platform, Lane: o.Number, Kind: string(op.Kind), Ticket: t.Number, Body: body, AlarmAt: op.AlarmAt,
	})
	if err != nil || op.Supersedes == "" {
		return err
	}
	return tx.TakePlace(ctx, op.ID, op.Supersedes)
}

// afterOp puts an operation its platform has no message for among those that
// people type there, and keeps the number the platform gives to what went there.
func (d *Desk) afterOp(ctx context.Context, tx Tx, v *Delivery, a Attempt) error {
	pushed := a.Outcome == Arrived && v.Kind == string(hotline.OpPush) && a.Number != ""
	if a.Outcome != NotDelivered && !pushed {
		return nil
	}
	op, err := tx.OrderOp(ctx, v.ID)
	if err != nil {
		return err
	}
	if pushed {
		return d.numbered(ctx, tx, &op, a.Number)
	}
	return d.typeOp(ctx, tx, &op)
}

// typeOp puts an operation among those that people type at the platform.
func (d *Desk) typeOp(ctx context.Context, tx Tx, op *OrderOp) error {
	if err := d.keepOp(ctx, tx, op, OpToType); err != nil {
		return err
	}
	return d.watchOp(ctx, tx, op)
}

// carryOp has people type what staff stopped, as the platform will take it, and
// lets what they send again go by itself.
func (d *Desk) carryOp(ctx context.Context, tx Tx, v *Delivery) error {
	op, err := tx.OrderOp(ctx, v.ID)
	if err != nil {
		return err
	}
	o, err := tx.Order(ctx, op.OrderID)
	switch {
	case err != nil:
		return err
	case v.State == DeliveryDropped && o.State.Open():
		return d.typeOp(ctx, tx, &op)
	case v.State == DeliveryDropped:
		return d.keepOp(ctx, tx, &op, OpDropped)
	case op.State == OpTyped || op.State == OpDropped:
		return problem.New(problem.Conflict, "order.op_over", "这项内容“"+op.State.Name()+"”，不能再发送。")
	case op.State == OpToType:
		return d.keepOp(ctx, tx, &op, OpSent)
	}
	return nil
}

// dropOps takes back what nobody at the platform has seen yet.
func (d *Desk) dropOps(ctx context.Context, tx Tx, o *Order) error {
	ops, err := tx.OrderOps(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, op := range ops {
		if op.State != OpProposed && (op.State != OpToType || o.State.Open()) {
			continue
		}
		was := op.Version
		op.State, op.Version = OpDropped, was+1
		if err := tx.UpdateOrderOp(ctx, op, was); err != nil {
			return err
		}
	}
	return nil
}

// orderSeen is an order, and its ticket, if a works on orders and may see the ticket of this one.
func orderSeen(ctx context.Context, r Reader, a *Actor, id string) (Order, ticket.Ticket, error) {
	if !a.Orders {
		return Order{}, ticket.Ticket{}, noOrders()
	}
	none := problem.New(problem.NotFound, "order.not_found", "没有这件12345工单，或不在您的权限范围内。")
	o, err := r.Order(ctx, id)
	if err != nil {
		return Order{}, ticket.Ticket{}, notFoundAs(err, none)
	}
	t, err := r.TicketByID(ctx, o.TicketID)
	if err == nil && !a.MaySee(&t) {
		err = none
	}
	if err != nil {
		return Order{}, ticket.Ticket{}, err
	}
	return o, t, nil
}

func noOrders() error {
	return problem.New(problem.Denied, "order.denied", "您的岗位不能办理12345工单。")
}

// ProposeReturn has a second person look at giving an order back. What a unit has
// in hand is given back to those who screen first.
func (d *Desk) ProposeReturn(ctx context.Context, a Actor, id string, version int64, r hotline.Return) (OrderView, error) {
	return d.workOrder(ctx, a, id, "propose", func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket) error {
		switch {
		case o.Version != version:
			return staleOrder()
		case !t.Allows(ticket.TransferTo):
			return problem.New(problem.Conflict, "order.in_hand", "来信现在是“"+t.Status.Name()+"”，请先由承办单位退单，再向平台申请退单。")
		}
		if _, err := order.AskReturn.After(o.State); err != nil {
			return err
		}
		if err := nothingProposed(ctx, tx, o); err != nil {
			return err
		}
		op := d.newOp(o, t, hotline.OpReturn, d.at())
		if due := o.Body.Deadlines.ReturnBy; !due.IsZero() {
			op.AlarmAt = alarmAt(due, op.CreatedAt)
		}
		if err := d.edit(ctx, tx, &a, o, t, &op, OpEdit{Return: &r}); err != nil {
			return err
		}
		return d.propose(ctx, tx, &op)
	})
}

// WithdrawAsked takes back a return or an extension the platform has not decided
// on.
func (d *Desk) WithdrawAsked(ctx context.Context, a Actor, id string, version int64) (OrderView, error) {
	return d.workOrder(ctx, a, id, "withdraw", func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket) error {
		if o.Version != version {
			return staleOrder()
		}
		op := d.newOp(o, t, hotline.OpWithdraw, d.at())
		if err := d.issue(ctx, tx, o, t, &op); err != nil {
			return err
		}
		if t.Extension != nil {
			return d.notExtended(ctx, tx, t, "已向12345平台撤回延期申请")
		}
		return d.proposeOwed(ctx, tx, o, t)
	})
}

// OpEdit is what may be changed about an operation that is proposed. Of files the ids
// count.
type OpEdit struct {
	Return   *hotline.Return
	Complete *hotline.Complete
}

// ReviseOp changes what is proposed. Whoever changed it wrote it: somebody else
// confirms it.
func (d *Desk) ReviseOp(ctx context.Context, a Actor, id string, version int64, e OpEdit) (OrderView, error) {
	return d.workOp(ctx, a, id, version, "revise", func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, op *OrderOp) error {
		if err := d.edit(ctx, tx, &a, o, t, op, e); err != nil {
			return err
		}
		return d.keepOp(ctx, tx, op, OpProposed)
	})
}

// edit makes op what a wants the platform to be told.
func (d *Desk) edit(ctx context.Context, tx Tx, a *Actor, o *Order, t *ticket.Ticket, op *OrderOp, e OpEdit) error {
	op.DraftedBy, op.Op.Return, op.Op.Complete = a.ID, e.Return, e.Complete
	if err := d.describeFiles(ctx, tx, o, t, &op.Op); err != nil {
		return err
	}
	return checkOp(op)
}

func checkOp(op *OrderOp) error {
	if err := op.Op.Check(); err != nil {
		return problem.New(problem.Invalid, "order.op_invalid", "报12345平台的内容不完整："+err.Error())
	}
	return nil
}

// ConfirmOp lets go what somebody else has proposed, and nothing of it changes any
// more. What followed from something by itself is taken on by the first, and goes
// with the second.
func (d *Desk) ConfirmOp(ctx context.Context, a Actor, id string, version int64) (OrderView, error) {
	return d.workOp(ctx, a, id, version, "confirm", func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, op *OrderOp) error {
		switch {
		case op.Op.Complete != nil && op.Op.Complete.IsTrue == nil && !t.Restricted():
			return problem.New(problem.Invalid, "order.is_true", "请先在“修改”里写明诉求是否属实，再确认。")
		case op.DraftedBy == "":
			op.DraftedBy = a.ID
			return d.keepOp(ctx, tx, op, OpProposed)
		case op.DraftedBy == a.ID:
			return problem.New(problem.Denied, "order.same_person", "报12345平台的内容须由起草人以外的另一人确认。")
		case op.Kind == hotline.OpReturn && !t.Allows(ticket.TransferTo):
			return problem.New(problem.Conflict, "order.in_hand", "来信现在是“"+t.Status.Name()+"”，请先由承办单位退单，再确认退单申请。")
		}
		op.ConfirmedBy, op.ConfirmedAt = a.ID, d.at()
		op.Op.At = op.ConfirmedAt
		if op.Kind != hotline.OpPush {
			return d.issue(ctx, tx, o, t, op)
		}
		if err := d.mayPush(ctx, tx, &a, t); err != nil {
			return err
		}
		if err := d.issue(ctx, tx, o, t, op); err != nil {
			return err
		}
		return d.giveAway(ctx, tx, &a, o, t)
	})
}

// DropOp takes back what is proposed. What the platform has to be told of an answer
// can be changed, not taken back.
func (d *Desk) DropOp(ctx context.Context, a Actor, id string, version int64) (OrderView, error) {
	return d.workOp(ctx, a, id, version, "drop", func(ctx context.Context, tx Tx, o *Order, _ *ticket.Ticket, op *OrderOp) error {
		if !op.droppable() {
			return problem.New(problem.Conflict, "order.needed", "办结内容必须报平台，可以修改，不能撤销。")
		}
		if op.Kind == hotline.OpPush {
			if err := d.stepOrder(ctx, tx, o, order.Keep); err != nil {
				return err
			}
		}
		return d.keepOp(ctx, tx, op, OpDropped)
	})
}

// droppable reports whether op may be taken back while it is proposed: what takes the
// place of another leaves it to that one.
func (op *OrderOp) droppable() bool {
	return op.Kind == hotline.OpReturn || op.Kind == hotline.OpPush || op.Supersedes != ""
}

// TypeOp notes that somebody has typed an operation at the platform; typedAt is
// when, zero: now.
func (d *Desk) TypeOp(ctx context.Context, a Actor, id string, version int64, typedAt time.Time) (OrderView, error) {
	return d.changeOp(ctx, a, id, version, "type", OpToType, func(ctx context.Context, tx Tx, _ *Order, _ *ticket.Ticket, op *OrderOp) error {
		at := d.at()
		if typedAt.IsZero() {
			typedAt = at
		}
		if typedAt.After(at) || typedAt.Before(op.CreatedAt.Truncate(time.Minute)) {
			return problem.New(problem.Invalid, "order.typed_at", "录入时间应在这项内容生成之后，不能晚于现在。")
		}
		op.TypedBy, op.TypedAt = a.ID, typedAt
		return d.keepOp(ctx, tx, op, OpTyped)
	})
}

// keepOp stores an operation in a state.
func (d *Desk) keepOp(ctx context.Context, tx Tx, op *OrderOp, to OpState) error {
	was := op.Version
	op.State, op.Version = to, was+1
	return tx.UpdateOrderOp(ctx, *op, was)
}

func staleOrder() error {
	return problem.New(problem.Conflict, "order.stale", "这件12345工单刚刚有了变化，请刷新后再操作。")
}

// changer does something with an operation inside a transaction.
type changer func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, op *OrderOp) error

// workOp lets a do something with an operation that is proposed.
func (d *Desk) workOp(ctx context.Context, a Actor, id string, version int64, action string, fn changer) (OrderView, error) {
	return d.changeOp(ctx, a, id, version, action, OpProposed, fn)
}

// changeOp lets a do something with an operation that stands in a state.
func (d *Desk) changeOp(ctx context.Context, a Actor, id string, version int64, action string, in OpState, fn changer) (OrderView, error) {
	if !a.Orders {
		return OrderView{}, noOrders()
	}
	op, err := d.Store.OrderOp(ctx, id)
	if err != nil {
		return OrderView{}, err
	}
	return d.workOrder(ctx, a, op.OrderID, action+"_"+string(op.Kind), func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket) error {
		op, err := tx.OrderOp(ctx, id)
		switch {
		case err != nil:
			return err
		case op.Version != version || op.State != in:
			return staleOrder()
		}
		return fn(ctx, tx, o, t, &op)
	})
}

// workOrder lets a do something with an order. It is audited with the ticket, and
// so is a refusal.
func (d *Desk) workOrder(ctx context.Context, a Actor, id, action string, fn func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket) error) (OrderView, error) {
	return d.actOnOrder(ctx, a, action, func(ctx context.Context, tx Tx) (Order, ticket.Ticket, error) { return orderSeen(ctx, tx, &a, id) }, fn)
}

// actOnOrder is workOrder for whatever is found as far as a may see it.
func (d *Desk) actOnOrder(ctx context.Context, a Actor, action string, find func(ctx context.Context, tx Tx) (Order, ticket.Ticket, error), fn func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket) error) (OrderView, error) {
	var v OrderView
	var about string // id of a ticket a may see
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		o, t, err := find(ctx, tx)
		if err != nil {
			return err
		}
		about = t.ID
		if err := fn(ctx, tx, &o, &t); err != nil {
			return err
		}
		detail := map[string]string{"platform": o.Platform, "order": o.Number, "state": string(o.State)}
		err = tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "order." + action, Object: "ticket/" + t.ID, Detail: detail})
		if err != nil {
			return err
		}
		v, err = d.orderView(ctx, tx, &a, &o, &t)
		return err
	})
	if err == nil || about == "" {
		return v, err
	}
	return OrderView{}, d.orderRefused(ctx, a, about, action, err)
}

// orderRefused audits a refusal about a ticket, and returns it.
func (d *Desk) orderRefused(ctx context.Context, a Actor, ticketID, action string, refusal error) error {
	if lost := d.recordRefusal(ctx, a, "order.refused", "ticket/"+ticketID, map[string]string{"act": action}, refusal); lost != nil {
		return lost
	}
	return refusal
}
