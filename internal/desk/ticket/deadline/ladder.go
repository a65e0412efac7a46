package deadline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// rung is one step of a ladder as data. It lies a number of working days from
// the due day, at a time of that day; or a number of hours from the due
// instant; or after a share of the time there is; or, where it says none of
// these, at the due instant itself.
type rung struct {
	Name   string  `yaml:"name"`
	To     string  `yaml:"to"`
	Day    int     `yaml:"day"`   // working days before (-) or after the due day
	Time   string  `yaml:"time"`  // Beijing time HH:MM on that day
	Hour   int     `yaml:"hour"`  // hours before (-) or after the due instant
	Share  float64 `yaml:"share"` // of the time from start to due, in (0,1)
	Every  int     `yaml:"every"` // the last rung comes again after so many working days, for ever
	Urgent bool    `yaml:"urgent"`
}

const (
	maxRung  = 60   // working days a step may lie from the due day
	maxHours = 1000 // hours it may lie from the due instant
	post     = "post:"
)

func checkLadder(rungs []rung) error {
	for i := range rungs {
		if err := rungs[i].check(); err != nil {
			return fmt.Errorf("ladder step %d: %w", i+1, err)
		}
		if rungs[i].Every > 0 && i < len(rungs)-1 {
			return fmt.Errorf("ladder step %s: only the last step comes again", rungs[i].Name)
		}
	}
	return nil
}

func (r *rung) check() error {
	known := slices.Contains([]string{"handler", "head", "taskforce", "leader", "system"}, r.To) ||
		strings.HasPrefix(r.To, post) && len(r.To) > len(post)
	switch {
	case r.Name == "" || !known:
		return errors.New("a name and a known recipient are needed")
	case r.Day < -maxRung || r.Day > maxRung || r.Every < 0 || r.Every > maxRung:
		return fmt.Errorf("more than %d working days away", maxRung)
	case r.Hour < -maxHours || r.Hour > maxHours:
		return fmt.Errorf("more than %d hours away", maxHours)
	case r.Share < 0 || r.Share >= 1:
		return errors.New("a share lies between 0 and 1")
	case r.Day != 0 && (r.Hour != 0 || r.Share != 0) || r.Hour != 0 && r.Share != 0:
		return errors.New("days, hours or a share, not two of them")
	case r.Day != 0:
		_, err := parseClock(r.Time)
		return err
	}
	return nil
}

// steps places the ladder of a rule around a due date.
func (p *Profile) steps(cal *Calendar, r *Rule, start time.Time, res *Result) []Step {
	rungs := p.ladders[r.ladder()]
	steps := make([]Step, 0, len(rungs))
	for i := range rungs {
		g := &rungs[i]
		s := Step{Name: g.Name, To: g.To, At: g.at(cal, start, res), Every: g.Every}
		s.Tell = p.tell(s.At, g.Urgent || g.To == "system")
		steps = append(steps, s)
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return a.At.Compare(b.At) })
	return steps
}

func (r *rung) at(cal *Calendar, start time.Time, res *Result) time.Time {
	due := dayOf(res.Due)
	switch {
	case r.Hour != 0:
		return latest(res.Due.Add(time.Duration(r.Hour)*time.Hour), start.Add(time.Microsecond)).UTC()
	case r.Share != 0:
		return start.Add(time.Duration(float64(res.Due.Sub(start)) * r.Share)).UTC().Truncate(time.Microsecond)
	case r.Day == 0:
		return res.Due
	}
	since, _ := parseClock(r.Time) // checked when the profile was read
	switch {
	case r.Day > 0:
		return cal.shift(due, r.Day).at(since)
	case res.Budget.Unit == Hour:
		return start.Add(res.Due.Sub(start) / 2).UTC()
	}
	if warn := cal.shift(due, r.Day); warn > dayOf(start) {
		return warn.at(since)
	}
	if on := due.at(since); on.After(start) && on.Before(res.Due) {
		return on // the start day is not counted, and no day to warn on
	}
	return start.Add(res.Due.Sub(start) / 2).UTC().Truncate(time.Microsecond)
}

// tell is when people hear of a step: at once, or when the quiet hours end.
// Zero: at once.
func (p *Profile) tell(at time.Time, urgent bool) time.Time {
	q := p.quiet
	if urgent || q.from == q.to {
		return time.Time{}
	}
	d := dayOf(at)
	since := at.Sub(d.at(0))
	switch {
	case q.from < q.to && since >= q.from && since < q.to, q.from > q.to && since < q.to:
		return d.at(q.to)
	case q.from > q.to && since >= q.from:
		return (d + 1).at(q.to)
	}
	return time.Time{}
}

// again is the step that follows s, which comes again and again, after now.
func (s Step) again(cal *Calendar, now time.Time) Step {
	since := s.At.Sub(dayOf(s.At).at(0))
	told := s.Tell.Sub(s.At)
	for !s.At.After(now) {
		next := cal.shift(dayOf(s.At), s.Every).at(since)
		if !s.Tell.IsZero() {
			s.Tell = next.Add(told)
		}
		s.At = next
	}
	return s
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
