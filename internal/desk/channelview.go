package desk

import (
	"context"

	"jiesu/internal/problem"
)

// hideNumbers leaves out the numbers of tickets a may not see: that there is one,
// and where it came from, is told by them too.
func (d *Desk) hideNumbers(ctx context.Context, a *Actor, vs []Delivery) error {
	seen := map[string]bool{"": true}
	for i := range vs {
		v := &vs[i]
		if _, asked := seen[v.Ticket]; !asked {
			sees, err := d.seesNumber(ctx, a, v.Ticket)
			if err != nil {
				return err
			}
			seen[v.Ticket] = sees
		}
		if !seen[v.Ticket] {
			v.Ticket = ""
		}
	}
	return nil
}

// seesNumber reports whether there is a ticket of a number, and a may see it.
func (d *Desk) seesNumber(ctx context.Context, a *Actor, number string) (bool, error) {
	t, err := d.Store.TicketByNumber(ctx, number)
	if err == nil {
		err = a.sees(ctx, d.Store, &t)
	}
	if err != nil && problem.KindOf(err) == problem.NotFound {
		return false, nil
	}
	return err == nil, err
}

// mayTouch refuses a delivery about a ticket that a must keep away from, and about
// a report (举报) it may not see, as if there were none. The other tickets it may not
// see are no reason: whoever looks after channels need not read letters.
func (d *Desk) mayTouch(ctx context.Context, r TicketReader, a *Actor, v *Delivery) error {
	if v.Ticket == "" {
		return nil
	}
	t, err := r.TicketByNumber(ctx, v.Ticket)
	switch {
	case err != nil && problem.KindOf(err) == problem.NotFound: // nobody to protect
		return nil
	case err != nil:
		return err
	case a.avoided(&t), t.Restricted() && !a.MaySee(&t):
		return problem.New(problem.NotFound, "delivery.not_found", "没有这条消息。")
	}
	return nil
}

// Name is the Chinese name of s.
func (s InboundState) Name() string {
	switch s {
	case InboundWaiting:
		return "等待处理"
	case InboundDone:
		return "已处理"
	case InboundUnprocessable:
		return "无法处理"
	case InboundDropped:
		return "已作废"
	}
	return ""
}

// Name is the Chinese name of s.
func (s DeliveryState) Name() string {
	switch s {
	case DeliveryWaiting:
		return "等待发送"
	case DeliverySent:
		return "已送达"
	case DeliveryDead:
		return "没有送达"
	case DeliveryDropped:
		return "已作废"
	case DeliverySkipped:
		return "没有发送"
	}
	return ""
}
