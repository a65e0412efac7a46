package deadline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

func beijing(at time.Time) string {
	return at.In(deadline.Beijing()).Format("2006-01-02 15:04:05.999999")
}

// TestPublishedVectors holds the dates computed by hand from the notices.
func TestPublishedVectors(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	for _, c := range []struct {
		start       string
		n           int
		unit        deadline.Unit
		want        string
		provisional bool
	}{
		{"2026-02-13", 1, deadline.WorkingDay, "2026-02-14", false}, // a make-up Saturday
		{"2026-02-13", 5, deadline.WorkingDay, "2026-02-27", false},
		{"2026-02-14", 1, deadline.WorkingDay, "2026-02-24", false},
		{"2026-02-15", 3, deadline.WorkingDay, "2026-02-26", false}, // received on a holiday
		{"2026-04-30", 7, deadline.WorkingDay, "2026-05-13", false},
		{"2026-06-18", 1, deadline.WorkingDay, "2026-06-22", false},
		{"2026-09-18", 5, deadline.WorkingDay, "2026-09-24", false}, // a make-up Sunday on the way
		{"2026-09-30", 3, deadline.WorkingDay, "2026-10-10", false},
		{"2026-01-30", 20, deadline.WorkingDay, "2026-03-05", false},
		{"2026-09-01", 20, deadline.WorkingDay, "2026-09-29", false},
		{"2025-09-30", 5, deadline.WorkingDay, "2025-10-14", false},
		{"2026-12-30", 1, deadline.WorkingDay, "2026-12-31", false},
		{"2026-12-30", 2, deadline.WorkingDay, "2027-01-04", true},
		{"2026-01-31", 15, deadline.NaturalDay, "2026-02-24", false},
		{"2026-08-02", 60, deadline.NaturalDay, "2026-10-08", false},
		{"2026-06-05", 15, deadline.NaturalDay, "2026-06-22", false},
		{"2026-03-07", 60, deadline.NaturalDay, "2026-05-06", false},
	} {
		t.Run(fmt.Sprintf("%s+%d %s", c.start, c.n, c.unit), func(t *testing.T) {
			t.Parallel()
			res, err := cal.Add(date(t, c.start), deadline.Budget{N: c.n, Unit: c.unit})
			if err != nil {
				t.Fatal(err)
			}
			if want := c.want + " 23:59:59.999999"; beijing(res.Due) != want || res.Provisional != c.provisional {
				t.Errorf("got %s provisional=%t, want %s provisional=%t", beijing(res.Due), res.Provisional, want, c.provisional)
			}
		})
	}
}

func TestExplainsDayByDay(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	for name, c := range map[string]struct {
		start  string
		budget deadline.Budget
		want   []string
	}{
		"make-up day and holiday": {"2026-09-19", deadline.Budget{N: 2, Unit: deadline.WorkingDay}, []string{
			"2026-09-19 起算日，当日不计入",
			"2026-09-20 第1个工作日（调休上班）",
			"2026-09-21 第2个工作日",
		}},
		"weekend": {"2026-11-20", deadline.Budget{N: 1, Unit: deadline.WorkingDay}, []string{
			"2026-11-20 起算日，当日不计入",
			"2026-11-21 星期六休息，不计入",
			"2026-11-22 星期日休息，不计入",
			"2026-11-23 第1个工作日",
		}},
		"year without notice": {"2026-12-31", deadline.Budget{N: 1, Unit: deadline.WorkingDay}, []string{
			"2026-12-31 起算日，当日不计入",
			"2027-01-01 元旦放假，不计入（放假安排未公布，暂定）",
			"2027-01-02 元旦放假，不计入（放假安排未公布，暂定）",
			"2027-01-03 元旦放假，不计入（放假安排未公布，暂定）",
			"2027-01-04 第1个工作日（放假安排未公布，暂定）",
		}},
		"natural days roll forward": {"2026-06-18", deadline.Budget{N: 2, Unit: deadline.NaturalDay}, []string{
			"2026-06-18 起算日，当日不计入",
			"2026-06-19 第1天",
			"2026-06-20 第2天，端午节放假，顺延",
			"2026-06-21 端午节放假，顺延",
			"2026-06-22 节假日后的第一个工作日",
		}},
		"hours": {"2026-10-01", deadline.Budget{N: 48, Unit: deadline.Hour}, []string{
			"2026-10-01 00:00起连续计算48小时，夜间和节假日不停",
			"2026-10-03 00:00到期",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, err := cal.Add(date(t, c.start), c.budget)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range res.Explain {
				got = append(got, l.Date+" "+l.Text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestNeverSilentlyMondayToFriday(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	for name, c := range map[string]struct {
		start string
		b     deadline.Budget
	}{
		"working days run out of the last year": {"2027-12-31", deadline.Budget{N: 1, Unit: deadline.WorkingDay}},
		"start before the first year":           {"2023-05-04", deadline.Budget{N: 3, Unit: deadline.WorkingDay}},
		"natural days end in an unknown year":   {"2027-12-30", deadline.Budget{N: 10, Unit: deadline.NaturalDay}},
		"far beyond":                            {"2026-01-05", deadline.Budget{N: 3660, Unit: deadline.WorkingDay}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, err := cal.Add(date(t, c.start), c.b)
			refused(t, err, "deadline.no_calendar")
			if !res.Due.IsZero() {
				t.Errorf("a date came with the error: %s", res.Due)
			}
		})
	}
	if _, err := cal.Add(date(t, "2024-12-31"), deadline.Budget{N: 1, Unit: deadline.WorkingDay}); err != nil {
		t.Errorf("the start day is not counted and needs no notice, got %v", err)
	}
	if _, err := cal.Add(date(t, "2035-12-31"), deadline.Budget{N: 24, Unit: deadline.Hour}); err != nil {
		t.Errorf("hours run through and need no notice, got %v", err)
	}
}

func TestBudgetsOutOfBounds(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	for b, code := range map[deadline.Budget]string{
		{N: 0, Unit: deadline.WorkingDay}:     "deadline.budget",
		{N: -1, Unit: deadline.Hour}:          "deadline.budget",
		{N: 3661, Unit: deadline.NaturalDay}:  "deadline.budget",
		{N: 1 << 60, Unit: deadline.Hour}:     "deadline.budget",
		{N: 1, Unit: "day"}:                   "deadline.unit",
		{N: 1, Unit: ""}:                      "deadline.unit",
		{N: 1, Unit: "working_day; DROP ALL"}: "deadline.unit",
	} {
		_, err := cal.Add(date(t, "2026-03-02"), b)
		refused(t, err, code)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"working_day", "natural_day", " hour "} {
		if _, err := deadline.ParseUnit(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"", "day", "WORKING_DAY", "工作日"} {
		_, err := deadline.ParseUnit(s)
		refused(t, err, "deadline.unit")
	}
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "26-01-01", "2026/01/01", "2026-01-01T00:00:00Z", "明天"} {
		_, err := deadline.ParseDate(s)
		refused(t, err, "deadline.date")
		if problem.KindOf(err) != problem.Invalid {
			t.Errorf("%q: kind %s", s, problem.KindOf(err))
		}
	}
	if at := date(t, "2026-01-31"); at.UTC().Format(time.RFC3339) != "2026-01-30T16:00:00Z" {
		t.Errorf("a date begins at midnight in Beijing, got %s", at.UTC())
	}
}

func instants() *rapid.Generator[time.Time] {
	from := time.Date(2025, 1, 1, 0, 0, 0, 0, deadline.Beijing()).Unix()
	to := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC).Unix()
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(from, to).Draw(t, "unix"), rapid.Int64Range(0, 999_999_999).Draw(t, "nano"))
	})
}

func units() *rapid.Generator[deadline.Unit] {
	return rapid.SampledFrom([]deadline.Unit{deadline.WorkingDay, deadline.NaturalDay, deadline.Hour})
}

func mustAdd(t *rapid.T, cal *deadline.Calendar, at time.Time, n int, u deadline.Unit) deadline.Result {
	res, err := cal.Add(at, deadline.Budget{N: n, Unit: u})
	if err != nil {
		t.Fatalf("%s + %d %s: %v", at, n, u, err)
	}
	return res
}

func TestLawsOfCounting(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	rapid.Check(t, func(t *rapid.T) {
		unit, n := units().Draw(t, "unit"), rapid.IntRange(1, 120).Draw(t, "n")
		a, b := instants().Draw(t, "a"), instants().Draw(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		first, second := mustAdd(t, cal, a, n, unit), mustAdd(t, cal, b, n, unit)
		if second.Due.Before(first.Due) {
			t.Fatalf("a later start is due earlier: %s → %s, %s → %s", a, first.Due, b, second.Due)
		}
		if more := mustAdd(t, cal, a, n+rapid.IntRange(1, 30).Draw(t, "more"), unit); more.Due.Before(first.Due) {
			t.Fatalf("more budget is due earlier: %s, %s", first.Due, more.Due)
		}
		if !first.Due.After(a) {
			t.Fatalf("due %s is not after the start %s", first.Due, a)
		}
		day, err := cal.Day(first.Due)
		if err != nil {
			t.Fatal(err)
		}
		if unit != deadline.Hour && !day.Working {
			t.Fatalf("due on a day nobody works: %s", first.Due)
		}
		if unit != deadline.Hour && day.Provisional && !first.Provisional {
			t.Fatalf("due in a year without a notice, and does not say so: %s", first.Due)
		}
		if first.Provisional && !day.Provisional {
			t.Fatalf("provisional, though due in a year with a notice: %s", first.Due)
		}
	})
}

func TestExplanationTellsTheWholeWay(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	rapid.Check(t, func(t *rapid.T) {
		unit, n, start := units().Draw(t, "unit"), rapid.IntRange(1, 80).Draw(t, "n"), instants().Draw(t, "start")
		res := mustAdd(t, cal, start, n, unit)
		first, last := res.Explain[0], res.Explain[len(res.Explain)-1]
		if first.Date != start.In(deadline.Beijing()).Format(time.DateOnly) || last.Date != res.Due.In(deadline.Beijing()).Format(time.DateOnly) {
			t.Fatalf("explained from %s to %s, but runs from %s to %s", first.Date, last.Date, start, res.Due)
		}
		if unit == deadline.Hour {
			return
		}
		counted := 0
		for i, l := range res.Explain {
			at := date(t, first.Date).AddDate(0, 0, i)
			if l.Date != at.Format(time.DateOnly) {
				t.Fatalf("line %d is %s, want %s: a day was left out", i, l.Date, at.Format(time.DateOnly))
			}
			if strings.HasPrefix(l.Text, "第") {
				counted++
			}
		}
		if counted != n {
			t.Fatalf("%d days counted, want %d", counted, n)
		}
	})
}
