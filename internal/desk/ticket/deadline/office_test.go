package deadline

import (
	"testing"
	"time"
)

func TestWhenPeopleAreAtWork(t *testing.T) {
	t.Parallel()
	p, err := LoadProfile()
	if err != nil {
		t.Fatal(err)
	}
	cal, err := LoadCalendar()
	if err != nil {
		t.Fatal(err)
	}
	beijing := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", text, Beijing())
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	first := p.hours.opening()
	opens := func(date string) time.Time { return beijing(date + " 00:00").Add(first) }
	for at, want := range map[string]time.Time{
		"2026-06-08 10:00": beijing("2026-06-08 10:00"),
		"2026-06-08 23:00": opens("2026-06-09"),
		"2026-06-08 03:00": opens("2026-06-08"),
		"2026-06-06 10:00": opens("2026-06-08"), // a Saturday
		"2026-10-01 10:00": opens("2026-10-08"), // the holiday
		"2026-10-10 03:00": opens("2026-10-10"), // a Saturday that is worked
		"2093-01-01 03:00": beijing("2093-01-01 03:00"),
	} {
		if got := p.AtWork(cal, beijing(at)); !got.Equal(want) {
			t.Errorf("%s: %s, not %s", at, got.In(Beijing()), want)
		}
	}
}
