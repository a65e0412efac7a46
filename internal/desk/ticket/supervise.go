package ticket

import (
	"time"

	"jiesu/internal/problem"
)

// Card is how far behind a ticket is, as lists of supervision show it.
type Card string

// The cards.
const (
	NoCard Card = ""
	Yellow Card = "yellow" // past its date
	Red    Card = "red"    // past the circular step, or supervised again and the unit has not reported in time
)

// Name is the Chinese name of c; empty for none.
func (c Card) Name() string {
	switch c {
	case Yellow:
		return "黄牌"
	case Red:
		return "红牌"
	case NoCard:
	}
	return ""
}

// Unanswered returns the states in which somebody has to act, which are those
// lists of supervision are about. A merged ticket is looked after with the one
// it was merged into.
func Unanswered() []Status { return unanswered() }

// Overdue reports whether t should have been answered by at. While the clock of
// its answer stands still it is not late.
func (t *Ticket) Overdue(at time.Time) bool {
	return t.Status.Allows(Supervise) && !t.Standing && at.After(t.DueAt)
}

// Silent reports whether at is past the time by which the unit had to report to
// those who supervise it.
func (t *Ticket) Silent(at time.Time) bool {
	return t.Status.Allows(Supervise) && !t.FeedbackDue.IsZero() && at.After(t.FeedbackDue)
}

// Card is what t shows at a time.
func (t *Ticket) Card(at time.Time) Card {
	late := t.Overdue(at)
	switch {
	case late && !t.CircularAt.IsZero() && !at.Before(t.CircularAt), t.Supervisions > 1 && t.Silent(at):
		return Red
	case late:
		return Yellow
	}
	return NoCard
}

// admitSupervision checks a date given with supervise, and that somebody waits
// for feedback.
func (t *Ticket) admitSupervision(c Command) error {
	switch {
	case c.Move == Feedback && t.FeedbackDue.IsZero():
		return problem.New(problem.Conflict, "ticket.not_supervised", "没有等待反馈的督办。")
	case c.Move == Supervise && !c.Until.IsZero() && !c.Until.After(c.At):
		return problem.New(problem.Invalid, "ticket.feedback_past", "反馈日期已经过去，请重新选择。")
	}
	return nil
}
