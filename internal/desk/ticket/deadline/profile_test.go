package deadline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket/deadline"
)

func profile(t *testing.T) *deadline.Profile {
	t.Helper()
	p, err := deadline.LoadProfile()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// morning is a Tuesday without holidays near it.
func morning() time.Time { return time.Date(2026, 3, 10, 9, 30, 0, 0, deadline.Beijing()) }

func TestShippedProfile(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	for _, c := range []struct{ kind, source, rule, due string }{
		{"consult", "web", "consult", "2026-03-17"},
		{"help", "phone", "help", "2026-03-17"},
		{"complaint", "chat", "complaint", "2026-03-19"},
		{"suggestion", "web", "suggestion", "2026-03-31"},
		{"praise", "post", "praise", "2026-03-31"},
		{"site_error", "web", "site-error", "2026-03-13"},
		{"report", "web", "report", "2026-05-09"}, // the 60th day is a make-up Saturday: it is worked
		{"petition", "post", "petition", "2026-05-09"},
		{"disclosure", "web", "disclosure", "2026-04-08"}, // over the Qingming holiday
		// The city's hotline is stricter in some kinds, the bureau in others.
		{"consult", "12345", "hotline-ask", "2026-03-13"},
		{"suggestion", "12345", "hotline-other", "2026-03-27"},
		{"report", "12345", "hotline-other", "2026-03-27"},
		{"complaint", "12345", "complaint", "2026-03-19"},
	} {
		t.Run(c.kind+" "+c.source, func(t *testing.T) {
			t.Parallel()
			res, err := p.Start(cal, deadline.Matter{Kind: c.kind, Source: c.source}, morning())
			if err != nil {
				t.Fatal(err)
			}
			if got := beijing(res.Due)[:10]; got != c.due || res.Rule != c.rule {
				t.Errorf("got %s by rule %s, want %s by rule %s", got, res.Rule, c.due, c.rule)
			}
			if res.Version != p.Version() || res.Calendar != cal.Version() || res.Budget.N == 0 {
				t.Errorf("does not say what it rests on: %+v", res)
			}
		})
	}
}

// TestWaitsOfPetitionsAndRequests holds the waits that only some kinds know.
func TestWaitsOfPetitionsAndRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind    string
		purpose deadline.Purpose
		rule    string
		due     string
	}{
		{"petition", deadline.Inform, "petition-inform", "2026-03-25"},
		{"disclosure", deadline.Inform, "disclosure-completeness", "2026-03-19"},
		{"disclosure", deadline.Third, "disclosure-third-party", "2026-03-31"},
		{"disclosure", deadline.Supplement, "disclosure-supplement", "2026-03-31"},
		{"petition", deadline.Supplement, "supplement", "2026-03-19"},
	} {
		res, err := profile(t).StartFor(c.purpose, calendar(t), deadline.Matter{Kind: c.kind, Source: "web"}, morning())
		if err != nil || res.Rule != c.rule || beijing(res.Due)[:10] != c.due {
			t.Errorf("%s of a %s: got %s by %s, %v; want %s by %s", c.purpose, c.kind, beijing(res.Due)[:10], res.Rule, err, c.due, c.rule)
		}
	}
	for _, purpose := range []deadline.Purpose{deadline.Inform, deadline.Third} {
		_, err := profile(t).StartFor(purpose, calendar(t), deadline.Matter{Kind: "consult", Source: "web"}, morning())
		refused(t, err, "deadline.no_rule")
	}
}

func TestLadderOfAnOrdinaryLetter(t *testing.T) {
	t.Parallel()
	// Five working days from Tuesday the 10th: due on Tuesday the 17th.
	want := []string{
		"warn handler 2026-03-16 09:00:00",
		"due head 2026-03-17 23:59:59.999999",
		"overdue.notice taskforce 2026-03-18 09:00:00",
		"overdue.circular leader 2026-03-24 09:00:00",
		"overdue.again leader 2026-03-31 09:00:00",
	}
	res, err := profile(t).Start(calendar(t), deadline.Matter{Kind: "consult", Source: "web"}, morning())
	if err != nil {
		t.Fatal(err)
	}
	if got := ladder(res); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLadderAroundAHoliday(t *testing.T) {
	t.Parallel()
	// Three working days from 30 September: due on the make-up Saturday, the
	// next working day is Monday.
	want := []string{
		"warn handler 2026-10-09 09:00:00",
		"due head 2026-10-10 23:59:59.999999",
		"overdue.notice taskforce 2026-10-12 09:00:00",
		"overdue.circular leader 2026-10-16 09:00:00",
		"overdue.again leader 2026-10-23 09:00:00",
	}
	res, err := profile(t).Start(calendar(t), deadline.Matter{Kind: "site_error", Source: "web"}, date(t, "2026-09-30"))
	if err != nil {
		t.Fatal(err)
	}
	if got := ladder(res); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestShortBudgetWarnsAfterItsStart(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	res, err := p.StartFor(deadline.SignUp, cal, deadline.Matter{Kind: "help", Source: "web"}, morning())
	if err != nil {
		t.Fatal(err)
	}
	if got := ladder(res)[0]; got != "warn handler 2026-03-11 09:00:00" {
		t.Errorf("one day to sign: got %s", got)
	}
	hours := parse(t, `
version: 7
name: urgent
rules:
  - {id: urgent, name: urgent, purpose: answer, budget: {n: 5, unit: hour}}
ladder:
  - {name: warn, to: handler, day: -1, time: "09:00"}
  - {name: due, to: head, day: 0}
`)
	res, err = hours.Start(cal, deadline.Matter{Kind: "help", Source: "web"}, morning())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"warn handler 2026-03-10 12:00:00", "due head 2026-03-10 14:30:00"}
	if got := ladder(res); !slices.Equal(got, want) || res.Version != 7 {
		t.Errorf("five hours: got %v of version %d", got, res.Version)
	}
}

// The years that are known end some day; the ladder must not end with them.
func TestLadderReachesBeyondTheLastKnownYear(t *testing.T) {
	t.Parallel()
	res, err := profile(t).StartFor(deadline.SignUp, calendar(t), deadline.Matter{Kind: "help", Source: "web"}, date(t, "2027-12-30"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"warn handler 2027-12-31 09:00:00",
		"due head 2027-12-31 23:59:59.999999",
		"overdue.notice taskforce 2028-01-01 09:00:00",
		"overdue.circular leader 2028-01-05 09:00:00",
		"overdue.again leader 2028-01-10 09:00:00",
	}
	if got := ladder(res); !slices.Equal(got, want) || !res.Provisional {
		t.Errorf("provisional %t, got\n%s", res.Provisional, strings.Join(got, "\n"))
	}
}

func ladder(res deadline.Result) []string {
	var got []string
	for _, s := range res.Steps {
		got = append(got, s.Name+" "+s.To+" "+beijing(s.At))
	}
	return got
}

func TestStepsClimb(t *testing.T) {
	t.Parallel()
	cal, p := calendar(t), profile(t)
	rapid.Check(t, func(t *rapid.T) {
		at := instants().Draw(t, "at")
		kind := rapid.SampledFrom([]string{"consult", "help", "complaint", "report", "suggestion", "praise", "site_error"}).Draw(t, "kind")
		source := rapid.SampledFrom([]string{"web", "12345"}).Draw(t, "source")
		purpose := rapid.SampledFrom([]deadline.Purpose{deadline.Answer, deadline.Screen, deadline.SignUp}).Draw(t, "purpose")
		res, err := p.StartFor(purpose, cal, deadline.Matter{Kind: kind, Source: source}, at)
		if err != nil {
			t.Fatal(err)
		}
		before := at
		for _, s := range res.Steps {
			if s.At.Before(before) {
				t.Fatalf("step %s at %s comes before %s", s.Name, s.At, before)
			}
			before = s.At
		}
		if len(res.Steps) != 5 || !res.Steps[1].At.Equal(res.Due) || !res.Steps[0].At.After(at) {
			t.Fatalf("start %s, due %s, steps %+v", at, res.Due, res.Steps)
		}
	})
}

func TestRulesOfALetter(t *testing.T) {
	t.Parallel()
	p := profile(t)
	var got []string
	for _, r := range p.Rules(deadline.Matter{Kind: "consult", Source: "12345"}) {
		got = append(got, string(r.Purpose)+": "+r.ID)
	}
	if want := []string{
		"answer: consult", "answer: hotline-ask", "screen: screen", "sign: sign", "handle: handle",
		"opinion: opinion", "supplement: supplement", "review: review", "supervise: supervise", "rating: rating", "callback: callback", "rectify: rate-bad",
		"appeal: rating-appeal", "verdict: rating-verdict",
	}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if r, ok := p.Rule("report"); !ok || r.Budget != (deadline.Budget{N: 60, Unit: deadline.NaturalDay}) || r.Basis == "" || r.Certainty == "" {
		t.Errorf("got %+v, %t", r, ok)
	}
	if _, ok := p.Rule("nothing"); ok {
		t.Error("a rule that is not there was found")
	}
	if p.Name() == "" {
		t.Error("the profile has no name")
	}
	_, err := p.Start(calendar(t), deadline.Matter{Kind: "unheard-of", Source: "web"}, morning())
	refused(t, err, "deadline.no_rule")
	_, err = p.Start(calendar(t), deadline.Matter{Kind: "consult", Source: "web"}, date(t, "2029-01-05"))
	refused(t, err, "deadline.no_calendar")
}

func parse(t *testing.T, s string) *deadline.Profile {
	t.Helper()
	p, err := deadline.ParseProfile([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestBadProfilesAreRefused(t *testing.T) {
	t.Parallel()
	const good = `{version: 1, name: n, rules: [{id: a, name: n, purpose: answer, budget: {n: 1, unit: hour}}], ladder: [{name: due, to: head, day: 0}]}`
	parse(t, good)
	for name, change := range map[string][2]string{
		"unknown key":      {"version: 1,", "version: 1, colour: red,"},
		"no version":       {"version: 1,", ""},
		"no rules":         {"{id: a, name: n, purpose: answer, budget: {n: 1, unit: hour}}", ""},
		"no id":            {"id: a", `id: ""`},
		"unknown purpose":  {"purpose: answer", "purpose: reply"},
		"unknown unit":     {"unit: hour", "unit: year"},
		"no budget":        {"n: 1,", "n: 0,"},
		"unknown post":     {"to: head", "to: mayor"},
		"no time of day":   {"day: 0", "day: 1"},
		"bad time of day":  {"day: 0", `day: 1, time: "25:00"`},
		"step too far off": {"day: 0", `day: 99, time: "09:00"`},
		"id taken":         {"rules: [", "rules: [{id: a, name: n, purpose: sign, budget: {n: 1, unit: hour}}, "},
		"nobody is called": {"version: 1,", "version: 1, bounds: {attempts: 0},"},
		"redone for ever":  {"version: 1,", "version: 1, bounds: {redos: 99},"},
		"not YAML":         {"rules: [", "rules: ]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := strings.Replace(good, change[0], change[1], 1)
			if bad == good {
				t.Fatal("the change changes nothing")
			}
			if _, err := deadline.ParseProfile([]byte(bad)); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestWorkingHoursOfTheProfileCanBeAdded(t *testing.T) {
	t.Parallel()
	p, cal := profile(t), calendar(t)
	for _, c := range []struct {
		from string
		n    int
		due  string
	}{
		{"2026-02-13T16:30", 2, "2026-02-14 10:00"}, // the Saturday is worked
		{"2026-02-14T17:00", 1, "2026-02-24 09:30"},
		{"2026-02-13T00:00", 6, "2026-02-13 17:00"},
	} {
		from, err := time.ParseInLocation("2006-01-02T15:04", c.from, deadline.Beijing())
		if err != nil {
			t.Fatal(err)
		}
		res, err := p.Add(cal, from, deadline.Budget{N: c.n, Unit: deadline.WorkingHour})
		if got := res.Due.In(deadline.Beijing()).Format("2006-01-02 15:04"); err != nil || got != c.due {
			t.Errorf("%s and %d hours: %s, %v, want %s", c.from, c.n, got, err, c.due)
		}
	}
}
