package signal

import (
	"math"
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

// gram is one character, or two neighbours.
type gram [2]rune

// grams lists the characters and the pairs of neighbours of rs; blanks part
// neighbours.
func grams(rs []rune) (chars, pairs map[gram]bool) {
	chars, pairs = make(map[gram]bool, len(rs)), make(map[gram]bool, len(rs))
	for i, r := range rs {
		if r == ' ' {
			continue
		}
		chars[gram{r}] = true
		if i > 0 && rs[i-1] != ' ' {
			pairs[gram{rs[i-1], r}] = true
		}
	}
	return chars, pairs
}

// Background knows how common characters and pairs are. It does not change once
// made.
type Background struct {
	seen  map[gram]uint32
	texts int
}

// NewBackground reads texts of the trade.
func NewBackground(texts []Text) *Background {
	b := &Background{seen: map[gram]uint32{}, texts: len(texts)}
	for _, t := range texts {
		chars, pairs := grams(t.Telling)
		for g := range chars {
			b.seen[g]++
		}
		for g := range pairs {
			b.seen[g]++
		}
	}
	return b
}

// weight is how much g tells: a rare gram more than a common one.
func (b *Background) weight(g gram) float64 {
	return math.Log(1 + float64(b.texts+1)/(float64(b.seen[g])+1))
}

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
