package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// Move lets a do something with a ticket: state, event, draft, clocks, audit
// entry and jobs change together, or nothing does. Whoever saw an older version
// gets "ticket.stale". A refusal changes nothing and is audited.
func (d *Desk) Move(ctx context.Context, a Actor, number string, c Command) (TicketView, error) {
	a = d.deputed(a)
	var view TicketView
	err := d.onTicket(ctx, a, number, c.Move, func(ctx context.Context, tx Tx, t *ticket.Ticket) error {
		err := d.attempt(ctx, tx, a, t, c)
		if err != nil {
			return err
		}
		view, err = d.view(ctx, tx, a, number)
		if problem.HasCode(err, "ticket.not_found") { // moved out of the actor's own sight: that is no failure
			view, err = TicketView{Ticket: *t}, nil
		}
		return err
	})
	if err != nil {
		return TicketView{}, err
	}
	return d.proofreadDraft(view)
}

// onTicket does something with a ticket in a transaction of its own. That it was
// refused is audited, whether a may see the ticket or not.
func (d *Desk) onTicket(ctx context.Context, a Actor, number string, m ticket.Move, do func(context.Context, Tx, *ticket.Ticket) error) error {
	var id string // of a ticket that exists
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := tx.TicketByNumber(ctx, ticket.NormaliseNumber(number))
		id = t.ID
		if err == nil {
			err = do(ctx, tx, &t)
		}
		return unseen(err)
	})
	if err == nil || id == "" {
		return err
	}
	if lost := d.recordRefusal(ctx, a, "ticket.refused", "ticket/"+id, map[string]string{"move": known(m)}, err); lost != nil {
		return lost
	}
	return err
}

// attempt makes the move c where a may make it.
func (d *Desk) attempt(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, c Command) error {
	if err := a.moves(ctx, tx, t, c); err != nil {
		return err
	}
	return d.move(ctx, tx, a, t, c)
}

// moves checks that a may make the move c, on the version a saw.
func (a *Actor) moves(ctx context.Context, r MergeReader, t *ticket.Ticket, c Command) error {
	if err := a.sees(ctx, r, t); err != nil {
		return err
	}
	switch {
	case !a.MayMove(t, c.Move):
		return problem.New(problem.Denied, "ticket.denied", "您的岗位不能进行这项操作。")
	case c.Version != t.Version && !c.basedOn():
		return problem.New(problem.Conflict, "ticket.stale", "这件来信刚刚有了变化，请刷新后再操作。")
	}
	return nil
}

// recordRefusal notes that a tried with an object what the rules do not allow.
// Failures of ours are no attempts.
func (d *Desk) recordRefusal(ctx context.Context, a Actor, action, object string, detail map[string]string, refusal error) error {
	code := refusalCode(refusal)
	if code == "" {
		return nil
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: action, Object: object, Detail: merged(map[string]string{"code": code}, detail)})
	})
}

// refusalCode is the code of a refusal; empty: a failure of ours.
func refusalCode(err error) string {
	e, ok := errors.AsType[*problem.Error](err)
	if !ok || e.Kind == problem.Internal || e.Kind == problem.Unavailable {
		return ""
	}
	return e.Code
}

// known is a move's wire name, and nothing a client made up.
func known(m ticket.Move) string {
	if m.Name() == "" {
		return "unknown"
	}
	return string(m)
}

func (d *Desk) move(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, c Command) error {
	draft, err := d.draftFor(ctx, tx, a, t, c)
	if err != nil {
		return err
	}
	move, err := d.chain(ctx, tx, a, t, draft, &c)
	if err != nil {
		return err
	}
	command := ticket.Command{
		Move: move, EventID: d.NewID(), Actor: a.ID, Unit: a.Unit, At: d.at(),
		Reason: c.Reason, Note: c.Note, Public: c.Text, Draft: draft, Days: c.Days, Score: c.Score, Solved: c.Solved, Reasons: c.Reasons,
		Overruled: a.MayMove(t, ticket.Approve),
	}
	var detail map[string]string
	if !a.own(t, c.Move) {
		detail = map[string]string{"for": a.instead(t, c.Move)}
	}
	if command.Lead, err = d.leadFor(t, c); err != nil {
		return err
	}
	if command.Co, err = d.unitsOf(c.Co); err != nil {
		return err
	}
	if c.Move == ticket.Supervise && c.By != "" {
		day, err := deadline.ParseDate(c.By)
		if err != nil {
			return err
		}
		command.Until = deadline.EndOfDay(day)
	}
	if err := d.fitKind(ctx, tx, t, &command, c); err != nil {
		return err
	}
	if c.Move == ticket.Merge {
		return d.merge(ctx, tx, a, t, command, c.Into, detail)
	}
	overridden, err := d.hold(t, &command, c.Override)
	if err != nil {
		return err
	}
	return d.carry(ctx, tx, t, command, merged(merged(detail, overridden), detailOf(t, command)))
}

// merged is one detail with all of another; either may be nil.
func merged(a, b map[string]string) map[string]string {
	both := make(map[string]string, len(a)+len(b))
	maps.Copy(both, b)
	maps.Copy(both, a)
	return both
}

// carry makes a move and stores all that goes with it. detail adds to the audit
// entry.
func (d *Desk) carry(ctx context.Context, tx Tx, t *ticket.Ticket, c ticket.Command, detail map[string]string) error {
	if c.Move == ticket.Redo {
		c.Rounds = d.Profile.Bounds().Redos + 1
	}
	if !t.Status.Open() {
		if err := notErased(ctx, tx, t.ID); err != nil {
			return err
		}
	}
	before := *t
	event, err := t.Apply(c)
	if err != nil {
		return err
	}
	return d.keep(ctx, tx, &before, t, c, event, detail)
}

// keep stores all that goes with a move t has made.
func (d *Desk) keep(ctx context.Context, tx Tx, before, t *ticket.Ticket, c ticket.Command, event ticket.Event, detail map[string]string) error {
	if err := d.turnClocks(ctx, tx, before, t, &event); err != nil {
		return err
	}
	if err := tx.UpdateTicket(ctx, *t, before.Version); err != nil {
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
	act := map[string]string{"from": string(event.From), "to": string(event.To), "unit": t.Lead, "reason": c.Reason}
	err := tx.Record(ctx, audit.Entry{
		At: c.At, Actor: cmp.Or(c.Actor, "system"), Action: "ticket." + string(c.Move), Object: "ticket/" + t.ID, Detail: merged(detail, act),
	})
	if err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, d.jobsAfter(before, t, event)...); err != nil {
		return err
	}
	if err := d.tellOthers(ctx, tx, before, t, event); err != nil {
		return err
	}
	if err := d.planCallback(ctx, tx, t, &event); err != nil {
		return err
	}
	if c.Move == ticket.Release {
		return d.answerMerged(ctx, tx, t, c.At)
	}
	return nil
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
	latest := latestDraft(t, drafts)
	if err := c.goesOn(drafts, &latest); err != nil {
		return nil, err
	}
	if c.Move == ticket.Draft {
		if latest, err = latest.Revise(d.NewID(), a.ID, c.Text, c.Outcome, d.at()); err != nil {
			return nil, err
		}
		latest.Quotes, err = d.quoted(c.Quotes)
	}
	return &latest, err
}

// latestDraft is the reply to the round a ticket is in; an empty one where there
// is none yet.
func latestDraft(t *ticket.Ticket, drafts []reply.Draft) reply.Draft {
	latest := reply.First(t.ID, t.Round)
	for _, r := range drafts {
		if r.Round == t.Round && r.Revision > latest.Revision {
			latest = r
		}
	}
	return latest
}

// leadFor is the unit a ticket goes to with c.
func (d *Desk) leadFor(t *ticket.Ticket, c Command) (assignment.Unit, error) {
	//nolint:exhaustive // the other moves leave it where it is
	switch c.Move {
	case ticket.Return, ticket.Redo, ticket.Unmerge, ticket.Reclassify:
		return d.screeningUnit(t), nil
	case ticket.Dispatch, ticket.Reassign:
		u, ok := d.Tree.ByID(c.Unit)
		if !ok {
			return u, problem.New(problem.Invalid, "ticket.lead", "请选择承办单位。").
				With(problem.Field{Pointer: "/unit", Code: "unknown", Message: "没有这个单位。"})
		}
		return u, nil
	}
	return assignment.Unit{}, nil
}

// screeningUnit is where a ticket goes that has no unit: the task force, or the
// leaders where the letter is about the task force itself.
func (d *Desk) screeningUnit(t *ticket.Ticket) assignment.Unit {
	if u, ok := d.Tree.ByID(assignment.TaskForce); ok && !t.Avoids(u.Path) {
		return u
	}
	return d.Tree.Root()
}

// unitsOf finds the units with the given ids.
func (d *Desk) unitsOf(ids []string) ([]assignment.Unit, error) {
	units := make([]assignment.Unit, len(ids))
	for i, id := range ids {
		u, ok := d.Tree.ByID(id)
		if !ok {
			return nil, problem.New(problem.Invalid, "ticket.co", "会办单位不正确。").
				With(problem.Field{Pointer: fmt.Sprintf("/co/%d", i), Code: "unknown", Message: "没有这个单位。"})
		}
		units[i] = u
	}
	return units, nil
}
