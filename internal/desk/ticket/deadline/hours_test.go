package deadline_test

import (
	"slices"
	"testing"

	"jiesu/internal/desk/ticket/deadline"
)

func TestWorkingHours(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	p := parse(t, `
version: 1
name: hours
hours: ["09:00-12:00", "14:00-17:30"]
rules:
  - {id: h, name: h, purpose: answer, budget: {n: 8, unit: working_hour}, pauses: [supplement]}
ladder: [{name: due, to: head}]
`)
	for _, c := range []struct{ start, want string }{
		{"2026-03-10 09:00", "2026-03-11 10:30"}, // 6.5 hours a day
		{"2026-03-10 12:30", "2026-03-11 15:30"}, // lunch is not counted
		{"2026-03-13 17:00", "2026-03-17 10:00"}, // nor the weekend
		{"2026-03-14 11:00", "2026-03-17 10:30"},
		{"2026-09-30 16:00", "2026-10-08 17:30"}, // holidays
		{"2026-10-10 09:00", "2026-10-12 10:30"}, // a make-up Saturday counts
		{"2026-03-10 20:00", "2026-03-12 10:30"},
	} {
		res, err := p.Start(cal, deadline.Matter{Kind: "x", Source: "web"}, minute(t, c.start))
		if err != nil {
			t.Fatal(err)
		}
		if got := beijing(res.Due)[:16]; got != c.want {
			t.Errorf("%s + 8 working hours is %s, want %s: %+v", c.start, got, c.want, res.Explain)
		}
	}
	at := minute(t, "2026-03-10 09:00")
	res, err := p.Start(cal, deadline.Matter{Kind: "x", Source: "web"}, at)
	if err != nil {
		t.Fatal(err)
	}
	c, err := deadline.NewClock("c", "t", res, at).Pause(p, deadline.AwaitSupplement, minute(t, "2026-03-10 11:00"))
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.Resume(cal, p, minute(t, "2026-03-11 15:00")); err != nil {
		t.Fatal(err)
	}
	// Two hours were done, six are left: 2.5 on the 11th, 3 and half an hour on the 12th.
	if got := beijing(c.DueAt)[:16]; got != "2026-03-12 14:30" {
		t.Errorf("after the pause due %s, want 2026-03-12 14:30: %+v", got, c.Explain)
	}
}

func TestAfterHoursAsTheBureauCountsThem(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	p := parse(t, `
version: 1
name: late
hours: ["09:00-17:30"]
after_hours: next_working_day
rules: [{id: d, name: d, purpose: answer, budget: {n: 1, unit: working_day}}]
ladder: [{name: due, to: head}]
`)
	for start, want := range map[string]string{
		"2026-03-10 17:29": "2026-03-11", "2026-03-10 17:30": "2026-03-12", "2026-03-13 20:00": "2026-03-17", "2026-03-14 10:00": "2026-03-17",
	} {
		res, err := p.Start(cal, deadline.Matter{Kind: "x", Source: "web"}, minute(t, start))
		if err != nil {
			t.Fatal(err)
		}
		if got := beijing(res.Due)[:10]; got != want {
			t.Errorf("%s: due %s, want %s", start, got, want)
		}
	}
}

func TestPeopleAreLeftAloneAtNight(t *testing.T) {
	t.Parallel()
	c := clockOf(t, "consult", "2026-03-10")
	for _, s := range c.Steps {
		switch s.Name {
		case "due": // at the last instant of the day, told in the morning
			if !s.At.Equal(c.DueAt) || beijing(s.Tell) != "2026-03-18 07:30:00" {
				t.Errorf("due at %s, told at %s", s.At, beijing(s.Tell))
			}
		case "warn":
			if !s.Tell.IsZero() {
				t.Errorf("a warning at nine is told at %s", s.Tell)
			}
		}
	}
	res, err := profile(t).Start(calendar(t), deadline.Matter{Kind: "help", Source: "phone", Urgency: "emergency"}, minute(t, "2026-10-02 22:00"))
	if err != nil {
		t.Fatal(err)
	}
	if got := beijing(res.Due)[:16]; got != "2026-10-03 03:00" || slices.ContainsFunc(res.Steps, func(s deadline.Step) bool { return !s.Tell.IsZero() }) {
		t.Errorf("an emergency on a holiday night is due %s, steps %+v", got, res.Steps)
	}
}

func TestBadHoursAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range [][]string{{"09:00"}, {"12:00-09:00"}, {"09:00-12:00", "11:00-14:00"}, {"nine-noon"}, {"09:00-09:00"}} {
		if _, err := deadline.ParseHours(bad); err == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
}
