package knowledge

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

//go:embed data/followup.yaml
var followupFile []byte

// role is what a word does in a short question.
type role uint8

const (
	content role = iota // not known here: it must stand in the entry that answers
	cue                 // says nothing of its own
	place               // where one goes, what one does it with
	paper               // what one brings, if that is asked
	who                 // whom it is for
	side                // which side of the matter is asked about
	subject             // an object of the lexicon: what it is about
	doing               // what is to be done
)

// piece is a run of a text with one role.
type piece struct {
	text  []rune
	role  role
	group int     // of who and side: which
	as    concept // of what the lexicon knows too
}

// ellipsis is the vocabulary of what is left out.
type ellipsis struct {
	words  map[rune][]roleWord // by first character, longest first
	who    [][]string          // by group
	found  [][]string          // by side
	papers []bool              // by side: it asks what to bring
}

type roleWord struct {
	text  []rune
	role  role
	group int
}

//nolint:gochecknoglobals // the embedded vocabulary never changes; it is read once, at the first follow-up
var ellipses = sync.OnceValues(newEllipsis)

func newEllipsis() (*ellipsis, error) {
	var data struct {
		Cues   string   `yaml:"cues"`
		Places string   `yaml:"places"`
		Papers string   `yaml:"papers"`
		Who    []string `yaml:"who"`
		Sides  []struct {
			Asked  string `yaml:"asked"`
			Found  string `yaml:"found"`
			Papers bool   `yaml:"papers"`
		} `yaml:"sides"`
	}
	if err := yaml.UnmarshalWithOptions(followupFile, &data, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("knowledge: follow-ups: %w", err)
	}
	e := &ellipsis{words: map[rune][]roleWord{}}
	for n, s := range data.Sides {
		e.add(side, n, s.Asked)
		e.found, e.papers = append(e.found, strings.Fields(s.Found)), append(e.papers, s.Papers)
	}
	for n, line := range data.Who {
		e.add(who, n, line)
		e.who = append(e.who, strings.Fields(line))
	}
	e.add(cue, 0, data.Cues)
	e.add(place, 0, data.Places)
	e.add(paper, 0, data.Papers)
	for _, list := range e.words {
		slices.SortStableFunc(list, func(a, b roleWord) int { return len(b.text) - len(a.text) })
	}
	return e, nil
}

func (e *ellipsis) add(r role, group int, words string) {
	for w := range strings.FieldsSeq(words) {
		rs := []rune(w)
		e.words[rs[0]] = append(e.words[rs[0]], roleWord{rs, r, group})
	}
}

// pieces takes a normalised text apart. Where both vocabularies know a word,
// the longer one is meant, and this one of two equal ones.
func (l *Library) pieces(e *ellipsis, normal string) []piece {
	rs := []rune(normal)
	var out []piece
	for i := 0; i < len(rs); {
		p, size := l.piece(e, rs[i:])
		if last := len(out) - 1; p.role == content && last >= 0 && out[last].role == content && size == 1 && rs[i] != ' ' && rs[i-1] != ' ' {
			out[last].text = rs[i-len(out[last].text) : i+1]
		} else if rs[i] != ' ' {
			p.text = rs[i : i+size]
			out = append(out, p)
		}
		i += size
	}
	return out
}

// papersAsSubject takes papers for what a text is about, which they are unless
// it asks what to bring.
func papersAsSubject(ps []piece) []piece {
	for i := range ps {
		if ps[i].role == paper {
			ps[i].role = subject
		}
	}
	return ps
}

// asksForPapers reports whether one of the sides asks what to bring.
func (e *ellipsis) asksForPapers(ps []piece) bool {
	return slices.ContainsFunc(ps, func(p piece) bool { return p.role == side && e.papers[p.group] })
}

// piece is what rs begins with, and its length.
func (l *Library) piece(e *ellipsis, rs []rune) (piece, int) {
	lex := l.analyzer.lexicon
	run := max(1, latinRun(rs))
	known, own := longest(lex.phrases, rs), e.longest(rs)
	switch {
	case own != nil && len(own.text) >= run && (known == nil || len(own.text) >= len(known.text)):
		p := piece{role: own.role, group: own.group}
		if known != nil && len(known.text) == len(own.text) {
			p.as = known.concept()
		}
		return p, len(own.text)
	case known == nil || len(known.text) < run:
		if lex.light[rs[0]] {
			return piece{role: cue}, 1
		}
		return piece{role: content}, run
	case known.concept() == 0:
		last := len(known.text) - 1
		if next := longest(lex.phrases, rs[last:]); last > 0 && next != nil && len(next.text) > 1 {
			return piece{role: cue}, last // 怎么办理 is 怎么 and 办理, not 怎么办 and 理
		}
		return piece{role: cue}, len(known.text)
	}
	return l.tradeWord(e, known), len(known.text)
}

// tradeWord is a word of the lexicon as a piece.
func (l *Library) tradeWord(e *ellipsis, known *phrase) piece {
	switch l.analyzer.lexicon.classes[known.concept()] {
	case object:
		return piece{role: subject, as: known.concept()}
	case action:
		return piece{role: doing, as: known.concept()}
	case aspect:
		for i := range known.text {
			if w := e.longest(known.text[i:]); w != nil && w.role == side {
				return piece{role: side, group: w.group}
			}
		}
	}
	return piece{role: content}
}

func (e *ellipsis) longest(rs []rune) *roleWord {
	list := e.words[rs[0]]
	for i := range list {
		if w := &list[i]; len(w.text) <= len(rs) && slices.Equal(w.text, rs[:len(w.text)]) {
			return w
		}
	}
	return nil
}

// objects are what the pieces are about.
func objects(ps []piece) []concept {
	var out []concept
	for _, p := range ps {
		if p.role == subject {
			out = append(out, p.as)
		}
	}
	return unique(out)
}

// text joins the pieces with a role that keep says.
func text(ps []piece, keep func(p *piece) bool) string {
	var b strings.Builder
	for i := range ps {
		if keep(&ps[i]) {
			b.WriteString(string(ps[i].text))
		}
	}
	return b.String()
}

func has(ps []piece, roles ...role) bool {
	return slices.ContainsFunc(ps, func(p piece) bool { return slices.Contains(roles, p.role) })
}

// holds reports whether text speaks of what run says: as it stands, or in
// most of its pairs of characters.
func holds(text string, run []rune) bool {
	if strings.Contains(text, string(run)) {
		return true
	}
	found := 0
	for i := range len(run) - 1 {
		if strings.Contains(text, string(run[i:i+2])) {
			found++
		}
	}
	return found > 0 && found*2 > len(run)-1 && utf8.RuneCountInString(string(run)) > 2
}
