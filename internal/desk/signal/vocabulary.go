package signal

import (
	"math"
	"slices"
)

// How common terms are is counted by so many counters; two terms may share one. They
// come by the page as terms do, so that a desk without letters holds none.
const (
	counters = 1 << 20
	aPage    = 1 << 10
)

// vocabulary knows terms by number, and how many letters hold each. Terms are
// mixed with a key: nothing in memory can be read as a word.
type vocabulary struct {
	key     uint64
	common  []*[aPage]uint32 // letters that hold a term, by counter
	letters int
}

func newVocabulary(key uint64) vocabulary {
	return vocabulary{key: key, common: make([]*[aPage]uint32, counters/aPage)}
}

// mixed lists the terms of a text under the key, ascending: pairs of neighbours
// and words of the trade.
func (v *vocabulary) mixed(rs []rune, concepts []uint16) []uint32 {
	out := make([]uint32, 0, len(rs)+len(concepts))
	for i, r := range rs {
		if i > 0 && r != ' ' && rs[i-1] != ' ' {
			out = append(out, mix(uint64(rs[i-1])<<32|uint64(r)^v.key)) //nolint:gosec // characters are never negative
		}
	}
	for _, c := range concepts {
		out = append(out, mix(1<<62|uint64(c)^v.key))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func mix(h uint64) uint32 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return uint32(h >> 32)
}

// learn counts the terms of one more letter.
func (v *vocabulary) learn(terms []uint32) {
	v.letters++
	for _, term := range terms {
		page := &v.common[term%counters/aPage]
		if *page == nil {
			*page = new([aPage]uint32)
		}
		(*page)[term%aPage]++
	}
}

// holders is how many letters hold a term.
func (v *vocabulary) holders(term uint32) uint32 {
	if page := v.common[term%counters/aPage]; page != nil {
		return page[term%aPage]
	}
	return 0
}

// rarity is how much a term tells.
func (v *vocabulary) rarity(term uint32) float64 {
	return math.Log(1 + float64(v.letters+1)/float64(v.holders(term)+1))
}

// weigh makes a vector of length one of terms, by how much each tells.
func (v *vocabulary) weigh(terms []uint32) []weighted {
	text := make([]weighted, len(terms))
	for i, term := range terms {
		text[i] = weighted{term, v.rarity(term)}
	}
	if n := norm(text); n > 0 {
		for i := range text {
			text[i].weight /= n
		}
	}
	return text
}
