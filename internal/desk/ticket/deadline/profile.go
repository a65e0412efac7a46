package deadline

import (
	_ "embed" // the shipped rules
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"jiesu/internal/problem"
)

//go:embed rules.yaml
var shippedRules []byte

// Purpose says which wait a rule bounds.
type Purpose string

// The purposes of rules: from which move to which their clocks run.
const (
	Answer Purpose = "answer" // opened → released, declined or transferred: the date the citizen is told
	Screen Purpose = "screen" // opened or returned → dispatched, declined or transferred
	SignUp Purpose = "sign"   // dispatched → signed or returned
)

// Rule is one deadline rule.
type Rule struct {
	ID      string   `yaml:"id"`
	Name    string   `yaml:"name"` // Chinese
	Purpose Purpose  `yaml:"purpose"`
	Kinds   []string `yaml:"kinds"`   // kinds of letters; empty: all
	Sources []string `yaml:"sources"` // sources of letters; empty: all
	Budget  Budget   `yaml:"budget"`
	Basis   string   `yaml:"basis"` // what the rule rests on, Chinese
}

func (r *Rule) applies(kind, source string) bool {
	return (len(r.Kinds) == 0 || slices.Contains(r.Kinds, kind)) &&
		(len(r.Sources) == 0 || slices.Contains(r.Sources, source))
}

func (r *Rule) check() error {
	switch r.Purpose {
	case Answer, Screen, SignUp:
	default:
		return fmt.Errorf("rule %s: unknown purpose %q", r.ID, r.Purpose)
	}
	if r.ID == "" || r.Name == "" {
		return fmt.Errorf("rule %q: id and name are needed", r.ID)
	}
	if err := r.Budget.Check(); err != nil {
		return fmt.Errorf("rule %s: %w", r.ID, err)
	}
	return nil
}

// Profile is a versioned set of deadline rules with the ladder their clocks
// climb. It does not change once made and is safe for concurrent use.
type Profile struct {
	version int
	name    string
	rules   []Rule
	ladder  []rung
}

// LoadProfile returns the profile the product ships.
func LoadProfile() (*Profile, error) { return ParseProfile(shippedRules) }

// ParseProfile reads a profile in the form of rules.yaml. Unknown keys, doubled
// ids and rules that cannot be counted are errors.
func ParseProfile(data []byte) (*Profile, error) {
	var f struct {
		Version int    `yaml:"version"`
		Name    string `yaml:"name"`
		Rules   []Rule `yaml:"rules"`
		Ladder  []rung `yaml:"ladder"`
	}
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse deadline rules: %w", err)
	}
	if f.Version < 1 || len(f.Rules) == 0 {
		return nil, errors.New("deadline rules: a version and at least one rule are needed")
	}
	seen := map[string]bool{}
	for i := range f.Rules {
		r := &f.Rules[i]
		if err := r.check(); err != nil {
			return nil, err
		}
		if seen[r.ID] {
			return nil, fmt.Errorf("rule %s: the id is taken", r.ID)
		}
		seen[r.ID] = true
	}
	if err := checkLadder(f.Ladder); err != nil {
		return nil, err
	}
	return &Profile{version: f.Version, name: f.Name, rules: f.Rules, ladder: f.Ladder}, nil
}

// Version is the version of the rules.
func (p *Profile) Version() int { return p.version }

// Name is the Chinese name of the profile.
func (p *Profile) Name() string { return p.name }

// Rule finds a rule by its id.
func (p *Profile) Rule(id string) (Rule, bool) {
	i := slices.IndexFunc(p.rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return p.rules[i], true
}

// Rules returns every rule that applies to letters of a kind from a source.
func (p *Profile) Rules(kind, source string) []Rule {
	var rs []Rule
	for i := range p.rules {
		if p.rules[i].applies(kind, source) {
			rs = append(rs, p.rules[i])
		}
	}
	return rs
}

// Start returns the date by which a letter received at the given time must be
// answered, under the strictest rule that applies.
func (p *Profile) Start(cal *Calendar, kind, source string, at time.Time) (Result, error) {
	return p.StartFor(Answer, cal, kind, source, at)
}

// StartFor is [Profile.Start] for any purpose. Where no rule applies it is a
// NotFound "deadline.no_rule".
func (p *Profile) StartFor(purpose Purpose, cal *Calendar, kind, source string, at time.Time) (Result, error) {
	var best Result
	for i := range p.rules {
		r := &p.rules[i]
		if r.Purpose != purpose || !r.applies(kind, source) {
			continue
		}
		res, err := cal.Add(at, r.Budget)
		if err != nil {
			return Result{}, err
		}
		if best.Rule == "" || res.Due.Before(best.Due) {
			res.Rule, res.Version = r.ID, p.version
			best = res
		}
	}
	if best.Rule == "" {
		return Result{}, problem.New(problem.NotFound, "deadline.no_rule", "没有适用的期限规定。")
	}
	best.Steps = p.steps(cal, at, &best)
	return best, nil
}
