package conversation

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"jiesu/internal/desk/knowledge"
)

//go:embed lexicon/gates.yaml
var gateFile []byte

// Verdict is what a gate decided: the kind of decision and the fixed line that
// says it.
type Verdict struct {
	Kind   knowledge.Kind
	Line   string
	Beside string // what is said beside small talk that yields to it
}

//nolint:gochecknoglobals // the embedded lexicon never changes; it is read once, at the first message
var gates = sync.OnceValues(newGateKeeper)

// Gate decides whether text must not reach the library: present danger first,
// even inside a long letter; then topics no machine may speak about; then small
// talk and noise. A lexicon that cannot be read closes every gate: a desk that
// would miss an emergency answers nothing.
func Gate(text string) (Verdict, bool) {
	g, err := gates()
	if err != nil {
		return Verdict{Kind: knowledge.None, Line: "none.default"}, true
	}
	return g.judge(text)
}

// HumanLine is the fixed line for those who want to talk to a person.
const HumanLine = "smalltalk.human"

// AsksPerson reports whether text asks for a person and for nothing else.
func AsksPerson(text string) bool {
	v, ok := Gate(text)
	return ok && v.Line == HumanLine
}

// gateKeeper holds the compiled lexicon.
type gateKeeper struct {
	normaliser                   *knowledge.Normaliser
	present, past, general, asks *pattern
	emergency                    []rule
	restricted                   []rule
	smallTalk                    []rule
}

// rule leads to one fixed line.
type rule struct {
	line   string
	any    *pattern
	not    *pattern // fits nothing where nothing speaks against it
	pinyin *pattern // fits nothing where it is not known in Latin letters
	grave  bool     // danger even if past, unless something is asked
	stated bool     // danger only if nothing is asked
	yields bool     // to the library
	max    int      // characters; 0: any length
}

// ruleData is one rule as written: alternatives, joined by "or".
type ruleData struct {
	Line   string   `yaml:"line"`
	Any    []string `yaml:"any"`
	Not    []string `yaml:"not"`
	Pinyin string   `yaml:"pinyin"`
	Grave  bool     `yaml:"grave"`
	Stated bool     `yaml:"stated"`
	Yields bool     `yaml:"yields"`
	Max    int      `yaml:"max"`
}

// word is a named part of the patterns after it.
type word struct {
	Name string `yaml:"name"`
	Is   string `yaml:"is"`
}

func newGateKeeper() (*gateKeeper, error) {
	var data struct {
		Emergency struct {
			Words   []word     `yaml:"words"`
			Present string     `yaml:"present"`
			Past    string     `yaml:"past"`
			General string     `yaml:"general"`
			Asks    string     `yaml:"asks"`
			Lines   []ruleData `yaml:"lines"`
		} `yaml:"emergency"`
		Restricted []ruleData `yaml:"restricted"`
		SmallTalk  []ruleData `yaml:"smalltalk"`
	}
	if err := yaml.UnmarshalWithOptions(gateFile, &data, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("conversation: gate lexicon: %w", err)
	}
	c := newCompiler(data.Emergency.Words)
	g := &gateKeeper{
		normaliser: knowledge.NewNormaliser(),
		present:    c.pattern(data.Emergency.Present),
		past:       c.pattern(data.Emergency.Past),
		general:    c.pattern(data.Emergency.General),
		asks:       c.pattern(data.Emergency.Asks),
		emergency:  c.rules(data.Emergency.Lines),
		restricted: c.rules(data.Restricted),
		smallTalk:  c.rules(data.SmallTalk),
	}
	return g, c.err
}

// compiler compiles patterns and keeps the first error.
type compiler struct {
	words *strings.Replacer
	err   error
}

func newCompiler(words []word) *compiler {
	c := &compiler{words: strings.NewReplacer()}
	var pairs []string
	for _, w := range words {
		pairs = append(pairs, "<"+w.Name+">", "(?:"+c.words.Replace(w.Is)+")")
		c.words = strings.NewReplacer(pairs...)
	}
	return c
}

// pattern fits where one of the alternatives does.
func (c *compiler) pattern(alternatives ...string) *pattern {
	p, err := newPattern(c.words.Replace(strings.Join(alternatives, "|")))
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("conversation: gate lexicon: %w", err)
	}
	return p
}

func (c *compiler) rules(data []ruleData) []rule {
	out := make([]rule, 0, len(data))
	for _, d := range data {
		out = append(out, rule{
			line: d.Line, any: c.pattern(d.Any...), not: c.pattern(d.Not...), pinyin: c.pattern(d.Pinyin),
			grave: d.Grave, stated: d.Stated, yields: d.Yields, max: d.Max,
		})
	}
	return out
}

func (g *gateKeeper) judge(text string) (Verdict, bool) {
	sentences := g.sentences(text)
	if line, ok := g.danger(sentences); ok {
		return Verdict{Kind: knowledge.Emergency, Line: line}, true
	}
	whole := strings.Join(sentences, " ")
	for _, r := range g.restricted {
		if r.fits(whole) {
			return Verdict{Kind: knowledge.Restricted, Line: r.line}, true
		}
	}
	if noise(whole) {
		return Verdict{Kind: knowledge.SmallTalk, Line: "smalltalk.test"}, true
	}
	for _, r := range g.smallTalk {
		if r.fits(whole) {
			return Verdict{Kind: knowledge.SmallTalk, Line: r.line, Beside: g.beside(&r, text)}, true
		}
	}
	return Verdict{}, false
}

// beside is what text says in clauses that do not fit r.
func (g *gateKeeper) beside(r *rule, text string) string {
	if !r.yields {
		return ""
	}
	var kept []string
	for _, c := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。！？!?；;，,、 \n\r", r) }) {
		if normal := g.normaliser.Text(c); normal != "" && !r.any.fits(normal) {
			kept = append(kept, c)
		}
	}
	return strings.Join(kept, "，")
}

// sentences are the normalised sentences of text.
func (g *gateKeeper) sentences(text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。！？!?；;\n\r", r) })
	out := parts[:0]
	for _, p := range parts {
		if p = g.normaliser.Text(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// danger looks for present danger, sentence by sentence: what one sentence
// tells of the past does not excuse the next.
func (g *gateKeeper) danger(sentences []string) (string, bool) {
	asked := slices.ContainsFunc(sentences, g.asks.fits)
	for _, s := range sentences {
		latin := latin(s)
		happening := g.present.fits(s)
		general, past := g.general.fits(s) || g.general.fits(latin), g.past.fits(s)
		for _, r := range g.emergency {
			excused := general || past && (asked || !r.grave) || r.stated && asked
			if (!excused || happening) && (r.fits(s) || r.fitsPinyin(latin)) {
				return r.line, true
			}
		}
	}
	return "", false
}

// latin is what is said in Latin letters alone, such as pinyin, without blanks:
// people put those where they like.
func latin(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return ""
	}
	return strings.ReplaceAll(s, " ", "")
}

func (r *rule) fitsPinyin(latin string) bool {
	return latin != "" && r.pinyin.fits(latin)
}

func (r *rule) fits(text string) bool {
	if r.max > 0 && utf8.RuneCountInString(text) > r.max {
		return false
	}
	return r.any.fits(text) && !r.not.fits(text)
}

// noise reports that a message says nothing: no letters and no number of a
// hotline, or letters struck at random, which have hardly a vowel among them.
func noise(whole string) bool {
	letters, vowels := 0, 0
	for _, r := range whole {
		switch {
		case unicode.Is(unicode.Han, r):
			return false
		case unicode.IsLetter(r):
			letters++
			if strings.ContainsRune("aeiouv", r) { // v stands for ü in pinyin
				vowels++
			}
		}
	}
	if letters == 0 {
		return !hotline(whole)
	}
	const fewest, share = 5, 5
	return letters >= fewest && vowels*share < letters
}

// hotline reports that text looks like the number of a public hotline, such as
// 110 or 12389.
func hotline(text string) bool {
	switch len(text) {
	case len("110"):
		return text[0] == '1'
	case len("12389"):
		return strings.HasPrefix(text, "12") || strings.HasPrefix(text, "96")
	}
	return false
}
