package signal

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"
)

const (
	sketchSize = 64      // terms kept of a letter
	counters   = 1 << 20 // of how common terms are; two terms may share one
)

// Index finds, among very many letters, those that share rare words with a new
// one. Of each letter it keeps a sketch: a sample of its terms, drawn by the
// terms' own numbers, so that letters with the same words draw the same ones,
// and drawn the likelier the rarer. Terms are mixed with a key: nothing in
// memory can be read as a word. It is safe for concurrent use.
type Index struct {
	key      uint64
	mu       sync.RWMutex
	common   []uint32 // letters that hold a term, by counter
	letters  int
	ids      []string
	sketches [][]uint32
	since    []time.Time
	place    map[string]int32
	holders  map[uint32][]int32
}

// NewIndex returns an empty index. The key should be drawn by chance.
func NewIndex(key uint64) *Index {
	return &Index{key: key, common: make([]uint32, counters), place: map[string]int32{}, holders: map[uint32][]int32{}}
}

// Near is a letter that shares rare words with another.
type Near struct {
	ID    string
	Share float64 // of its sketch that the other letter holds
}

// mixed lists the terms of t under the key: pairs of neighbours and words of the
// trade.
func (x *Index) mixed(t *Text) []uint32 {
	_, pairs := grams(t.Telling)
	out := make([]uint32, 0, len(pairs)+len(t.Concepts))
	for g := range pairs {
		out = append(out, mix(uint64(g[0])<<32|uint64(g[1])^x.key)) //nolint:gosec // characters are never negative
	}
	for _, c := range t.Concepts {
		out = append(out, mix(1<<62|uint64(c)^x.key))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func mix(h uint64) uint32 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return uint32(h >> 32)
}

// rarity is how much a term tells.
func (x *Index) rarity(term uint32) float64 {
	return math.Log(1 + float64(x.letters+1)/float64(x.common[term%counters]+1))
}

// Add takes in a letter of a time; one that is known already stays as it is.
func (x *Index) Add(id string, at time.Time, t *Text) {
	terms := x.mixed(t)
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, known := x.place[id]; known {
		return
	}
	x.letters++
	for _, term := range terms {
		x.common[term%counters]++
	}
	at32 := int32(len(x.ids)) //nolint:gosec // far below 2^31 letters
	sketch := x.sketch(terms)
	x.place[id] = at32
	x.ids, x.sketches, x.since = append(x.ids, id), append(x.sketches, sketch), append(x.since, at)
	for _, term := range sketch {
		x.holders[term] = append(x.holders[term], at32)
	}
}

// sketch draws a sample: each term's number decides its place in a lottery its
// rarity gives it better chances in.
func (x *Index) sketch(terms []uint32) []uint32 {
	type ticket struct {
		term  uint32
		place float64
	}
	drawn := make([]ticket, len(terms))
	for i, t := range terms {
		chance := (float64(mix(uint64(t)*0x9e3779b97f4a7c15)) + 1) / (1 << 32)
		drawn[i] = ticket{t, -math.Log(chance) / x.rarity(t)}
	}
	slices.SortFunc(drawn, func(a, b ticket) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.term, b.term)) })
	out := make([]uint32, 0, sketchSize)
	for _, d := range drawn[:min(len(drawn), sketchSize)] {
		out = append(out, d.term)
	}
	return out
}

// Knows reports whether a letter is in the index.
func (x *Index) Knows(id string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	_, ok := x.place[id]
	return ok
}

// Len is the number of letters.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.place)
}

// Near returns at most n letters that share rare words with t, closest first,
// but never the letter with the id.
func (x *Index) Near(id string, t *Text, n int) []Near {
	const least = 3 // shared terms; fewer happen by chance
	terms := x.mixed(t)
	x.mu.RLock()
	defer x.mu.RUnlock()
	shared := make([]uint16, len(x.ids))
	var touched []int32
	for _, term := range terms {
		for _, l := range x.holders[term] {
			if shared[l]++; shared[l] == least && x.ids[l] != id {
				touched = append(touched, l)
			}
		}
	}
	best := make([]Near, len(touched))
	for i, l := range touched {
		best[i] = Near{x.ids[l], float64(shared[l]) / float64(len(x.sketches[l]))}
	}
	slices.SortFunc(best, func(a, b Near) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.ID, a.ID)) })
	return best[:min(n, len(best))]
}

// Forget drops letters older than before, once they are many enough to be worth
// the work.
func (x *Index) Forget(before time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	keep := func(i int) bool { return !x.since[i].Before(before) }
	old := 0
	for i := range x.ids {
		if !keep(i) {
			old++
		}
	}
	if old*10 <= len(x.ids) {
		return
	}
	ids, sketches, since := x.ids, x.sketches, x.since
	x.ids, x.sketches, x.since = nil, nil, nil
	x.place, x.holders = map[string]int32{}, map[uint32][]int32{}
	for i := range ids {
		if since[i].Before(before) {
			continue
		}
		at := int32(len(x.ids)) //nolint:gosec // far below 2^31 letters
		x.place[ids[i]] = at
		x.ids, x.sketches, x.since = append(x.ids, ids[i]), append(x.sketches, sketches[i]), append(x.since, since[i])
		for _, term := range sketches[i] {
			x.holders[term] = append(x.holders[term], at)
		}
	}
}
