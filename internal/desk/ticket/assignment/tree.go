package assignment

import (
	_ "embed" // the shipped organisation
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed organisation.yaml
var shippedOrganisation []byte

// Tree is the organisation. It does not change once made and is safe for
// concurrent use.
type Tree struct {
	units []Unit // parents first, siblings in the order given
	index map[string]int
	names map[string]string // folded name or alias → unit id
	words lexicon           // the same names
}

// LoadTree returns the demo organisation the product ships.
func LoadTree() (*Tree, error) {
	type node struct {
		ID       string   `yaml:"id"`
		Name     string   `yaml:"name"`
		District string   `yaml:"district"`
		Aliases  []string `yaml:"aliases"`
		Stations []node   `yaml:"stations"`
	}
	var f struct {
		Bureau      node   `yaml:"bureau"`
		Detachments []node `yaml:"detachments"`
		Branches    []node `yaml:"branches"`
	}
	if err := yaml.UnmarshalWithOptions(shippedOrganisation, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse organisation: %w", err)
	}
	var units []Unit
	add := func(n node, level Level, parent, district string) {
		units = append(units, Unit{ID: n.ID, Name: n.Name, Parent: parent, Level: level, District: district, Aliases: n.Aliases})
	}
	add(f.Bureau, Bureau, "", "")
	for _, d := range f.Detachments {
		add(d, Detachment, f.Bureau.ID, "")
	}
	for _, b := range f.Branches {
		add(b, Branch, f.Bureau.ID, b.District)
		for _, s := range b.Stations {
			add(s, Station, b.ID, b.District)
		}
	}
	return NewTree(units)
}

// NewTree builds a tree from units in any order; paths are computed anew.
// Exactly one unit has no parent, ids and names are unique, and nothing hangs
// in the air or in a circle.
func NewTree(units []Unit) (*Tree, error) {
	t := &Tree{index: make(map[string]int, len(units)), names: map[string]string{}, words: lexicon{}}
	children := map[string][]Unit{}
	for _, u := range units {
		if u.ID == "" || u.Name == "" || strings.ContainsAny(u.ID, "/*% ") {
			return nil, fmt.Errorf("unit %q: a name and an id without blanks, slashes and wildcards are needed", u.ID)
		}
		children[u.Parent] = append(children[u.Parent], u)
	}
	if len(children[""]) != 1 {
		return nil, fmt.Errorf("organisation: %d units without a parent, want one", len(children[""]))
	}
	if err := t.grow(children, "", ""); err != nil {
		return nil, err
	}
	if len(t.units) != len(units) {
		return nil, fmt.Errorf("organisation: %d units hang from no known parent", len(units)-len(t.units))
	}
	return t, nil
}

func (t *Tree) grow(children map[string][]Unit, parent, path string) error {
	for _, u := range children[parent] {
		if _, taken := t.index[u.ID]; taken {
			return fmt.Errorf("unit %s: the id is taken", u.ID)
		}
		u.Path = path + u.ID
		t.index[u.ID] = len(t.units)
		t.units = append(t.units, u)
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			key := fold(name)
			if other, taken := t.names[key]; taken || key == "" {
				return fmt.Errorf("unit %s: name %q is empty or already that of %q", u.ID, name, other)
			}
			t.names[key] = u.ID
			t.words.add(key)
		}
		if err := t.grow(children, u.ID, u.Path+"/"); err != nil {
			return err
		}
	}
	return nil
}

// Units returns every unit, parents first.
func (t *Tree) Units() []Unit { return slices.Clone(t.units) }

// Root is the bureau itself.
func (t *Tree) Root() Unit { return t.units[0] }

// ByID finds a unit.
func (t *Tree) ByID(id string) (Unit, bool) {
	i, ok := t.index[id]
	if !ok {
		return Unit{}, false
	}
	return t.units[i], true
}

// ByName finds a unit by its name or one of its aliases.
func (t *Tree) ByName(name string) (Unit, bool) { return t.ByID(t.names[fold(name)]) }

// ByPath finds a unit by its materialised path.
func (t *Tree) ByPath(path string) (Unit, bool) {
	u, ok := t.ByID(path[strings.LastIndexByte(path, '/')+1:])
	if !ok || u.Path != path {
		return Unit{}, false
	}
	return u, true
}

// Path returns the materialised path of a unit, empty for an unknown id.
func (t *Tree) Path(id string) string {
	u, _ := t.ByID(id)
	return u.Path
}

// BranchOf finds the branch of a district.
func (t *Tree) BranchOf(district string) (Unit, bool) {
	i := slices.IndexFunc(t.units, func(u Unit) bool { return u.Level == Branch && u.District == district })
	if i < 0 || district == "" {
		return Unit{}, false
	}
	return t.units[i], true
}

// Ancestors returns the units above id, the nearest first.
func (t *Tree) Ancestors(id string) []Unit {
	var above []Unit
	for u, ok := t.ByID(id); ok && u.Parent != ""; {
		u, ok = t.ByID(u.Parent)
		above = append(above, u)
	}
	return above
}

// Below returns id's unit and all units under it, parents first.
func (t *Tree) Below(id string) []Unit {
	path := t.Path(id)
	if path == "" {
		return nil
	}
	var below []Unit
	for _, u := range t.units {
		if u.Path == path || strings.HasPrefix(u.Path, path+"/") {
			below = append(below, u)
		}
	}
	return below
}

// Mentioned returns the ids of the units that text names, by name or alias, in
// tree order. The bureau as a whole is not a unit one could avoid.
func (t *Tree) Mentioned(text string) []string {
	found := map[string]bool{}
	for name := range t.words.in(fold(text)) {
		found[t.names[name]] = true
	}
	var ids []string
	for _, u := range t.units[1:] {
		if found[u.ID] {
			ids = append(ids, u.ID)
		}
	}
	return ids
}
