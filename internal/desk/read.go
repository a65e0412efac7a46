package desk

import (
	"hash/fnv"
	"strings"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket/assignment/precedent"
)

// opening is how many characters of a letter's text count in full when a unit
// is sought.
const opening = 250

// ReadLetter takes a letter apart for the search of a unit.
func ReadLetter(a *knowledge.Analyzer, title, text string, facts ...string) precedent.Letter {
	rs := []rune(text)
	cut := min(len(rs), opening)
	l := precedent.Letter{
		Title: numbered(a.Grams(title)), Opening: numbered(a.Grams(string(rs[:cut]))), Rest: numbered(a.Grams(string(rs[cut:]))),
	}
	for _, f := range facts {
		h := fnv.New64a()
		_, _ = h.Write([]byte(f)) // a hash never fails to write
		l.Facts = append(l.Facts, h.Sum64())
	}
	return l
}

func numbered(ts []knowledge.Term) []uint64 {
	out := make([]uint64, len(ts))
	for i, t := range ts {
		out[i] = uint64(t)
	}
	return out
}

// ReadText reads a text for comparison with another one.
func ReadText(a *knowledge.Analyzer, s string) signal.Text {
	r := a.Wording(s)
	return signal.NewText(r.Plain, r.Telling, r.Concepts, r.Slots)
}

// ReadBackground learns from the library which words are common in the trade.
func ReadBackground(a *knowledge.Analyzer, l *knowledge.Library) *signal.Background {
	const most = 20_000 // texts; more would say the same
	var texts []signal.Text
	for _, e := range l.Entries() {
		if len(texts) >= most {
			break
		}
		texts = append(texts, ReadText(a, e.Question), ReadText(a, e.Answer))
		for _, v := range e.Variants {
			texts = append(texts, ReadText(a, v))
		}
	}
	return signal.NewBackground(texts)
}

// ReadSubject reads what a letter is about: its title, or how it begins where
// nobody gave it one.
func ReadSubject(a *knowledge.Analyzer, title, text string) signal.Text {
	return ReadText(a, subjectOf(title, text))
}

func subjectOf(title, text string) string {
	const begins = 60 // characters
	if strings.TrimSpace(title) != "" {
		return title
	}
	rs := []rune(text)
	return string(rs[:min(len(rs), begins)])
}
