package desk

import (
	"cmp"
	"context"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// Dated is a date with the rule it follows.
type Dated struct {
	deadline.Result

	By deadline.Rule // names, basis and certainty
}

// Preview says when a letter received at a given time would have to be answered.
func (d *Desk) Preview(_ context.Context, p DeadlinePreview) (Dated, error) {
	urgencies := map[channel.Urgency]bool{channel.Ordinary: true, channel.Urgent: true, channel.Critical: true}
	if p.Kind.Name() == "" || p.Source.Name() == "" || !urgencies[p.Urgency] {
		return Dated{}, problem.New(problem.Invalid, "deadline.unknown", "来信类别、渠道或者紧急程度不正确。")
	}
	if p.Kind.Profile().Consulted {
		return Dated{}, problem.New(problem.Invalid, "deadline.unknown", "意见的采纳情况在征求意见截止后统一反馈，请看那一期写明的日期。")
	}
	res, err := d.Profile.Start(d.Calendar(), deadline.Matter{Kind: string(p.Kind), Source: string(p.Source), Urgency: string(p.Urgency)}, p.ReceivedAt)
	rule, _ := d.Profile.Rule(res.Rule)
	return Dated{Result: res, By: rule}, err
}

// YearsKnown are the first and the last year dates can be counted in.
func (d *Desk) YearsKnown() (first, last int) {
	notices := d.Calendar().Notices()
	return notices[0].Year, notices[len(notices)-1].Year
}

// ExplainedClock is a clock with the rule it follows.
type ExplainedClock struct {
	deadline.Clock

	By    deadline.Rule // zero: the profile in use does not know it any more
	Owner string        // shown name of the unit whose clock it is
}

// TicketClocks lists every clock of a ticket a may see.
func (d *Desk) TicketClocks(ctx context.Context, a Actor, number string) (ticket.Ticket, []ExplainedClock, error) {
	t, err := seen(ctx, d.Store, a, number)
	if err != nil {
		return t, nil, err
	}
	clocks, err := d.Store.Clocks(ctx, t.ID)
	return t, d.explained(&t, clocks), err
}

// explained are clocks of t with their rules and owners: who leads it, where a
// clock names nobody.
func (d *Desk) explained(t *ticket.Ticket, clocks []deadline.Clock) []ExplainedClock {
	explained := make([]ExplainedClock, len(clocks))
	for i, c := range clocks {
		rule, _ := d.Profile.Rule(c.Rule)
		unit, _ := d.Tree.ByID(cmp.Or(c.Unit, t.Lead))
		explained[i] = ExplainedClock{Clock: c, By: rule, Owner: unit.Name}
	}
	return explained
}
