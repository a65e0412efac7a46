package knowledge

import (
	"maps"
	"slices"
)

// Synonyms are the words the trade uses for one thing, each with the others of
// its group: what an engine that segments words itself must be told.
func Synonyms() (map[string][]string, error) {
	a, err := NewAnalyzer()
	if err != nil {
		return nil, err
	}
	groups := map[concept][]string{}
	for _, first := range slices.Sorted(maps.Keys(a.lexicon.phrases)) {
		for _, p := range a.lexicon.phrases[first] {
			if len(p.parts) == 1 && !p.asking { // a compound is no other word for one of its parts
				groups[p.parts[0].concept] = append(groups[p.parts[0].concept], string(p.text))
			}
		}
	}
	synonyms := map[string][]string{}
	for _, words := range groups {
		for i, w := range words {
			if others := slices.Delete(slices.Clone(words), i, i+1); len(others) > 0 {
				synonyms[w] = others
			}
		}
	}
	return synonyms, nil
}

// Canonical is s without fillers and with every word of the trade as the first
// of its group, so that two ways to say one thing read the same.
func (a *Analyzer) Canonical(s string) string {
	return string(a.read([]rune(a.fold.Text(s))).canonical)
}
