package signal

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"
)

const sketchSize = 64 // terms kept of a letter

// Index finds, among very many letters, those that share rare words with a new
// one. Of each letter it keeps a sketch: a sample of its terms, drawn by the
// terms' own numbers, so that letters with the same words draw the same ones,
// and drawn the likelier the rarer. It is safe for concurrent use.
type Index struct {
	mu       sync.RWMutex
	words    vocabulary
	ids      []string
	sketches [][]uint32
	since    []time.Time
	place    map[string]int32
	holders  map[uint32][]int32
}

// NewIndex returns an empty index. The key should be drawn by chance.
func NewIndex(key uint64) *Index {
	return &Index{words: newVocabulary(key), place: map[string]int32{}, holders: map[uint32][]int32{}}
}

// Near is a letter that shares rare words with another.
type Near struct {
	ID    string
	Share float64 // of its sketch that the other letter holds
}

// Add takes in a letter of a time; one that is known already stays as it is.
func (x *Index) Add(id string, at time.Time, t *Text) {
	terms := x.words.mixed(t.Telling, t.Concepts)
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, known := x.place[id]; known {
		return
	}
	x.words.learn(terms)
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
		drawn[i] = ticket{t, -math.Log(chance) / x.words.rarity(t)}
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
// but never the letter with the id. The rarest words are followed first, and only
// so far that the commonest do not cost more than they tell.
func (x *Index) Near(id string, t *Text, n int) []Near {
	const closer = 3 // times as many are looked at in full
	terms := x.words.mixed(t.Telling, t.Concepts)
	x.mu.RLock()
	defer x.mu.RUnlock()
	own, known := x.place[id]
	var best []Near
	for _, at := range x.sharing(terms, closer*n) {
		if known && at == own {
			continue
		}
		shared := 0
		for _, term := range x.sketches[at] {
			if _, ok := slices.BinarySearch(terms, term); ok {
				shared++
			}
		}
		best = append(best, Near{x.ids[at], float64(shared) / float64(len(x.sketches[at]))})
	}
	slices.SortFunc(best, func(a, b Near) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.ID, a.ID)) })
	return best[:min(n, len(best))]
}

// sharing lists the letters that share the most of their sketches with terms, at
// least three and at most n of them; of those that share as many, the newest.
func (x *Index) sharing(terms []uint32, n int) []int32 {
	const (
		least    = 3      // shared terms; fewer happen by chance
		followed = 50_000 // holders of terms
	)
	var lists [][]int32
	for _, term := range terms {
		if list := x.holders[term]; len(list) > 0 {
			lists = append(lists, list)
		}
	}
	slices.SortStableFunc(lists, func(a, b []int32) int { return cmp.Compare(len(a), len(b)) })
	shared := make([]uint8, len(x.ids))
	var found []int32
	for i, left := 0, followed; i < len(lists) && (left > 0 || i < least); i++ {
		left -= len(lists[i])
		for _, at := range lists[i] {
			if shared[at]++; shared[at] == least {
				found = append(found, at)
			}
		}
	}
	return closest(found, shared, n)
}

// closest keeps the n letters that share the most.
func closest(found []int32, shared []uint8, n int) []int32 {
	var as [sketchSize + 1]int // how many letters share so many
	for _, at := range found {
		as[shared[at]]++
	}
	bound := sketchSize
	for sum := as[bound]; bound > 0 && sum < n; sum += as[bound] {
		bound--
	}
	found = slices.DeleteFunc(found, func(at int32) bool { return int(shared[at]) < bound })
	slices.SortFunc(found, func(a, b int32) int { return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(b, a)) })
	return found[:min(n, len(found))]
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
