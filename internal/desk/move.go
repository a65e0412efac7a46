package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// Move lets a do something with a ticket: state, event, draft, clocks, audit
// entry and jobs change together, or nothing does. Whoever saw an older version
// gets "ticket.stale".
func (d *Desk) Move(ctx context.Context, a Actor, number string, c Command) (TicketView, error) {
	var view TicketView
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := seen(ctx, tx, a, number)
		if err != nil {
			return err
		}
		if !a.May(c.Move) {
			return problem.New(problem.Denied, "ticket.denied", "您的岗位不能进行这项操作。")
		}
		if c.Version != t.Version {
			return problem.New(problem.Conflict, "ticket.stale", "这件来信刚刚有了变化，请刷新后再操作。")
		}
		if err := d.move(ctx, tx, a, &t, c); err != nil {
			return err
		}
		view, err = d.view(ctx, tx, a, number)
		if problem.HasCode(err, "ticket.not_found") { // moved out of the actor's own sight: that is no failure
			view, err = TicketView{Ticket: t}, nil
		}
		return err
	})
	return view, err
}

func (d *Desk) move(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, c Command) error {
	at := d.at()
	draft, err := d.draftFor(ctx, tx, a, t, c)
	if err != nil {
		return err
	}
	lead, err := d.leadFor(c)
	if err != nil {
		return err
	}
	return d.carry(ctx, tx, t, ticket.Command{
		Move: c.Move, EventID: newID(), Actor: a.ID, Unit: a.Unit, At: at,
		Lead: lead, Reason: c.Reason, Note: c.Note, Public: c.Text, Draft: draft,
	}, nil)
}

// carry makes a move and stores all that goes with it. detail adds to the audit
// entry.
func (d *Desk) carry(ctx context.Context, tx Tx, t *ticket.Ticket, c ticket.Command, detail map[string]string) error {
	was := t.Version
	event, err := t.Apply(c)
	if err != nil {
		return err
	}
	if err := tx.UpdateTicket(ctx, *t, was); err != nil {
		return err
	}
	if c.Draft != nil {
		if err := tx.SaveDraft(ctx, *c.Draft); err != nil {
			return err
		}
	}
	if err := tx.InsertEvent(ctx, event); err != nil {
		return err
	}
	if err := d.turnClocks(ctx, tx, t, event); err != nil {
		return err
	}
	act := map[string]string{"from": string(event.From), "to": string(event.To), "unit": t.Lead, "reason": c.Reason}
	maps.Copy(act, detail)
	err = tx.Record(ctx, audit.Entry{
		At: c.At, Actor: cmp.Or(c.Actor, "system"), Action: "ticket." + string(c.Move), Object: "ticket/" + t.ID, Detail: act,
	})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, jobsAfter(t, event)...)
}

// draftFor is the reply a move is about: a new revision for draft, else the
// latest of the round; nil where the move has nothing to do with the reply.
func (d *Desk) draftFor(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, c Command) (*reply.Draft, error) {
	if !slices.Contains([]ticket.Move{ticket.Draft, ticket.Submit, ticket.Approve, ticket.SendBack, ticket.Release}, c.Move) {
		return nil, nil //nolint:nilnil // no draft is an answer here
	}
	drafts, err := tx.Drafts(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	latest := reply.First(t.ID, t.Round)
	for _, r := range drafts {
		if r.Round == t.Round && r.Revision > latest.Revision {
			latest = r
		}
	}
	if c.Move == ticket.Draft {
		latest, err = latest.Revise(newID(), a.ID, c.Text, c.Outcome, d.at())
	}
	return &latest, err
}

// leadFor is the unit a ticket goes to with c.
func (d *Desk) leadFor(c Command) (assignment.Unit, error) {
	id := c.Unit
	switch {
	case c.Move == ticket.Return:
		id = assignment.TaskForce
	case c.Move != ticket.Dispatch:
		return assignment.Unit{}, nil
	}
	u, ok := d.Tree.ByID(id)
	if !ok {
		return u, problem.New(problem.Invalid, "ticket.lead", "请选择承办单位。").
			With(problem.Field{Pointer: "/unit", Code: "unknown", Message: "没有这个单位。"})
	}
	return u, nil
}

// turnClocks stops the clocks a move has met and starts those it sets going.
func (d *Desk) turnClocks(ctx context.Context, tx Tx, t *ticket.Ticket, e ticket.Event) error {
	if stops := e.Move.Stops(); len(stops) > 0 {
		clocks, err := tx.Clocks(ctx, t.ID)
		if err != nil {
			return err
		}
		for _, c := range clocks {
			was := c.Version
			rule, _ := d.Profile.Rule(c.Rule)
			if !slices.Contains(stops, rule.Purpose) || !c.Met(e.At) {
				continue
			}
			if err := tx.UpdateClock(ctx, c, was); err != nil {
				return err
			}
		}
	}
	started, err := d.clocksFor(t, e.Move, e.At)
	if err != nil {
		return err
	}
	for _, c := range started {
		if err := tx.InsertClock(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// clocksFor are the clocks a move sets going, where the profile has rules for them.
func (d *Desk) clocksFor(t *ticket.Ticket, m ticket.Move, at time.Time) ([]deadline.Clock, error) {
	var clocks []deadline.Clock
	for _, p := range m.Starts() {
		due, err := d.Profile.StartFor(p, d.Calendar, string(t.Kind), string(t.Source), at)
		if problem.HasCode(err, "deadline.no_rule") {
			continue
		}
		if err != nil {
			return nil, err
		}
		clocks = append(clocks, deadline.NewClock(newID(), t.ID, due, at))
	}
	return clocks, nil
}
