package signal

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed words.yaml
var wordsFile []byte

// words tell questions apart that share all others.
type words struct {
	asks      map[string][]string
	negations []string
	opposites [][2]string
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
	w := &words{asks: map[string][]string{}, negations: strings.Fields(f.Negations)}
	for kind, list := range f.Asks {
		w.asks[kind] = strings.Fields(list)
	}
	for _, pair := range f.Opposites {
		two := strings.Fields(pair)
		if len(two) != 2 {
			return nil, fmt.Errorf("signal: words: opposites %q are not two", pair)
		}
		w.opposites = append(w.opposites, [2]string{two[0], two[1]})
	}
	return w, nil
}

// kinds lists the ways s asks.
func (w *words) kinds(s string) map[string]bool {
	found := map[string]bool{}
	for kind, list := range w.asks {
		if holdsAny(s, list) {
			found[kind] = true
		}
	}
	return found
}

func (w *words) negates(s string) bool { return holdsAny(s, w.negations) }

// opposed reports whether a says the opposite of b: one word in a alone, its
// opposite in b alone.
func (w *words) opposed(a, b string) bool {
	only := func(x, y, word string) bool { return strings.Contains(x, word) && !strings.Contains(y, word) }
	for _, o := range w.opposites {
		if only(a, b, o[0]) && only(b, a, o[1]) || only(a, b, o[1]) && only(b, a, o[0]) {
			return true
		}
	}
	return false
}

func holdsAny(s string, list []string) bool {
	for _, word := range list {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
