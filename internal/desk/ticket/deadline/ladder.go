package deadline

import (
	"fmt"
	"slices"
	"time"
)

// rung is one step of the ladder as data.
type rung struct {
	Name string `yaml:"name"`
	To   string `yaml:"to"`
	Day  int    `yaml:"day"`  // working days before (-) or after the due day; 0: the due instant
	Time string `yaml:"time"` // Beijing time HH:MM on that day
}

// maxRung bounds how far from the due day a step may lie, in working days.
const maxRung = 60

func checkLadder(rungs []rung) error {
	for i, r := range rungs {
		if r.Name == "" || !slices.Contains([]string{"handler", "head", "taskforce", "leader"}, r.To) {
			return fmt.Errorf("ladder step %d: a name and a known recipient are needed", i+1)
		}
		if _, err := r.since(); err != nil {
			return fmt.Errorf("ladder step %s: %w", r.Name, err)
		}
		if r.Day < -maxRung || r.Day > maxRung {
			return fmt.Errorf("ladder step %s: more than %d working days away", r.Name, maxRung)
		}
	}
	return nil
}

// since is the rung's time of day, counted from midnight.
func (r *rung) since() (time.Duration, error) {
	if r.Day == 0 {
		return 0, nil
	}
	t, err := time.Parse("15:04", r.Time)
	if err != nil {
		return 0, fmt.Errorf("time of day: %w", err)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// steps places the ladder around a due date.
func (p *Profile) steps(cal *Calendar, start time.Time, res *Result) []Step {
	steps := make([]Step, 0, len(p.ladder))
	for i := range p.ladder {
		r := &p.ladder[i]
		steps = append(steps, Step{Name: r.Name, To: r.To, At: r.at(cal, start, res)})
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return a.At.Compare(b.At) })
	return steps
}

func (r *rung) at(cal *Calendar, start time.Time, res *Result) time.Time {
	since, _ := r.since() // checked when the profile was read
	due := dayOf(res.Due)
	switch {
	case r.Day == 0:
		return res.Due
	case r.Day > 0:
		return cal.shift(due, r.Day).at(since)
	case res.Budget.Unit == Hour:
		return start.Add(res.Due.Sub(start) / 2).UTC()
	}
	if warn := cal.shift(due, r.Day); warn > dayOf(start) {
		return warn.at(since)
	}
	return due.at(since) // the start day is not counted, and no day to warn on
}

// shift walks n working days forward, or back where n is negative. Where it
// would leave the years that are known it counts every day instead: a step may
// come early then, but never late and never not at all.
func (c *Calendar) shift(from day, n int) day {
	step, left := day(1), n
	if n < 0 {
		step, left = -1, -n
	}
	d := from
	for left > 0 {
		d += step
		info, err := c.day(d)
		if err != nil {
			return from + day(n)
		}
		if info.Working {
			left--
		}
	}
	return d
}
