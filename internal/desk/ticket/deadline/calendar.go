package deadline

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/problem"
)

//go:embed calendar/*.json
var shippedNotices embed.FS

// Status says whether a year's notice has been published.
type Status string

// The statuses of a year.
const (
	Official    Status = "official"    // a notice of the State Council
	Provisional Status = "provisional" // derived; may change when the notice comes
)

// Notice is a year's arrangement of holidays and make-up workdays.
type Notice struct {
	Year      int      `json:"year"`
	Status    Status   `json:"status"`
	Document  string   `json:"document"`  // 文号, empty while provisional
	Published string   `json:"published"` // YYYY-MM-DD
	Version   int      `json:"version"`   // raised whenever our data of the year changes
	Note      string   `json:"note,omitempty"`
	Off       []Span   `json:"off"`
	Work      []string `json:"work"` // weekend days that are worked (调休)
}

// Span is a holiday from its first to its last day.
type Span struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Day is what a calendar knows of one day.
type Day struct {
	Working     bool
	MakeUp      bool   // a weekend day that is worked
	Holiday     string // name of the holiday, empty on workdays and plain weekends
	Provisional bool   // the year's notice has not been published
}

// Calendar knows which Beijing days are worked, from the notices of the State
// Council. It does not change once made and is safe for concurrent use.
type Calendar struct {
	version string
	notices []Notice
	years   map[int]Status
	off     map[day]string
	work    map[day]bool
}

// LoadCalendar returns the calendar the product ships.
func LoadCalendar() (*Calendar, error) {
	files, err := fs.Glob(shippedNotices, "calendar/*.json")
	if err != nil {
		return nil, fmt.Errorf("list shipped notices: %w", err)
	}
	notices := make([]Notice, len(files))
	for i, name := range files {
		data, err := shippedNotices.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read shipped notice: %w", err)
		}
		if err := json.Unmarshal(data, &notices[i]); err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
	}
	return NewCalendar(notices...)
}

// NewCalendar builds a calendar from notices of different years. A notice that
// contradicts itself or another one is Invalid "deadline.notice".
func NewCalendar(notices ...Notice) (*Calendar, error) {
	c := &Calendar{
		notices: slices.SortedFunc(slices.Values(notices), func(a, b Notice) int { return a.Year - b.Year }),
		years:   map[int]Status{}, off: map[day]string{}, work: map[day]bool{},
	}
	var versions []string
	for _, n := range c.notices {
		if err := c.take(n); err != nil {
			return nil, err
		}
		versions = append(versions, strconv.Itoa(n.Year)+"."+strconv.Itoa(n.Version))
	}
	c.version = strings.Join(versions, "+")
	return c, nil
}

func (c *Calendar) take(n Notice) error {
	if _, taken := c.years[n.Year]; taken {
		return badNotice(n, "同一年有两份安排")
	}
	if n.Status != Provisional && (n.Status != Official || n.Document == "") {
		return badNotice(n, "正式安排必须写明文号，没有文号的只能作为暂定安排")
	}
	c.years[n.Year] = n.Status
	for _, s := range n.Off {
		if err := c.takeOff(n, s); err != nil {
			return err
		}
	}
	for _, w := range n.Work {
		at, err := ParseDate(w)
		if err != nil {
			return badNotice(n, "调休上班日期不正确："+w)
		}
		d := dayOf(at)
		if !d.weekend() || c.off[d] != "" || c.work[d] {
			return badNotice(n, "调休上班日必须是周六或周日，不能与放假日重合，也不能重复："+w)
		}
		c.work[d] = true
	}
	return nil
}

func (c *Calendar) takeOff(n Notice, s Span) error {
	from, err := ParseDate(s.From)
	if err != nil {
		return badNotice(n, "放假日期不正确："+s.From)
	}
	to, err := ParseDate(s.To)
	if err != nil || to.Before(from) || dayOf(to)-dayOf(from) > 30 || s.Name == "" {
		return badNotice(n, "放假起止日期不正确："+s.Name+s.From+"至"+s.To)
	}
	for d := dayOf(from); d <= dayOf(to); d++ {
		// A notice may reach into the days around new year, no farther.
		if c.off[d] != "" || c.work[d] || d.year() < n.Year-1 || d.year() > n.Year+1 {
			return badNotice(n, "放假日期重复、与调休上班日重合或不在当年："+d.String())
		}
		c.off[d] = s.Name
	}
	return nil
}

func badNotice(n Notice, why string) error {
	return problem.New(problem.Invalid, "deadline.notice", strconv.Itoa(n.Year)+"年放假安排有误："+why+"。")
}

// Version names the data the calendar rests on, e.g. "2025.1+2026.1+2027.0".
func (c *Calendar) Version() string { return c.version }

// Notices returns the notices of the calendar by year. The caller must not
// change them.
func (c *Calendar) Notices() []Notice { return c.notices }

// Day says whether the Beijing day of at is worked. A year without a notice is
// Invalid "deadline.no_calendar".
func (c *Calendar) Day(at time.Time) (Day, error) { return c.day(dayOf(at)) }

func (c *Calendar) day(d day) (Day, error) {
	status, known := c.years[d.year()]
	if !known {
		return Day{}, problem.New(problem.Invalid, "deadline.no_calendar",
			"还没有"+strconv.Itoa(d.year())+"年的放假安排，不能计算到这一年的日期。")
	}
	holiday := c.off[d]
	return Day{
		Working:     c.work[d] || holiday == "" && !d.weekend(),
		MakeUp:      c.work[d],
		Holiday:     holiday,
		Provisional: status == Provisional,
	}, nil
}
