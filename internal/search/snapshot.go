package search

import (
	"cmp"
	"container/heap"
	"slices"
	"sync"

	"jiesu/internal/desk/knowledge"
)

// snapshot is one state of the content. All postings stand in two arrays, term
// after term.
type snapshot struct {
	analyzer *knowledge.Analyzer
	ids      []string                  // by document number
	numbers  map[knowledge.Term]uint32 // of the terms
	starts   []uint32                  // by term number: its first posting; one more at the end
	docs     []uint32                  // document numbers, ascending within a term
	impacts  []float32                 // what the term adds to the document's score
	scratch  *sync.Pool                // of *accumulator
}

// accumulator gathers the scores of one search.
type accumulator struct {
	scores  []float32 // by document number; all zero between searches
	touched []uint32
}

func (s *snapshot) search(text string, limit int) []knowledge.Candidate {
	acc, ok := s.scratch.Get().(*accumulator)
	if !ok {
		acc = &accumulator{scores: make([]float32, len(s.ids))}
	}
	defer s.scratch.Put(acc)
	t := s.analyzer.Analyse(text)
	for _, terms := range t.Terms {
		for _, term := range terms {
			s.add(acc, term)
		}
	}
	best := ranking{scores: acc.scores}
	for _, d := range acc.touched {
		best.offer(d, limit)
	}
	slices.SortFunc(best.docs, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(acc.scores[b], acc.scores[a]), cmp.Compare(a, b))
	})
	found := make([]knowledge.Candidate, len(best.docs))
	for i, d := range best.docs {
		found[i] = knowledge.Candidate{Entry: s.ids[d], Score: float64(acc.scores[d])}
	}
	for _, d := range acc.touched {
		acc.scores[d] = 0
	}
	acc.touched = acc.touched[:0]
	return found
}

func (s *snapshot) add(acc *accumulator, t knowledge.Term) {
	n, ok := s.numbers[t]
	if !ok {
		return
	}
	from, to := s.starts[n], s.starts[n+1]
	docs, impacts := s.docs[from:to], s.impacts[from:to]
	for i, d := range docs {
		if acc.scores[d] == 0 {
			acc.touched = append(acc.touched, d)
		}
		acc.scores[d] += impacts[i]
	}
}

// ranking keeps the best documents seen, the worst of them on top.
type ranking struct {
	docs   []uint32
	scores []float32
}

// offer takes d in if it is among the best n.
func (r *ranking) offer(d uint32, n int) {
	if len(r.docs) < n {
		heap.Push(r, d)
		return
	}
	if r.worse(r.docs[0], d) {
		r.docs[0] = d
		heap.Fix(r, 0)
	}
}

// worse orders by score, then by document number, so that equal content and
// text give equal candidates.
func (r *ranking) worse(a, b uint32) bool {
	return r.scores[a] < r.scores[b] || r.scores[a] == r.scores[b] && a > b
}

// Len implements heap.Interface.
func (r *ranking) Len() int { return len(r.docs) }

// Less implements heap.Interface.
func (r *ranking) Less(i, j int) bool { return r.worse(r.docs[i], r.docs[j]) }

// Swap implements heap.Interface.
func (r *ranking) Swap(i, j int) { r.docs[i], r.docs[j] = r.docs[j], r.docs[i] }

// Push implements heap.Interface.
func (r *ranking) Push(x any) {
	if d, ok := x.(uint32); ok {
		r.docs = append(r.docs, d)
	}
}

// Pop implements heap.Interface.
func (r *ranking) Pop() any {
	last := r.docs[len(r.docs)-1]
	r.docs = r.docs[:len(r.docs)-1]
	return last
}
