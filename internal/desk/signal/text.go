package signal

import (
	"math"
	"slices"
	"unicode"
)

// Text is a text as it is compared.
type Text struct {
	Plain    []rune   // normalised
	Telling  []rune   // without fillers, every synonym as one word
	Concepts []uint16 // words of the trade, ascending
	Slots    []uint16 // conditions it names, ascending
}

// NewText makes a text of its readings.
func NewText(plain, telling string, concepts, slots []uint16) Text {
	return Text{Plain: []rune(plain), Telling: []rune(telling), Concepts: concepts, Slots: slots}
}

// gram is one character, or two neighbours: the first above the second.
type gram uint64

// grams lists the characters and the pairs of neighbours of rs, each once and
// ascending; blanks part neighbours.
func grams(rs []rune) (chars, pairs []gram) {
	chars, pairs = make([]gram, 0, len(rs)), make([]gram, 0, len(rs))
	before := ' '
	for _, r := range rs {
		if r != ' ' {
			chars = append(chars, gram(r)<<32) //nolint:gosec // characters are never negative
			if before != ' ' {
				pairs = append(pairs, gram(before)<<32|gram(r)) //nolint:gosec // the same
			}
		}
		before = r
	}
	slices.Sort(chars)
	slices.Sort(pairs)
	return slices.Compact(chars), slices.Compact(pairs)
}

// Background knows how common characters and pairs are. It does not change once
// made.
type Background struct {
	weights map[gram]float64
	unseen  float64
}

// NewBackground reads texts of the trade.
func NewBackground(texts []Text) *Background {
	b := &Background{weights: map[gram]float64{}}
	for _, t := range texts {
		chars, pairs := grams(t.Telling)
		for _, g := range slices.Concat(chars, pairs) {
			b.weights[g]++
		}
	}
	all := float64(len(texts) + 1)
	for g, seen := range b.weights {
		b.weights[g] = math.Log(1 + all/(seen+1))
	}
	b.unseen = math.Log(1 + all)
	return b
}

// weight is how much g tells: a rare gram more than a common one.
func (b *Background) weight(g gram) float64 {
	if w, ok := b.weights[g]; ok {
		return w
	}
	return b.unseen
}

func (b *Background) knows(g gram) bool { _, ok := b.weights[g]; return ok }

// numbers lists the numbers and Latin words of rs.
func numbers(rs []rune) map[string]bool {
	found := map[string]bool{}
	for i := 0; i < len(rs); {
		j := i
		for j < len(rs) && rs[j] < unicode.MaxLatin1 && rs[j] != ' ' {
			j++
		}
		if j > i {
			found[string(rs[i:j])] = true
		}
		i = max(j, i+1)
	}
	return found
}
