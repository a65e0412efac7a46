package desk_test

import (
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// TestDeliveriesOfWhatSomebodyMustNotSee: whoever must keep away from a ticket, or
// sees no reports, finds nothing by its number and changes nothing of what is sent.
func TestDeliveriesOfWhatSomebodyMustNotSee(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", func(o *hotline.Order) { o.AppealType, o.Content = hotline.Report, "举报交警支队民警收钱" }))
	c.handler = c.house.handler("handler", "inspection")
	c.do(c.force, desk.Command{Move: ticket.Dispatch, Unit: "inspection"})
	c.do(c.handler, desk.Command{Move: ticket.Sign})
	find := func(a desk.Actor) []desk.Delivery {
		t.Helper()
		p, err := c.Deliveries(t.Context(), a, desk.DeliveryFilter{Ticket: c.receipt.Number})
		must(t, err)
		return p.Deliveries
	}
	found := find(c.force)
	if len(found) == 0 {
		t.Fatal("nothing was sent")
	}
	id := found[0].ID
	for name, edit := range map[string]func(*desk.Actor){
		"kept away":       func(a *desk.Actor) { a.Unit, a.Path = "traffic", c.Tree.Path("traffic") },
		"sees no reports": func(a *desk.Actor) { a.Reports, a.Unit = false, "patrol" },
	} {
		a := c.force
		edit(&a)
		if got := find(a); len(got) != 0 {
			t.Errorf("%s: finds %+v", name, got)
		}
		_, seen := c.DeliveryOf(t.Context(), a, id)
		for what, err := range map[string]error{"seen": seen, "sent again": c.Replay(t.Context(), a, id), "dropped": c.DropDelivery(t.Context(), a, id, "不发了")} {
			if !problem.HasCode(err, "delivery.not_found") {
				t.Errorf("%s: it is %s: %v", name, what, err)
			}
		}
	}
	must(t, c.DropDelivery(t.Context(), c.force, id, "平台已登记"))
	if act := lastAct(t, c.house, "delivery/"+id, "delivery.drop"); act.Detail["ticket"] != "" {
		t.Errorf("the audit trail tells %v", act.Detail)
	}
}
