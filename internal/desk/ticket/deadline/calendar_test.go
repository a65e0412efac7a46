package deadline_test

import (
	"testing"
	"time"

	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

func calendar(t *testing.T) *deadline.Calendar {
	t.Helper()
	cal, err := deadline.LoadCalendar()
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func date(t interface {
	Helper()
	Fatal(...any)
}, s string,
) time.Time {
	t.Helper()
	at, err := deadline.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !problem.HasCode(err, code) {
		t.Errorf("got %v, want a refusal with code %s", err, code)
	}
}

// TestShippedNotices repeats the checks the tables were accepted with: 13
// statutory days off on balance, and 248 working days a year.
func TestShippedNotices(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	for year, wantDoc := range map[int]string{2025: "国办发明电〔2024〕12号", 2026: "国办发明电〔2025〕7号"} {
		working, balance := 0, 0
		for d := time.Date(year, 1, 1, 12, 0, 0, 0, deadline.Beijing()); d.Year() == year; d = d.AddDate(0, 0, 1) {
			day, err := cal.Day(d)
			if err != nil {
				t.Fatal(err)
			}
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			if day.Working {
				working++
			}
			if day.Holiday != "" && !weekend {
				balance++
			}
			if day.MakeUp {
				balance--
			}
			if day.Provisional {
				t.Errorf("%s: a published year is not provisional", d.Format(time.DateOnly))
			}
		}
		if working != 248 || balance != 13 {
			t.Errorf("%d: %d working days and %d days off on balance, want 248 and 13", year, working, balance)
		}
		for _, n := range cal.Notices() {
			if n.Year == year && (n.Document != wantDoc || n.Status != deadline.Official) {
				t.Errorf("%d: %s %s", year, n.Status, n.Document)
			}
		}
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	for s, want := range map[string]deadline.Day{
		"2026-02-13": {Working: true},
		"2026-02-14": {Working: true, MakeUp: true},
		"2026-02-15": {Holiday: "春节"},
		"2026-03-01": {},
		"2027-01-04": {Working: true, Provisional: true},
		"2027-02-06": {Holiday: "春节", Provisional: true},
	} {
		if got, err := cal.Day(date(t, s)); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", s, got, err, want)
		}
	}
}

func TestDayIsABeijingDay(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	// 2026-02-14 16:00 UTC is midnight of the 15th in Beijing.
	before, _ := cal.Day(time.Date(2026, 2, 14, 15, 59, 59, 0, time.UTC))
	after, _ := cal.Day(time.Date(2026, 2, 14, 16, 0, 0, 0, time.UTC))
	if !before.MakeUp || after.Holiday != "春节" {
		t.Errorf("got %+v and %+v", before, after)
	}
}

func TestYearWithoutNoticeIsAnError(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	for _, s := range []string{"2024-12-31", "2028-01-03", "1969-07-20"} {
		_, err := cal.Day(date(t, s))
		refused(t, err, "deadline.no_calendar")
		if problem.KindOf(err) != problem.Invalid {
			t.Errorf("%s: kind %s", s, problem.KindOf(err))
		}
	}
}

func TestBadNoticesAreRefused(t *testing.T) {
	t.Parallel()
	notice := func(change func(*deadline.Notice)) deadline.Notice {
		n := deadline.Notice{
			Year: 2030, Status: deadline.Official, Document: "文号", Version: 1,
			Off:  []deadline.Span{{Name: "元旦", From: "2030-01-01", To: "2030-01-01"}},
			Work: []string{"2030-01-05"},
		}
		change(&n)
		return n
	}
	if _, err := deadline.NewCalendar(notice(func(*deadline.Notice) {})); err != nil {
		t.Fatalf("the notice the others are made from is fine, got %v", err)
	}
	for name, change := range map[string]func(*deadline.Notice){
		"make-up day on a weekday":  func(n *deadline.Notice) { n.Work = []string{"2030-01-04"} },
		"make-up day that is off":   func(n *deadline.Notice) { n.Off[0].To = "2030-01-05" },
		"make-up day twice":         func(n *deadline.Notice) { n.Work = append(n.Work, n.Work[0]) },
		"make-up day without sense": func(n *deadline.Notice) { n.Work = []string{"2030-02-30"} },
		"holiday backwards":         func(n *deadline.Notice) { n.Off[0].To = "2029-12-31" },
		"holiday without end":       func(n *deadline.Notice) { n.Off[0].To = "2030-12-31" },
		"holiday without name":      func(n *deadline.Notice) { n.Off[0].Name = "" },
		"holiday without sense":     func(n *deadline.Notice) { n.Off[0].From = "soon" },
		"holiday twice":             func(n *deadline.Notice) { n.Off = append(n.Off, n.Off[0]) },
		"holiday of another year": func(n *deadline.Notice) {
			n.Off[0] = deadline.Span{Name: "元旦", From: "2032-01-01", To: "2032-01-01"}
		},
		"official without document": func(n *deadline.Notice) { n.Document = "" },
		"unknown status":            func(n *deadline.Notice) { n.Status = "maybe" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := deadline.NewCalendar(notice(change))
			refused(t, err, "deadline.notice")
		})
	}
	same := notice(func(*deadline.Notice) {})
	_, err := deadline.NewCalendar(same, same)
	refused(t, err, "deadline.notice")
}

func TestNoticeMayReachIntoTheYearBefore(t *testing.T) {
	t.Parallel()
	cal, err := deadline.NewCalendar(
		deadline.Notice{Year: 2031, Status: deadline.Provisional, Version: 2, Off: []deadline.Span{{Name: "元旦", From: "2030-12-30", To: "2031-01-01"}}},
		deadline.Notice{Year: 2030, Status: deadline.Provisional, Version: 1},
	)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := cal.Day(date(t, "2030-12-31")); err != nil || d.Holiday != "元旦" {
		t.Errorf("got %+v, %v", d, err)
	}
	if cal.Version() != "2030.1+2031.2" {
		t.Errorf("got version %s", cal.Version())
	}
}
