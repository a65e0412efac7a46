package desk

import (
	"context"
	"slices"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// ReplaceOp proposes something else in place of what the platform refused. The first
// keeps its place in the order of things until a second person has confirmed it.
func (d *Desk) ReplaceOp(ctx context.Context, a Actor, id string, version int64, e OpEdit) (OrderView, error) {
	return d.changeOp(ctx, a, id, version, "replace", OpSent, func(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, first *OrderOp) error {
		v, err := tx.Delivery(ctx, first.ID)
		if err != nil {
			return err
		}
		if !first.replaceable(&v) || !o.State.Open() {
			return problem.New(problem.Conflict, "order.not_refused", "只有平台拒收的退单、办结内容才能改写后重新报送。")
		}
		if err := nothingProposed(ctx, tx, o); err != nil {
			return err
		}
		op := d.newOp(o, t, first.Kind, d.at())
		op.Supersedes = first.ID
		if err := d.edit(ctx, tx, &a, o, t, &op, e); err != nil {
			return err
		}
		return d.propose(ctx, tx, &op)
	})
}

// replaceable reports whether the platform has refused op, which v carries. One that
// merely did not arrive may be there all the same.
func (op *OrderOp) replaceable(v *Delivery) bool {
	return v.State == DeliveryDead && v.Reason == "peer.refused" && (op.Kind == hotline.OpReturn || op.Kind == hotline.OpComplete)
}

// nothingProposed refuses a second thing that waits for a second person.
func nothingProposed(ctx context.Context, r OrderWorkReader, o *Order) error {
	ops, err := r.OrderOps(ctx, o.ID)
	if err == nil && slices.ContainsFunc(ops, func(op OrderOp) bool { return op.State == OpProposed }) {
		err = problem.New(problem.Conflict, "order.proposed", "已有内容等待第二人确认，请先确认或者撤销。")
	}
	return err
}

// supersede ends what op takes the place of, if that is still where it was.
func (d *Desk) supersede(ctx context.Context, tx Tx, o *Order, op *OrderOp) error {
	first, err := tx.OrderOp(ctx, op.Supersedes)
	if err != nil {
		return err
	}
	v, err := tx.Delivery(ctx, first.ID)
	if err != nil {
		return err
	}
	if first.State != OpSent || !first.replaceable(&v) || !o.State.Open() {
		return problem.New(problem.Conflict, "order.not_refused", "原来的内容已有别的处理，请撤销这次改写。")
	}
	was := v.Version
	v.State, v.Reason, v.EndedAt, v.Version = DeliveryDropped, "order.superseded", d.at(), was+1
	if err := tx.UpdateDelivery(ctx, v, was); err != nil {
		return err
	}
	return d.keepOp(ctx, tx, &first, OpDropped)
}
