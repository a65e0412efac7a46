package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// merge lets t be answered with another ticket, and notes it there.
func (d *Desk) merge(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, c ticket.Command, into string, detail map[string]string) error {
	parent, err := seen(ctx, tx, a, into)
	if problem.HasCode(err, "ticket.not_found") {
		return problem.New(problem.Invalid, "ticket.parent", "没有找到要并入的来信。").
			With(problem.Field{Pointer: "/into", Code: "unknown", Message: "请填写要并入的来信的编号。"})
	}
	if err != nil {
		return err
	}
	return d.mergeInto(ctx, tx, t, &parent, c, detail)
}

// mergeInto makes both sides of a merge.
func (d *Desk) mergeInto(ctx context.Context, tx Tx, t, parent *ticket.Ticket, c ticket.Command, detail map[string]string) error {
	children, err := tx.Children(ctx, t.ID)
	if err != nil {
		return err
	}
	before := *t
	c.Other, c.Children = parent, len(children)
	if err := d.carry(ctx, tx, t, c, merged(detail, map[string]string{"parent": parent.ID})); err != nil {
		return err
	}
	return d.carry(ctx, tx, parent, ticket.Command{
		Move: ticket.Join, EventID: d.NewID(), Actor: c.Actor, Unit: c.Unit, At: c.At, Other: &before,
	}, merged(detail, map[string]string{"child": t.ID}))
}

// answerMerged answers what was merged into t with t's reply.
func (d *Desk) answerMerged(ctx context.Context, tx Tx, t *ticket.Ticket, at time.Time) error {
	children, err := tx.Children(ctx, t.ID)
	if err != nil {
		return err
	}
	lead, _ := d.Tree.ByID(t.Lead)
	for i := range children {
		c := ticket.Command{Move: ticket.AnswerWith, EventID: d.NewID(), At: at, Lead: lead}
		err := d.carry(ctx, tx, &children[i], c, map[string]string{"parent": t.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// family names the tickets that are answered together with t, as far as a may
// see them.
func (v *TicketView) family(ctx context.Context, r Reader, a Actor) error {
	t := &v.Ticket
	children, err := r.Children(ctx, t.ID)
	if err != nil {
		return err
	}
	for i := range children {
		if !a.avoided(&children[i]) {
			v.Children = append(v.Children, children[i].Number)
		}
	}
	if t.Parent == "" {
		return nil
	}
	parent, err := r.TicketByID(ctx, t.Parent)
	if err == nil && a.MaySee(&parent) {
		v.Parent = parent.Number
	}
	return err
}
