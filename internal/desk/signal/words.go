package signal

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed words.yaml
var wordsFile []byte

// words tell questions apart that share all others.
type words struct {
	asks      map[string][]word
	negations []word
	opposites [][2]word
}

// word is something to look for in a text.
type word struct {
	text  string
	begin gram // its first two characters, or the only one
}

func newWord(s string) word {
	rs := []rune(s)
	chars, pairs := grams(rs[:min(len(rs), 2)])
	if len(pairs) > 0 {
		return word{s, pairs[0]}
	}
	return word{s, chars[0]}
}

func newWordList(s string) []word {
	var list []word
	for w := range strings.FieldsSeq(s) {
		list = append(list, newWord(w))
	}
	return list
}

func newWords() (*words, error) {
	var f struct {
		Asks      map[string]string `yaml:"asks"`
		Negations string            `yaml:"negations"`
		Opposites []string          `yaml:"opposites"`
	}
	if err := yaml.UnmarshalWithOptions(wordsFile, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("signal: words: %w", err)
	}
	w := &words{asks: map[string][]word{}, negations: newWordList(f.Negations)}
	for kind, list := range f.Asks {
		w.asks[kind] = newWordList(list)
	}
	for _, pair := range f.Opposites {
		two := strings.Fields(pair)
		if len(two) != 2 {
			return nil, fmt.Errorf("signal: words: opposites %q are not two", pair)
		}
		w.opposites = append(w.opposites, [2]word{newWord(two[0]), newWord(two[1])})
	}
	return w, nil
}

// said is which of the words a text holds.
type said struct {
	asks    []string // in which ways
	negates bool
	sides   [][2]bool // of opposites
}

// said looks through a text, of which the characters and pairs are known: most
// words need no look, for not even their beginning is there.
func (w *words) said(text string, chars, pairs []gram) said {
	holds := func(o word) bool {
		_, char := slices.BinarySearch(chars, o.begin)
		_, pair := slices.BinarySearch(pairs, o.begin)
		return (char || pair) && strings.Contains(text, o.text)
	}
	var s said
	for kind, list := range w.asks {
		if slices.ContainsFunc(list, holds) {
			s.asks = append(s.asks, kind)
		}
	}
	s.negates = slices.ContainsFunc(w.negations, holds)
	for _, o := range w.opposites {
		s.sides = append(s.sides, [2]bool{holds(o[0]), holds(o[1])})
	}
	return s
}

// opposes reports whether s says the opposite of o: one word in s alone, its
// opposite in o alone.
func (s *said) opposes(o *said) bool {
	for i, mine := range s.sides {
		other := o.sides[i]
		if mine[0] && !other[0] && other[1] && !mine[1] || mine[1] && !other[1] && other[0] && !mine[0] {
			return true
		}
	}
	return false
}
