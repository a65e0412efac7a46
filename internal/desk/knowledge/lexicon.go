package knowledge

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed data/lexicon.yaml
var lexiconFile []byte

// class says what a lexicon word tells about a question.
type class uint8

const (
	object class = iota + 1 // what it is about: 身份证
	action                  // what is to be done: 补办
	aspect                  // which side of it: 材料, 费用
)

// concept is a group of words with one meaning; 0 is "none".
type concept uint16

// phrase is one word of the lexicon. A phrase without parts is filler and
// disappears.
type phrase struct {
	text   []rune
	parts  []part // one for a word, several for a compound: 水价 is 用水 and 费用
	asking bool   // asks without saying about what
}

// part is one meaning of a phrase.
type part struct {
	concept concept
	reading []rune // what it is read as
}

// concept is what the phrase means first; 0 for a filler.
func (p *phrase) concept() concept {
	if len(p.parts) == 0 {
		return 0
	}
	return p.parts[0].concept
}

// lexicon is the vocabulary of the trade: fillers, synonyms, relations and
// slots.
type lexicon struct {
	phrases  map[rune][]phrase // by first character, longest first
	classes  []class           // by concept
	names    []string          // by concept
	kin      []bool            // by concept and concept: they are related
	light    map[rune]bool
	slots    map[rune][]phrase // the concept is the number of the value
	slotOf   []int             // by slot value, from 1: the slot it belongs to
	marked   []bool            // by slot value: a case that must be named to be meant
	conceptN map[string]concept
}

// lexiconData is the shape of data/lexicon.yaml: words of a group stand on one
// line, separated by blanks, the canonical one first. A low line stands for a
// blank within a word: id_card.
type lexiconData struct {
	Fillers []string `yaml:"fillers"`
	Light   string   `yaml:"light"`
	Objects []string `yaml:"objects"`
	Actions []string `yaml:"actions"`
	Asks    []string `yaml:"asks"`
	// Compounds hold words before the bar that say all the groups after it.
	Compounds []string `yaml:"compounds"`
	Related   []string `yaml:"related"`
	Slots     []struct {
		Name   string   `yaml:"name"`
		Marked bool     `yaml:"marked"`
		Values []string `yaml:"values"`
	} `yaml:"slots"`
}

func newLexicon(f *Normaliser) (*lexicon, error) {
	var data lexiconData
	if err := yaml.UnmarshalWithOptions(lexiconFile, &data, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("knowledge: lexicon: %w", err)
	}
	l := &lexicon{
		phrases: map[rune][]phrase{}, slots: map[rune][]phrase{}, light: map[rune]bool{},
		classes: make([]class, 1), names: make([]string, 1), slotOf: make([]int, 1), marked: make([]bool, 1), conceptN: map[string]concept{},
	}
	for _, r := range data.Light {
		l.light[r] = true
	}
	for _, line := range data.Fillers {
		for w := range strings.FieldsSeq(line) {
			add(l.phrases, phrase{text: []rune(f.Text(w))})
		}
	}
	l.groups(f, object, data.Objects)
	l.groups(f, action, data.Actions)
	l.groups(f, aspect, data.Asks)
	if err := l.compounds(f, data.Compounds); err != nil {
		return nil, err
	}
	if err := l.relate(f, data.Related); err != nil {
		return nil, err
	}
	for slot, s := range data.Slots {
		for _, line := range s.Values {
			l.slotOf, l.marked = append(l.slotOf, slot), append(l.marked, s.Marked)
			for w := range strings.FieldsSeq(line) {
				value := part{concept: concept(len(l.slotOf) - 1)} //nolint:gosec // a handful
				add(l.slots, phrase{text: []rune(f.Text(w)), parts: []part{value}})
			}
		}
	}
	return l, nil
}

// groups adds one concept a line.
func (l *lexicon) groups(f *Normaliser, c class, lines []string) {
	for _, line := range lines {
		telling, asking, _ := strings.Cut(line, "|")
		words := wordsOf(f, telling)
		if len(words) == 0 {
			continue
		}
		id := concept(len(l.names)) //nolint:gosec // a few hundred
		l.names = append(l.names, words[0])
		l.classes = append(l.classes, c)
		l.conceptN[words[0]] = id
		meaning := []part{{id, []rune(words[0])}}
		for _, w := range words {
			add(l.phrases, phrase{text: []rune(w), parts: meaning})
		}
		for _, w := range wordsOf(f, asking) {
			add(l.phrases, phrase{text: []rune(w), parts: meaning, asking: true})
		}
	}
}

// wordsOf takes a line of the lexicon apart, each word in its normal form.
func wordsOf(f *Normaliser, line string) []string {
	words := strings.Fields(line)
	for i, w := range words {
		words[i] = f.Text(w) // a low line becomes a blank, as anywhere in text
	}
	return words
}

// compounds adds words that say several things at once.
func (l *lexicon) compounds(f *Normaliser, lines []string) error {
	for _, line := range lines {
		words, parts, _ := strings.Cut(line, "|")
		var meaning []part
		for name := range strings.FieldsSeq(f.Text(parts)) {
			id := l.conceptN[name]
			if id == 0 {
				return fmt.Errorf("knowledge: lexicon: part %q of a compound is not the first of a group", name)
			}
			meaning = append(meaning, part{id, []rune(name)})
		}
		if len(meaning) == 0 {
			return fmt.Errorf("knowledge: lexicon: compound %q has no parts", line)
		}
		for _, w := range wordsOf(f, words) {
			add(l.phrases, phrase{text: []rune(w), parts: meaning})
		}
	}
	return nil
}

// relate links the first concept of each line with the others, both ways.
func (l *lexicon) relate(f *Normaliser, lines []string) error {
	l.kin = make([]bool, len(l.names)*len(l.names))
	for _, line := range lines {
		words := strings.Fields(f.Text(line))
		for _, w := range words {
			if l.conceptN[w] == 0 {
				return fmt.Errorf("knowledge: lexicon: related word %q is not the first of a group", w)
			}
		}
		for _, w := range words[1:] {
			a, b := l.conceptN[words[0]], l.conceptN[w]
			l.kin[int(a)*len(l.names)+int(b)] = true
			l.kin[int(b)*len(l.names)+int(a)] = true
		}
	}
	return nil
}

// add files p under its first character, keeping longest first; the first
// phrase with a given text wins.
func add(m map[rune][]phrase, p phrase) {
	if len(p.text) == 0 {
		return
	}
	list := m[p.text[0]]
	at := len(list)
	for i, q := range list {
		if slices.Equal(q.text, p.text) {
			return
		}
		if len(q.text) < len(p.text) {
			at = i
			break
		}
	}
	m[p.text[0]] = slices.Insert(list, at, p)
}

// longest finds the longest phrase of m that rs begins with, or nil.
func longest(m map[rune][]phrase, rs []rune) *phrase {
	list := m[rs[0]]
	for i := range list {
		if p := &list[i]; len(p.text) <= len(rs) && slices.Equal(p.text, rs[:len(p.text)]) {
			return p
		}
	}
	return nil
}

// lightness is how much of its weight a term keeps: function characters and
// pairs of them keep little.
func (l *lexicon) lightness(t Term) float32 {
	if t.sort() == Sound || t.sort() == Concept {
		return 1
	}
	const one, half, both = 0.2, 0.5, 0.2
	a, b := t.parts()
	first, second := l.light[rune(a)], l.light[rune(b)] //nolint:gosec // 30 bits
	switch {
	case t.sort() == Char || t.sort() == Subject:
		if first {
			return one
		}
		return 1
	case t.sort() != Char && first && second:
		return both
	case t.sort() != Char && (first || second):
		return half
	default:
		return 1
	}
}
