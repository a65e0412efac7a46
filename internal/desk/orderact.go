package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/webhooks/hotline"
)

// acted is an order, and its ticket, after an act of its platform that neither
// begins nor reopens one. The table decides whether it can be.
func (d *Desk) acted(ctx context.Context, tx Tx, o *Order, a *hotline.Act) error {
	if o.Outward {
		return d.heardOfPushed(ctx, tx, o, a)
	}
	step := order.Of(a)
	state, err := step.After(o.State)
	if err != nil {
		return err
	}
	t, err := tx.TicketByID(ctx, o.TicketID)
	if err != nil {
		return err
	}
	if step == order.Urged {
		o.Urges++
	}
	due := newDate(a)
	if due.IsZero() && step == order.ExtendGranted {
		if due, err = askedDate(ctx, tx, o); err != nil {
			return err
		}
	}
	if !due.IsZero() {
		o.ReplyBy = due
		if step != order.ExtendGranted {
			if err := d.heedDate(ctx, tx, &t, due); err != nil {
				return err
			}
		}
	}
	if err := d.keepOrder(ctx, tx, o, state); err != nil {
		return err
	}
	if err := d.follows(ctx, tx, o, &t, step, a); err != nil || step == order.ResultRefused { // to be answered anew
		return err
	}
	return d.proposeOwed(ctx, tx, o, &t)
}

// newDate is by when a platform wants the answer from now on; zero: as before.
func newDate(a *hotline.Act) (due time.Time) {
	switch {
	case a.Decision != nil && a.Decision.Granted:
		return a.Decision.NewReplyBy
	case a.Deadlines != nil:
		return a.Deadlines.ReplyBy
	}
	return due
}

// askedDate is the date the last request for more time named.
func askedDate(ctx context.Context, r OrderWorkReader, o *Order) (due time.Time, err error) {
	ops, err := r.OrderOps(ctx, o.ID)
	for i := range ops {
		if e := ops[i].Op.Extend; e != nil {
			due = e.NewReplyBy
		}
	}
	return due, err
}

// follows does to a ticket what a step of the platform means for it.
func (d *Desk) follows(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, step order.Step, a *hotline.Act) error {
	note := said(step, a)
	//nolint:exhaustive // ours are no acts, and the others begin an order
	switch step {
	case order.Urged:
		return d.press(ctx, tx, t, ticket.Command{Move: ticket.Urge, Note: note})
	case order.Supervised:
		return d.press(ctx, tx, t, ticket.Command{Move: ticket.Supervise, Note: note})
	case order.Supplemented:
		if err := d.addOrderFiles(ctx, tx, o, a.Supplement.Attachments); err != nil {
			return err
		}
		return d.press(ctx, tx, t, ticket.Command{Move: ticket.Supply, Note: note})
	case order.ReturnGranted:
		return d.upstream(ctx, tx, t, ticket.Command{
			Move: ticket.TransferTo, Reason: "hotline", Note: note, Public: "这件诉求由12345热线转来，不属于本机关办理，已退回12345热线转有关单位办理。",
		})
	case order.ExtendGranted:
		return d.extended(ctx, tx, o, t, note)
	case order.ExtendRefused:
		return d.notExtended(ctx, tx, t, note)
	case order.ResultRefused:
		return d.handleAgain(ctx, tx, o, note)
	case order.Content, order.Discontent:
		return d.visited(ctx, tx, t, a.Visit, note)
	case order.Recalled:
		return d.recalledBy(ctx, tx, o, t, note)
	case order.Filed:
		if t.Allows(ticket.Close) {
			return d.upstream(ctx, tx, t, ticket.Command{Move: ticket.Close})
		}
		return nil
	case order.Receipted:
		if a.Receipt.Taken {
			return nil
		}
	case order.ResultAccepted:
		return nil
	}
	return d.remark(ctx, tx, t, note)
}

// upstream makes a move nobody here asked for.
func (d *Desk) upstream(ctx context.Context, tx Tx, t *ticket.Ticket, c ticket.Command) error {
	c.EventID, c.At = d.NewID(), d.at()
	return d.carry(ctx, tx, t, c, map[string]string{"by": t.Origin.Platform})
}

// remark keeps what a platform said beside a ticket, and tells those who screen.
func (d *Desk) remark(ctx context.Context, tx Tx, t *ticket.Ticket, note string) error {
	if err := d.upstream(ctx, tx, t, ticket.Command{Move: ticket.Note, Note: note}); err != nil {
		return err
	}
	return tx.Enqueue(ctx, staffJob(t, "order.said", screening(t), toTaskForce, d.NewID(), d.at()))
}

// press makes a move where the ticket stands so that it can be made; otherwise
// what the platform said is kept all the same.
func (d *Desk) press(ctx context.Context, tx Tx, t *ticket.Ticket, c ticket.Command) error {
	if t.Allows(c.Move) {
		return d.upstream(ctx, tx, t, c)
	}
	return d.remark(ctx, tx, t, c.Note)
}

// heedDate has the answer of t come no later than a new date of the platform's. It
// stores t: not every act of a platform is a move.
func (d *Desk) heedDate(ctx context.Context, tx Tx, t *ticket.Ticket, due time.Time) error {
	t.Origin.Due = due
	clocks, err := tx.Clocks(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if c.Purpose != deadline.Answer || !c.Open() {
			continue
		}
		was := c.Version
		if c, err = c.Bound(d.Calendar(), d.Profile, due, d.at()); err != nil {
			return err
		}
		if c.Version != was {
			if err := keepClock(ctx, tx, t, c, was); err != nil {
				return err
			}
		}
	}
	return tx.UpdateTicket(ctx, *t, t.Version)
}

// mayDecide reports whether what t asks for can still be granted or refused. A
// platform may take longer than the date it decides about.
func (d *Desk) mayDecide(t *ticket.Ticket, m ticket.Move) bool {
	return t.Extension != nil && t.Allows(m) && !d.at().After(t.DueAt)
}

// notExtended ends a request for more time the platform did not grant.
func (d *Desk) notExtended(ctx context.Context, tx Tx, t *ticket.Ticket, note string) error {
	if d.mayDecide(t, ticket.Refuse) {
		return d.upstream(ctx, tx, t, ticket.Command{Move: ticket.Refuse, Note: note})
	}
	t.Extension = nil
	return d.remark(ctx, tx, t, note)
}

// extended gives the unit the time it asked for, as far as the platform's new date
// goes. Where our own rules do not give as much, or not any more, the new date
// counts alone.
func (d *Desk) extended(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, note string) error {
	if !d.mayDecide(t, ticket.Grant) {
		return d.dateAlone(ctx, tx, o, t, note)
	}
	t.Origin.Due = o.ReplyBy
	clocks, err := tx.Clocks(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if c.Purpose == deadline.Answer && c.Open() {
			was := c.Version
			c.Cap, c.Version = o.ReplyBy, was+1
			if _, err := c.Extend(d.Calendar(), d.Profile, t.Extension.N, d.at()); err != nil {
				return d.dateAlone(ctx, tx, o, t, note)
			}
			if err := tx.UpdateClock(ctx, c, was); err != nil {
				return err
			}
		}
	}
	return d.upstream(ctx, tx, t, ticket.Command{Move: ticket.Grant, Note: note})
}

// dateAlone has the new date of a platform's count without what the unit asked for.
func (d *Desk) dateAlone(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, note string) error {
	t.Extension = nil
	if err := d.heedDate(ctx, tx, t, o.ReplyBy); err != nil {
		return err
	}
	return d.remark(ctx, tx, t, note)
}

// handleAgain has the ticket of o handled again: in another round, or where no
// round is left or its end was final, as a new one. One that is being handled is
// only told.
func (d *Desk) handleAgain(ctx context.Context, tx Tx, o *Order, note string) error {
	t, err := tx.TicketByID(ctx, o.TicketID)
	if err != nil {
		return err
	}
	t.Origin.Due = o.Body.Deadlines.ReplyBy
	if !o.ReplyBy.IsZero() {
		t.Origin.Due = o.ReplyBy
	}
	switch {
	case t.Status.Open() || t.Status == ticket.Supplement:
		if due := t.Origin.Due; !due.IsZero() {
			if err := d.heedDate(ctx, tx, &t, due); err != nil {
				return err
			}
		}
		return d.remark(ctx, tx, &t, note)
	case t.Allows(ticket.Redo) && t.Round <= d.Profile.Bounds().Redos:
		return d.upstream(ctx, tx, &t, ticket.Command{Move: ticket.Redo, Reason: "unresolved", Note: note, Lead: d.screeningUnit(&t)})
	}
	if err := d.openTicket(ctx, tx, o, &t, o.Number+"#"+o.Body.DispatchKey()+"/"+d.at().Format("0102150405")); err != nil {
		return err
	}
	begins := o.Version == 0
	if !begins || len(o.Body.Attachments) == 0 { // none of its own that would be pulled
		if err := d.copyFiles(ctx, tx, &t, o.TicketID); err != nil {
			return err
		}
	}
	if begins { // stored with its ticket
		return nil
	}
	return d.keepOrder(ctx, tx, o, o.State)
}

// visited keeps what whoever was called back said: as the rating of the answer,
// where it was not rated yet.
func (d *Desk) visited(ctx context.Context, tx Tx, t *ticket.Ticket, v *hotline.Visit, note string) error {
	const solved, unsolved = 4, 2 // 满意, 不满意
	score := int(v.SatisfactionResult)
	switch {
	case !t.Allows(ticket.Rate) || t.Rating != 0:
		return d.remark(ctx, tx, t, note)
	case score == 0 && v.Solved:
		score = solved
	case score == 0:
		score = unsolved
	}
	return d.upstream(ctx, tx, t, ticket.Command{Move: ticket.Rate, Score: score, Solved: v.Solved, Note: note})
}

// recalledBy ends what we still do about an order its platform has taken back. A
// report (举报) that was registered is looked into all the same.
func (d *Desk) recalledBy(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, note string) error {
	if err := d.dropOps(ctx, tx, o); err != nil {
		return err
	}
	if t.Kind == channel.Report || !t.Allows(ticket.Withdraw) {
		return d.remark(ctx, tx, t, note)
	}
	return d.upstream(ctx, tx, t, ticket.Command{Move: ticket.Withdraw, Note: note})
}
