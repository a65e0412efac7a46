package desk

import (
	"strings"
	"time"

	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// Period is a month (2026-10), a quarter (2026-Q4) or a year (2026) in Beijing.
type Period struct {
	Name        string
	From, Until time.Time
}

// ParsePeriod reads a period.
func ParsePeriod(name string) (Period, error) {
	bad := problem.New(problem.Invalid, "report.period", "时间请写成 2026-10（月）、2026-Q4（季度）或者 2026（年）的格式。")
	year, part, quarterly := strings.Cut(name, "-Q")
	months := 1
	switch {
	case quarterly && len(part) == 1 && part >= "1" && part <= "4":
		name, months = year+"-"+[]string{"01", "04", "07", "10"}[part[0]-'1'], 3
	case quarterly:
		return Period{}, bad
	case len(name) == len("2026"):
		name, months = name+"-01", 12
	}
	from, _, err := deadline.ParseMonth(name)
	if err != nil || from.Year() < 1 {
		return Period{}, bad.Because(err)
	}
	p := Period{Name: name, From: from, Until: from.AddDate(0, months, 0)}
	switch {
	case quarterly:
		p.Name = year + "-Q" + part
	case months > 1:
		p.Name = year
	}
	return p, nil
}

// Yearly reports whether p is a year.
func (p Period) Yearly() bool { return p.From.AddDate(1, 0, 0).Equal(p.Until) }

// eachMonth calls fn with the months of p that have begun by at.
func (p Period) eachMonth(at time.Time, fn func(month string, from, until time.Time) error) error {
	for from := p.From; from.Before(p.Until) && !from.After(at); from = from.AddDate(0, 1, 0) {
		if err := fn(from.Format(monthLayout), from, from.AddDate(0, 1, 0)); err != nil {
			return err
		}
	}
	return nil
}
