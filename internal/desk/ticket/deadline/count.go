package deadline

import (
	"strconv"
	"time"
)

// Add counts b from start, whose day or hour is not counted, and explains the
// way day by day. The result names no rule and has no steps.
func (c *Calendar) Add(start time.Time, b Budget) (Result, error) {
	if err := b.Check(); err != nil {
		return Result{}, err
	}
	if b.Unit == Hour {
		return c.addHours(start, b), nil
	}
	n := count{cal: c, at: dayOf(start)}
	n.say("起算日，当日不计入")
	var err error
	if b.Unit == WorkingDay {
		err = n.workingDays(b.N)
	} else {
		err = n.naturalDays(b.N)
	}
	if err != nil {
		return Result{}, err
	}
	return Result{Due: n.at.end(), Budget: b, Calendar: c.version, Provisional: n.provisional, Explain: n.lines}, nil
}

// addHours runs through nights and holidays: it needs no calendar.
func (c *Calendar) addHours(start time.Time, b Budget) Result {
	due := start.Add(time.Duration(b.N) * time.Hour).UTC()
	clock := func(t time.Time) string { return t.In(Beijing()).Format("15:04") }
	return Result{Due: due, Budget: b, Calendar: c.version, Explain: []Line{
		{Date: dayOf(start).String(), Text: clock(start) + "起连续计算" + strconv.Itoa(b.N) + "小时，夜间和节假日不停"},
		{Date: dayOf(due).String(), Text: clock(due) + "到期"},
	}}
}

// count walks the calendar and writes down what it sees.
type count struct {
	cal         *Calendar
	at          day
	provisional bool
	lines       []Line
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

func (n *count) workingDays(budget int) error {
	for done := 0; done < budget; {
		n.at++
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
func (n *count) naturalDays(budget int) error {
	for i := 1; i < budget; i++ {
		n.at++
		n.say("第" + strconv.Itoa(i) + "天")
	}
	n.at++
	last := "第" + strconv.Itoa(budget) + "天"
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
