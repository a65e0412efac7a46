package desk_test

import (
	"slices"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/webhooks/hotline"
)

// TestAnOrderThatComesBackStaysAReport: a report (举报) about a unit is one again, and
// that unit is kept away from it, whatever the platform calls it then and whomever
// it names.
func TestAnOrderThatComesBackStaysAReport(t *testing.T) {
	t.Parallel()
	milder := func(o *hotline.Order) {
		o.DispatchSeq, o.AppealType, o.Dispatch.LeadUnit.Code = 2, hotline.Help, "traffic"
	}
	for name, back := range map[string]func(c *city) hotline.Act{
		"dispatched again": func(c *city) hotline.Act {
			c.told(hotline.Act{Kind: hotline.ActRecall, OrderNo: "N1"})
			c.state("N1", order.Closed)
			return dispatch("N1", milder)
		},
		"with no round left": func(c *city) hotline.Act {
			c.handler, c.head = c.house.handler("handler", "inspection"), c.house.head("head", "inspection")
			for i := range 3 {
				if i > 0 {
					c.told(hotline.Act{Kind: hotline.ActComplete, OrderNo: "N1", Opinion: "不够", Decision: &hotline.Decision{}})
				}
				c.do(c.force, desk.Command{Move: ticket.Dispatch, Unit: "inspection"})
				c.do(c.handler, desk.Command{Move: ticket.Sign})
				c.answer("已查处。")
				c.confirm("N1")
			}
			a := dispatch("N1", milder)
			a.Kind = hotline.ActReopen
			return a
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connected(t)
			c.told(dispatch("N1", func(o *hotline.Order) { o.AppealType, o.Content = hotline.Report, "交警支队有人收钱放行。" }))
			was := c.view().Ticket
			if !was.Avoids(c.Tree.Path("traffic")) {
				t.Fatalf("first it is %+v", was)
			}
			c.told(back(c))
			got := c.view().Ticket
			if got.Number == was.Number || got.Kind != channel.Report || !slices.Equal(got.Avoid, was.Avoid) || got.Avoids(got.LeadPath) || got.Title != channel.Report.Name() {
				t.Errorf("comes back as %+v", got)
			}
		})
	}
}

// TestAPlatformNamesNobodyWhereSomebodyMustKeepAway: a complaint about a unit or a
// person goes to an impartial unit, and a report where reports go.
func TestAPlatformNamesNobodyWhereSomebodyMustKeepAway(t *testing.T) {
	t.Parallel()
	c := connected(t)
	for number, o := range map[string]struct {
		kind    hotline.AppealType
		content string
		named   bool
	}{
		"N1": {hotline.Complaint, "投诉交警支队民警态度恶劣。", false},
		"N2": {hotline.Report, "有人在网上骗钱。", false},
		"N3": {hotline.Complaint, "信号灯坏了三天。", true},
	} {
		c.told(dispatch(number, func(b *hotline.Order) {
			b.AppealType, b.Content, b.Dispatch.LeadUnit.Code = o.kind, o.content, "patrol"
		}))
		if got := c.view().Ticket.Lead; (got == "patrol") != o.named {
			t.Errorf("%s goes to %s", o.content, got)
		}
	}
}
