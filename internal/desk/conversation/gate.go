package conversation

import (
	_ "embed"
	"fmt"
	"regexp"
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
	Kind knowledge.Kind
	Line string
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
		return Verdict{knowledge.None, "none.default"}, true
	}
	return g.judge(text)
}

// gateKeeper holds the compiled lexicon.
type gateKeeper struct {
	normaliser             *knowledge.Normaliser
	present, past, general *regexp.Regexp
	emergency              []rule
	restricted             []rule
	smallTalk              []rule
}

// rule leads to one fixed line.
type rule struct {
	line string
	any  *regexp.Regexp
	not  *regexp.Regexp // nil: nothing speaks against it
	max  int            // characters; 0: any length
}

// ruleData is one rule as written: alternatives, joined by "or".
type ruleData struct {
	Line   string   `yaml:"line"`
	Danger []string `yaml:"danger"`
	Any    []string `yaml:"any"`
	Not    []string `yaml:"not"`
	Max    int      `yaml:"max"`
}

func newGateKeeper() (*gateKeeper, error) {
	var data struct {
		Emergency struct {
			Present string     `yaml:"present"`
			Past    string     `yaml:"past"`
			General string     `yaml:"general"`
			Lines   []ruleData `yaml:"lines"`
		} `yaml:"emergency"`
		Restricted []ruleData `yaml:"restricted"`
		SmallTalk  []ruleData `yaml:"smalltalk"`
	}
	if err := yaml.UnmarshalWithOptions(gateFile, &data, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("conversation: gate lexicon: %w", err)
	}
	c := compiler{}
	g := &gateKeeper{
		normaliser: knowledge.NewNormaliser(),
		present:    c.pattern(data.Emergency.Present),
		past:       c.pattern(data.Emergency.Past),
		general:    c.pattern(data.Emergency.General),
		emergency:  c.rules(data.Emergency.Lines),
		restricted: c.rules(data.Restricted),
		smallTalk:  c.rules(data.SmallTalk),
	}
	return g, c.err
}

// compiler compiles patterns and keeps the first error.
type compiler struct{ err error }

func (c *compiler) pattern(alternatives ...string) *regexp.Regexp {
	if len(alternatives) == 0 {
		return nil
	}
	re, err := regexp.Compile("(?:" + strings.Join(alternatives, ")|(?:") + ")")
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("conversation: gate lexicon: %w", err)
	}
	return re
}

func (c *compiler) rules(data []ruleData) []rule {
	out := make([]rule, 0, len(data))
	for _, d := range data {
		out = append(out, rule{
			line: d.Line, any: c.pattern(append(d.Danger, d.Any...)...), not: c.pattern(d.Not...), max: d.Max,
		})
	}
	return out
}

func (g *gateKeeper) judge(text string) (Verdict, bool) {
	sentences := g.sentences(text)
	if line, ok := g.danger(sentences); ok {
		return Verdict{knowledge.Emergency, line}, true
	}
	whole := strings.Join(sentences, " ")
	for _, r := range g.restricted {
		if r.fits(whole) {
			return Verdict{knowledge.Restricted, r.line}, true
		}
	}
	if noise(whole) {
		return Verdict{knowledge.SmallTalk, "smalltalk.test"}, true
	}
	for _, r := range g.smallTalk {
		if r.fits(whole) {
			return Verdict{knowledge.SmallTalk, r.line}, true
		}
	}
	return Verdict{}, false
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
	for _, r := range g.emergency {
		for _, s := range sentences {
			if !r.any.MatchString(s) {
				continue
			}
			over := g.past.MatchString(s) || g.general.MatchString(s)
			if !over || g.present.MatchString(s) {
				return r.line, true
			}
		}
	}
	return "", false
}

func (r *rule) fits(text string) bool {
	if r.max > 0 && utf8.RuneCountInString(text) > r.max {
		return false
	}
	return r.any.MatchString(text) && (r.not == nil || !r.not.MatchString(text))
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
