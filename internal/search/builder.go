package search

import (
	"math"
	"slices"
	"sync"

	"jiesu/internal/desk/knowledge"
)

// Weights of the fields: what a citizen types is likest to a question.
const (
	inQuestion = 1
	inKeywords = 0.6
	inAnswer   = 0.1
)

// posting is one term in one document while an index is built.
type posting struct {
	term, doc uint32
	weight    float32 // of the best field it stands in
}

// builder collects postings, document after document.
type builder struct {
	analyzer *knowledge.Analyzer
	ids      []string
	lengths  []float32 // by document: characters of a question, on average
	numbers  map[knowledge.Term]uint32
	terms    []tally // by term number
	postings []posting
}

// tally counts a term.
type tally struct {
	seen    uint32 // the last document it was found in, and one more
	docs    uint32 // that have it in any field
	telling uint32 // that have it in a question or key word
}

// add takes in a document, its most telling fields first: saying the same in
// eight variants is not eight times as relevant.
func (b *builder) add(e *knowledge.Entry) {
	b.ids = append(b.ids, e.ID)
	length := b.collect(e.Question, inQuestion)
	for _, v := range e.Variants {
		length += b.collect(v, inQuestion)
	}
	for _, k := range e.Keywords {
		b.collect(k, inKeywords)
	}
	b.collect(e.Answer, inAnswer)
	b.lengths = append(b.lengths, float32(length)/float32(1+len(e.Variants)))
}

// collect notes the terms of text that the document did not have yet, and
// returns the length of the text.
func (b *builder) collect(text string, field float32) int {
	doc := uint32(len(b.ids) - 1) //nolint:gosec // a library is far below 2^32 entries
	t := b.analyzer.Analyse(text)
	for _, terms := range t.Terms {
		for _, term := range terms {
			n, ok := b.numbers[term]
			if !ok {
				n = uint32(len(b.terms)) //nolint:gosec // bounded by memory
				b.numbers[term] = n
				b.terms = append(b.terms, tally{})
			}
			c := &b.terms[n]
			if c.seen == doc+1 {
				continue
			}
			c.seen = doc + 1
			c.docs++
			if field >= inKeywords {
				c.telling++
			}
			b.postings = append(b.postings, posting{n, doc, field})
		}
	}
	return len(t.Terms[knowledge.Char])
}

// build weighs the postings (BM25 with a term counted once a document) and
// lays them out term after term.
func (b *builder) build() *snapshot {
	s := &snapshot{
		analyzer: b.analyzer, ids: slices.Clip(b.ids), numbers: b.numbers, starts: make([]uint32, len(b.terms)+1),
		docs: make([]uint32, len(b.postings)), impacts: make([]float32, len(b.postings)), scratch: &sync.Pool{},
	}
	next, rarity := make([]uint32, len(b.terms)), make([]float32, len(b.terms))
	for n, c := range b.terms {
		next[n], rarity[n] = s.starts[n], b.rarity(c)
		s.starts[n+1] = s.starts[n] + c.docs
	}
	norms := b.norms()
	for _, p := range b.postings {
		at := next[p.term]
		next[p.term]++
		s.docs[at] = p.doc
		s.impacts[at] = rarity[p.term] * p.weight * (k1 + 1) / (p.weight + norms[p.doc])
	}
	return s
}

const k1 = 1.2

// norms are the length norms of BM25, by document.
func (b *builder) norms() []float32 {
	const share = 0.5
	mean := float32(0)
	for _, l := range b.lengths {
		mean += l / float32(len(b.lengths))
	}
	norms := make([]float32, len(b.lengths))
	for i, l := range b.lengths {
		norms[i] = k1 * (1 - share + share*l/max(mean, 1))
	}
	return norms
}

// rarity is the inverse document frequency; what only answers say does not
// make a term common.
func (b *builder) rarity(c tally) float32 {
	n, frequency := float64(len(b.ids)), float64(c.telling)
	return float32(math.Log(1 + (n-frequency+0.5)/(frequency+0.5)))
}
