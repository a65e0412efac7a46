package proof

import (
	_ "embed" // the words
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed words.yaml
var wordsFile []byte

// wordKind is why a word is on the list.
type wordKind string

const (
	typo           wordKind = "typo"
	usage          wordKind = "usage"
	promise        wordKind = "promise"
	insult         wordKind = "insult"
	discriminating wordKind = "discriminating"
	absolute       wordKind = "absolute"
	organ          wordKind = "organ"
	territory      wordKind = "territory"
	demand         wordKind = "demand"
)

// word is an entry of the lexicon.
type word struct {
	Word       string   `yaml:"word"`
	Kind       wordKind `yaml:"kind"`
	Severity   Severity `yaml:"severity"`
	Suggestion string   `yaml:"suggest"`
	Why        string   `yaml:"why"` // Chinese
	// Unless are longer words it is part of, or stands in, that are right.
	Unless []string `yaml:"unless"`
	// Denied means that a sentence that denies or forbids it is right.
	Denied bool `yaml:"denied"`
}

// lexicon holds the words by their first character, the longest first.
type lexicon struct {
	version string
	first   map[rune][]word
}

func newLexicon(file []byte) (*lexicon, error) {
	var f struct {
		Version string `yaml:"version"`
		Words   []word `yaml:"words"`
	}
	if err := yaml.UnmarshalWithOptions(file, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("proof: words: %w", err)
	}
	if f.Version == "" {
		return nil, errors.New("proof: words: no version")
	}
	l := &lexicon{version: f.Version, first: map[rune][]word{}}
	for _, w := range f.Words {
		if err := w.check(); err != nil {
			return nil, fmt.Errorf("proof: word %q: %w", w.Word, err)
		}
		w.Word = folded(w.Word)
		first := []rune(w.Word)[0]
		if slices.ContainsFunc(l.first[first], func(o word) bool { return o.Word == w.Word }) {
			return nil, fmt.Errorf("proof: word %q: doubled", w.Word)
		}
		l.first[first] = append(l.first[first], w)
	}
	for _, ws := range l.first {
		slices.SortStableFunc(ws, func(a, b word) int { return len(b.Word) - len(a.Word) })
	}
	return l, nil
}

func (w *word) check() error {
	kinds := []wordKind{typo, usage, promise, insult, discriminating, absolute, organ, territory, demand}
	switch {
	case len([]rune(w.Word)) < 2 || w.Why == "":
		return errors.New("a word of two characters and a reason are needed")
	case !slices.Contains(kinds, w.Kind) || w.Severity.rank() < 0:
		return fmt.Errorf("unknown kind %q or severity %q", w.Kind, w.Severity)
	}
	for _, u := range w.Unless {
		if !strings.Contains(u, w.Word) || u == w.Word {
			return fmt.Errorf("%q does not hold it", u)
		}
	}
	return nil
}

// wording notes the words of the lexicon. Where several begin, the longest
// counts; none within another.
func (c *Checker) wording(p *page) {
	for i := 0; i < len(p.chars); i++ {
		at := p.start[i]
		for _, w := range c.words.first[p.chars[i]] {
			if !strings.HasPrefix(p.line[at:], w.Word) {
				continue
			}
			if !w.excused(p, at) {
				p.add(Finding{Code: "word." + string(w.Kind), Severity: w.Severity, Message: w.Why, Suggestion: w.Suggestion}, at, at+len(w.Word))
			}
			i += len([]rune(w.Word)) - 1
			break
		}
	}
}

// excused reports whether the word at a byte is right where it stands.
func (w *word) excused(p *page, at int) bool {
	for _, u := range w.Unless {
		for offset := 0; ; offset++ {
			i := strings.Index(u[offset:], w.Word)
			if i < 0 {
				break
			}
			offset += i
			if at >= offset && strings.HasPrefix(p.line[at-offset:], u) {
				return true
			}
		}
	}
	if !w.Denied {
		return false
	}
	ahead, behind := p.around(at, at+len(w.Word))
	return holds(ahead, "不", "勿", "别", "严禁", "绝非", "谨防", "警惕", "凡是", "凡要求", "冒充", "谎称", "声称", "自称", "诱导", "诱骗", "骗", "无法", "没有", "所谓", "假冒", "未") ||
		holds(behind, "都是诈骗", "均为诈骗", "是诈骗", "诈骗手段", "不可信", "不要相信", "都是假的", "是真的吗")
}
