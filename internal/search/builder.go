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
	doc    uint32
	weight float32 // of the best field it stands in
}

// builder collects postings.
type builder struct {
	analyzer *knowledge.Analyzer
	ids      []string
	lengths  []float32 // by document: characters of a question, on average
	postings map[knowledge.Term][]posting
}

func (b *builder) add(e *knowledge.Entry) {
	doc := uint32(len(b.ids)) //nolint:gosec // a library is far below 2^32 entries
	b.ids = append(b.ids, e.ID)
	weights := map[knowledge.Term]float32{}
	length := b.collect(weights, e.Question, inQuestion)
	for _, v := range e.Variants {
		length += b.collect(weights, v, inQuestion)
	}
	for _, k := range e.Keywords {
		b.collect(weights, k, inKeywords)
	}
	b.collect(weights, e.Answer, inAnswer)
	b.lengths = append(b.lengths, float32(length)/float32(1+len(e.Variants)))
	for t, w := range weights {
		b.postings[t] = append(b.postings[t], posting{doc, w})
	}
}

// collect keeps the best field a term stands in: saying the same in eight
// variants is not eight times as relevant. It returns the length of the text.
func (b *builder) collect(weights map[knowledge.Term]float32, text string, field float32) int {
	t := b.analyzer.Analyse(text)
	for _, terms := range t.Terms {
		for _, term := range terms {
			weights[term] = max(weights[term], field)
		}
	}
	return len(t.Terms[knowledge.Char])
}

// build weighs the postings (BM25 with a term counted once a document) and
// lays them out.
func (b *builder) build() *snapshot {
	const k1, share = 1.2, 0.5
	total, mean := 0, float32(0)
	for _, ps := range b.postings {
		total += len(ps)
	}
	for _, l := range b.lengths {
		mean += l / float32(len(b.lengths))
	}
	norms := make([]float32, len(b.lengths))
	for i, l := range b.lengths {
		norms[i] = k1 * (1 - share + share*l/max(mean, 1))
	}
	s := &snapshot{
		analyzer: b.analyzer, ids: slices.Clip(b.ids), spans: make(map[knowledge.Term]span, len(b.postings)),
		docs: make([]uint32, 0, total), impacts: make([]float32, 0, total), scratch: &sync.Pool{},
	}
	for t, ps := range b.postings {
		from := uint32(len(s.docs)) //nolint:gosec // bounded by memory
		rarity := b.rarity(ps)
		for _, p := range ps {
			s.docs = append(s.docs, p.doc)
			s.impacts = append(s.impacts, rarity*p.weight*(k1+1)/(p.weight+norms[p.doc]))
		}
		s.spans[t] = span{from, uint32(len(s.docs))} //nolint:gosec // bounded by memory
	}
	return s
}

// rarity is the inverse document frequency; what only answers say does not
// make a term common.
func (b *builder) rarity(ps []posting) float32 {
	n, frequency := float64(len(b.ids)), 0.0
	for _, p := range ps {
		if p.weight >= inKeywords {
			frequency++
		}
	}
	return float32(math.Log(1 + (n-frequency+0.5)/(frequency+0.5)))
}
