package deadline

import (
	"strconv"
	"time"

	"jiesu/internal/problem"
)

// Pause is a time that is not counted.
type Pause struct {
	Reason PauseReason `json:"reason"`
	From   time.Time   `json:"from"`
	To     time.Time   `json:"to,omitzero"` // zero: it goes on
}

// span is what is counted: a budget from a start, with what is left out.
type span struct {
	start  time.Time
	budget Budget
	pauses []Pause
	hours  Hours // of a working day; for working hours
	still  bool  // natural days: the last day stays where it is, holiday or not
}

// Add counts b from start, whose day or hour is not counted, and explains the
// way day by day. The result names no rule and has no steps. Working hours are
// those of a profile: they cannot be counted here.
func (c *Calendar) Add(start time.Time, b Budget) (Result, error) {
	return c.count(span{start: start, budget: b})
}

func (c *Calendar) count(s span) (Result, error) {
	if err := s.budget.Check(); err != nil {
		return Result{}, err
	}
	n := count{cal: c, span: s, at: dayOf(s.start)}
	due, err := n.run()
	if err != nil {
		return Result{}, err
	}
	return Result{Due: due, Budget: s.budget, Calendar: c.version, Provisional: n.provisional, Explain: n.lines}, nil
}

// count walks the calendar and writes down what it sees.
type count struct {
	span

	cal         *Calendar
	at          day
	provisional bool
	lines       []Line
}

func (n *count) run() (time.Time, error) {
	switch n.budget.Unit {
	case Hour:
		return n.elapsedHours(), nil
	case WorkingHour:
		return n.workingHours()
	case WorkingDay, NaturalDay:
	}
	n.say("起算日，当日不计入")
	var err error
	if n.budget.Unit == WorkingDay {
		err = n.workingDays()
	} else {
		err = n.naturalDays()
	}
	return n.at.end(), err
}

func (n *count) say(text string) {
	n.lines = append(n.lines, Line{Date: n.at.String(), Text: text})
}

// look reads the calendar for the current day: from here on the result rests
// on that day's year.
func (n *count) look() (Day, error) {
	d, err := n.cal.day(n.at)
	n.provisional = n.provisional || d.Provisional
	return d, err
}

// paused is the pause the current day lies in, if any: from the day after it
// began to the day it ended.
func (n *count) paused() (Pause, bool) {
	for _, p := range n.pauses {
		if n.at > dayOf(p.From) && (p.To.IsZero() || n.at <= dayOf(p.To)) {
			return p, true
		}
	}
	return Pause{}, false
}

// next goes to the next day that no pause covers.
func (n *count) next() {
	n.at++
	for p, ok := n.paused(); ok && !p.To.IsZero(); p, ok = n.paused() {
		n.say("暂停（" + p.Reason.Name() + "），不计入")
		n.at++
	}
}

func (n *count) workingDays() error {
	for done := 0; done < n.budget.N; {
		n.next()
		d, err := n.look()
		if err != nil {
			return err
		}
		if !d.Working {
			n.say(n.idle(d) + "，不计入" + d.mark())
			continue
		}
		done++
		text := "第" + strconv.Itoa(done) + "个工作日"
		if d.MakeUp {
			text += "（调休上班）"
		}
		n.say(text + d.mark())
	}
	return nil
}

// naturalDays asks the calendar about the last day only: holidays on the way
// count like any other day.
func (n *count) naturalDays() error {
	for i := 1; i < n.budget.N; i++ {
		n.next()
		n.say("第" + strconv.Itoa(i) + "天")
	}
	n.next()
	last := "第" + strconv.Itoa(n.budget.N) + "天"
	if n.still {
		n.say(last + "，期满，不因节假日顺延")
		return nil
	}
	d, err := n.look()
	if err != nil {
		return err
	}
	if d.Working {
		n.say(last + d.mark())
		return nil
	}
	last += "，"
	for !d.Working {
		n.say(last + n.idle(d) + "，顺延" + d.mark())
		last = ""
		n.at++
		if d, err = n.look(); err != nil {
			return err
		}
	}
	n.say("节假日后的第一个工作日" + d.mark())
	return nil
}

// elapsedHours runs through nights and holidays: it needs no calendar. What was
// paused is given back.
func (n *count) elapsedHours() time.Time {
	due := n.start.Add(time.Duration(n.budget.N) * time.Hour)
	n.say(clockOf(n.start) + "起连续计算" + strconv.Itoa(n.budget.N) + "小时，夜间和节假日不停")
	for _, p := range n.pauses {
		if !p.To.IsZero() && p.From.Before(due) {
			due = due.Add(p.To.Sub(p.From))
			n.at = dayOf(p.To)
			n.say(clockOf(p.From) + "至" + clockOf(p.To) + "暂停（" + p.Reason.Name() + "），不计入")
		}
	}
	due = due.UTC()
	n.at = dayOf(due)
	n.say(clockOf(due) + "到期")
	return due
}

// workingHours counts the intervals of working days, make-up Saturdays among
// them.
func (n *count) workingHours() (time.Time, error) {
	if len(n.hours) == 0 {
		return time.Time{}, problem.New(problem.Invalid, "deadline.hours", "没有规定工作时段，不能按工作小时计算。")
	}
	left := time.Duration(n.budget.N) * time.Hour
	from := n.start
	for ; ; n.at++ {
		d, err := n.look()
		if err != nil {
			return time.Time{}, err
		}
		if !d.Working {
			n.say(n.idle(d) + "，不计入" + d.mark())
			continue
		}
		var done time.Duration
		for _, i := range n.hours {
			due, worked := n.work(n.at.at(i.from), n.at.at(i.to), from, left-done)
			done += worked
			if !due.IsZero() {
				n.say("当日计入" + duration(done) + "，" + clockOf(due) + "到期" + d.mark())
				return due, nil
			}
		}
		left -= done
		n.say("当日计入" + duration(done) + d.mark())
	}
}

// work counts from the later of an interval's and the count's beginning. It
// returns the instant at which nothing is left, if it lies in the interval.
func (n *count) work(opens, closes, from time.Time, left time.Duration) (due time.Time, worked time.Duration) {
	at := latest(opens, from)
	for at.Before(closes) {
		until, resume := closes, closes
		for _, p := range n.pauses {
			end := p.To
			if end.IsZero() {
				continue
			}
			switch {
			case !p.From.After(at) && end.After(at): // in the pause
				until, resume = at, earliest(end, closes)
			case p.From.After(at) && p.From.Before(until):
				until, resume = p.From, earliest(end, closes)
			}
		}
		if stretch := until.Sub(at); stretch >= left-worked {
			return at.Add(left - worked).UTC(), left
		}
		worked += until.Sub(at)
		at = latest(resume, until)
	}
	return time.Time{}, worked
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// idle says why nobody works on the current day.
func (n *count) idle(d Day) string {
	switch {
	case d.Holiday != "":
		return d.Holiday + "放假"
	case n.at.civil().Weekday() == time.Saturday:
		return "星期六休息"
	default:
		return "星期日休息"
	}
}

func (d Day) mark() string {
	if d.Provisional {
		return "（放假安排未公布，暂定）"
	}
	return ""
}

// clockOf is the Beijing time of day.
func clockOf(t time.Time) string { return t.In(Beijing()).Format("15:04") }

// duration writes hours and minutes.
func duration(d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	if minutes == 0 {
		return strconv.Itoa(hours) + "小时"
	}
	return strconv.Itoa(hours) + "小时" + strconv.Itoa(minutes) + "分"
}
