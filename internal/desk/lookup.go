package desk

import (
	"context"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// Lookup shows the citizen where the own ticket stands. A wrong number and a
// wrong code are the same "ticket.not_found" after the same work.
func (d *Desk) Lookup(ctx context.Context, number, code string) (Timeline, error) {
	number, code = ticket.NormaliseNumber(number), ticket.NormaliseCode(code)
	t, hash, err := d.Store.TicketCode(ctx, number)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return Timeline{}, err
	}
	if right := ticket.CodeMatches(d.CodeKey, hash, number, code); !right || err != nil {
		return Timeline{}, problem.New(problem.NotFound, "ticket.not_found", "没有查到。请核对编号和查询码。")
	}
	line := Timeline{
		Number: t.Number, Kind: t.Kind, Status: t.Status, Unit: d.shownUnit(&t),
		CreatedAt: t.CreatedAt, DueAt: t.DueAt, Provisional: t.Provisional,
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
	drafts, err := d.Store.Drafts(ctx, t.ID)
	if err != nil {
		return Timeline{}, err
	}
	line.Reply = released(drafts)
	return line, nil
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
