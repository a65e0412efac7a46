package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// turnClocks does to the clocks of t what a move does: it stops, pauses,
// resumes, extends and starts them. The ticket's date is that of its answer's
// clock.
func (d *Desk) turnClocks(ctx context.Context, tx Tx, before, t *ticket.Ticket, e *ticket.Event) error {
	if !turnsClocks(e) {
		return nil
	}
	clocks, err := tx.Clocks(ctx, t.ID)
	if err != nil {
		return err
	}
	renewed, err := d.renew(t, e, clocks)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if err := d.turnClock(ctx, tx, c, before, t, e, renewed); err != nil {
			return err
		}
	}
	if e.Move == ticket.Grant {
		e.Public = ticket.Extended(t.DueAt, t.Provisional, before.Extension.Reason)
	}
	started, err := d.clocksFor(before, t, e)
	if err != nil {
		return err
	}
	return tx.InsertClock(ctx, append(renewed, started...)...)
}

// turnsClocks reports whether a move touches any clock.
func turnsClocks(e *ticket.Event) bool {
	turn := e.Clocks("") // which ones it touches may differ by kind, not whether it does
	return !turn.None() || slices.Contains([]ticket.Move{ticket.Grant, ticket.Opine, ticket.Waive}, e.Move)
}

// turnClock stores an open clock as it is after a move.
func (d *Desk) turnClock(ctx context.Context, tx Tx, c deadline.Clock, before, t *ticket.Ticket, e *ticket.Event, renewed []deadline.Clock) error {
	if !c.Open() {
		return nil
	}
	was := c.Version
	c, err := d.turned(c, before, t, e)
	if slices.Contains(e.Clocks(t.Kind).Renews, c.Purpose) {
		giveWay(&c, renewed, e.At)
	}
	if err != nil || c.Version == was {
		return err
	}
	return keepClock(ctx, tx, t, c, was)
}

// keepClock stores a changed clock of t.
func keepClock(ctx context.Context, tx Tx, t *ticket.Ticket, c deadline.Clock, was int64) error {
	if c.Open() {
		dated(t, &c)
	}
	return tx.UpdateClock(ctx, c, was)
}

// dated tells t what an open clock of it says: its date is that of its answer's
// clock.
func dated(t *ticket.Ticket, c *deadline.Clock) {
	//nolint:exhaustive // the other dates stand with their clocks alone
	switch c.Purpose {
	case deadline.Answer:
		t.DueAt, t.Provisional, t.Standing, t.CircularAt = c.DueAt, c.Provisional, c.Standing(), c.CircularAt()
	case deadline.Supervision:
		t.FeedbackDue = c.DueAt
	}
}

// turned is an open clock after a move; unchanged where its version is. The
// answer's clock comes before that of the unit, whose date follows it.
func (d *Desk) turned(c deadline.Clock, before, t *ticket.Ticket, e *ticket.Event) (deadline.Clock, error) {
	var err error
	turn := e.Clocks(t.Kind)
	switch {
	case slices.Contains(turn.Stops, c.Purpose), opined(&c, before, t):
		c.Met(e.At)
	case slices.Contains(turn.Pauses, c.Purpose) && !e.At.After(c.DueAt): // what is late does not stand still
		c, err = c.Pause(d.Profile, pauseReason(e), e.At)
	case slices.Contains(turn.Resumes, c.Purpose) && c.Standing():
		if c, err = c.Resume(d.Calendar(), d.Profile, e.At); err == nil && c.Purpose == deadline.Handle {
			c, err = c.Bound(d.Calendar(), d.Profile, t.DueAt, e.At)
		}
	case e.Move == ticket.Grant && c.Purpose == deadline.Answer:
		c, err = c.Extend(d.Calendar(), d.Profile, before.Extension.N, e.At)
	case (e.Move == ticket.Grant || e.Move == ticket.Reclassify) && c.Purpose == deadline.Handle:
		c, err = c.Bound(d.Calendar(), d.Profile, t.DueAt, e.At)
	}
	return c, err
}

// opined reports whether c waited for an opinion that a move brings or gives up.
func opined(c *deadline.Clock, before, t *ticket.Ticket) bool {
	pending := func(t *ticket.Ticket) bool {
		return slices.ContainsFunc(t.Co, func(co ticket.CoHandler) bool { return co.Unit == c.Unit && co.Pending() })
	}
	return c.Purpose == deadline.Opinion && pending(before) && !pending(t)
}

// clocksFor are the clocks a move sets going, where the profile has rules for
// them. A new clock of the answer gives the ticket its date.
func (d *Desk) clocksFor(before, t *ticket.Ticket, e *ticket.Event) ([]deadline.Clock, error) {
	var clocks []deadline.Clock
	start := func(p deadline.Purpose, unit string) (err error) {
		clocks, err = d.startClock(clocks, t, p, unit, countsFrom(t, e))
		return err
	}
	for _, p := range e.Clocks(t.Kind).Starts {
		if p == deadline.Opinion {
			continue
		}
		if err := start(p, t.Lead); err != nil {
			return nil, err
		}
	}
	for _, c := range newlyAsked(before, t) {
		if err := start(deadline.Opinion, c.Unit); err != nil {
			return nil, err
		}
	}
	return clocks, nil
}

// countsFrom is from when the waits count that a move sets going: those of an
// opinion from the day on which opinions end.
func countsFrom(t *ticket.Ticket, e *ticket.Event) time.Time {
	if t.ClosesAt.IsZero() {
		return e.At
	}
	return t.ClosesAt
}

// startClock is clocks with one more of t that runs from start, where the
// profile has a rule for it. What it says of the ticket's dates the ticket says.
func (d *Desk) startClock(clocks []deadline.Clock, t *ticket.Ticket, p deadline.Purpose, unit string, start time.Time) ([]deadline.Clock, error) {
	due, err := d.Profile.StartFor(p, d.Calendar(), matterOf(t), start)
	if problem.HasCode(err, "deadline.no_rule") {
		return clocks, nil
	}
	if err != nil {
		return nil, err
	}
	if p == deadline.Supervision && t.FeedbackDue.After(deadline.EndOfDay(due.Due)) {
		return nil, problem.New(problem.Invalid, "ticket.feedback_late", "反馈日期不能晚于"+deadline.Date(due.Due)+"：督办反馈有规定的期限，也不能晚于答复期限。")
	}
	c := deadline.NewClock(d.NewID(), t.ID, due, start)
	c.Round, c.Unit = t.Round, unit
	dated(t, &c)
	return append(clocks, c), nil
}

// matterOf is what the rules of deadlines look at.
func matterOf(t *ticket.Ticket) deadline.Matter {
	return deadline.Matter{
		Kind: string(t.Kind), Source: string(t.Source), Urgency: string(t.Urgency), Origin: t.Origin.Platform, Upstream: t.Origin.Due,
		Answer: t.DueAt, Feedback: t.FeedbackDue,
	}
}

// expire makes the move that follows from the end of a wait nobody ended.
func (d *Desk) expire(ctx context.Context, tx Tx, t *ticket.Ticket, c *deadline.Clock, at time.Time) error {
	command := ticket.Command{EventID: d.NewID(), At: at}
	//nolint:exhaustive // the other waits end with what people do
	switch c.Purpose {
	case deadline.Opinion:
		u, _ := d.Tree.ByID(c.Unit)
		command.Move = ticket.Waive
		command.Co = append(command.Co, u)
	case deadline.Supplement:
		command.Move, command.Note = ticket.Supply, "逾期没有补充，按现有内容继续办理。"
		if t.Kind.Profile().Lapses {
			command.Move, command.Note = ticket.Lapse, ""
		}
	case deadline.Third:
		command.Move = ticket.ThirdSilent
		if t.Suspended() {
			command.Move, command.Note = ticket.Resume, "暂停计时的期限已满，自动恢复计时。"
		}
	case deadline.Rating:
		command.Move = ticket.Close
	default:
		return nil
	}
	before := *t
	event, err := t.Apply(command)
	if err != nil { // must not hold up every other clock: people decide
		return d.unexpired(ctx, tx, t, c, err, at)
	}
	return d.keep(ctx, tx, &before, t, command, event, map[string]string{"clock": c.ID})
}

// unexpired tells the task force that a wait is over and the move that should
// follow is refused.
func (d *Desk) unexpired(ctx context.Context, tx Tx, t *ticket.Ticket, c *deadline.Clock, refusal error, at time.Time) error {
	e, ok := errors.AsType[*problem.Error](refusal)
	if !ok {
		return refusal
	}
	err := tx.Record(ctx, audit.Entry{
		At: at, Actor: "system", Action: "clock.refused", Object: "ticket/" + t.ID, Detail: map[string]string{"clock": c.ID, "rule": c.Rule, "code": e.Code},
	})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, staffJob(t, "clock.refused", screening(t), toTaskForce, c.ID, at))
}
