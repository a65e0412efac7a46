package desk

import (
	"context"
	"errors"
	"strconv"

	"jiesu/internal/audit"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// ImportedAct is a row of a sheet.
type ImportedAct struct {
	Row   int
	Act   hotline.Act
	Fault string // why it could not be read, for staff; empty: it could
}

// ActOutcome is what becomes of a row.
type ActOutcome string

// The outcomes of rows.
const (
	ActNew     ActOutcome = "new"
	ActKnown   ActOutcome = "known" // it was taken before; nothing happens
	ActRefused ActOutcome = "refused"
)

// TakenAct tells what becomes of a row.
type TakenAct struct {
	Row     int
	Number  string // the platform's
	Outcome ActOutcome
	Ticket  string // number, where the reader may see it; empty in a dry run of a new one
	Code    string // of a refusal
	Reason  string // for staff
}

const mostImported = 500 // rows of one sheet

// errDry ends a transaction that was only to show what would be.
var errDry = errors.New("desk: a dry run")

// ImportActs takes what a platform without a connection has given to staff as a
// sheet: row by row, each once however often the sheet is sent. Without apply
// nothing changes.
func (d *Desk) ImportActs(ctx context.Context, a Actor, platform string, rows []ImportedAct, apply bool) ([]TakenAct, error) {
	p, ok := d.platform(platform)
	switch {
	case !a.Orders:
		return nil, noOrders()
	case !ok || !p.Manual():
		return nil, problem.New(problem.Invalid, "order.platform", "只有人工对接的12345平台才能导入。")
	case len(rows) > mostImported:
		return nil, problem.New(problem.Invalid, "order.rows", "一次最多导入500行，请分开导入。")
	}
	var taken []TakenAct
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		taken = make([]TakenAct, len(rows))
		for i := range rows {
			var err error
			if taken[i], err = d.importAct(ctx, tx, &a, p.ID, &rows[i]); err != nil {
				return err
			}
		}
		if !apply {
			return errDry
		}
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "order.import", Object: "platform/" + p.ID, Detail: countOutcomes(taken)})
	})
	if errors.Is(err, errDry) {
		for i := range taken {
			if taken[i].Outcome == ActNew {
				taken[i].Ticket = ""
			}
		}
		return taken, nil
	}
	return taken, err
}

// importAct takes one row for a, who is told of no ticket they may not see. What the
// rules refuse leaves nothing behind.
func (d *Desk) importAct(ctx context.Context, tx Tx, a *Actor, platform string, row *ImportedAct) (TakenAct, error) {
	r := TakenAct{Row: row.Row, Number: string(row.Act.OrderNo), Outcome: ActNew}
	if row.Fault != "" {
		r.Outcome, r.Code, r.Reason = ActRefused, "order.invalid", row.Fault
		return r, nil
	}
	_, err := tx.OrderByDispatch(ctx, platform, string(row.Act.OrderNo), row.Act.DispatchKey())
	switch {
	case err == nil: // the first sheet counts
		r.Outcome = ActKnown
	case problem.KindOf(err) != problem.NotFound:
		return r, err
	}
	err = tx.Try(ctx, func(ctx context.Context, tx Tx) (err error) {
		r.Ticket, err = d.takeAct(ctx, tx, platform, &row.Act)
		return err
	})
	if e, ok := errors.AsType[*problem.Error](err); ok && (refusalCode(err) != "" || e.Code == arrivalIsUntold) {
		r.Outcome, r.Code, r.Reason, r.Ticket = ActRefused, e.Code, e.Public, ""
		for _, f := range e.Fields {
			r.Reason += f.Message
		}
		return r, nil
	}
	if err != nil {
		return r, err
	}
	t, err := tx.TicketByNumber(ctx, r.Ticket)
	if err == nil && !a.MaySee(&t) {
		r.Ticket = ""
	}
	return r, err
}

func countOutcomes(taken []TakenAct) map[string]string {
	counts := map[ActOutcome]int{}
	for i := range taken {
		counts[taken[i].Outcome]++
	}
	detail := map[string]string{}
	for o, n := range counts {
		detail[string(o)] = strconv.Itoa(n)
	}
	return detail
}

// EnterAct takes what a platform without a connection has told staff about an
// order that is here.
func (d *Desk) EnterAct(ctx context.Context, a Actor, id string, act hotline.Act) (OrderView, error) {
	return d.workOrder(ctx, a, id, "enter", func(ctx context.Context, tx Tx, o *Order, _ *ticket.Ticket) error {
		if p, known := d.platform(o.Platform); known && !p.Manual() {
			return problem.New(problem.Conflict, "order.connected", "这个12345平台已经联网，平台的消息会自动收到，不能人工登记。")
		}
		act.ID, act.OrderNo, act.At = hotline.ID(d.NewID()), hotline.ID(o.Number), d.at()
		if act.Kind != hotline.ActReopen {
			act.DispatchSeq, act.DispatchNo = o.Body.DispatchSeq, o.Body.DispatchNo
		}
		if order.Of(&act) == order.Dispatched {
			return problem.New(problem.Invalid, "order.act", "新的派单请用表格导入。")
		}
		if _, err := d.takeAct(ctx, tx, o.Platform, &act); err != nil {
			return err
		}
		var err error
		*o, err = tx.Order(ctx, o.ID)
		return err
	})
}

// OrdersToType is everything that waits to be typed at a platform, oldest first.
// Looking it up is audited: it is to be carried out of the house.
func (d *Desk) OrdersToType(ctx context.Context, a Actor, platform string) ([]OpBrief, error) {
	if !a.Orders {
		return nil, noOrders()
	}
	f := OrderFilter{Visible: a.visible(Filter{}), Platform: platform, States: order.States(), Limit: mostImported}
	waiting, err := d.opBriefs(ctx, f, OpToType)
	if err != nil {
		return nil, err
	}
	detail := map[string]string{"rows": strconv.Itoa(len(waiting))}
	return waiting, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "order.export", Object: "platform/" + platform, Detail: detail})
	})
}
