package deadline_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// clockOf starts the answer's clock of a kind of letter.
func clockOf(t *testing.T, kind, start string) deadline.Clock {
	t.Helper()
	at := date(t, start).Add(10 * time.Hour)
	res, err := profile(t).Start(calendar(t), deadline.Matter{Kind: kind, Source: "web"}, at)
	if err != nil {
		t.Fatal(err)
	}
	return deadline.NewClock("clock-1", "ticket-1", res, at)
}

func due(c deadline.Clock) string { return beijing(c.DueAt)[:10] }

// TestPausedDaysAreNotCounted: five working days from Tuesday 10 March, paused
// from Thursday to Monday, keep the three that were left.
func TestPausedDaysAreNotCounted(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	c := clockOf(t, "consult", "2026-03-10")
	stood, err := c.Pause(p, deadline.AwaitSupplement, date(t, "2026-03-12").Add(9*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if !stood.Standing() || !stood.Open() || !stood.NextAt.IsZero() {
		t.Errorf("a paused clock does not stand: %+v", stood)
	}
	if _, fired := stood.Fire(cal, stood.DueAt.AddDate(0, 1, 0)); fired {
		t.Error("a paused clock fired")
	}
	back, err := stood.Resume(cal, p, date(t, "2026-03-16").Add(15*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	// 11th and 12th were counted, 13th to 16th were not, 17th to 19th are.
	if due(back) != "2026-03-19" || back.Standing() || back.NextAt.IsZero() {
		t.Errorf("due %s, want 2026-03-19: %+v", due(back), back)
	}
	told := 0
	for _, l := range back.Explain {
		if strings.Contains(l.Text, "暂停（等待来信人补充），不计入") {
			told++
		}
	}
	if told != 4 {
		t.Errorf("the explanation shows %d paused days, want 4: %+v", told, back.Explain)
	}
	if len(back.History) != 2 || back.History[1].Kind != deadline.Resumed || !back.History[1].Before.Equal(c.DueAt) || !back.History[1].After.Equal(back.DueAt) {
		t.Errorf("history %+v", back.History)
	}
	if len(c.Pauses) != 0 || len(c.History) != 0 {
		t.Error("the clock before was changed")
	}
}

// TestADayGivenBackStaysThroughAnotherPause: a clock that was paused on its last
// day has the next working day when it goes on, and counting it anew while it
// stands again takes that away from nobody.
func TestADayGivenBackStaysThroughAnotherPause(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	at := func(day string, hour int) time.Time { return date(t, day).Add(time.Duration(hour) * time.Hour) }
	c := clockOf(t, "consult", "2026-03-10") // until Tuesday the 17th
	c, err := c.Pause(p, deadline.AwaitSupplement, at("2026-03-17", 12))
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.Resume(cal, p, at("2026-03-18", 0)); err != nil {
		t.Fatal(err)
	}
	if due(c) != "2026-03-19" {
		t.Fatalf("due %s, want the next working day 2026-03-19", due(c))
	}
	if c, err = c.Pause(p, deadline.AwaitSupplement, at("2026-03-18", 0)); err != nil {
		t.Fatal(err)
	}
	again, moved, err := c.Recount(cal, p, at("2026-03-18", 1))
	if err != nil || moved || due(again) != "2026-03-19" || !again.BreachedAt.IsZero() {
		t.Errorf("counted anew: due %s, moved %t, breached %s, %v", due(again), moved, again.BreachedAt, err)
	}
}

func TestPausesAreRefused(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	c := clockOf(t, "consult", "2026-03-10")
	at := date(t, "2026-03-12")
	stood, err := c.Pause(p, deadline.AwaitSupplement, at)
	if err != nil {
		t.Fatal(err)
	}
	back, err := stood.Resume(cal, p, at.AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	met := c
	met.Met(at)
	for name, got := range map[string]struct {
		err  func() error
		code string
	}{
		"twice":           {func() error { _, err := stood.Pause(p, deadline.AwaitSupplement, at); return err }, "deadline.paused"},
		"overlapping":     {func() error { _, err := back.Pause(p, deadline.AwaitSupplement, at.Add(time.Hour)); return err }, "deadline.paused"},
		"not listed":      {func() error { _, err := c.Pause(p, deadline.Hearing, at); return err }, "deadline.pause"},
		"expired":         {func() error { _, err := c.Pause(p, deadline.AwaitSupplement, c.DueAt.Add(time.Hour)); return err }, "deadline.expired"},
		"over":            {func() error { _, err := met.Pause(p, deadline.AwaitSupplement, at); return err }, "deadline.over"},
		"resume running":  {func() error { _, err := c.Resume(cal, p, at); return err }, "deadline.running"},
		"resume over":     {func() error { _, err := met.Resume(cal, p, at); return err }, "deadline.over"},
		"extend over":     {func() error { _, err := met.Extend(cal, p, 1, at); return err }, "deadline.over"},
		"extend too late": {func() error { _, err := c.Extend(cal, p, 1, c.DueAt.Add(time.Microsecond)); return err }, "deadline.expired"},
		"extend too far":  {func() error { _, err := c.Extend(cal, p, 6, at); return err }, "deadline.extension"},
		"extend by none":  {func() error { _, err := c.Extend(cal, p, 0, at); return err }, "deadline.extension"},
		"cannot be longer": {func() error {
			s := clockOf(t, "site_error", "2026-03-10")
			_, err := s.Extend(cal, p, 1, at)
			return err
		}, "deadline.extension"},
	} {
		if err := got.err(); !problem.HasCode(err, got.code) {
			t.Errorf("%s: got %v, want %s", name, err, got.code)
		}
	}
}

func TestExtensionCountsOnFromTheBudget(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	c := clockOf(t, "complaint", "2026-04-24") // seven working days, over a holiday and a make-up Saturday
	if due(c) != "2026-05-08" {
		t.Fatalf("due %s before the extension", due(c))
	}
	c.Fire(cal, c.NextAt) // the warning was given; for the new date it is given again
	longer, err := c.Extend(cal, p, 8, c.DueAt)
	if err != nil {
		t.Fatal(err)
	}
	// The 15th working day: 9 May is a Saturday that is worked.
	if due(longer) != "2026-05-19" || longer.Extensions != 1 || longer.Extra != 8 || longer.Budget.N != 7 {
		t.Errorf("due %s: %+v", due(longer), longer)
	}
	if got := longer.Steps[longer.NextStep]; got.Name != "warn" || beijing(got.At) != "2026-05-18 09:00:00" {
		t.Errorf("next is %+v", got)
	}
	if _, err := longer.Extend(cal, p, 1, longer.StartedAt); !problem.HasCode(err, "deadline.extended") {
		t.Errorf("a second extension says %v", err)
	}
}

// TestStricterDateWins: what the upstream platform wants holds, whatever happens.
func TestStricterDateWins(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	at := date(t, "2026-03-10").Add(9 * time.Hour)
	for upstream, want := range map[string]string{"2026-03-13": "2026-03-13", "2026-03-31": "2026-03-17"} {
		m := deadline.Matter{Kind: "consult", Source: "phone", Origin: "province", Upstream: date(t, upstream).Add(18 * time.Hour)}
		res, err := p.Start(cal, m, at)
		if err != nil {
			t.Fatal(err)
		}
		c := deadline.NewClock("c", "t", res, at)
		if due(c) != want {
			t.Errorf("upstream %s: due %s, want %s", upstream, due(c), want)
		}
	}
	m := deadline.Matter{Kind: "consult", Source: "phone", Upstream: date(t, "2026-03-13")}
	res, err := p.Start(cal, m, at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deadline.NewClock("c", "t", res, at).Extend(cal, p, 3, at); !problem.HasCode(err, "deadline.capped") {
		t.Errorf("an extension past the platform's date says %v", err)
	}
}

// TestABoundBehindTheDateIsKept: it moves nothing yet, and holds once the clock
// gets more time.
func TestABoundBehindTheDateIsKept(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	at := date(t, "2026-04-24")
	c := clockOf(t, "complaint", "2026-04-24")
	bound := date(t, "2026-05-11").Add(18 * time.Hour)
	got, err := c.Bound(cal, p, bound, at)
	if err != nil {
		t.Fatal(err)
	}
	if !got.DueAt.Equal(c.DueAt) || !got.Cap.Equal(bound) || got.Version != c.Version+1 {
		t.Errorf("due %s, was %s: %+v", due(got), due(c), got)
	}
	again, err := got.Bound(cal, p, bound, at)
	if err != nil || again.Version != got.Version {
		t.Errorf("the same bound once more: version %d, %v", again.Version, err)
	}
	longer, err := got.Extend(cal, p, 8, at)
	if err != nil || due(longer) != "2026-05-11" {
		t.Errorf("with more time it is due %s, %v", due(longer), err)
	}
}

// TestUnitIsDueBeforeTheDesk: strictly earlier, on a working day where there is one.
func TestUnitIsDueBeforeTheDesk(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	for _, c := range []struct{ start, answer, want string }{
		{"2026-03-10 10:00", "2026-03-17 23:59", "2026-03-16 23:59"},
		{"2026-09-28 10:00", "2026-10-08 23:59", "2026-09-30 23:59"}, // over the holidays
		{"2026-03-10 10:00", "2026-03-11 10:00", "2026-03-10 22:00"}, // no working day between: half of the time
		{"2026-03-10 10:00", "2026-03-10 14:00", "2026-03-10 12:00"},
	} {
		at, answer := minute(t, c.start), minute(t, c.answer)
		res, err := p.StartFor(deadline.Handle, cal, deadline.Matter{Kind: "help", Source: "web", Answer: answer}, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := beijing(res.Due)[:16]; got != c.want || !res.Due.Before(answer) {
			t.Errorf("%s, answer %s: due %s, want %s", c.start, c.answer, got, c.want)
		}
	}
}

func minute(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, deadline.Beijing())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestALateHolidayMovesTheDate: a notice that comes late recounts what is open
// and keeps what it was.
func TestALateHolidayMovesTheDate(t *testing.T) {
	t.Parallel()
	p := profile(t)
	old := calendar(t)
	notices := slices.Clone(old.Notices())
	for i := range notices {
		if notices[i].Year == 2026 {
			notices[i].Version++
			notices[i].Off = append(slices.Clone(notices[i].Off), deadline.Span{Name: "纪念日", From: "2026-03-13", To: "2026-03-13"})
		}
	}
	late, err := deadline.NewCalendar(notices...)
	if err != nil {
		t.Fatal(err)
	}
	c := clockOf(t, "consult", "2026-03-10")
	same, moved, err := c.Recount(old, p, c.StartedAt)
	if err != nil || moved || same.Version != c.Version {
		t.Errorf("under the same calendar: moved %t, %v, %+v", moved, err, same)
	}
	next, moved, err := c.Recount(late, p, c.StartedAt)
	if err != nil || !moved || due(next) != "2026-03-18" || next.Calendar != late.Version() {
		t.Errorf("due %s, moved %t, %v", due(next), moved, err)
	}
	if h := next.History; len(h) != 1 || h[0].Kind != deadline.Recounted || !h[0].Before.Equal(c.DueAt) {
		t.Errorf("history %+v", h)
	}
	// It was thought overdue already: the breach is taken back, and the date is told when it comes.
	for range 3 {
		c.Fire(old, c.DueAt.Add(10*time.Hour))
	}
	if c.BreachedAt.IsZero() || c.NextStep != 3 {
		t.Fatalf("not overdue: %+v", c)
	}
	next, _, err = c.Recount(late, p, c.DueAt.Add(10*time.Hour))
	if err != nil || !next.BreachedAt.IsZero() || next.Steps[next.NextStep].Name != "due" || !next.NextAt.Equal(next.DueAt) {
		t.Errorf("%v, %+v", err, next)
	}
	met := c
	met.Met(c.DueAt)
	if _, moved, err := met.Recount(late, p, c.DueAt); moved || err != nil {
		t.Errorf("what is over was judged anew: %v", err)
	}
}

// TestStandingStillIsNeverLate: a clock that was in time when it was paused is
// not late because of what happened while it stood.
func TestStandingStillIsNeverLate(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	c := clockOf(t, "consult", "2026-03-10") // due on the 17th
	stood, err := c.Pause(p, deadline.AwaitSupplement, minute(t, "2026-03-17 09:00"))
	if err != nil {
		t.Fatal(err)
	}
	met := stood
	if met.Met(minute(t, "2026-03-30 10:00")); !met.BreachedAt.IsZero() {
		t.Errorf("stopped while it stood still, and breached at %s", met.BreachedAt)
	}
	back, err := stood.Resume(cal, p, minute(t, "2026-03-20 10:00"))
	if err != nil || due(back) != "2026-03-23" || !back.BreachedAt.IsZero() {
		t.Errorf("paused on its last day, it is due %s (%v), breached %s", due(back), err, back.BreachedAt)
	}
}

// TestWhatComesAgainKeepsItsTime: counting anew tells nobody once more.
func TestWhatComesAgainKeepsItsTime(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	notices := slices.Clone(cal.Notices())
	for i := range notices {
		notices[i].Version++
	}
	other, err := deadline.NewCalendar(notices...)
	if err != nil {
		t.Fatal(err)
	}
	c := clockOf(t, "consult", "2026-03-10")
	now := minute(t, "2026-04-02 10:00")
	for _, ok := c.Fire(cal, now); ok; _, ok = c.Fire(cal, now) {
	}
	next, moved, err := c.Recount(other, p, now)
	if err != nil || moved || !next.NextAt.Equal(c.NextAt) {
		t.Errorf("comes again at %s, was %s; moved %t, %v", next.NextAt, c.NextAt, moved, err)
	}
	gone := parse(t, "version: 9\nname: n\nrules: [{id: other, name: n, purpose: answer, budget: {n: 1, unit: hour}}]\nladder: [{name: due, to: head}]")
	if next, _, err = c.Recount(other, gone, now); err != nil || next.NextAt.IsZero() {
		t.Errorf("a clock whose rule is gone has nothing ahead: %v", err)
	}
}

// TestAnythingThatHappensToAClock checks what must hold whatever is done.
func TestAnythingThatHappensToAClock(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	kinds := []string{"consult", "help", "complaint", "suggestion", "report"}
	rapid.Check(t, func(t *rapid.T) {
		at := instants().Draw(t, "at")
		m := deadline.Matter{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Source: "web", Urgency: rapid.SampledFrom([]string{"", "urgent"}).Draw(t, "urgency")}
		res, err := p.Start(cal, m, at)
		if err != nil {
			t.Fatal(err)
		}
		c := deadline.NewClock("c", "t", res, at)
		fired := map[string]int{}
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			at = at.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "hours")) * time.Hour)
			before := c
			var err error
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0:
				c, err = c.Pause(p, deadline.AwaitSupplement, at)
			case 1:
				c, err = c.Resume(cal, p, at)
			case 2:
				if c, err = c.Extend(cal, p, rapid.IntRange(0, 6).Draw(t, "n"), at); err == nil {
					clear(fired) // a new date is warned of anew
				}
			case 3:
				var moved bool
				if c, moved, err = c.Recount(cal, p, at); moved || !reflect.DeepEqual(c, before) {
					t.Fatalf("under the same calendar %+v became %+v", before, c)
				}
			default:
				for s, ok := c.Fire(cal, at); ok; s, ok = c.Fire(cal, at) {
					if s.Every == 0 {
						fired[s.Name+s.To]++
					}
				}
			}
			switch {
			case problem.HasCode(err, "deadline.no_calendar"):
				return
			case err != nil && !reflect.DeepEqual(c, before):
				t.Fatalf("refused (%v), yet it changed", err)
			case c.DueAt.Before(before.DueAt):
				t.Fatalf("pausing, resuming or extending made %s earlier: %s", before.DueAt, c.DueAt)
			case c.Open() && !c.Standing() && c.NextAt.IsZero():
				t.Fatalf("open without a next step: %+v", c)
			case c.Standing() && !c.NextAt.IsZero():
				t.Fatalf("fires while it stands: %+v", c)
			}
		}
		for name, n := range fired {
			if n != 1 {
				t.Fatalf("%s fired %d times", name, n)
			}
		}
	})
}

func FuzzParseProfile(f *testing.F) {
	f.Add("version: 1\nname: n\nhours: [\"09:00-12:00\"]\nquiet: {from: \"22:00\", to: \"06:00\"}\nrules: [{id: a, name: n, purpose: answer, budget: {n: 1, unit: hour}}]\nladder: [{name: due, to: head}]")
	f.Add("version: 1\nrules: [{id: a, name: n, purpose: answer, roll: false, budget: {n: 1, unit: natural_day}, pauses: [third_party], extension: {n: 1, times: 1}}]\nladders: {ordinary: [{name: x, to: \"post:a\", share: 0.5}]}")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := deadline.ParseProfile([]byte(s))
		if err != nil {
			return
		}
		cal, err := deadline.LoadCalendar()
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
		for _, purpose := range deadline.Purposes() {
			res, err := p.StartFor(purpose, cal, deadline.Matter{}, at)
			if err == nil && res.Due.Before(at) {
				t.Errorf("due %s before %s under %q", res.Due, at, s)
			}
		}
	})
}
