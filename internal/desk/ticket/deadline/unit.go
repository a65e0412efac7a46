package deadline

import (
	"strings"
	"time"

	"jiesu/internal/problem"
)

// maxBudget bounds how far a date is counted; ten years of days, in any unit.
const maxBudget = 3660

// Beijing is the zone every day is counted in: UTC+8, no daylight saving.
func Beijing() *time.Location { return time.FixedZone("", 8*60*60) } // unnamed zones are cached

// ParseUnit reads the wire name of a unit.
func ParseUnit(s string) (Unit, error) {
	u := Unit(strings.TrimSpace(s))
	if u.Name() == "" {
		return "", badUnit()
	}
	return u, nil
}

func badUnit() error {
	return problem.New(problem.Invalid, "deadline.unit", "期限单位只能是 working_day、natural_day、working_hour 或 hour。")
}

// Name is the Chinese name of u, or empty for an unknown unit.
func (u Unit) Name() string {
	switch u {
	case WorkingDay:
		return "个工作日"
	case NaturalDay:
		return "个自然日"
	case WorkingHour:
		return "个工作小时"
	case Hour:
		return "小时"
	}
	return ""
}

// ParseDate reads a Beijing day written YYYY-MM-DD and returns its first instant.
func ParseDate(s string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(s), Beijing())
	if err != nil {
		return time.Time{}, problem.New(problem.Invalid, "deadline.date", "日期请写成 2026-01-31 的格式，并且确有这一天。").Because(err)
	}
	return at, nil
}

// EndOfDay is the last instant of t's day in Beijing that is still in time.
func EndOfDay(t time.Time) time.Time { return dayOf(t).end() }

// ParseMonth reads a month written YYYY-MM and returns its first instant in
// Beijing, and that of the month after it.
func ParseMonth(s string) (from, until time.Time, err error) {
	from, err = time.ParseInLocation("2006-01", s, Beijing())
	if err != nil {
		return from, until, problem.New(problem.Invalid, "deadline.month", "月份请写成 2026-01 的格式。").Because(err)
	}
	return from, from.AddDate(0, 1, 0), nil
}

// Check reports whether b can be counted at all.
func (b Budget) Check() error {
	switch {
	case b.Unit.Name() == "":
		return badUnit()
	case b.N < 1 || b.N > maxBudget:
		return problem.New(problem.Invalid, "deadline.budget", "期限必须是1到3660之间的整数。")
	}
	return nil
}
