package deadline

import (
	"slices"
	"strconv"
	"strings"
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
	was := c
	c.Pauses = slices.Clone(c.Pauses)
	last := &c.Pauses[len(c.Pauses)-1]
	last.To = latest(at, last.From)
	if err := c.recount(cal, p, at, false); err != nil {
		return was, err
	}
	c.note(Change{At: at, Kind: Resumed, Reason: string(last.Reason), Before: was.DueAt, After: c.DueAt})
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
	was := c
	c.Extra += n
	c.Extensions++
	if err := c.recount(cal, p, at, true); err != nil {
		return was, err
	}
	if !c.DueAt.After(was.DueAt) {
		return was, problem.New(problem.Conflict, "deadline.capped", "来源平台要求的期限不能延长，请先向来源平台申请。")
	}
	c.note(Change{At: at, Kind: Extended, Before: was.DueAt, After: c.DueAt})
	c.Version++
	return c, nil
}

// Bound sets the date the clock may not be after, and counts anew. The unit's
// clock is kept before it. A bound that moves nothing today is kept all the same:
// the clock may get more time.
func (c Clock) Bound(cal *Calendar, p *Profile, bound, at time.Time) (Clock, error) {
	if !c.Open() {
		return c, over()
	}
	was := c
	c.Cap = bound.UTC()
	if c.Purpose == Handle {
		c.Cap = before(cal, c.StartedAt, bound)
	}
	c, moved, err := c.Recount(cal, p, at)
	if !moved && c.Version == was.Version && !c.Cap.Equal(was.Cap) {
		c.Version++
	}
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
	if err := c.recount(cal, p, at, false); err != nil {
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
// and places the steps that have not fired; all that lie ahead where it begins
// a new date. Where the profile knows the rule no more, the steps stay where
// they are: none is lost.
func (c *Clock) recount(cal *Calendar, p *Profile, at time.Time, anew bool) error {
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
	c.giveBack(cal, &res)
	if !c.Cap.IsZero() && c.Cap.Before(res.Due) {
		res.capped(c.Cap, c.whyCapped())
	}
	c.DueAt, c.Provisional, c.Calendar, c.Explain = res.Due, res.Provisional, res.Calendar, res.Explain
	c.BreachedAt = time.Time{}
	if at.After(c.DueAt) {
		c.BreachedAt = c.DueAt
	}
	if known {
		c.replace(p.steps(cal, &rule, c.StartedAt, &res), at, anew)
	}
	c.schedule(c.NextStep)
	return nil
}

// whyCapped is what a clock says of the date it may not be after, as it said
// before.
func (c *Clock) whyCapped() string {
	if n := len(c.Explain); n > 0 && strings.HasSuffix(c.Explain[n-1].Text, itCounts) {
		return c.Explain[n-1].Text
	}
	if c.Purpose == Handle {
		return beforeAnswer
	}
	return "另有更早的期限，" + itCounts
}

// giveBack keeps a clock that stood still on its last day from being late when
// it goes on: it has the next working day.
func (c *Clock) giveBack(cal *Calendar, res *Result) {
	ended := len(c.Pauses)
	if c.Standing() { // what the pause before gave back stays
		ended--
	}
	if ended == 0 {
		return
	}
	resumed := c.Pauses[ended-1].To
	if !res.Due.Before(resumed) {
		return
	}
	d := cal.shift(dayOf(resumed), 1)
	res.Due = d.end()
	res.Explain = append(res.Explain, Line{Date: d.String(), Text: "暂停结束后的第一个工作日"})
}

// replace puts new steps in the place of those that have not fired. A step of
// the date itself, or after it, that fired for a date that is yet to come again
// fires again then; for a new date (anew) the warnings before it, too. A last
// step that comes again and again does not come before its time because of that.
func (c *Clock) replace(steps []Step, at time.Time, anew bool) {
	next := min(c.NextStep, len(c.Steps))
	var fired []Step
	for _, f := range c.Steps[:next] {
		i := slices.IndexFunc(steps, func(s Step) bool { return f.Name == s.Name && f.To == s.To })
		if i >= 0 && steps[i].At.After(at) && (anew || !steps[i].At.Before(c.DueAt)) {
			continue
		}
		fired = append(fired, f)
		if i >= 0 {
			steps = slices.Delete(steps, i, i+1)
		}
	}
	if n, waiting := len(steps), c.Steps[next:]; n > 0 && len(waiting) > 0 {
		old, made := waiting[len(waiting)-1], &steps[n-1]
		if made.Every > 0 && old.Name == made.Name && !made.At.After(at) && old.At.After(at) {
			*made = old
		}
	}
	c.Steps = append(fired, steps...)
	c.NextStep = len(fired)
}

func (c *Clock) note(change Change) { c.History = append(slices.Clone(c.History), change) }

func over() error {
	return problem.New(problem.Conflict, "deadline.over", "期限已经结束。")
}

func expired() error {
	return problem.New(problem.Conflict, "deadline.expired", "期限已过，不能再暂停或者延长。")
}
