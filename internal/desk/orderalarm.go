package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/order"
)

// JobOrderAlarm looks whether what a platform waits for was done in time.
const JobOrderAlarm = "order.alarm"

// orderAlarm names what has to be done: an order to be signed for, or an operation.
type orderAlarm struct {
	Order string  `json:"order,omitempty"`
	Op    string  `json:"op,omitempty"`
	State OpState `json:"state,omitempty"` // in which it waits
}

func (o orderAlarm) job(run, at time.Time) Job {
	return readyJob(JobOrderAlarm, o.Order+"/"+o.Op+"/"+string(o.State)+"/"+run.Format(time.RFC3339), o, run, at)
}

// tellOrderAlarm tells the task force what is still not done.
func (d *Desk) tellOrderAlarm(ctx context.Context, tx Tx, j Job) error {
	args, err := argsOf[orderAlarm](j)
	if err != nil {
		return err
	}
	what := ""
	if args.Op != "" {
		op, err := tx.OrderOp(ctx, args.Op)
		if err != nil {
			return err
		}
		args.Order = op.OrderID
		switch {
		case op.State != args.State: // it has moved on, and has another alarm
		case op.State == OpProposed:
			what = "order.unconfirmed"
		case op.State == OpToType:
			what = "order.untyped"
		}
	}
	o, err := tx.Order(ctx, args.Order)
	if err != nil {
		return err
	}
	if args.Op == "" && o.State == order.ToSign {
		what = "order.unsigned"
	}
	if what == "" {
		return nil
	}
	t, err := tx.TicketByID(ctx, o.TicketID)
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, staffJob(&t, what, screening(&t), toTaskForce, j.ID, d.at()))
}

// watchOp has somebody told where op waits for people for too long.
func (d *Desk) watchOp(ctx context.Context, tx Tx, op *OrderOp) error {
	if op.State != OpProposed && op.State != OpToType {
		return nil
	}
	return tx.Enqueue(ctx, orderAlarm{Op: op.ID, State: op.State}.job(op.AlarmAt, d.at()))
}

// alarmAt is when somebody has to be told that something due then is not done:
// early enough to do it by hand.
func alarmAt(due, at time.Time) time.Time {
	const before = 4 * time.Hour // as long as everything that carries it tries
	if !due.After(at) {
		return at
	}
	return due.Add(-min(before, due.Sub(at)/4)).Truncate(time.Microsecond)
}
