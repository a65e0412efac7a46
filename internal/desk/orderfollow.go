package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// followOrder is a [follower]: what happens to the ticket of an order becomes an
// operation at its platform. What would end the ticket behind the platform's back
// is refused.
func (d *Desk) followOrder(ctx context.Context, tx Tx, _, t *ticket.Ticket, e ticket.Event) error {
	if t.Source != channel.H12345 || t.Origin.ID == "" || t.Origin.Platform == channel.DemoPlatform || !followedBy(e.Move) {
		return nil
	}
	o, err := tx.OrderOfTicket(ctx, t.ID)
	if problem.KindOf(err) == problem.NotFound { // staff entered it
		return nil
	}
	if err != nil || o.Outward { // or it came back: the platform does not wait for it
		return err
	}
	//nolint:exhaustive // see followedBy
	switch e.Move {
	case ticket.Decline, ticket.TransferTo, ticket.Withdraw:
		if o.State.Open() {
			return problem.New(problem.Conflict, "order.open", "这件来信由12345热线转来，还没有办结：退回请在12345工单页申请，撤回请向12345热线提出。")
		}
		return nil
	case ticket.Accept, ticket.Dispatch, ticket.Merge, ticket.Reassign, ticket.Ask:
		return d.goesOn(ctx, tx, &o, t, &e)
	case ticket.Extend:
		return d.askExtension(ctx, tx, &o, t, e.At)
	case ticket.Redo:
		return d.dropOps(ctx, tx, &o)
	}
	return d.proposeResult(ctx, tx, &o, t, &e)
}

// followedBy reports whether a platform may have to hear of a move.
func followedBy(m ticket.Move) bool {
	//nolint:exhaustive // the others stay in the house
	switch m {
	case ticket.Decline, ticket.TransferTo, ticket.Withdraw, ticket.Accept, ticket.Dispatch, ticket.Merge, ticket.Reassign, ticket.Ask,
		ticket.Extend, ticket.Redo, ticket.Release, ticket.AnswerWith:
		return true
	}
	return false
}

// goesOn signs for an order that is taken on, and tells how far it is: what its
// writer reads, and of a report (举报) nothing.
func (d *Desk) goesOn(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, e *ticket.Event) error {
	if (e.Move == ticket.Dispatch || e.Move == ticket.Merge) && o.State == order.ReturnAsked {
		return problem.New(problem.Conflict, "order.return_pending", "已向12345热线申请退单，等平台答复后再派单或者并单，或者先撤回申请。")
	}
	if o.State == order.ToSign {
		op := d.newOp(o, t, hotline.OpSign, e.At)
		if err := d.issue(ctx, tx, o, t, &op); err != nil {
			return err
		}
	}
	if t.Restricted() || e.Move == ticket.Accept || e.Public == "" || !order.Progress.Allows(o.State) {
		return nil
	}
	op := d.newOp(o, t, hotline.OpProgress, e.At)
	op.Op.Progress = &hotline.Progress{Content: e.Public}
	return d.issue(ctx, tx, o, t, &op)
}

// askExtension asks the platform for the time a unit asks for; what the platform
// says is what the unit gets. Once it waits for nothing of ours, the house decides
// alone.
func (d *Desk) askExtension(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, at time.Time) error {
	if !o.State.Ours() {
		return nil
	}
	clocks, err := tx.Clocks(ctx, t.ID)
	if err != nil {
		return err
	}
	budget := deadline.Budget{N: t.Extension.N, Unit: deadline.WorkingDay}
	for i := range clocks {
		if clocks[i].Purpose == deadline.Answer && clocks[i].Open() {
			budget.Unit = clocks[i].Budget.Unit
		}
	}
	op := d.newOp(o, t, hotline.OpExtend, at)
	op.Op.Extend = &hotline.Extend{Amount: budget.N, Unit: unitOf(budget.Unit)}
	for _, r := range ticket.ExtendReasons() {
		if r.Code == t.Extension.Reason {
			op.Op.Extend.Reason = r.Name
		}
	}
	if !o.ReplyBy.IsZero() {
		until, err := d.Profile.Add(d.Calendar(), o.ReplyBy, budget)
		if err != nil {
			return err
		}
		op.Op.Extend.NewReplyBy = until.Due
	}
	return d.issue(ctx, tx, o, t, &op)
}

func unitOf(u deadline.Unit) hotline.Unit {
	switch u {
	case deadline.WorkingDay:
		return hotline.Workday
	case deadline.NaturalDay:
		return hotline.Day
	case deadline.WorkingHour, deadline.Hour:
		return hotline.Hour
	}
	return ""
}

// proposeResult has a second person look at what the platform is told of an
// answer. An answer the platform does not wait for any more is not told.
func (d *Desk) proposeResult(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, e *ticket.Event) error {
	if !order.Complete.Allows(o.State) {
		return nil
	}
	r, err := d.replyTo(ctx, tx, t)
	if err != nil {
		return err
	}
	op := d.newOp(o, t, hotline.OpComplete, e.At)
	op.DraftedBy, op.Op.Complete = e.Actor, completion(t, r)
	return d.propose(ctx, tx, &op)
}

// proposeOwed proposes the result of a ticket that was answered while its platform
// waited for something else, once it waits for the result again.
func (d *Desk) proposeOwed(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket) error {
	if o.State != order.Handling || t.Status != ticket.Answered && t.Status != ticket.Closed {
		return nil
	}
	ops, err := tx.OrderOps(ctx, o.ID)
	if err != nil || slices.ContainsFunc(ops, func(op OrderOp) bool { return op.Kind == hotline.OpComplete && op.State == OpProposed }) {
		return err
	}
	if r, err := d.replyTo(ctx, tx, t); err != nil || r == nil {
		return err
	}
	return d.proposeResult(ctx, tx, o, t, &ticket.Event{At: d.at()})
}

// completion is what a platform is told of a reply. Of a report (举报) it is told that
// it was dealt with, and nothing else.
func completion(t *ticket.Ticket, r *reply.Draft) *hotline.Complete {
	c := hotline.Complete{Result: hotline.Explained, Content: "已依法受理并办理完毕，办理情况依法不予公开。"}
	if t.Restricted() || r == nil {
		return &c
	}
	c.Content, c.PublicReply = r.Text, r.Text
	//nolint:exhaustive // those of kinds no platform sends are explanations
	switch r.Outcome {
	case reply.Resolved, reply.Adopted:
		c.Result = hotline.Solved
	case reply.Partly, reply.PartlyAdopted:
		c.Result = hotline.Partly
	case reply.Referred:
		c.Result, c.DutyExceeded = hotline.NotOurs, true
	}
	return &c
}

// newOp is an operation for an order, in the name of the unit everybody is told.
func (d *Desk) newOp(o *Order, t *ticket.Ticket, kind hotline.OpKind, at time.Time) OrderOp {
	id := d.NewID()
	due := o.ReplyBy
	if kind == hotline.OpSign {
		due = o.SignBy
	}
	if due.IsZero() { // the platform gives none
		due = t.DueAt
	}
	return OrderOp{ID: id, OrderID: o.ID, Kind: kind, CreatedAt: at, AlarmAt: alarmAt(due, at), Op: hotline.Op{
		ID: id, Kind: kind, OrderNo: hotline.ID(o.Number), DispatchNo: o.Body.DispatchNo, DispatchSeq: o.Body.DispatchSeq, At: at,
		Operator: hotline.Operator{UnitName: d.shownUnit(t)},
	}}
}
