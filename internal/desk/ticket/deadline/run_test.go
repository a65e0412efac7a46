package deadline_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket/deadline"
)

func running(t *testing.T) deadline.Clock {
	t.Helper()
	res, err := profile(t).Start(calendar(t), deadline.Matter{Kind: "consult", Source: "web"}, morning())
	if err != nil {
		t.Fatal(err)
	}
	return deadline.NewClock("clock-1", "ticket-1", res, morning())
}

func TestNewClockWaitsForItsFirstStep(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	c := running(t)
	if !c.Open() || c.Version != 1 || c.NextStep != 0 || !c.NextAt.Equal(c.Steps[0].At) || !c.StartedAt.Equal(morning()) {
		t.Errorf("got %+v", c)
	}
	if _, fired := c.Fire(cal, c.NextAt.Add(-time.Microsecond)); fired || c.Version != 1 {
		t.Error("fired before its time")
	}
}

func TestEveryStepFiresOnceInOrder(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	c := running(t)
	var got []string
	for range 7 {
		at := c.NextAt
		for range 3 { // the same wake-up, delivered again
			if s, fired := c.Fire(cal, at); fired {
				got = append(got, s.Name+" "+beijing(s.At)[:10])
			}
		}
	}
	want := []string{
		"warn 2026-03-16", "due 2026-03-17", "overdue.notice 2026-03-18", "overdue.circular 2026-03-24",
		"overdue.again 2026-03-31", "overdue.again 2026-04-08", "overdue.again 2026-04-15", // 清明节 on the way
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if c.NextAt.IsZero() || c.Version != 8 || !c.BreachedAt.Equal(c.DueAt) || !c.Open() || len(c.Steps) != 5 {
		t.Errorf("overdue for weeks: %+v", c)
	}
}

func TestStepsMissedInAnOutageAreCaughtUp(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	c := running(t)
	back := c.DueAt.AddDate(0, 1, 0)
	fired := 0
	for {
		if _, ok := c.Fire(cal, back); !ok {
			break
		}
		fired++
	}
	if fired != 5 || !c.BreachedAt.Equal(c.DueAt) || !c.NextAt.After(back) {
		t.Errorf("fired %d, breached at %s, next at %s", fired, c.BreachedAt, c.NextAt)
	}
}

// Breach follows from when the goal was reached, not from when anybody looked.
func TestMetIsJudgedByItsOwnTime(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	for name, c := range map[string]struct {
		offset   time.Duration
		breached bool
	}{
		"early":           {-time.Hour, false},
		"at the last":     {0, false},
		"a blink late":    {time.Microsecond, true},
		"long after that": {1000 * time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := running(t)
			clock.Fire(cal, clock.DueAt) // warn
			clock.Fire(cal, clock.DueAt) // due
			at := clock.DueAt.Add(c.offset)
			if !clock.Met(at) || clock.Open() || !clock.MetAt.Equal(at) || !clock.NextAt.IsZero() {
				t.Errorf("got %+v", clock)
			}
			if breached := clock.BreachedAt.Equal(clock.DueAt); breached != c.breached {
				t.Errorf("breached at %s, due %s", clock.BreachedAt, clock.DueAt)
			}
			version := clock.Version
			if _, fired := clock.Fire(cal, at.AddDate(1, 0, 0)); fired || clock.Met(at) || clock.Supersede("other") || clock.Version != version {
				t.Error("a stopped clock went on")
			}
		})
	}
}

func TestSupersededClockIsSilent(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	c := running(t)
	if !c.Supersede("clock-2") || c.Open() || c.SupersededBy != "clock-2" || c.Version != 2 {
		t.Errorf("got %+v", c)
	}
	if _, fired := c.Fire(cal, c.DueAt.AddDate(1, 0, 0)); fired || c.Met(c.DueAt) {
		t.Error("a superseded clock went on")
	}
}

func TestClockUnderAnyWakeUps(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	start := running(t)
	rapid.Check(t, func(t *rapid.T) {
		c := start
		fired := map[string]int{}
		at := c.StartedAt
		for range rapid.IntRange(1, 40).Draw(t, "wake-ups") {
			at = at.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			before := c
			if rapid.IntRange(0, 15).Draw(t, "met") == 0 {
				if c.Met(at) && c.BreachedAt.IsZero() == at.After(c.DueAt) {
					t.Fatalf("met at %s, due %s, breached at %s", at, c.DueAt, c.BreachedAt)
				}
				continue
			}
			s, ok := c.Fire(cal, at)
			switch {
			case ok && (s.At.After(at) || !before.MetAt.IsZero() || c.Version != before.Version+1):
				t.Fatalf("step %+v fired at %s from %+v", s, at, before)
			case !ok && (c.NextStep != before.NextStep || c.Version != before.Version):
				t.Fatalf("nothing fired, yet the clock moved: %+v", c)
			case ok:
				fired[s.Name]++
			}
			if c.Open() && c.NextAt.IsZero() {
				t.Fatalf("open without a next step after %v", fired)
			}
		}
		for name, times := range fired {
			if times != 1 && name != "overdue.again" {
				t.Fatalf("%s fired %d times", name, times)
			}
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-02-28", "2026-02-29", "", "0000-00-00", "９９９９-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := deadline.ParseDate(s)
		if err != nil {
			refused(t, err, "deadline.date")
			return
		}
		again, err := deadline.ParseDate(at.Format(time.DateOnly))
		if err != nil || !again.Equal(at) {
			t.Errorf("%q is %s, and read again %s, %v", s, at, again, err)
		}
	})
}

// TestARecountDoesNotBringForwardWhatComesAgain counts a clock anew that is
// overdue for weeks: its next step stays where it was.
func TestARecountDoesNotBringForwardWhatComesAgain(t *testing.T) {
	t.Parallel()
	cal := calendar(t)
	c := running(t)
	var at time.Time
	for range 6 {
		at = c.NextAt
		c.Fire(cal, at)
	}
	next := c.NextAt
	n, err := deadline.ParseNotice(made2027)
	if err != nil {
		t.Fatal(err)
	}
	with, _, err := cal.With(n, "")
	if err != nil {
		t.Fatal(err)
	}
	again, moved, err := c.Recount(with, profile(t), at.Add(time.Hour))
	if err != nil || moved || !again.NextAt.Equal(next) || again.Steps[again.NextStep].Name != "overdue.again" {
		t.Errorf("next at %s, want %s; moved %v, %v", again.NextAt, next, moved, err)
	}
}
