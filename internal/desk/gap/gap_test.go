package gap_test

import (
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/gap"
	"jiesu/internal/problem"
)

func rules(t *testing.T) *gap.Rules {
	t.Helper()
	r, err := gap.LoadRules()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func noon() time.Time { return time.Date(2026, 3, 3, 4, 0, 0, 0, time.UTC) }

// in is a gap in a state.
func in(s gap.State) gap.Gap {
	return gap.Gap{ID: string(s), State: s, Unit: "traffic", UnitPath: "bureau/traffic", Times: 20, People: 15, Bar: 40, DueAt: noon(), Version: 3}
}

func TestRipe(t *testing.T) {
	t.Parallel()
	r := rules(t)
	enough := gap.Heard{Times: r.Least.Times, People: r.Least.People}
	for _, c := range []struct {
		name   string
		state  gap.State
		times  int
		lately gap.Heard
		want   bool
	}{
		{"asked enough by enough", gap.Watched, 20, enough, true},
		{"asked too seldom", gap.Watched, 20, gap.Heard{Times: enough.Times - 1, People: enough.People}, false},
		{"asked often by a few", gap.Watched, 99, gap.Heard{Times: 99, People: enough.People - 1}, false},
		{"a task already", gap.Open, 99, enough, false},
		{"being read", gap.Drafted, 99, enough, false},
		{"answered, and asked again", gap.Answered, 99, enough, true},
		{"declined", gap.Declined, 39, enough, false},
		{"declined, and asked twice as often", gap.Declined, 40, gap.Heard{}, true},
		{"merged", gap.Merged, 99, enough, false},
	} {
		g := in(c.state)
		g.Times = c.times
		if got := g.Ripe(r, c.lately); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestMoves: what may be done in which state, and what is refused.
func TestMoves(t *testing.T) {
	t.Parallel()
	r := rules(t)
	moves := map[string]func(*gap.Gap) error{
		"assign":  func(g *gap.Gap) error { return g.Assign("hukou", "bureau/hukou") },
		"draft":   func(g *gap.Gap) error { return g.Draft("text") },
		"decline": func(g *gap.Gap) error { return g.Decline(r, "elsewhere", "由城管部门答复。", "u1") },
		"merge": func(g *gap.Gap) error {
			other := in(gap.Answered)
			other.ID = "other"
			return g.Merge(&other, "u1")
		},
	}
	allowed := map[gap.State]string{
		gap.Watched: "decline merge", gap.Open: "assign draft decline merge", gap.Drafted: "", gap.Answered: "merge", gap.Declined: "merge", gap.Merged: "",
	}
	for _, s := range gap.States() {
		for name, move := range moves {
			g := in(s)
			err := move(&g)
			if want := strings.Contains(allowed[s], name); want != (err == nil) {
				t.Errorf("%s in %s: %v", name, s, err)
			}
			if err != nil && (!problem.HasCode(err, "gap.state") || g != in(s)) {
				t.Errorf("%s in %s: refused with %v and %+v", name, s, err, g)
			}
		}
	}
}

// TestDeclinedEarly: what was declined before it was a task needs as much as any
// other to become one, twice.
func TestDeclinedEarly(t *testing.T) {
	t.Parallel()
	r := rules(t)
	g := gap.New("early", "", noon())
	g.Times, g.People = 1, 1
	if err := g.Decline(r, "mixed", "不是同一个问题。", "u1"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		times, people int
		want          bool
	}{{2, 2, false}, {2*r.Least.Times - 1, r.Least.People, false}, {2 * r.Least.Times, r.Least.People - 1, false}, {2 * r.Least.Times, r.Least.People, true}} {
		if g.Times, g.People = c.times, c.people; g.Ripe(r, gap.Heard{}) != c.want {
			t.Errorf("asked %d times by %d: ripe is not %v", c.times, c.people, c.want)
		}
	}
}

func TestDeclineNeedsAReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reason, words string }{{"because", "由城管部门答复。"}, {"elsewhere", " "}, {"elsewhere", strings.Repeat("长", 501)}} {
		g := in(gap.Open)
		if err := g.Decline(rules(t), c.reason, c.words, "u1"); !problem.HasCode(err, "gap.invalid") || g != in(gap.Open) {
			t.Errorf("%q %.10q: %v, %+v", c.reason, c.words, err, g)
		}
	}
}

// TestMergeKeepsTheTask: a task that is merged into a gap without one is still to
// be done by the same unit on the same day.
func TestMergeKeepsTheTask(t *testing.T) {
	t.Parallel()
	task, other := in(gap.Open), gap.New("other", "交管", noon())
	if err := task.Merge(&other, "u1"); err != nil {
		t.Fatal(err)
	}
	if other.State != gap.Open || other.Unit != "traffic" || !other.DueAt.Equal(noon()) || task.State != gap.Merged || task.Into != "other" {
		t.Errorf("merged: %+v into %+v", task, other)
	}
	if err := other.Merge(&other, "u1"); !problem.HasCode(err, "gap.invalid") {
		t.Errorf("into itself: %v", err)
	}
}

func TestEntryAnswersOnce(t *testing.T) {
	t.Parallel()
	g := in(gap.Drafted)
	if !g.Answer("drone", "u1", noon()) || g.State != gap.Answered || g.Answer("drone", "u1", noon()) || g.GiveUp() {
		t.Errorf("answered: %+v", g)
	}
	if late := noon().AddDate(0, 0, 3); !g.From(rules(t), late).Equal(noon()) {
		t.Errorf("questions from before the answer count again: from %v", g.From(rules(t), late))
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	t.Parallel()
	good := "version: 1\nalike: 0.1\nletters: [consult]\nleast: {times: 3, people: 2, days: 7}\ndue: {n: 5, unit: working_day}\nremind: {n: 3, unit: working_day}\nagain: 2\n"
	if _, err := gap.ParseRules([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for old, bad := range map[string]string{
		"version: 1": "version: 0", "alike: 0.1": "alike: 1.5", "[consult]": "[report]", "people: 2": "people: 4", "remind: {n: 3": "remind: {n: 6", "again: 2": "again: 1", "days: 7": "months: 7",
	} {
		if _, err := gap.ParseRules([]byte(strings.Replace(good, old, bad, 1))); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
