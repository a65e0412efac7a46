package conversation

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// pattern is a regular expression taken apart into its alternatives. An
// alternative is tried only on texts that hold the characters it cannot do
// without: nearly every message lacks some of them, and regular expressions over
// long lists of words are slow.
type pattern struct {
	alternatives []alternative
	byKey        map[rune][]int // alternatives that need this character or another of their set
	always       []int          // alternatives of which nothing is known
}

// alternative is one way to fit a pattern.
type alternative struct {
	*regexp.Regexp

	needs []string // sets of characters; every match holds at least one of each
}

// may reports whether text holds what every match holds.
func (a *alternative) may(text string) bool {
	for _, set := range a.needs {
		if !strings.ContainsAny(text, set) {
			return false
		}
	}
	return true
}

// newPattern compiles expr; an empty one fits nothing.
func newPattern(expr string) (*pattern, error) {
	p := &pattern{byKey: map[rune][]int{}}
	if expr == "" {
		return p, nil
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	for _, part := range alternatives(tree) {
		re, err := regexp.Compile(part.String())
		if err != nil {
			return nil, err
		}
		n := len(p.alternatives)
		a := alternative{Regexp: re}
		sets := needed(part)
		if len(sets) == 0 {
			p.always = append(p.always, n)
		}
		for i, set := range sets {
			if i > 0 {
				a.needs = append(a.needs, string(set))
				continue
			}
			for _, k := range set {
				p.byKey[k] = append(p.byKey[k], n)
			}
		}
		p.alternatives = append(p.alternatives, a)
	}
	return p, nil
}

// fits reports whether one of the alternatives does.
func (p *pattern) fits(text string) bool {
	for _, n := range p.always {
		if p.alternatives[n].MatchString(text) {
			return true
		}
	}
	var tried []bool
	for _, r := range text {
		for _, n := range p.byKey[r] {
			if tried == nil {
				tried = make([]bool, len(p.alternatives))
			}
			if tried[n] {
				continue
			}
			if tried[n] = true; p.alternatives[n].may(text) && p.alternatives[n].MatchString(text) {
				return true
			}
		}
	}
	return false
}

// alternatives are the parts of which one has to match, groups that only hold
// alternatives included.
func alternatives(tree *syntax.Regexp) []*syntax.Regexp {
	if tree.Op == syntax.OpCapture {
		return alternatives(tree.Sub[0])
	}
	if tree.Op != syntax.OpAlternate {
		return []*syntax.Regexp{tree}
	}
	var all []*syntax.Regexp
	for _, sub := range tree.Sub {
		all = append(all, alternatives(sub)...)
	}
	return all
}

// needed are sets of characters of each of which every match holds at least one,
// the one first that the fewest messages will meet. There may be none.
func needed(tree *syntax.Regexp) [][]rune {
	switch op := tree.Op; {
	case op == syntax.OpLiteral && tree.Flags&syntax.FoldCase == 0:
		return literal(tree.Rune)
	case op == syntax.OpCharClass:
		return class(tree.Rune)
	case op == syntax.OpCapture, op == syntax.OpPlus, op == syntax.OpRepeat && tree.Min > 0:
		return needed(tree.Sub[0])
	case op == syntax.OpConcat:
		return all(tree.Sub)
	case op == syntax.OpAlternate:
		return union(tree.Sub)
	}
	return nil
}

// rarestFirst puts the set first that the fewest messages will meet.
func rarestFirst(sets [][]rune) [][]rune {
	slices.SortStableFunc(sets, func(a, b []rune) int { return cmp.Compare(cost(a), cost(b)) })
	return sets
}

// literal needs each of its characters.
func literal(rs []rune) [][]rune {
	sets := make([][]rune, len(rs))
	for i := range rs {
		sets[i] = rs[i : i+1]
	}
	return rarestFirst(sets)
}

// class lists the characters of a class given as pairs of first and last. Of a
// wide one nothing is known: every text would meet it.
func class(pairs []rune) [][]rune {
	const widest = 40
	var set []rune
	for i := 0; i < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if set = append(set, r); len(set) > widest {
				return nil
			}
		}
	}
	if len(set) == 0 {
		return nil
	}
	return [][]rune{set}
}

// all needs what any of the parts needs.
func all(parts []*syntax.Regexp) (sets [][]rune) {
	for _, part := range parts {
		sets = append(sets, needed(part)...)
	}
	return rarestFirst(sets)
}

// union needs one of what each of the parts needs most; nothing where one part
// needs nothing.
func union(parts []*syntax.Regexp) [][]rune {
	var set []rune
	for _, part := range parts {
		sets := needed(part)
		if len(sets) == 0 {
			return nil
		}
		set = append(set, sets[0]...)
	}
	return [][]rune{set}
}

// cost grows with how many messages hold one of the characters.
func cost(keys []rune) int {
	const common = 30 // as telling as this many rare ones
	sum := 0
	for _, k := range keys {
		sum++
		if strings.ContainsRune("我你他她它们的了在有人是不一这那要就也去来到上下里家个着被把给说都没么吗呢啊", k) {
			sum += common
		}
	}
	return sum
}
