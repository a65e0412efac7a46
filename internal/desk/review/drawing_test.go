package review_test

import (
	_ "embed"
	"regexp"
	"slices"
	"testing"

	"jiesu/internal/desk/review"
)

//go:embed review.md
var drawing string

// inState is an entry in a state, and in review before its first or last step.
func inState(t *testing.T, s review.State) []review.Item {
	t.Helper()
	it := entry(t, "handler")
	switch s {
	case review.Draft:
	case review.InReview:
		does(t, &it, review.Submit, "handler")
		last := it
		for _, by := range readers()[:5] {
			does(t, &last, review.Pass, by)
		}
		return []review.Item{it, last}
	case review.Returned:
		does(t, &it, review.Submit, "handler")
		does(t, &it, review.SendBack, "handler2")
	case review.Approved, review.Published:
		approved(t, &it)
		if s == review.Published {
			does(t, &it, review.Publish, "taskforce")
		}
	case review.Withdrawn:
		does(t, &it, review.Withdraw, "handler")
	}
	if it.State != s {
		t.Fatalf("it is %s, not %s", it.State, s)
	}
	return []review.Item{it}
}

// TestDrawingShowsTheMachine compares review.md with what Apply does.
func TestDrawingShowsTheMachine(t *testing.T) {
	t.Parallel()
	arrows := []string{"[*] --> draft: write"}
	for _, s := range review.States() {
		for _, it := range inState(t, s) {
			for _, m := range review.Moves() {
				for _, by := range readers() {
					as := it
					if as.Apply(command(&it, m, by)) == nil {
						arrows = append(arrows, string(s)+" --> "+string(as.State)+": "+string(m))
					}
				}
			}
		}
	}
	var drawn []string
	for _, m := range regexp.MustCompile(`(?m)^ +(\S+ --> \S+: \S+)$`).FindAllStringSubmatch(drawing, -1) {
		drawn = append(drawn, m[1])
	}
	slices.Sort(arrows)
	slices.Sort(drawn)
	if arrows = slices.Compact(arrows); !slices.Equal(arrows, drawn) {
		t.Errorf("drawn\n%q, made\n%q", drawn, arrows)
	}
}

func TestTablesNameEverything(t *testing.T) {
	t.Parallel()
	shown := func(id, name string) {
		if name == "" || !regexp.MustCompile(`(?m)^\| `+id+` \| `+name+` \|`).MatchString(drawing) {
			t.Errorf("the tables do not show %s as %q", id, name)
		}
	}
	for _, s := range review.States() {
		shown(string(s), s.Name())
	}
	for _, m := range append(review.Moves(), review.Write) {
		shown(string(m), m.Name())
	}
	lists := [][]review.Reason{review.WithdrawReasons()}
	for _, g := range review.Gates() {
		lists = append(lists, g.Reasons())
	}
	for _, d := range review.Decisions() {
		lists = append(lists, d.Reasons())
		if d.Name() == "" || slices.ContainsFunc(d.Reasons(), func(r review.Reason) bool { return r.Basis == "" }) {
			t.Errorf("decision %s rests on nothing", d)
		}
	}
	for _, list := range lists {
		var codes []string
		for _, r := range list {
			if r.Name == "" || slices.Contains(codes, r.Code) {
				t.Errorf("reason %+v", r)
			}
			codes = append(codes, r.Code)
		}
		if len(codes) == 0 {
			t.Error("a list of reasons is empty")
		}
	}
	unknown := review.State("").Name() + review.Move("").Name() + review.Gate("").Name() + review.Kind("").Name() + review.Audience("").Name() + review.Decision("").Name()
	if unknown != "" {
		t.Errorf("what does not exist is called %s", unknown)
	}
}
