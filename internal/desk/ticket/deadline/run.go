package deadline

import "time"

// Open reports whether the clock is still running or paused.
func (c *Clock) Open() bool { return c.MetAt.IsZero() && c.SupersededBy == "" }

// Standing reports whether the clock is paused.
func (c *Clock) Standing() bool {
	return len(c.Pauses) > 0 && c.Pauses[len(c.Pauses)-1].To.IsZero()
}

// circularStep is the step of a ladder at which a ticket is to be named (通报).
const circularStep = "overdue.circular"

// CircularAt is when the clock's ladder comes to the circular; zero: it has no
// such step.
func (c *Clock) CircularAt() time.Time {
	for _, s := range c.Steps {
		if s.Name == circularStep {
			return s.At
		}
	}
	return time.Time{}
}

// NewClock starts a clock of a ticket that runs towards r, at the time r was
// computed from.
func NewClock(id, ticketID string, r Result, at time.Time) Clock {
	c := Clock{
		ID: id, TicketID: ticketID, Purpose: r.Purpose, Rule: r.Rule, RuleVersion: r.Version, Budget: r.Budget, Cap: r.Cap,
		Calendar: r.Calendar, StartedAt: at, DueAt: r.Due, Provisional: r.Provisional,
		Explain: r.Explain, Steps: r.Steps, Version: 1,
	}
	c.schedule(0)
	return c
}

// Fire returns the next step if its time has come and moves on to the one after
// it, so that each step fires once however late the call is. A last step that
// comes again is placed anew, after at. It reports false where nothing is to be
// done.
func (c *Clock) Fire(cal *Calendar, at time.Time) (Step, bool) {
	if !c.Open() || c.NextAt.IsZero() || at.Before(c.NextAt) || c.NextStep >= len(c.Steps) {
		return Step{}, false
	}
	step := c.Steps[c.NextStep]
	if !at.Before(c.DueAt) {
		c.BreachedAt = c.DueAt
	}
	if step.Every > 0 {
		c.Steps = append(append([]Step(nil), c.Steps[:c.NextStep]...), step.again(cal, at))
		c.schedule(c.NextStep)
	} else {
		c.schedule(c.NextStep + 1)
	}
	c.Version++
	return step, true
}

// Met stops the clock at the time its goal was reached, and reports whether it
// was still running. Whether it was in time follows from that time alone, not
// from when anybody looked.
func (c *Clock) Met(at time.Time) bool {
	if !c.Open() {
		return false
	}
	c.BreachedAt = time.Time{}
	if c.Standing() { // it was in time when it was paused, and no time has passed for it since
		c.Pauses = append([]Pause(nil), c.Pauses...)
		c.Pauses[len(c.Pauses)-1].To = at
	} else if at.After(c.DueAt) {
		c.BreachedAt = c.DueAt
	}
	c.MetAt, c.NextAt = at, time.Time{}
	c.Version++
	return true
}

// Supersede ends the clock in favour of another one, and reports whether it was
// still running.
func (c *Clock) Supersede(by string) bool {
	if !c.Open() {
		return false
	}
	c.SupersededBy, c.NextAt = by, time.Time{}
	c.Version++
	return true
}

func (c *Clock) schedule(step int) {
	c.NextStep, c.NextAt = step, time.Time{}
	if step < len(c.Steps) && !c.Standing() {
		c.NextAt = c.Steps[step].At
	}
}
