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
			t, err := d.Store.TicketByNumber(ctx, v.Ticket)
			if err == nil {
				err = a.sees(ctx, d.Store, &t)
			}
			if err != nil && problem.KindOf(err) != problem.NotFound {
				return err
			}
			seen[v.Ticket] = err == nil
		}
		if !seen[v.Ticket] {
			v.Ticket = ""
		}
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
