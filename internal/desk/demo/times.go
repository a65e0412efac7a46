package demo

import (
	"sort"
	"time"

	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

const (
	span   = 2                   // years made-up letters reach back
	recent = 14 * 24 * time.Hour // in which a small plan gets more of them
	lively = 150                 // letters that many days bring at least, where the plan has as many
	most   = 6                   // times the ordinary
)

// times are the hours letters come in, each with the share that has come by its
// end.
type times struct {
	start time.Time
	sums  []float64
}

// newTimes spreads so many letters over the two years before until, as far as the
// calendar reaches back. Of a small plan more come lately: a desk with nothing to
// do teaches nothing.
func newTimes(cal *deadline.Calendar, until time.Time, count int) (times, error) {
	until = until.In(deadline.Beijing()).Truncate(time.Hour)
	t := times{start: until.AddDate(-span, 0, 0)}
	if notices := cal.Notices(); len(notices) > 0 {
		if first := time.Date(notices[0].Year, time.January, 1, 0, 0, 0, 0, deadline.Beijing()); first.After(t.start) {
			t.start = first
		}
	}
	sum, whole := 0.0, until.Sub(t.start).Hours()
	more := min(max(lively/(float64(count)*recent.Hours()/whole), 1), most)
	for at := t.start; at.Before(until); at = at.Add(time.Hour) {
		day, err := cal.Day(at)
		if err != nil {
			return times{}, err
		}
		some := share(at, day.Working) * (1 + at.Sub(t.start).Hours()/whole) // word gets round
		if until.Sub(at) <= recent {
			some *= more
		}
		sum += some
		t.sums = append(t.sums, sum)
	}
	if len(t.sums) == 0 {
		return times{}, problem.New(problem.Invalid, "demo.until", "这个日期以前没有可用的放假安排。")
	}
	return t, nil
}

// share is how many letters come in an hour, compared with others: by day
// rather than by night, on Mondays, before the summer and the new year.
func share(at time.Time, working bool) float64 {
	byHour := [24]float64{2, 1, 1, 1, 1, 2, 5, 14, 40, 62, 60, 44, 30, 38, 52, 56, 50, 38, 26, 24, 26, 22, 14, 6}
	byMonth := [12]float64{1.1, 0.7, 1.1, 1, 1, 1.2, 1.3, 1.2, 1.1, 0.9, 1, 1.1}
	s := byHour[at.Hour()] * byMonth[at.Month()-1]
	switch {
	case !working:
		s *= 0.4
	case at.Weekday() == time.Monday:
		s *= 1.25
	}
	return s
}

// at is when the i-th of count letters comes; within its own share of the time,
// u in [0,1) says where.
func (t *times) at(i, count int, u float64) time.Time {
	share := (float64(i) + u) / float64(count) * t.sums[len(t.sums)-1]
	hour := min(sort.SearchFloat64s(t.sums, share), len(t.sums)-1)
	before := 0.0
	if hour > 0 {
		before = t.sums[hour-1]
	}
	into := (share - before) / (t.sums[hour] - before) * float64(time.Hour)
	return t.start.Add(time.Duration(hour)*time.Hour + time.Duration(into)).UTC().Truncate(time.Microsecond)
}
