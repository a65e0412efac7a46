package consultation

import (
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// Counting counts how long opinions may be sent, from when they first may.
type Counting func(days int, opens time.Time) (Period, error)

// New is a draft. least is how many days the rule wants.
func New(id, unit, path, by string, content Content, least int, at time.Time) (Consultation, error) {
	c := Consultation{ID: id, Unit: unit, UnitPath: path, State: Draft, CreatedAt: at}
	if err := c.Edit(by, content, least, at); err != nil {
		return Consultation{}, err
	}
	return c, nil
}

// Edit changes what is to be published. What was approved is a draft again.
func (c *Consultation) Edit(by string, content Content, least int, at time.Time) error {
	if err := c.in(Draft, Approved); err != nil {
		return err
	}
	if err := content.check(least, at); err != nil {
		return err
	}
	c.Content, c.State, c.OpensAt, c.Period = content, Draft, time.Time{}, Period{}
	c.Review.Write(by, at)
	c.stamp(at)
	return nil
}

// Approve approves what is to be published and says from when to when opinions
// may be sent. It opens at once, or on its day.
func (c *Consultation) Approve(by string, count Counting, at time.Time) error {
	if err := c.in(Draft); err != nil {
		return err
	}
	opens := c.Content.opens(at)
	period, err := count(c.Content.Days, opens)
	if err != nil {
		return err
	}
	if err := c.Review.Approve(by, at); err != nil {
		return err
	}
	c.State, c.OpensAt, c.Period = Approved, opens, period
	if !opens.After(at) {
		c.State = Open
	}
	c.stamp(at)
	return nil
}

// Next is when c changes by itself; zero: it does not.
func (c *Consultation) Next() time.Time {
	//nolint:exhaustive // in the other states people decide
	switch c.State {
	case Approved:
		return c.OpensAt
	case Open:
		return c.Period.ClosesAt.Add(time.Microsecond) // the last instant is still in time
	}
	return time.Time{}
}

// Turn opens or closes c if its time has come, and reports whether it was.
func (c *Consultation) Turn(at time.Time) bool {
	next := c.Next()
	if next.IsZero() || at.Before(next) {
		return false
	}
	if c.State == Approved {
		c.State = Open
	} else {
		c.State = Closed
	}
	c.stamp(at)
	return true
}

// Lengthen takes opinions for longer: days in all, counted from when it opened.
func (c *Consultation) Lengthen(by string, days int, reason string, count Counting, at time.Time) error {
	if err := c.Takes(at); err != nil {
		return problem.New(problem.Conflict, "consultation.state", "只有正在征求意见时才能延长期限。")
	}
	if f := channel.CheckText("/reason", "延长期限的理由", reason, MaxNote); f != nil {
		return problem.New(problem.Invalid, "consultation.reason", f.Message).With(*f)
	}
	if days <= c.Period.Days || days > MaxDays {
		return problem.New(problem.Invalid, "consultation.shorten", "已经开始的征求意见只能延长，不能缩短或者提前结束。").
			With(problem.Field{Pointer: "/days", Code: "range", Message: "总天数要比现在的期限长，并且不超过一年。"})
	}
	period, err := count(days, c.OpensAt)
	if err != nil {
		return err
	}
	c.Changes = append(c.Changes, Change{At: at, By: by, Reason: strings.TrimSpace(reason), Before: c.Period, After: period.ClosesAt})
	c.Period = period
	c.stamp(at)
	return nil
}
