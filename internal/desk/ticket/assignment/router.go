package assignment

import (
	"cmp"
	_ "embed" // the shipped rules
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/goccy/go-yaml"
)

//go:embed routing.yaml
var shippedRouting []byte

// branchOfDistrict stands in a rule for the branch of the letter's district.
const branchOfDistrict = "@branch"

// Category is one matter a letter can be filed under.
type Category struct {
	Code   string `yaml:"code"`
	Name   string `yaml:"name"`
	Report bool   `yaml:"report"` // one of the eight report categories
}

// Rule leads letters to a unit; routing.yaml says how rules are read.
type Rule struct {
	ID         string   `yaml:"id"`
	Priority   int      `yaml:"priority"`
	Kinds      []string `yaml:"kinds"`
	Categories []string `yaml:"categories"`
	Keywords   []string `yaml:"keywords"`
	Districts  []string `yaml:"districts"`
	Unit       string   `yaml:"unit"`

	folded []string
}

// Router finds the responsible unit. Rules and organisation do not change once it
// is made; the catalogue's versions and the people known are swapped whole. It
// is safe for concurrent use.
type Router struct {
	tree       *Tree
	version    int
	categories []Category
	names      map[string]string // category code → name
	avoidance  []string
	rules      []Rule
	words      lexicon // the keywords of all rules
	shipped    Version
	versions   atomic.Pointer[[]Version] // by their dates, the shipped one first
	officers   atomic.Pointer[[]Officer]
}

// LoadRouter returns the shipped rules over the shipped organisation.
func LoadRouter() (*Router, error) {
	tree, err := LoadTree()
	if err != nil {
		return nil, err
	}
	r, err := ParseRouter(tree, shippedRouting)
	if err != nil {
		return nil, err
	}
	if r.shipped.Rows, err = r.ParseCatalogue(shippedCatalogue); err != nil {
		return nil, fmt.Errorf("shipped catalogue: %w", err)
	}
	r.Adopt(nil)
	return r, nil
}

// ParseRouter reads rules in the form of routing.yaml over an organisation. A
// rule that names a unit, category or district that does not exist is an error:
// no letter may go where nobody is.
func ParseRouter(tree *Tree, data []byte) (*Router, error) {
	var f struct {
		Version    int        `yaml:"version"`
		Categories []Category `yaml:"categories"`
		Avoidance  []string   `yaml:"avoidance"`
		Rules      []Rule     `yaml:"rules"`
	}
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse routing rules: %w", err)
	}
	r := &Router{tree: tree, version: f.Version, categories: f.Categories, names: map[string]string{}, avoidance: f.Avoidance, rules: f.Rules, words: lexicon{}}
	for _, c := range f.Categories {
		if c.Code == "" || c.Name == "" || r.names[c.Code] != "" {
			return nil, fmt.Errorf("category %q: needs a code of its own and a name", c.Code)
		}
		r.names[c.Code] = c.Name
	}
	for _, id := range append(slices.Clone(f.Avoidance), TaskForce) {
		if tree.Path(id) == "" {
			return nil, fmt.Errorf("avoidance: unit %q does not exist", id)
		}
	}
	seen := map[string]bool{}
	for i := range r.rules {
		if err := r.prepare(&r.rules[i], seen); err != nil {
			return nil, err
		}
	}
	r.Adopt(nil)
	return r, nil
}

func (r *Router) prepare(rule *Rule, seen map[string]bool) error {
	if rule.ID == "" || seen[rule.ID] {
		return fmt.Errorf("rule %q: needs an id of its own", rule.ID)
	}
	seen[rule.ID] = true
	if rule.Unit != branchOfDistrict && r.tree.Path(rule.Unit) == "" {
		return fmt.Errorf("rule %s: unit %q does not exist", rule.ID, rule.Unit)
	}
	for _, c := range rule.Categories {
		if r.names[c] == "" {
			return fmt.Errorf("rule %s: category %q does not exist", rule.ID, c)
		}
	}
	for _, d := range rule.Districts {
		if _, ok := r.tree.BranchOf(d); !ok {
			return fmt.Errorf("rule %s: district %q does not exist", rule.ID, d)
		}
	}
	for _, w := range rule.Keywords {
		if fold(w) == "" {
			return fmt.Errorf("rule %s: an empty keyword", rule.ID)
		}
		rule.folded = append(rule.folded, fold(w))
		r.words.add(fold(w))
	}
	return nil
}

// Version is the version of the rules.
func (r *Router) Version() int { return r.version }

// Rules returns the rules, those that win first.
func (r *Router) Rules() []Rule {
	rules := slices.Clone(r.rules)
	slices.SortStableFunc(rules, func(a, b Rule) int { return cmp.Compare(b.Priority, a.Priority) })
	return rules
}

// Impartial are the ids of the units that look into complaints about others.
func (r *Router) Impartial() []string { return slices.Clone(r.avoidance) }

// Tree is the organisation the router routes over.
func (r *Router) Tree() *Tree { return r.tree }

// Catalogue returns the routing categories in the order forms show them.
func (r *Router) Catalogue() []Category { return slices.Clone(r.categories) }

// CategoryName is the Chinese name of a category, or empty for an unknown one.
func (r *Router) CategoryName(code string) string { return r.names[code] }
