package desk

import (
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// forms are what the moves a viewer may make need. How much more time may be asked
// for is a matter of the rule the answer's clock runs by.
func (d *Desk) forms(v *TicketView) []ticket.Form {
	forms := make([]ticket.Form, len(v.Moves))
	for i, m := range v.Moves {
		forms[i] = v.Ticket.Form(m)
		if m != ticket.Extend {
			continue
		}
		for j := range v.Clocks {
			if c := &v.Clocks[j]; c.Purpose == deadline.Answer && c.Open() {
				rule, _ := d.Profile.Rule(c.Rule)
				left := max(rule.Extension.Times-c.Extensions, 0)
				forms[i].Bound("days", rule.Extension.N, c.Budget.Unit.Name())
				forms[i].Left = &left
			}
		}
	}
	return forms
}
