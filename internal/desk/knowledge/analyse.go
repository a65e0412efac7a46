package knowledge

import (
	"slices"
	"sync"
	"unicode"
)

// Term is one thing texts are compared by. Equal terms mean the same in every
// text; nothing else about the number means anything.
type Term uint64

// Sort says what kind of thing a term is.
type Sort uint8

// The sorts of terms, from the smallest to the most telling.
const (
	Char    Sort = iota // one character, or one run of Latin letters or digits
	Pair                // two neighbouring characters
	Sound               // two neighbouring syllables, whatever the characters
	Subject             // one character of what it is about, after synonyms became one word
	Concept             // a word of the lexicon, or one of its synonyms
)

// sorts is the number of sorts of terms.
const sorts = 5

// symbol is a character, or a number that stands for a run of Latin letters or
// digits.
type symbol uint32

// Text is what is left of a question after analysis.
type Text struct {
	Terms [sorts][]Term // by Sort; ascending, no duplicates

	symbols  []symbol // in order, 0 where a sentence or clause ended
	concepts []concept
	slots    []concept // slot values it names
}

// Empty reports whether nothing is left that could be asked for.
func (t *Text) Empty() bool { return len(t.Terms[Char]) == 0 }

// Analyzer turns what people type into terms. It is immutable and safe for
// concurrent use.
type Analyzer struct {
	fold     *Normaliser
	readings *readings
	lexicon  *lexicon
}

//nolint:gochecknoglobals // the embedded tables never change; they are read once, when first needed
var analyzer = sync.OnceValues(func() (*Analyzer, error) {
	f := NewNormaliser()
	l, err := newLexicon(f)
	if err != nil {
		return nil, err
	}
	return &Analyzer{fold: f, readings: newReadings(), lexicon: l}, nil
})

// NewAnalyzer returns the analyzer of the embedded tables.
func NewAnalyzer() (*Analyzer, error) { return analyzer() }

// Normalise is the form of s in which spelling no longer differs: simplified,
// half-width, lower case, without control characters and punctuation.
func (a *Analyzer) Normalise(s string) string { return a.fold.Text(s) }

// Analyse takes s apart into terms.
func (a *Analyzer) Analyse(s string) Text { return a.analyse(a.fold.Text(s)) }

// analyse works on normalised text.
func (a *Analyzer) analyse(normal string) Text {
	r := a.read([]rune(normal))
	t := Text{concepts: r.concepts, slots: a.slotValues(r.canonical), symbols: symbols(r.plain)}
	chars, pairs, sounds := make([]Term, 0, len(t.symbols)), make([]Term, 0, len(t.symbols)), make([]Term, 0, len(t.symbols))
	var last symbol
	var lastSound syllable
	for _, s := range t.symbols {
		sound := a.sound(s)
		if s != 0 {
			chars = append(chars, term(Char, uint32(s), 0))
		}
		if s != 0 && last != 0 {
			pairs = append(pairs, term(Pair, uint32(last), uint32(s)))
		}
		if sound != 0 && lastSound != 0 {
			sounds = append(sounds, term(Sound, uint32(lastSound), uint32(sound)))
		}
		last, lastSound = s, sound
	}
	t.Terms[Char], t.Terms[Pair], t.Terms[Sound] = unique(chars), unique(pairs), unique(sounds)
	t.Terms[Subject] = subjects(symbols(r.subject))
	t.Terms[Concept] = make([]Term, len(r.concepts))
	for i, c := range r.concepts {
		t.Terms[Concept][i] = term(Concept, uint32(c), 0)
	}
	return t
}

func subjects(ss []symbol) []Term {
	out := make([]Term, 0, len(ss))
	for _, s := range ss {
		if s != 0 {
			out = append(out, term(Subject, uint32(s), 0))
		}
	}
	return unique(out)
}

// reading is a text after the lexicon was applied.
type reading struct {
	plain     []rune // as written, without fillers
	canonical []rune // every synonym as the first word of its group
	subject   []rune // the same without what is to be done and which side of it
	concepts  []concept
}

// read drops fillers and finds the words of the lexicon, longest first.
func (a *Analyzer) read(in []rune) reading {
	r := reading{plain: make([]rune, 0, len(in)), canonical: make([]rune, 0, len(in)), subject: make([]rune, 0, len(in))}
	for i := 0; i < len(in); {
		run := max(1, latinRun(in[i:])) // letters are not torn apart
		p := longest(a.lexicon.phrases, in[i:])
		switch {
		case p == nil || len(p.text) < run:
			r.plain, r.canonical, r.subject = append(r.plain, in[i:i+run]...), append(r.canonical, in[i:i+run]...), append(r.subject, in[i:i+run]...)
		default:
			run = len(p.text)
			a.apply(p, &r)
		}
		i += run
	}
	r.concepts = unique(r.concepts)
	return r
}

// apply adds what a phrase says; a filler says nothing.
func (a *Analyzer) apply(p *phrase, r *reading) {
	if !p.asking && len(p.parts) > 0 {
		r.plain = append(r.plain, p.text...)
	}
	for _, m := range p.parts {
		r.concepts = append(r.concepts, m.concept)
		r.canonical = append(r.canonical, m.reading...)
		if a.lexicon.classes[m.concept] == object {
			r.subject = append(r.subject, m.reading...)
		}
	}
}

func (a *Analyzer) slotValues(rs []rune) []concept {
	var found []concept
	for i := 0; i < len(rs); {
		if p := longest(a.lexicon.slots, rs[i:]); p != nil {
			found = append(found, p.parts[0].concept)
			i += len(p.text)
			continue
		}
		i++
	}
	return unique(found)
}

// sound is the syllable of a symbol, 0 where it has none.
func (a *Analyzer) sound(s symbol) syllable {
	if s >= latin {
		return 0
	}
	return a.readings.read(rune(s))
}

// latin marks symbols that stand for a run of letters or digits.
const latin symbol = 1 << 29

// symbols numbers the characters of rs; a blank becomes 0, and a run of Latin
// letters or digits becomes one symbol.
func symbols(rs []rune) []symbol {
	out := make([]symbol, 0, len(rs))
	for i := 0; i < len(rs); {
		if n := latinRun(rs[i:]); n > 0 {
			h := uint32(2166136261)
			for _, r := range rs[i : i+n] {
				h = (h ^ uint32(r)) * 16777619 //nolint:gosec // a character is never negative
			}
			out = append(out, latin|symbol(h)&(latin-1))
			i += n
			continue
		}
		if rs[i] == ' ' {
			if len(out) > 0 && out[len(out)-1] != 0 {
				out = append(out, 0)
			}
		} else {
			out = append(out, symbol(rs[i])) //nolint:gosec // a character is never negative
		}
		i++
	}
	return out
}

// latinRun is the length of the run of Latin letters or of digits that rs
// begins with.
func latinRun(rs []rune) int {
	n := 0
	for n < len(rs) && rs[n] < unicode.MaxLatin1 && rs[n] != ' ' && unicode.IsDigit(rs[n]) == unicode.IsDigit(rs[0]) {
		n++
	}
	return n
}

// term packs its parts: the sort in the four highest bits, then two numbers of
// thirty bits.
func term(s Sort, a, b uint32) Term { return Term(uint64(s)<<60 | uint64(a)<<30 | uint64(b)) }

func (t Term) sort() Sort { return Sort(t >> 60) }

func (t Term) parts() (a, b uint32) {
	const mask = 1<<30 - 1
	return uint32(t >> 30 & mask), uint32(t & mask)
}

func unique[T ~uint16 | ~uint32 | ~uint64](s []T) []T {
	slices.Sort(s)
	return slices.Compact(s)
}
