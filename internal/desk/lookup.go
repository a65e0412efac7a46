package desk

import (
	"context"
	"slices"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
)

// Lookup shows the citizen where the own ticket stands. A wrong number and a
// wrong code are the same "ticket.not_found" after the same work.
func (d *Desk) Lookup(ctx context.Context, number, code string) (Timeline, error) {
	t, err := d.own(ctx, number, code)
	if err != nil {
		return Timeline{}, err
	}
	line := Timeline{
		Number: t.Number, Kind: t.Kind, Status: t.Status, Unit: d.shownUnit(&t),
		CreatedAt: t.CreatedAt, DueAt: t.DueAt, Provisional: t.Provisional, Rating: t.Rating,
	}
	if line.Erased, err = d.Store.Erased(ctx, t.ID); err != nil || !line.Erased.IsZero() {
		return line, err
	}
	for _, m := range []ticket.Move{ticket.Supply, ticket.Rate, ticket.Withdraw} {
		done := m == ticket.Rate && t.Rating != 0 || m == ticket.Withdraw && t.Restricted()
		if t.Allows(m) && !done {
			line.Moves = append(line.Moves, m)
		}
	}
	events, err := d.Store.Events(ctx, t.ID)
	if err != nil {
		return Timeline{}, err
	}
	for _, e := range events {
		if e.Public != "" {
			line.Steps = append(line.Steps, TimelineStep{At: e.At, Text: e.Public})
		}
	}
	if line.Reply, err = d.replyTo(ctx, d.Store, &t); err != nil {
		return line, err
	}
	line.Published, err = publishedOf(ctx, d.Store, answeredBy(&t))
	if err != nil {
		return line, err
	}
	if line.Clock, err = d.answerClock(ctx, &t); err != nil {
		return line, err
	}
	return line, d.uncounted(ctx, &t, &line)
}

// answerClock is the clock that says how the date came about which the citizen
// was told; nil: another date holds now.
func (d *Desk) answerClock(ctx context.Context, t *ticket.Ticket) (*ExplainedClock, error) {
	clocks, err := d.Store.Clocks(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range slices.Backward(clocks) {
		if c.Purpose == deadline.Answer && c.SupersededBy == "" && c.DueAt.Equal(t.DueAt) {
			return &d.explained(t, []deadline.Clock{c})[0], nil
		}
	}
	return nil, nil
}

// replyTo is the newest reply that has left the house: the other ticket's where
// t was answered with one. nil: none.
func (d *Desk) replyTo(ctx context.Context, r TicketReader, t *ticket.Ticket) (*reply.Draft, error) {
	drafts, err := r.Drafts(ctx, answeredBy(t))
	if err != nil {
		return nil, err
	}
	return released(drafts), nil
}

// answeredBy is the id of the ticket whose reply answers t.
func answeredBy(t *ticket.Ticket) string {
	if t.Parent != "" && !t.Status.Open() {
		return t.Parent
	}
	return t.ID
}

// released is the newest reply that has left the house.
func released(drafts []reply.Draft) *reply.Draft {
	var last *reply.Draft
	for i := range drafts {
		if d := &drafts[i]; !d.ReleasedAt.IsZero() && (last == nil || d.ReleasedAt.After(last.ReleasedAt)) {
			last = d
		}
	}
	return last
}
