package signal

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hit is a row of the lexicon found in a text, and where: the passage is a piece
// of the text as it was written.
type Hit struct {
	Raising

	Row     string
	Passage string
}

const (
	aside    = 12 // characters of a passage on either side of what was found
	mostHits = 8  // of one text
)

// Read lists what is found in a text, each row once, major ones first.
func (w *Watchlist) Read(text string) []Hit {
	if w == nil {
		return nil
	}
	plain := fold(text)
	var hits []Hit
	for i := range w.rows {
		r := &w.rows[i]
		if from, to, ok := r.find(plain); ok {
			hits = append(hits, Hit{Raising: r.Raising, Row: r.ID, Passage: passage(text, plain, from, to)})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return slices.Index(Levels(), b.Level) - slices.Index(Levels(), a.Level) })
	return hits[:min(len(hits), mostHits)]
}

// find looks for the first sentence of a folded text that r is found in, and
// where in the text.
func (r *row) find(plain string) (from, to int, ok bool) {
	if !r.holdsKey(plain) {
		return 0, 0, false
	}
	at := 0
	for sentence := range strings.SplitSeq(plain, "\n") {
		if r.holdsKey(sentence) && (r.spoils == nil || !r.spoils.MatchString(sentence)) {
			if found := r.fits.FindStringIndex(sentence); found != nil {
				return at + found[0], at + found[1], true
			}
		}
		at += len(sentence) + 1
	}
	return 0, 0, false
}

func (r *row) holdsKey(plain string) bool {
	return slices.ContainsFunc(r.Keys, func(k string) bool { return strings.Contains(plain, k) })
}

// fold writes a text in half-width lower case, one sentence a line, character by
// character: what is at a place in it is at the same place in the text.
func fold(text string) string {
	const wide = '！' - '!' // from a half-width character to its full-width form
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("。！？!?；;\r", r):
			return '\n'
		case r > '！' && r <= '～':
			r -= wide
		case r == '　':
			return ' '
		}
		if r < unicode.MaxASCII {
			return unicode.ToLower(r)
		}
		return r
	}, text)
}

// passage is the piece of a text around what was found in its folded form.
func passage(text, plain string, from, to int) string {
	rs := []rune(text)
	first, last := utf8.RuneCountInString(plain[:from]), utf8.RuneCountInString(plain[:to])
	return strings.Join(strings.Fields(string(rs[max(0, first-aside):min(len(rs), last+aside)])), " ")
}
