package precedent

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Bag counts the terms of one letter, in ascending order.
type Bag []counted

type counted struct {
	term uint64
	n    float32
}

// Letter is what the parts of a letter say, as terms: equal ones mean the same.
type Letter struct {
	Title   []uint64
	Opening []uint64 // of the text: people say first what they want
	Rest    []uint64
	Facts   []uint64 // what is known beside the words: kind, category, district, the unit the rules name
}

// Bag counts l. The weights are those under which cross-validation did best.
func (l Letter) Bag() Bag {
	const title, opening, rest, facts = 3, 1, 0.3, 50
	counts := map[uint64]float32{}
	for _, part := range []struct {
		terms  []uint64
		weight float32
	}{{l.Title, title}, {l.Opening, opening}, {l.Rest, rest}, {l.Facts, facts}} {
		for _, t := range part.terms {
			counts[t] += part.weight
		}
	}
	b := make(Bag, 0, len(counts))
	for _, t := range slices.Sorted(maps.Keys(counts)) {
		b = append(b, counted{t, counts[t]})
	}
	return b
}

// Example is a finished ticket: what its letter said, and who answered it.
type Example struct {
	ID   string
	Unit string
	Bag  Bag
}

// weighted is one term of a vector.
type weighted struct {
	term  int32
	value float32
}

// vector is a letter among the terms of a vocabulary: ascending, of length one.
type vector []weighted

// vocabulary numbers the terms that more than one example holds, and knows how
// much each tells.
type vocabulary struct {
	number map[uint64]int32
	idf    []float32
}

// newVocabulary numbers terms in their own order, so that nothing depends on
// how maps are walked.
func newVocabulary(examples []Example) *vocabulary {
	const shared = 2 // a term of one single letter connects nothing
	frequency := map[uint64]int{}
	for _, e := range examples {
		for _, c := range e.Bag {
			frequency[c.term]++
		}
	}
	v := &vocabulary{number: map[uint64]int32{}}
	for _, t := range slices.Sorted(maps.Keys(frequency)) {
		if f := frequency[t]; f >= shared {
			v.number[t] = int32(len(v.idf)) //nolint:gosec // far below 2^31 terms
			v.idf = append(v.idf, float32(math.Log(float64(1+len(examples))/float64(1+f))+1))
		}
	}
	return v
}

// vector weighs b: a second mention says less than the first, a rare term more
// than a common one.
func (v *vocabulary) vector(b Bag) vector {
	out := make(vector, 0, len(b))
	sum := 0.0
	for _, c := range b {
		if id, ok := v.number[c.term]; ok {
			value := math.Log1p(float64(c.n)) * float64(v.idf[id])
			out = append(out, weighted{id, float32(value)})
			sum += value * value
		}
	}
	slices.SortFunc(out, func(a, b weighted) int { return cmp.Compare(a.term, b.term) })
	for i := range out {
		out[i].value /= float32(math.Sqrt(sum))
	}
	return out
}
