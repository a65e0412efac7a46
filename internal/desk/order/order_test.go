package order_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiesu/internal/desk/order"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// arrows is the life cycle as the platforms draw it (state, step, state). A step
// in any open state is not among them.
//
//nolint:dupword // a step may be called as its state
const arrows = `
	- dispatched to_sign
	to_sign sign handling
	to_sign return return_asked
	handling return return_asked
	handling extend extend_asked
	handling complete review
	extend_asked complete review
	return_asked withdraw handling
	extend_asked withdraw handling
	return_asked return_granted returned
	return_asked return_refused handling
	extend_asked extend_granted handling
	extend_asked extend_refused handling
	review result_accepted visiting
	review result_refused handling
	review visited_content archived
	visiting visited_content archived
	review visited_discontent visiting
	review reopened archived
	visiting reopened archived
	review archived archived
	visiting archived archived
	- offer push_offered
	push_dropped offer push_offered
	push_offered keep push_dropped
	push_offered push pushed
	pushed push_refused push_rejected
	pushed archived archived`

func TestTheTableIsTheDrawing(t *testing.T) {
	t.Parallel()
	var want, got []string
	for line := range strings.Lines(strings.TrimSpace(arrows)) {
		want = append(want, strings.TrimSpace(line))
	}
	for _, from := range append(order.States(), order.New) {
		for _, s := range order.Steps() {
			to, err := s.After(from)
			switch {
			case s == order.Recalled && err == nil: // from every open state
				if !from.Open() || to != order.Closed {
					t.Errorf("recalled leads from %q to %q", from, to)
				}
			case err == nil && to != from:
				name := string(from)
				if from == order.New {
					name = "-"
				}
				got = append(got, name+" "+string(s)+" "+string(to))
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the table is\n%s\nand the drawing\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhatMayBeSaidInEveryOpenState(t *testing.T) {
	t.Parallel()
	for _, s := range order.States() {
		for _, step := range []order.Step{order.Urged, order.Supervised, order.Supplemented, order.Recalled} {
			if step.Allows(s) != s.Open() {
				t.Errorf("%s in %s: %v", step, s, step.Allows(s))
			}
		}
		if !order.Receipted.Allows(s) {
			t.Errorf("no receipt in %s", s)
		}
		if s.Name() == "" || s.Ours() && !s.Open() {
			t.Errorf("%s: name %q, ours %v, open %v", s, s.Name(), s.Ours(), s.Open())
		}
	}
}

// TestAnyStepsInAnyOrder lets both sides try everything.
func TestAnyStepsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		state := order.New
		var asked order.State // what the platform was asked for and has not decided
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			s := rapid.SampledFrom(append(order.Steps(), "nonsense")).Draw(t, "step")
			to, err := s.After(state)
			if err != nil {
				if to != state || !problem.HasCode(err, "order.step") || problem.KindOf(err) != problem.Conflict {
					t.Fatalf("%s in %s: %s, %v", s, state, to, err)
				}
				continue
			}
			needs := map[order.Step]order.State{
				order.ReturnGranted: order.ReturnAsked, order.ReturnRefused: order.ReturnAsked,
				order.ExtendGranted: order.ExtendAsked, order.ExtendRefused: order.ExtendAsked,
			}
			if need := needs[s]; need != "" && asked != need {
				t.Fatalf("%s decided what nobody asked for", s)
			}
			if state == order.Returned || state == order.Closed {
				if to != state {
					t.Fatalf("%s led out of %s to %s", s, state, to)
				}
			}
			if asked = ""; to == order.ReturnAsked || to == order.ExtendAsked {
				asked = to
			}
			state = to
		}
	})
}

func TestEveryActAndOperationIsAStep(t *testing.T) {
	t.Parallel()
	for _, e := range hotline.ActKinds() {
		for _, granted := range []bool{true, false} {
			a := hotline.Act{Kind: e.Code, Decision: &hotline.Decision{Granted: granted}}
			if order.Of(&a).Name() == "" {
				t.Errorf("%s is no step", e.Code)
			}
		}
	}
	for _, e := range hotline.OpKinds() {
		if order.By(e.Code).Name() == "" {
			t.Errorf("%s is no step", e.Code)
		}
	}
	if order.Of(&hotline.Act{Kind: "joke"}) != "" {
		t.Error("what is unknown is a step")
	}
}

func TestWhoIsSatisfied(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		visit *hotline.Visit
		want  bool
	}{
		"nobody was called":      {nil, false},
		"solved, no score":       {&hotline.Visit{Solved: true}, true},
		"nothing said":           {&hotline.Visit{}, false},
		"fair though not solved": {&hotline.Visit{SatisfactionResult: 3}, true},
		"solved, yet not happy":  {&hotline.Visit{Solved: true, SatisfactionResult: 2}, false},
	} {
		if got := order.Satisfied(test.visit); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
