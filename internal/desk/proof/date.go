package proof

import (
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk/ticket/deadline"
)

// dates checks that days exist, fall on the weekday stated, and follow from the
// term stated.
func (c *Checker) dates(p *page) {
	p.each(c.shapes.date, []string{"月", "-", "/", "."}, func(m []int) {
		if !p.isDate(m) {
			return
		}
		day, ok := civil(p.line[m[2]:m[3]], p.line[m[4]:m[5]], p.line[m[6]:m[7]])
		if !ok {
			p.impossible(m[0], m[1])
			return
		}
		c.weekday(p, day, m[0], m[1])
		c.due(p, day, m[1])
	})
	p.each(c.shapes.short, []string{"月"}, func(m []int) {
		// Without a year the 29th of February may exist.
		if _, ok := civil("2024", p.line[m[2]:m[3]], p.line[m[4]:m[5]]); !ok && !strings.HasSuffix(p.line[:m[0]], "年") {
			p.impossible(m[0], m[1])
		}
	})
}

// isDate tells a date from other numbers with dashes and dots: its signs agree,
// and no digit stands around it.
func (p *page) isDate(m []int) bool {
	first, second, end := p.line[m[3]:m[4]], p.line[m[5]:m[6]], p.line[m[7]:m[1]]
	chinese := first == "年"
	if chinese != (second == "月") || !chinese && first != second || chinese != (end == "日") {
		return false
	}
	digit := func(s string) bool { return onlyDigits(s) != "" || s == "-" || s == "." || s == "/" }
	year := p.line[m[2]:m[3]]
	return !digit(p.before(m[0], 1)) && !digit(p.after(m[1], 1)) && (chinese || year >= "1900" && year <= "2100")
}

func (p *page) impossible(from, to int) {
	p.add(Finding{Code: "date.impossible", Severity: Block, Message: "没有这一天，请核对日期。"}, from, to)
}

func civil(year, month, day string) (time.Time, bool) {
	y, errYear := strconv.Atoi(year)
	m, errMonth := strconv.Atoi(month)
	d, errDay := strconv.Atoi(day)
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, deadline.Beijing())
	return at, errYear == nil && errMonth == nil && errDay == nil && int(at.Month()) == m && at.Day() == d
}

func (c *Checker) weekday(p *page, day time.Time, from, to int) {
	m := c.shapes.weekday.FindStringSubmatchIndex(p.line[to:])
	if m == nil {
		return
	}
	said := strings.Replace(p.line[to+m[2]:to+m[3]], "天", "日", 1)
	if is := weekdayName(day); said != is {
		p.add(Finding{Code: "date.weekday", Severity: Warn, Message: "这一天是星期" + is + "，日期和星期对不上，请核对。"}, from, to+m[1])
	}
}

func weekdayName(day time.Time) string {
	return string([]rune("日一二三四五六")[day.Weekday()])
}

// due checks a date that is said to follow from a term: 自…起5个工作日内，即….
func (c *Checker) due(p *page, start time.Time, end int) {
	term := c.shapes.term.FindStringSubmatchIndex(p.line[end:])
	if term == nil || p.Calendar == nil {
		return
	}
	n, err := strconv.Atoi(p.line[end+term[2] : end+term[3]])
	if err != nil {
		return
	}
	unit, at := p.line[end+term[4]:end+term[5]], end+term[1]
	until := c.shapes.until.FindStringSubmatchIndex(p.line[at:])
	if until == nil {
		return
	}
	part := func(i int) string {
		if until[2*i] < 0 {
			return ""
		}
		return p.line[at+until[2*i] : at+until[2*i+1]]
	}
	said, ok := stated(start, part(1), part(2), part(3))
	if !ok {
		return // noted as impossible
	}
	from := at + until[4]
	if until[2] >= 0 {
		from = at + until[2]
	}
	if right, wrong := p.miscounted(start, n, unit, said); wrong {
		p.add(Finding{
			Code: "date.term", Severity: Warn,
			Message: "按放假安排计算，起算日不计入，到期日是" + right + "，请核对。", Suggestion: right,
		}, from, at+until[1])
	}
}

// stated is the day a term is said to end on; without a year it is the first
// such day after the start.
func stated(start time.Time, year, month, day string) (time.Time, bool) {
	if year != "" {
		return civil(year, month, day)
	}
	at, ok := civil(strconv.Itoa(start.Year()), month, day)
	if ok && at.Before(start) {
		at, ok = civil(strconv.Itoa(start.Year()+1), month, day)
	}
	return at, ok
}

// miscounted counts a term. Plain days are counted in more than one way: any of
// them will do.
func (p *page) miscounted(start time.Time, n int, unit string, said time.Time) (right string, wrong bool) {
	units := []deadline.Unit{deadline.WorkingDay}
	if unit != "工作日" {
		units = []deadline.Unit{deadline.NaturalDay, deadline.WorkingDay}
		if said.Equal(start.AddDate(0, 0, n)) {
			return "", false
		}
	}
	for i, u := range units {
		r, err := p.Calendar.Add(start, deadline.Budget{N: n, Unit: u})
		if err != nil {
			return "", false // no calendar, no opinion
		}
		due := r.Due.In(deadline.Beijing())
		if due.Format(time.DateOnly) == said.Format(time.DateOnly) {
			return "", false
		}
		if i == 0 {
			right = due.Format("2006年1月2日")
		}
	}
	return right, true
}
