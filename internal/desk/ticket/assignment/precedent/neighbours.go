package precedent

import (
	"cmp"
	"slices"
)

// neighbours finds the examples closest to a text.
type neighbours struct {
	postings [][]weighted // by term: which examples hold it, and how strongly
	units    []int
	n        int
}

func newNeighbours(vectors []vector, units []int, n, terms int) *neighbours {
	k := &neighbours{postings: make([][]weighted, terms), units: units, n: n}
	for i, v := range vectors {
		for _, w := range v {
			k.postings[w.term] = append(k.postings[w.term], weighted{int32(i), w.value})
		}
	}
	return k
}

// near is an example and how much alike it is, 0..1.
type near struct {
	example int
	cosine  float32
}

const closest = 15 // neighbours that have a say

// nearest returns the closest examples, the most alike first.
func (k *neighbours) nearest(v vector) []near {
	cosine := make([]float32, len(k.units))
	for _, w := range v {
		for _, p := range k.postings[w.term] {
			cosine[p.term] += w.value * p.value
		}
	}
	var best []near
	for i, c := range cosine {
		if c <= 0 || len(best) == closest && c <= best[closest-1].cosine {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, c, func(n near, c float32) int { return -cmp.Compare(n.cosine, c) })
		for at < len(best) && best[at].cosine == c { // of two alike the earlier stands first
			at++
		}
		best = slices.Insert(best, at, near{i, c})
		best = best[:min(len(best), closest)]
	}
	return best
}

// scores is the share of the neighbours' votes; the closer, the more.
func (k *neighbours) scores(v vector) []float64 {
	out := make([]float64, k.n)
	total := 0.0
	for _, n := range k.nearest(v) {
		vote := float64(n.cosine) * float64(n.cosine)
		out[k.units[n.example]] += vote
		total += vote
	}
	for u := range out {
		if total > 0 {
			out[u] /= total
		}
	}
	return out
}
