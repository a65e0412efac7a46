package deadline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jiesu/internal/problem"
)

// Bounds of a notice that is imported. What lies outside of them was misread.
const (
	maxNotice   = 20_000 // characters of its text
	maxSpans    = 20
	maxSpan     = 16 // days of one holiday
	maxWork     = 20
	maxWords    = 60 // characters of a name or document number
	maxNote     = 500
	nearHoliday = 31 // days a make-up day lies from a holiday, at most
	firstYear   = 2000
	lastYear    = 2100
)

// ReadNotice reads a notice as JSON in the form of calendar/*.json, or as its
// own text: see [ParseNotice].
func ReadNotice(data []byte) (Notice, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return ParseNotice(string(data))
	}
	var n Notice
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&n); err != nil {
		return Notice{}, problem.New(problem.Invalid, "deadline.notice", "放假安排的 JSON 无法读取，请按日历文件的格式填写。").Because(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Notice{}, problem.New(problem.Invalid, "deadline.notice", "放假安排的 JSON 后面还有别的内容。")
	}
	return n, n.Check()
}

// Check reports what is wrong with a notice that is to be imported: it must be
// whole, agree with itself and be plausible.
func (n Notice) Check() error {
	switch {
	case n.Year < firstYear || n.Year > lastYear:
		return problem.New(problem.Invalid, "deadline.notice", "放假安排的年份不正确。")
	case n.Version < 0 || n.Version > 1000:
		return badNotice(n, "版本号不正确")
	case n.Status == Official && (strings.TrimSpace(n.Document) == "" || n.Published == ""):
		return badNotice(n, "正式安排必须写明文号和成文日期")
	case !wordy(n.Document, maxWords) || !wordy(n.Note, maxNote):
		return badNotice(n, "文号或者说明太长，或含有控制字符")
	case len(n.Off) > maxSpans || len(n.Work) > maxWork:
		return badNotice(n, "放假或者调休的日期太多")
	}
	if n.Published != "" {
		at, err := ParseDate(n.Published)
		if err != nil || at.In(Beijing()).Year() < n.Year-1 || at.In(Beijing()).Year() > n.Year {
			return badNotice(n, "成文日期不正确，应当在上一年或者当年")
		}
	}
	if _, err := NewCalendar(n); err != nil {
		return err
	}
	for _, s := range n.Off {
		if err := n.checkSpan(s); err != nil {
			return err
		}
	}
	for _, w := range n.Work {
		if !n.near(w) {
			return badNotice(n, "调休上班日离放假日太远："+w)
		}
	}
	return n.whole()
}

// checkSpan reports what is implausible about one holiday of n, whose dates can
// be read.
func (n Notice) checkSpan(s Span) error {
	from, _ := ParseDate(s.From)
	to, _ := ParseDate(s.To)
	first, last := newYear(n.Year)-15, newYear(n.Year+1)+15
	switch {
	case !wordy(s.Name, maxWords):
		return badNotice(n, "节日名称太长，或含有控制字符")
	case dayOf(to)-dayOf(from) >= maxSpan:
		return badNotice(n, "连续放假超过"+strconv.Itoa(maxSpan)+"天："+s.From+"至"+s.To)
	case dayOf(from) < first || dayOf(to) >= last:
		return badNotice(n, "放假日期不在当年："+s.From+"至"+s.To)
	}
	return nil
}

// near reports whether a make-up day lies close to a holiday: work is made up
// for days off around it.
func (n Notice) near(date string) bool {
	at, _ := ParseDate(date)
	d := dayOf(at)
	return slices.ContainsFunc(n.Off, func(s Span) bool {
		from, _ := ParseDate(s.From)
		to, _ := ParseDate(s.To)
		return d >= dayOf(from)-nearHoliday && d <= dayOf(to)+nearHoliday
	})
}

// statutory is a holiday every notice names, and the days one of which it lies on.
type statutory struct{ name, from, to string }

// holidays are the statutory ones (全国年节及纪念日放假办法). The lunar ones lie
// in a window.
func holidays() []statutory {
	return []statutory{
		{"元旦", "01-01", "01-01"},
		{"春节", "01-20", "02-21"},
		{"清明", "04-04", "04-06"},
		{"劳动节", "05-01", "05-01"},
		{"端午", "05-25", "06-26"},
		{"中秋", "09-06", "10-09"},
		{"国庆", "10-01", "10-01"},
	}
}

// whole reports a statutory holiday that is missing or lies at another time: a
// line that was lost must not silently become workdays.
func (n Notice) whole() error {
	year := strconv.Itoa(n.Year) + "-"
	for _, h := range holidays() {
		i := slices.IndexFunc(n.Off, func(s Span) bool { return strings.Contains(s.Name, h.name) })
		switch {
		case i < 0:
			return badNotice(n, "缺少"+h.name+"的安排")
		case n.Off[i].To < year+h.from || n.Off[i].From > year+h.to: // dates compare as text
			return badNotice(n, h.name+"的日期不对")
		}
	}
	return nil
}

// wordy reports whether s is one line of at most so many characters.
func wordy(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}

func newYear(year int) day { return dayOf(time.Date(year, 1, 1, 0, 0, 0, 0, Beijing())) }

// Lines says in Chinese what a notice says, one line a holiday, for somebody to
// compare with the paper.
func (n Notice) Lines() []string {
	var lines []string
	for _, s := range n.Off {
		from, _ := ParseDate(s.From)
		to, _ := ParseDate(s.To)
		lines = append(lines, fmt.Sprintf("%s：%s至%s放假，共%d天", s.Name, withWeekday(dayOf(from)), withWeekday(dayOf(to)), dayOf(to)-dayOf(from)+1))
	}
	for _, w := range n.Work {
		at, _ := ParseDate(w)
		lines = append(lines, withWeekday(dayOf(at))+"上班")
	}
	return lines
}

func withWeekday(d day) string { return d.String() + "（" + d.weekday() + "）" }

func (d day) weekday() string {
	return "星期" + string([]rune("日一二三四五六")[d.civil().Weekday()])
}

// Balance counts what a notice adds up to: the working days of its year, and
// how many workdays are off after those that are made up for. A year has 13
// statutory days, so another number is a reason to look again.
func (n Notice) Balance() (working, off int) {
	c, err := NewCalendar(n)
	if err != nil {
		return 0, 0
	}
	for d := newYear(n.Year); d < newYear(n.Year+1); d++ {
		info, _ := c.day(d) // the year is known
		switch {
		case info.Working:
			working++
			if info.MakeUp {
				off--
			}
		case !d.weekend():
			off++
		}
	}
	return working, off
}

// Fingerprint names a notice with what it would change, so that what was shown
// is what is applied.
func (n Notice) Fingerprint(base *Calendar) string {
	raw, _ := json.Marshal(n) // plain strings and numbers always marshal
	sum := sha256.Sum256(append(raw, base.Version()...))
	return hex.EncodeToString(sum[:16])
}

// With returns the calendar with a notice in the place of the one its year has,
// and the notice with its version, which follows from that one where it says
// none. To replace a published notice takes a higher version and a reason;
// otherwise it is a Conflict "deadline.final".
func (c *Calendar) With(n Notice, reason string) (*Calendar, Notice, error) {
	if err := n.Check(); err != nil {
		return nil, n, err
	}
	notices := slices.Clone(c.notices)
	i := slices.IndexFunc(notices, func(o Notice) bool { return o.Year == n.Year })
	switch {
	case i < 0:
		notices = append(notices, n)
		i = len(notices) - 1
	case notices[i].Status == Official && (n.Status != Official || n.Version <= notices[i].Version || strings.TrimSpace(reason) == ""):
		return nil, n, problem.New(problem.Conflict, "deadline.final", fmt.Sprintf(
			"%d年的放假安排已经公布（%s，第%d版）。要更改，新的安排必须有文号、更高的版本号，并写明原因。", n.Year, notices[i].Document, notices[i].Version))
	case n.Version == 0:
		n.Version = notices[i].Version + 1
	case n.Version <= notices[i].Version:
		return nil, n, problem.New(problem.Conflict, "deadline.version", fmt.Sprintf("版本号必须高于现在的第%d版。", notices[i].Version))
	}
	n.Version = max(1, n.Version)
	notices[i] = n
	made, err := NewCalendar(notices...)
	return made, n, err
}

// Override returns c with imported notices in the place of shipped ones. Of a
// year's notices a published one wins over a provisional one, then the highest
// version, then the one that was imported.
func (c *Calendar) Override(imported ...Notice) (*Calendar, error) {
	best := map[int]Notice{}
	for _, n := range slices.Concat(c.notices, imported) {
		known, ok := best[n.Year]
		if !ok || n.Status == known.Status && n.Version >= known.Version || n.Status == Official && known.Status != Official {
			best[n.Year] = n
		}
	}
	var notices []Notice
	for _, n := range best {
		notices = append(notices, n)
	}
	return NewCalendar(notices...)
}

// FirstDifference is the first instant of the first day two calendars do not
// agree on; false where they agree.
func (c *Calendar) FirstDifference(o *Calendar) (time.Time, bool) {
	first, last := lastYear+1, firstYear
	for _, n := range slices.Concat(c.notices, o.notices) {
		first, last = min(first, n.Year), max(last, n.Year)
	}
	for d := newYear(first); d < newYear(last+1); d++ {
		here, hereErr := c.day(d)
		there, thereErr := o.day(d)
		if here != there || (hereErr == nil) != (thereErr == nil) {
			return d.at(0), true
		}
	}
	return time.Time{}, false
}
