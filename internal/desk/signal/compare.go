package signal

import (
	"math"
	"slices"
)

// feature names one comparison of two texts.
type feature uint8

const (
	chars     feature = iota // characters they share, weighted by rarity
	telling                  // the same once fillers are gone and synonyms are one word
	tellPairs                // and pairs of neighbours
	concepts                 // words of the trade they share
	run                      // longest common run, of the shorter one
	lengths                  // how different their lengths are
	figures                  // numbers and Latin words that differ
	asking                   // they ask in the same way
	askOther                 // they ask in different ways
	negation                 // one of them negates
	opposite                 // one says the opposite
	slots                    // they name different conditions
	features  = iota
)

func (f feature) String() string {
	return [features]string{
		"chars", "telling", "telling_pairs", "concepts", "run", "lengths", "figures", "asking", "asking_other", "negation", "opposite", "slots",
	}[f]
}

// vector holds one value for each comparison.
type vector [features]float64

// longest is how much of a text is compared in order; the rest is compared as
// words alone.
const longest = 400

// Reading is a text made ready to be compared with many others. It does not change
// once made.
type Reading struct {
	text      *Text
	chars     []gram // of it as it stands
	telling   []gram // once fillers are gone
	tellPairs []gram
	words     said
	figures   map[string]bool // numbers and Latin words
}

func read(t *Text, w *words) *Reading {
	chars, pairs := grams(t.Plain)
	tell, tellPairs := grams(t.Telling)
	return &Reading{
		text: t, chars: chars, telling: tell, tellPairs: tellPairs, words: w.said(string(t.Plain), chars, pairs), figures: numbers(t.Plain),
	}
}

// compare compares two texts. It does not matter which comes first.
func compare(a, b *Reading, back *Background) vector {
	var v vector
	v[chars] = back.overlap(a.chars, b.chars)
	v[telling], v[tellPairs] = back.overlap(a.telling, b.telling), back.overlap(a.tellPairs, b.tellPairs)
	both, onlyA, onlyB := common(a.text.Concepts, b.text.Concepts)
	v[concepts] = ratio(float64(both), float64(both+onlyA+onlyB))
	first, second := a.text.Telling, b.text.Telling
	v[run] = longestRun(first[:min(len(first), longest)], second[:min(len(second), longest)])
	v[lengths] = min(1, math.Abs(math.Log(float64(len(first)+2)/float64(len(second)+2))))
	_, slotsA, slotsB := common(a.text.Slots, b.text.Slots)
	v[slots] = float64(min(slotsA+slotsB, 2))
	v.ways(&a.words, &b.words)
	v[figures] = differing(a.figures, b.figures)
	return v
}

// ways compares how two texts ask and what they deny.
func (v *vector) ways(a, b *said) {
	same := slices.ContainsFunc(a.asks, func(kind string) bool { return slices.Contains(b.asks, kind) })
	if same {
		v[asking] = 1
	}
	if !same && len(a.asks) > 0 && len(b.asks) > 0 {
		v[askOther] = 1
	}
	if a.negates != b.negates {
		v[negation] = 1
	}
	if a.opposes(b) {
		v[opposite] = 1
	}
}

// overlap is the weight two lists share, as a part of what they hold on average.
func (b *Background) overlap(x, y []gram) float64 {
	both, rest := shared(x, y, b.weight)
	return ratio(2*both, 2*both+rest)
}

// shared adds up the weight of what two ascending lists share, and of what one of
// them has alone. The order of its sums is fixed: the last digit must not depend on
// which comes first.
func shared(x, y []gram, weigh func(gram) float64) (both, rest float64) {
	var restX, restY float64
	for len(x) > 0 || len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && x[0] < y[0]:
			restX += weigh(x[0])
			x = x[1:]
		case len(x) == 0 || y[0] < x[0]:
			restY += weigh(y[0])
			y = y[1:]
		default:
			both += weigh(x[0])
			x, y = x[1:], y[1:]
		}
	}
	return both, restX + restY
}

// Kin is the part of what two short texts say that both say, rare words counting
// most: between 0 and 1. It asks how near they are, where [Model.Same] asks
// whether they mean the same; of questions of a few words only the first can be
// told.
func (m *Model) Kin(a, b *Text) float64 {
	told := func(t *Text) []gram {
		chars, pairs := grams(t.Telling)
		all := slices.Concat(chars, pairs)
		slices.Sort(all)
		return all
	}
	both, rest := shared(told(a), told(b), func(g gram) float64 { w := m.back.weight(g); return w * w })
	return ratio(both, both+rest)
}

// common counts what two ascending lists share and what each has alone.
func common(x, y []uint16) (both, onlyX, onlyY int) {
	for _, c := range x {
		if _, ok := slices.BinarySearch(y, c); ok {
			both++
		}
	}
	return both, len(x) - both, len(y) - both
}

// differing is the share of entries only one side has.
func differing(x, y map[string]bool) float64 {
	both := 0
	for s := range x {
		if y[s] {
			both++
		}
	}
	all := len(x) + len(y) - both
	return ratio(float64(all-both), float64(all))
}

// longestRun is the longest run of characters both hold, as a part of the
// shorter text.
func longestRun(a, b []rune) float64 {
	ending := make([]int32, len(b)+1) // here, and one character before in a
	best := int32(0)
	for _, r := range a {
		for j, o := range slices.Backward(b) {
			if r != o {
				ending[j+1] = 0
				continue
			}
			ending[j+1] = ending[j] + 1
			best = max(best, ending[j+1])
		}
	}
	return ratio(float64(best), float64(min(len(a), len(b))))
}

func ratio(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return part / whole
}
