package signal

import (
	"maps"
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

// compare compares two texts. It does not matter which comes first.
func compare(a, b *Text, back *Background, w *words) vector {
	var v vector
	charsA, _ := grams(a.Plain)
	charsB, _ := grams(b.Plain)
	v[chars] = back.overlap(charsA, charsB)
	tellA, pairsA := grams(a.Telling)
	tellB, pairsB := grams(b.Telling)
	v[telling], v[tellPairs] = back.overlap(tellA, tellB), back.overlap(pairsA, pairsB)
	both, onlyA, onlyB := common(a.Concepts, b.Concepts)
	v[concepts] = ratio(float64(both), float64(both+onlyA+onlyB))
	v[run] = longestRun(a.Telling[:min(len(a.Telling), longest)], b.Telling[:min(len(b.Telling), longest)])
	v[lengths] = min(1, math.Abs(math.Log(float64(len(a.Telling)+2)/float64(len(b.Telling)+2))))
	_, slotsA, slotsB := common(a.Slots, b.Slots)
	v[slots] = float64(min(slotsA+slotsB, 2))
	w.ways(&v, string(a.Plain), string(b.Plain))
	v[figures] = differing(numbers(a.Plain), numbers(b.Plain))
	return v
}

// ways compares how two texts ask and what they deny.
func (w *words) ways(v *vector, a, b string) {
	asksA, asksB := w.kinds(a), w.kinds(b)
	same := 0
	for k := range asksA {
		if asksB[k] {
			same++
		}
	}
	if same > 0 {
		v[asking] = 1
	}
	if same == 0 && len(asksA) > 0 && len(asksB) > 0 {
		v[askOther] = 1
	}
	if w.negates(a) != w.negates(b) {
		v[negation] = 1
	}
	if w.opposed(a, b) {
		v[opposite] = 1
	}
}

// overlap is the weight two sets share, as a part of what they hold on average.
func (b *Background) overlap(x, y map[gram]bool) float64 {
	var both, rest float64
	for _, g := range sorted(x) {
		if y[g] {
			both += b.weight(g)
		} else {
			rest += b.weight(g)
		}
	}
	for _, g := range sorted(y) {
		if !x[g] {
			rest += b.weight(g)
		}
	}
	return ratio(2*both, 2*both+rest)
}

// Kin is the part of what two short texts say that both say, rare words counting
// most: between 0 and 1. It asks how near they are, where [Model.Same] asks
// whether they mean the same; of questions of a few words only the first can be
// told.
func (m *Model) Kin(a, b *Text) float64 {
	told := func(t *Text) map[gram]bool {
		chars, pairs := grams(t.Telling)
		maps.Copy(pairs, chars)
		return pairs
	}
	x, y := told(a), told(b)
	var both, all float64
	for _, g := range sorted(x) {
		w := m.back.weight(g) * m.back.weight(g)
		if all += w; y[g] {
			both += w
		}
	}
	for _, g := range sorted(y) {
		if !x[g] {
			all += m.back.weight(g) * m.back.weight(g)
		}
	}
	return ratio(both, all)
}

// sorted fixes the order sums are taken in: the last digit must not depend on
// how maps are walked.
func sorted(set map[gram]bool) []gram {
	list := make([]gram, 0, len(set))
	for g := range set {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b gram) int { return slices.Compare(a[:], b[:]) })
	return list
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
	before, now := make([]int, len(b)+1), make([]int, len(b)+1)
	best := 0
	for _, r := range a {
		for j, s := range b {
			now[j+1] = 0
			if r == s {
				now[j+1] = before[j] + 1
				best = max(best, now[j+1])
			}
		}
		before, now = now, before
	}
	return ratio(float64(best), float64(min(len(a), len(b))))
}

func ratio(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return part / whole
}
