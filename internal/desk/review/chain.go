package review

import (
	_ "embed" // the shipped chains
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"jiesu/internal/problem"
)

//go:embed chains.yaml
var shipped string

// Work is what is done in a step.
type Work string

// The works.
const (
	Reviewing    Work = "review"    // 审
	Proofreading Work = "proofread" // 校
)

// Purpose is that of the clock which waits for a step.
const Purpose = "review"

// public texts go through so many reviews, and as many proofreadings.
const thrice = 3

// Budget is how long a step may take. It is counted by the rooms of clocks.
type Budget struct {
	N    int    `yaml:"n"`
	Unit string `yaml:"unit"`
}

// Step is one reading of a text by one person.
type Step struct {
	ID     string   `yaml:"id"`
	Name   string   `yaml:"name"` // Chinese
	Work   Work     `yaml:"work"`
	Roles  []string `yaml:"roles"` // any of them takes it
	Post   string   `yaml:"post"`  // or whoever holds it; empty: nobody
	Own    bool     `yaml:"own"`   // only those of the text's unit, or of one above it
	Gates  []Gate   `yaml:"gates"` // what has to be ticked
	Budget Budget   `yaml:"budget"`
	SameAs []string `yaml:"same_as"` // earlier steps the same person may have taken
}

// Chain is what a text goes through, in order.
type Chain struct {
	Kinds     []Kind   `yaml:"kinds"`
	Audience  Audience `yaml:"audience"`
	Basis     string   `yaml:"basis"` // Chinese
	Certainty string   `yaml:"certainty"`
	Steps     []Step   `yaml:"steps"`
	Version   int      `yaml:"-"` // of the rules it was taken from
}

// Rules are all chains. They do not change once made.
type Rules struct {
	Version int     `yaml:"version"`
	Name    string  `yaml:"name"` // Chinese
	Chains  []Chain `yaml:"chains"`
}

// LoadRules returns the chains the product ships.
func LoadRules() (*Rules, error) { return ParseRules(shipped) }

// ParseRules reads chains in the form of chains.yaml.
func ParseRules(text string) (*Rules, error) {
	var r Rules
	if err := yaml.UnmarshalWithOptions([]byte(text), &r, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse review chains: %w", err)
	}
	if r.Version < 1 || r.Name == "" {
		return nil, errors.New("review chains: a version and a name are needed")
	}
	seen := map[Kind][]Audience{}
	for i := range r.Chains {
		c := &r.Chains[i]
		c.Version = r.Version
		if err := c.check(); err != nil {
			return nil, err
		}
		for _, k := range c.Kinds {
			if slices.Contains(seen[k], c.Audience) {
				return nil, fmt.Errorf("review chains: two for %s to %s", k, c.Audience)
			}
			seen[k] = append(seen[k], c.Audience)
		}
	}
	for _, k := range Kinds() {
		if seen[k] == nil {
			return nil, fmt.Errorf("review chains: none for %s", k)
		}
	}
	return &r, nil
}

// Chain returns what a text goes through.
func (r *Rules) Chain(k Kind, a Audience) (Chain, error) {
	for i := range r.Chains {
		if r.Chains[i].fits(k, a) {
			return r.Chains[i], nil
		}
	}
	return Chain{}, problem.New(problem.Invalid, "review.no_chain", "这类内容没有对应的审核流程，不能送审。")
}

func (c *Chain) fits(k Kind, a Audience) bool { return c.Audience == a && slices.Contains(c.Kinds, k) }

func (c *Chain) check() error {
	if i := slices.IndexFunc(c.Kinds, func(k Kind) bool { return k.Name() == "" }); i >= 0 || len(c.Kinds) == 0 {
		return fmt.Errorf("review chain for %v: an unknown kind, or none", c.Kinds)
	}
	if c.Audience.Name() == "" || c.Basis == "" || !slices.Contains([]string{"S", "S2", "M", "D"}, c.Certainty) {
		return fmt.Errorf("review chain for %v: an audience, a basis and a certainty of S, S2, M or D are needed", c.Kinds)
	}
	done := map[Work]int{}
	for i := range c.Steps {
		s := &c.Steps[i]
		if err := s.check(c.Steps[:i]); err != nil {
			return fmt.Errorf("review chain for %v to %s: %w", c.Kinds, c.Audience, err)
		}
		if c.Audience == Public && len(s.SameAs) > 0 {
			return fmt.Errorf("review chain for %v: step %s: one person reads a public text once", c.Kinds, s.ID)
		}
		done[s.Work]++
	}
	switch {
	case c.Audience == Public && (done[Reviewing] < thrice || done[Proofreading] < thrice):
		return fmt.Errorf("review chain for %v: a public text has three reviews and three proofreadings", c.Kinds)
	case done[Reviewing] == 0:
		return fmt.Errorf("review chain for %v: no review opens the five gates", c.Kinds)
	}
	return nil
}

func (s *Step) check(earlier []Step) error {
	isID := func(id string) func(Step) bool { return func(o Step) bool { return o.ID == id } }
	switch {
	case s.ID == "" || s.Name == "" || slices.ContainsFunc(earlier, isID(s.ID)):
		return fmt.Errorf("step %q: an id of its own and a name are needed", s.ID)
	case s.Work != Reviewing && s.Work != Proofreading:
		return fmt.Errorf("step %s: unknown work %q", s.ID, s.Work)
	case len(s.Roles) == 0 && s.Post == "":
		return fmt.Errorf("step %s: nobody takes it", s.ID)
	case len(s.Gates) == 0 || s.Work == Reviewing && len(s.Gates) < len(Gates()):
		return fmt.Errorf("step %s: a review opens all five gates, a proofreading at least one", s.ID)
	case !slices.Contains([]string{"working_day", "natural_day", "working_hour", "hour"}, s.Budget.Unit) || s.Budget.N < 1:
		return fmt.Errorf("step %s: a budget of days or hours is needed", s.ID)
	}
	for i, g := range s.Gates {
		if g.Name() == "" || slices.Contains(s.Gates[:i], g) {
			return fmt.Errorf("step %s: gate %q is unknown, or there twice", s.ID, g)
		}
	}
	for _, role := range s.Roles {
		if !slices.Contains([]string{"handler", "head", "editor", "taskforce", "leader"}, role) {
			return fmt.Errorf("step %s: unknown role %q", s.ID, role)
		}
	}
	for _, id := range s.SameAs {
		if !slices.ContainsFunc(earlier, isID(id)) {
			return fmt.Errorf("step %s: no earlier step %q", s.ID, id)
		}
	}
	return nil
}
