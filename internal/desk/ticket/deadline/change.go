package deadline

import (
	"slices"
	"strconv"
	"time"

	"jiesu/internal/problem"
)

// Pause lets the clock stand still for a reason its rule lists. One that is
// over, expired or paused already is a Conflict.
func (c Clock) Pause(p *Profile, reason PauseReason, at time.Time) (Clock, error) {
	rule, _ := p.Rule(c.Rule)
	switch {
	case !c.Open():
		return c, over()
	case c.Standing():
		return c, problem.New(problem.Conflict, "deadline.paused", "期限已经暂停，不能重复暂停。")
	case at.After(c.DueAt):
		return c, expired()
	case !slices.Contains(rule.Pauses, reason):
		return c, problem.New(problem.Conflict, "deadline.pause", "这类期限不能因"+reason.Name()+"而暂停。")
	case len(c.Pauses) > 0 && at.Before(c.Pauses[len(c.Pauses)-1].To):
		return c, problem.New(problem.Conflict, "deadline.paused", "暂停的时间不能重叠。")
	}
	c.Pauses = append(slices.Clone(c.Pauses), Pause{Reason: reason, From: at})
	c.note(Change{At: at, Kind: Paused, Reason: string(reason), Before: c.DueAt, After: c.DueAt})
	c.schedule(c.NextStep)
	c.Version++
	return c, nil
}

// Resume lets a paused clock go on: what was paused is not counted.
func (c Clock) Resume(cal *Calendar, p *Profile, at time.Time) (Clock, error) {
	switch {
	case !c.Open():
		return c, over()
	case !c.Standing():
		return c, problem.New(problem.Conflict, "deadline.running", "期限没有暂停。")
	}
	before := c.DueAt
	c.Pauses = slices.Clone(c.Pauses)
	last := &c.Pauses[len(c.Pauses)-1]
	last.To = latest(at, last.From)
	if err := c.recount(cal, p, at); err != nil {
		return c, err
	}
	c.note(Change{At: at, Kind: Resumed, Reason: string(last.Reason), Before: before, After: c.DueAt})
	c.Version++
	return c, nil
}

// Extend gives the clock n more of its budget's unit. It is allowed before the
// date has passed, as often and as far as the rule says.
func (c Clock) Extend(cal *Calendar, p *Profile, n int, at time.Time) (Clock, error) {
	rule, _ := p.Rule(c.Rule)
	switch bound := rule.Extension; {
	case !c.Open():
		return c, over()
	case at.After(c.DueAt):
		return c, expired()
	case bound.Times == 0:
		return c, problem.New(problem.Conflict, "deadline.extension", "这类期限不能延长。")
	case c.Extensions >= bound.Times:
		return c, problem.New(problem.Conflict, "deadline.extended", "期限最多延长"+strconv.Itoa(bound.Times)+"次，不能再延长。")
	case n < 1 || n > bound.N:
		return c, problem.New(problem.Invalid, "deadline.extension", "一次最多延长"+strconv.Itoa(bound.N)+c.Budget.Unit.Name()+"。")
	}
	before := c.DueAt
	c.Extra += n
	c.Extensions++
	if err := c.recount(cal, p, at); err != nil {
		return c, err
	}
	if !c.DueAt.After(before) {
		return c, problem.New(problem.Conflict, "deadline.capped", "来源平台要求的期限不能延长，请先向来源平台申请。")
	}
	c.note(Change{At: at, Kind: Extended, Before: before, After: c.DueAt})
	c.Version++
	return c, nil
}

// Bound sets the date the clock may not be after, and counts anew.
func (c Clock) Bound(cal *Calendar, p *Profile, bound, at time.Time) (Clock, error) {
	if !c.Open() {
		return c, over()
	}
	c.Cap = before(cal, c.StartedAt, bound)
	c, _, err := c.Recount(cal, p, at)
	return c, err
}

// Recount is what the clock would be under another calendar, and whether its
// date moves. Steps that have fired do not fire again. A clock that is over is
// never touched: what it was judged by stands.
func (c Clock) Recount(cal *Calendar, p *Profile, at time.Time) (Clock, bool, error) {
	if !c.Open() {
		return c, false, nil
	}
	was := c
	if err := c.recount(cal, p, at); err != nil {
		return was, false, err
	}
	if c.DueAt.Equal(was.DueAt) && c.Provisional == was.Provisional && c.Calendar == was.Calendar {
		return was, false, nil
	}
	moved := !c.DueAt.Equal(was.DueAt)
	if moved {
		c.note(Change{At: at, Kind: Recounted, Reason: c.Calendar, Before: was.DueAt, After: c.DueAt})
	}
	c.Version++
	return c, moved, nil
}

// recount counts the date anew with everything that has happened to the clock,
// and places the steps that have not fired.
func (c *Clock) recount(cal *Calendar, p *Profile, at time.Time) error {
	rule, known := p.Rule(c.Rule)
	if !known {
		rule = Rule{ID: c.Rule, Purpose: c.Purpose}
	}
	b := c.Budget
	b.N += c.Extra
	res, err := p.count(cal, &rule, span{start: c.StartedAt, budget: b, pauses: c.Pauses})
	if err != nil {
		return err
	}
	if !c.Cap.IsZero() && c.Cap.Before(res.Due) {
		res.Cap = c.Cap
		res.capped(c.Purpose)
	}
	c.DueAt, c.Provisional, c.Calendar, c.Explain = res.Due, res.Provisional, res.Calendar, res.Explain
	if !c.BreachedAt.IsZero() || at.After(c.DueAt) {
		c.BreachedAt = time.Time{}
		if at.After(c.DueAt) {
			c.BreachedAt = c.DueAt
		}
	}
	c.replace(p.steps(cal, &rule, c.StartedAt, &res), at)
	return nil
}

// replace puts new steps in the place of those that have not fired. What fired
// at a date that is yet to come again, fires again then. A last step that comes
// again and again does not come before its time because of that.
func (c *Clock) replace(steps []Step, at time.Time) {
	var fired []Step
	for _, s := range c.Steps[:min(c.NextStep, len(c.Steps))] {
		if s.At.Before(c.DueAt) || !at.Before(c.DueAt) {
			fired = append(fired, s)
		}
	}
	left := slices.DeleteFunc(steps, func(s Step) bool {
		return slices.ContainsFunc(fired, func(f Step) bool { return f.Name == s.Name && f.To == s.To })
	})
	if n, waiting := len(left), c.Steps[min(c.NextStep, len(c.Steps)):]; n > 0 && len(waiting) > 0 {
		old, made := waiting[len(waiting)-1], &left[n-1]
		if made.Every > 0 && old.Name == made.Name && !made.At.After(at) && old.At.After(at) {
			*made = old
		}
	}
	c.Steps = append(fired, left...)
	c.schedule(len(fired))
}

func (c *Clock) note(change Change) { c.History = append(slices.Clone(c.History), change) }

func over() error {
	return problem.New(problem.Conflict, "deadline.over", "期限已经结束。")
}

func expired() error {
	return problem.New(problem.Conflict, "deadline.expired", "期限已过，不能再暂停或者延长。")
}
