package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// fitKind fills in and checks what depends on the kind of a ticket and lies
// outside of it: whom a letter of another kind is about, and until when its
// citizen may be asked to complete it.
func (d *Desk) fitKind(ctx context.Context, tx Tx, t *ticket.Ticket, command *ticket.Command, c Command) error {
	switch {
	case c.Move == ticket.Reclassify:
		l, err := tx.Letter(ctx, t.LetterID)
		if err != nil {
			return err
		}
		as := *t
		as.Kind = c.Kind
		command.Kind, command.Avoid = c.Kind, d.Router.Route(requestOf(&as, l.Title, l.Text)).Avoid
	case c.Move == ticket.Draft && t.Consultation != "":
		about, err := tx.Consultation(ctx, t.Consultation)
		if err != nil {
			return err
		}
		return undecided(&about)
	case c.Move == ticket.Ask && t.Kind.Profile().Restarts:
		return d.inTimeToAsk(ctx, tx, t, command.At)
	}
	return nil
}

// inTimeToAsk refuses to ask for completion too late: asking starts the clock of
// the answer anew, and whoever could ask at any time could put an answer off at
// any time. A letter of another kind is a request from when it was found to be one.
func (d *Desk) inTimeToAsk(ctx context.Context, r TicketReader, t *ticket.Ticket, at time.Time) error {
	clocks, err := r.Clocks(ctx, t.ID)
	if err != nil {
		return err
	}
	events, err := r.Events(ctx, t.ID)
	if err != nil {
		return err
	}
	since := t.CreatedAt
	for i := range clocks {
		if clocks[i].Purpose == deadline.Answer && clocks[i].Open() {
			since = clocks[i].StartedAt
		}
	}
	for i := range events {
		if events[i].Move == ticket.Reclassify {
			since = later(since, events[i].At)
		}
	}
	until, err := d.Profile.StartFor(deadline.Inform, d.Calendar(), matterOf(t), since)
	switch {
	case problem.HasCode(err, "deadline.no_rule"):
		return nil
	case err != nil:
		return err
	case at.After(until.Due):
		return problem.New(problem.Conflict, "ticket.ask_late", "补正应当在收到申请之日起7个工作日内一次性告知，期限已过，请按现有内容办理。")
	}
	return nil
}

// detailOf is what the audit trail keeps of some moves: from which kind to which
// a ticket goes, by when a unit was told to report.
func detailOf(t *ticket.Ticket, c ticket.Command) map[string]string {
	switch {
	case c.Move == ticket.Reclassify:
		return map[string]string{"kind": string(c.Kind), "was": string(t.Kind)}
	case c.Move == ticket.Supervise && !c.Until.IsZero():
		return map[string]string{"until": dayOf(c.Until)}
	}
	return nil
}

// renew are the clocks that others give way to. One that counts a letter as
// something else counts from when it came; one that counts it as complete, from
// now on. A new date of the answer is the ticket's.
func (d *Desk) renew(t *ticket.Ticket, e *ticket.Event, clocks []deadline.Clock) ([]deadline.Clock, error) {
	var renewed []deadline.Clock
	for _, p := range e.Clocks(t.Kind).Renews {
		start, unit := countsFrom(t, e), t.Lead
		if e.Move == ticket.Reclassify {
			start = came(t, clocks)
		}
		if p == deadline.Supervision {
			unit = "" // whoever leads the ticket reports: supervision is not over with another unit
		}
		var err error
		if renewed, err = d.startClock(renewed, t, p, unit, start); err != nil {
			return nil, err
		}
	}
	return renewed, nil
}

// came is when the round of a ticket began: it was received, or taken up again.
func came(t *ticket.Ticket, clocks []deadline.Clock) time.Time {
	start := t.CreatedAt
	for i := range clocks {
		if clocks[i].Purpose == deadline.Answer && clocks[i].Round == t.Round && t.Round > 1 {
			start = clocks[i].StartedAt
			break
		}
	}
	return start
}

// giveWay ends a clock for the renewed one of its purpose, or as met where there
// is none.
func giveWay(c *deadline.Clock, renewed []deadline.Clock, at time.Time) {
	for i := range renewed {
		if renewed[i].Purpose == c.Purpose {
			c.Supersede(renewed[i].ID)
			return
		}
	}
	c.Met(at)
}

// pauseReason is what a move lets clocks stand still for.
func pauseReason(e *ticket.Event) deadline.PauseReason {
	if e.Move == ticket.ConsultThird || e.Move == ticket.Suspend {
		return deadline.PauseReason(e.Reason)
	}
	return deadline.AwaitSupplement
}
