package conversation

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// pattern is a regular expression taken apart into its alternatives. An
// alternative is tried only on texts that hold one of the characters it cannot
// do without: nearly every message holds none of them, and regular expressions
// over long lists of words are slow.
type pattern struct {
	alternatives []*regexp.Regexp
	byKey        map[rune][]int // alternatives that need this character or another of their set
	always       []int          // alternatives of which nothing is known
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
		p.alternatives = append(p.alternatives, re)
		keys, known := needed(part)
		if !known {
			p.always = append(p.always, n)
		}
		for _, k := range keys {
			p.byKey[k] = append(p.byKey[k], n)
		}
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
			if tried[n] = true; p.alternatives[n].MatchString(text) {
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

// needed is a set of characters of which every match holds at least one: of the
// sets there are, the one the fewest messages will meet. It is false where
// there is none.
func needed(tree *syntax.Regexp) ([]rune, bool) {
	switch op := tree.Op; {
	case op == syntax.OpLiteral && tree.Flags&syntax.FoldCase == 0:
		return rarest(tree.Rune), true
	case op == syntax.OpCharClass:
		return class(tree.Rune)
	case op == syntax.OpCapture, op == syntax.OpPlus, op == syntax.OpRepeat && tree.Min > 0:
		return needed(tree.Sub[0])
	case op == syntax.OpConcat:
		return cheapest(tree.Sub)
	case op == syntax.OpAlternate:
		return union(tree.Sub)
	}
	return nil, false
}

// rarest is the character of a word that the fewest messages hold.
func rarest(word []rune) []rune {
	best := word[:1]
	for i := range word {
		if cost(word[i:i+1]) < cost(best) {
			best = word[i : i+1]
		}
	}
	return best
}

// class lists the characters of a class given as pairs of first and last. Of a
// wide one nothing is known: every text would meet it.
func class(pairs []rune) ([]rune, bool) {
	const widest = 40
	var all []rune
	for i := 0; i < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if all = append(all, r); len(all) > widest {
				return nil, false
			}
		}
	}
	return all, len(all) > 0
}

// cheapest is the best of the sets that all have to be met.
func cheapest(parts []*syntax.Regexp) (best []rune, known bool) {
	for _, part := range parts {
		if keys, ok := needed(part); ok && (!known || cost(keys) < cost(best)) {
			best, known = keys, true
		}
	}
	return best, known
}

// union is what one of the parts needs; nothing where one part needs nothing.
func union(parts []*syntax.Regexp) ([]rune, bool) {
	var all []rune
	for _, part := range parts {
		keys, ok := needed(part)
		if !ok {
			return nil, false
		}
		all = append(all, keys...)
	}
	return all, true
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
