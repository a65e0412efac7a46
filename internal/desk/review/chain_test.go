package review_test

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket/deadline"
)

//go:embed chains.yaml
var chains string

func TestShippedChains(t *testing.T) {
	t.Parallel()
	for _, k := range review.Kinds() {
		to := review.Public
		if k == review.Reply {
			to = review.OnePerson
		}
		c := chain(k, to)
		if c.Version != shipped().Version {
			t.Errorf("%s: of version %d", k, c.Version)
		}
		for _, s := range c.Steps {
			b := deadline.Budget{N: s.Budget.N, Unit: deadline.Unit(s.Budget.Unit)}
			if err := b.Check(); err != nil {
				t.Errorf("%s %s: %v", k, s.ID, err)
			}
		}
	}
	if !slices.Contains(deadline.Purposes(), review.Purpose) {
		t.Errorf("no clock waits for %s", review.Purpose)
	}
}

func TestChainsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string][2]string{
		"an unknown key":            {"version: 1", "version: 1\nsigned: true"},
		"no version":                {"version: 1", "version: 0"},
		"an unknown kind":           {"[reply]", "[poem]"},
		"two for one kind":          {"kinds: [reply]", "kinds: [reply, reply]"},
		"a kind without one":        {"[entry, published_reply, notice, consultation]", "[entry, published_reply, notice]"},
		"an unknown audience":       {"audience: public", "audience: nobody"},
		"an unknown certainty":      {"certainty: S\n", "certainty: sure\n"},
		"two proofreadings":         {"work: proofread\n        roles: [editor]\n        gates: [policy, wording]", "work: review\n        roles: [editor]\n        gates: [political, legal, policy, secrecy, wording]"},
		"a review of four gates":    {"roles: [leader]\n        gates: [political, legal, policy, secrecy, wording]", "roles: [leader]\n        gates: [political, legal, policy, secrecy]"},
		"one gate five times":       {"roles: [leader]\n        gates: [political, legal, policy, secrecy, wording]", "roles: [leader]\n        gates: [political, legal, policy, secrecy, political]"},
		"an unknown gate":           {"gates: [wording]", "gates: [beauty]"},
		"an unknown role":           {"roles: [leader]", "roles: [admin]"},
		"nobody takes it":           {"roles: [leader]", "roles: []"},
		"unknown work":              {"work: proofread\n        roles: [handler]", "work: glance\n        roles: [handler]"},
		"one id twice":              {"id: review_3", "id: review_2"},
		"no time":                   {"wording]\n        budget: {n: 1, unit: working_day}\n\n  - kinds", "wording]\n        budget: {n: 0, unit: working_day}\n\n  - kinds"},
		"an unknown unit":           {"wording]\n        budget: {n: 1, unit: working_day}\n\n  - kinds", "wording]\n        budget: {n: 1, unit: week}\n\n  - kinds"},
		"the same person in public": {"id: review_3", "id: review_3\n        same_as: [review_2]"},
		"the same as what is later": {"id: unit", "id: unit\n        same_as: [desk]"},
		"not yaml":                  {"chains:", "chains: ["},
	} {
		if !strings.Contains(chains, test[0]) {
			t.Fatalf("%s: %q is not in chains.yaml", name, test[0])
		}
		if _, err := review.ParseRules(strings.Replace(chains, test[0], test[1], 1)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAChainMayLetOnePersonTakeTwoSteps(t *testing.T) {
	t.Parallel()
	local := strings.Replace(chains, "id: desk\n        name: 专班审定\n        work: review\n        roles: [taskforce, leader]",
		"id: desk\n        name: 负责人审定\n        work: review\n        post: chief\n        same_as: [unit]", 1)
	r, err := review.ParseRules(local)
	must(t, err)
	it := begun(t, review.Reply, review.OnePerson, "handler")
	submit := command(&it, review.Submit, "handler")
	submit.Chain, err = r.Chain(review.Reply, review.OnePerson)
	must(t, err)
	must(t, it.Apply(submit))
	does(t, &it, review.Pass, "head")
	refused(t, "who does not hold the post", it.Apply(command(&it, review.Pass, "taskforce")), "review.role")
	again := command(&it, review.Pass, "head")
	again.By.Posts = []string{"chief"}
	must(t, it.Apply(again))
	if it.State != review.Approved {
		t.Errorf("it is %s", it.State)
	}
}
