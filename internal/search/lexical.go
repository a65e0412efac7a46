package search

import "jiesu/internal/desk/knowledge"

// dimensions is how long a lexical vector is: below it, terms that share a
// place drown each other and right entries drop out of the candidates.
const dimensions = 768

// weight of a term in a document, by the best field it stands in, in tenths.
const (
	ofQuestion = 10 * inQuestion
	ofKeywords = 10 * inKeywords
	ofAnswer   = 10 * inAnswer
)

// spread adds w to the places of t in a lexical vector: two of them, with a
// sign each, all fixed by the term alone. Vectors of texts that share terms
// point the same way, the more the more they share, and what shares a place by
// chance cancels out on average. An engine that only knows nearest vectors so
// finds what shares most terms, rare ones first.
func spread[N int | float32](v []N, t knowledge.Term, w N) {
	const places = 2
	h := uint64(t)
	for range places {
		h += 0x9e3779b97f4a7c15 // splitmix64
		x := h
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
		if x>>63 == 0 {
			v[x%dimensions] += w
		} else {
			v[x%dimensions] -= w
		}
	}
}

// vectorOf is the lexical vector of a document, and the terms its questions and
// key words have. It depends on nothing but the entry, so that changing one
// entry changes one document.
func vectorOf(a *knowledge.Analyzer, e *knowledge.Entry) (vector []int, telling []knowledge.Term) {
	vector = make([]int, dimensions)
	seen := map[knowledge.Term]bool{}
	collect := func(w int, texts ...string) (found []knowledge.Term) {
		for _, term := range termsOf(a, texts) {
			if !seen[term] {
				seen[term] = true
				spread(vector, term, w)
				found = append(found, term)
			}
		}
		return found
	}
	telling = collect(ofQuestion, append([]string{e.Question}, e.Variants...)...)
	telling = append(telling, collect(ofKeywords, e.Keywords...)...)
	collect(ofAnswer, e.Answer)
	return vector, telling
}

// termsOf lists the terms of the texts, some more than once.
func termsOf(a *knowledge.Analyzer, texts []string) (all []knowledge.Term) {
	for _, text := range texts {
		t := a.Analyse(text)
		for _, terms := range t.Terms {
			all = append(all, terms...)
		}
	}
	return all
}
