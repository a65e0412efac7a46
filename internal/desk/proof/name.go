package proof

import (
	_ "embed" // what names are told by
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed names.yaml
var namesFile []byte

// names knows what a name looks like. It trusts nothing without a context.
type names struct {
	surnames, weak, follow, never map[rune]bool
	compound, words, public       map[string]bool
	cues                          map[rune][]cue // by their first character
}

// cue is a word somebody is named beside.
type cue struct {
	word []rune
	kind cueKind
}

type cueKind int

const (
	address cueKind = iota // behind the name
	role                   // in front of it
	label                  // in front of it, with a sign between
	officer                // in front of the name of one of ours
	group                  // behind several names
)

func newNames() (*names, error) {
	var f struct {
		Surnames string `yaml:"surnames"`
		Weak     string `yaml:"weak"`
		Compound string `yaml:"compound"`
		Address  string `yaml:"address"`
		Roles    string `yaml:"roles"`
		Labels   string `yaml:"labels"`
		Officers string `yaml:"officers"`
		Groups   string `yaml:"groups"`
		Follow   string `yaml:"follow"`
		Never    string `yaml:"never"`
		Public   string `yaml:"public"`
		Words    string `yaml:"words"`
	}
	if err := yaml.UnmarshalWithOptions(namesFile, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("proof: names: %w", err)
	}
	n := &names{
		surnames: runeSet(f.Surnames + f.Weak), weak: runeSet(f.Weak), follow: runeSet(f.Follow), never: runeSet(f.Never),
		compound: wordSet(f.Compound), words: wordSet(f.Words), public: wordSet(f.Public), cues: map[rune][]cue{},
	}
	for kind, list := range []string{address: f.Address, role: f.Roles, label: f.Labels, officer: f.Officers, group: f.Groups} {
		for w := range strings.FieldsSeq(list) {
			word := []rune(w)
			n.cues[word[0]] = append(n.cues[word[0]], cue{word, cueKind(kind)})
		}
	}
	return n, nil
}

func runeSet(s string) map[rune]bool {
	set := map[rune]bool{}
	for _, r := range s {
		set[r] = true
	}
	return set
}

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

// person is a name: the characters between from and to.
type person struct {
	from, to int
	officer  bool
}

// find returns the names in s that stand in a context.
func (n *names) find(s []rune) []person {
	var found []person
	for i, r := range s {
		for _, c := range n.cues[r] {
			end := i + len(c.word)
			if end > len(s) || !slices.Equal(s[i:end], c.word) {
				continue
			}
			for _, p := range n.beside(s, i, end, c.kind) {
				if !n.public[string(s[p.from:p.to])] {
					found = append(found, p)
				}
			}
		}
	}
	return found
}

// beside are the names beside a cue that stands at s[i:end].
func (n *names) beside(s []rune, i, end int, kind cueKind) []person {
	var found []person
	switch kind {
	case address, group:
		from := n.ahead(s, i)
		for from < i {
			found = append(found, person{from: from, to: i})
			if i = from - 1; kind == address || i < 0 || s[i] != '、' {
				break
			}
			from = n.ahead(s, i)
		}
	case role, label, officer:
		if from, to := n.behind(s, end, kind); from < to {
			found = append(found, person{from, to, kind == officer})
		}
	}
	return found
}

// ahead is where the name begins that ends before s[i]; i where there is none.
func (n *names) ahead(s []rune, i int) int {
	for size := min(4, i); size >= 2; size-- {
		if n.name(s[i-size:i]) && n.begins(s, i-size) {
			return i - size
		}
	}
	return i
}

// behind is the name that a cue ending before s[end] stands in front of; from
// equals to where there is none.
func (n *names) behind(s []rune, end int, kind cueKind) (from, to int) {
	from = end
	for from < len(s) && from < end+3 && strings.ContainsRune(" :\"“(", s[from]) {
		from++
	}
	if kind == label && from == end && s[end-1] != '叫' && s[end-1] != '是' && s[end-1] != '为' {
		return end, end
	}
	for size := min(4, len(s)-from); size >= 2; size-- {
		if n.name(s[from:from+size]) && n.ends(s, from+size, kind == role && from == end && size == 2 && n.weak[s[from]]) {
			return from, from + size
		}
	}
	return from, from
}

// name reports whether s is surname and given name, and nothing that blurs it.
func (n *names) name(s []rune) bool {
	surname := 1
	if n.compound[string(s[:2])] {
		surname = 2
	} else if !n.surnames[s[0]] {
		return false
	}
	given := s[surname:]
	if len(given) < 1 || len(given) > 2 || surname == 1 && n.words[string(s[:2])] {
		return false
	}
	return !slices.ContainsFunc(given, func(r rune) bool { return !han(r) || n.never[r] })
}

// begins reports whether a name may begin at s[i]. A surname that is an everyday
// word needs a clean break.
func (n *names) begins(s []rune, i int) bool {
	if i == 0 || !han(s[i-1]) {
		return true
	}
	if n.weak[s[i]] {
		return s[i-1] == '的'
	}
	return strings.ContainsRune("的与和及对向由请被经据给为是在即系叫人警长员者知以将让机女男儿子父母妻夫友", s[i-1])
}

// ends reports whether a name may end before s[i]; clean wants it to end there
// whatever the next word is.
func (n *names) ends(s []rune, i int, clean bool) bool {
	return i == len(s) || !han(s[i]) || n.follow[s[i]] && !clean
}
