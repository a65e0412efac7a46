package proof

import (
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket/deadline"
)

// Text is what is about to go out, and what has to be known about it.
type Text struct {
	Text   string
	Public bool     // everybody reads it, not only whom it answers
	Report bool     // it answers a report (举报)
	Remedy []string // words it must hold, for it refuses something
}

// Sources is what a text is held against.
type Sources struct {
	Documents []knowledge.Document
	Calendar  *deadline.Calendar
	Lines     []string // telephone numbers that are public
	Domains   []string // that links may lead to, subdomains included
	At        time.Time
}

// Checker reads texts. It does not change once made and is safe for concurrent
// use.
type Checker struct {
	words  *lexicon
	names  *names
	titles []title
	shapes *shapes
}

//nolint:gochecknoglobals // the embedded data never change; they are read once, when first needed
var shipped = sync.OnceValues(newChecker)

// Shipped returns the checker with the data the product ships.
func Shipped() (*Checker, error) { return shipped() }

func newChecker() (*Checker, error) {
	words, err := newLexicon(wordsFile)
	if err != nil {
		return nil, err
	}
	names, err := newNames()
	if err != nil {
		return nil, err
	}
	titles, err := newTitles()
	if err != nil {
		return nil, err
	}
	return &Checker{words: words, names: names, titles: titles, shapes: newShapes()}, nil
}

// Lexicon is the version of the words texts are held against.
func (c *Checker) Lexicon() string { return c.words.version }

// Check returns what a reviewer should look at in text.
func (c *Checker) Check(text Text, against Sources) []Finding {
	p := newPage(text, against)
	c.persons(p)
	c.laws(p)
	c.wording(p)
	c.links(p)
	remedies(p)
	c.dates(p)
	c.sums(p)
	return p.findings()
}

// page is a text being read. Its line is the text with full-width letters,
// digits and signs folded, one character for one, so that each pattern is
// written once. Checks speak of bytes of the line.
type page struct {
	Text

	Sources

	line   string
	chars  []rune // of the line
	typed  []rune // as typed
	number []int  // of the character a byte of the line belongs to
	start  []int  // of a character of the line, in bytes
	found  []Finding
	hidden []mask

	clauses [][2]int // of the line, in bytes
}

// mask is a passage no excerpt may show, and what it shows instead.
type mask struct {
	from, to int // characters
	shown    string
}

func newPage(text Text, against Sources) *page {
	p := &page{Text: text, Sources: against, typed: []rune(text.Text)}
	p.chars = make([]rune, len(p.typed))
	var line strings.Builder
	for i, r := range p.typed {
		p.chars[i] = fold(r)
		p.start = append(p.start, line.Len())
		line.WriteRune(p.chars[i])
		for len(p.number) < line.Len() {
			p.number = append(p.number, i)
		}
	}
	p.line = line.String()
	p.start, p.number = append(p.start, line.Len()), append(p.number, len(p.chars))
	p.split()
	return p
}

// split finds the clauses: what stands between commas and stops.
func (p *page) split() {
	from := 0
	for i, r := range p.line {
		if strings.ContainsRune("。;,!?\n", r) {
			p.clauses = append(p.clauses, [2]int{from, i})
			from = i + utf8.RuneLen(r)
		}
	}
	p.clauses = append(p.clauses, [2]int{from, len(p.line)})
}

// each calls do with the places of every match within a clause. Only clauses
// that hold a cue are looked at: most hold none, and looking is what costs.
func (p *page) each(shape *regexp.Regexp, cues []string, do func(m []int)) {
	for _, c := range p.clauses {
		clause := p.line[c[0]:c[1]]
		if !holds(clause, cues...) {
			continue
		}
		for _, m := range shape.FindAllStringSubmatchIndex(clause, -1) {
			for i := range m {
				if m[i] >= 0 {
					m[i] += c[0]
				}
			}
			do(m)
		}
	}
}

// fold makes full-width forms narrow.
func fold(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '\u3000' || r == '\u00a0':
		return ' '
	}
	return r
}

func folded(s string) string { return strings.Map(fold, s) }

// add notes a finding on the bytes of the line between from and to.
func (p *page) add(f Finding, from, to int) {
	f.From, f.To = p.number[from], p.number[to]
	p.found = append(p.found, f)
}

// findings are those that stay, with their excerpts.
func (p *page) findings() []Finding {
	kept := settle(p.found)
	for i := range kept {
		kept[i].Excerpt = p.excerpt(kept[i].From, kept[i].To)
	}
	return kept
}

// maxExcerpt is how many characters of a passage are shown.
const maxExcerpt = 40

// excerpt is a passage with everything personal masked, also what only reaches
// into it.
func (p *page) excerpt(from, to int) string {
	var out strings.Builder
	for at := from; at < to; {
		if at-from >= maxExcerpt {
			return out.String() + "…"
		}
		if m, ok := p.masked(at); ok {
			out.WriteString(m.shown)
			at = m.to
			continue
		}
		out.WriteRune(p.typed[at])
		at++
	}
	return out.String()
}

func (p *page) masked(at int) (mask, bool) {
	longest := mask{}
	for _, m := range p.hidden {
		if m.from <= at && at < m.to && m.to > longest.to {
			longest = m
		}
	}
	return longest, longest.to > 0
}

// before is up to n characters ahead of byte at, after those that follow it.
func (p *page) before(at, n int) string {
	return p.line[p.start[max(0, p.number[at]-n)]:at]
}

func (p *page) after(at, n int) string {
	return p.line[at:p.start[min(len(p.chars), p.number[at]+n)]]
}

// around is what stands in the sentence before byte from and behind byte to, as
// far as a word is looked for.
func (p *page) around(from, to int) (ahead, behind string) {
	const reach = 60 // characters
	const stops = "。!?;\n"
	ahead, behind = p.before(from, reach), p.after(to, reach)
	if i := strings.LastIndexAny(ahead, stops); i >= 0 {
		ahead = ahead[i:]
	}
	if i := strings.IndexAny(behind, stops); i >= 0 {
		behind = behind[:i]
	}
	return ahead, behind
}

func holds(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }
