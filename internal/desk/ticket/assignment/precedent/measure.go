package precedent

import (
	"cmp"
	"slices"
)

// Bound is the precision automatic dispatch is measured at.
const Bound = 0.97

// Report tells how good suggestions are. Shares are in [0,1].
type Report struct {
	Letters  int     `json:"letters"`
	Accuracy float64 `json:"accuracy"` // the first unit is right
	MacroF1  float64 `json:"macro_f1"` // over the units that occur, each counts alike
	Top3     float64 `json:"top_3"`    // the right unit is among the first three
	ECE      float64 `json:"ece"`      // how far probabilities are from what came true, ten bins
	Bound    float64 `json:"bound"`    // the lowest probability above which 97 % were right; 0: none
	Coverage float64 `json:"coverage"` // share of letters at or above it
}

// Outcome is a suggestion and what was right.
type Outcome struct {
	Right string
	Units []Suggestion // likeliest first
}

// Measure compares suggestions with the truth.
func Measure(outcomes []Outcome) Report {
	r := Report{Letters: len(outcomes)}
	if len(outcomes) == 0 {
		return r
	}
	n := float64(len(outcomes))
	for _, o := range outcomes {
		at := slices.IndexFunc(o.Units, func(s Suggestion) bool { return s.Unit == o.Right })
		if at == 0 {
			r.Accuracy += 1 / n
		}
		if at >= 0 && at < 3 {
			r.Top3 += 1 / n
		}
	}
	r.MacroF1 = macroF1(outcomes)
	r.ECE = calibration(outcomes)
	r.Bound, r.Coverage = coverage(outcomes)
	return r
}

func (o *Outcome) first() Suggestion {
	if len(o.Units) == 0 {
		return Suggestion{}
	}
	return o.Units[0]
}

func (o *Outcome) right() bool { return o.first().Unit == o.Right }

func macroF1(outcomes []Outcome) float64 {
	hit, said, is := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for i := range outcomes {
		o := &outcomes[i]
		said[o.first().Unit]++
		is[o.Right]++
		if o.right() {
			hit[o.Right]++
		}
	}
	sum := 0.0
	for u, n := range is {
		sum += 2 * hit[u] / (n + said[u])
	}
	return sum / float64(len(is))
}

func calibration(outcomes []Outcome) float64 {
	const bins = 10
	var n, sure, right [bins]float64
	for i := range outcomes {
		o := &outcomes[i]
		p := o.first().Probability
		b := min(int(p*bins), bins-1)
		n[b]++
		sure[b] += p
		if o.right() {
			right[b]++
		}
	}
	sum := 0.0
	for b := range n {
		sum += max(sure[b]-right[b], right[b]-sure[b])
	}
	return sum / float64(len(outcomes))
}

// coverage finds the lowest bound at which enough of what lies above is right.
func coverage(outcomes []Outcome) (bound, share float64) {
	sorted := slices.Clone(outcomes)
	slices.SortStableFunc(sorted, func(a, b Outcome) int { return cmp.Compare(b.first().Probability, a.first().Probability) })
	right := 0.0
	for i := range sorted {
		if sorted[i].right() {
			right++
		}
		last := i+1 == len(sorted) || sorted[i+1].first().Probability < sorted[i].first().Probability
		if last && right/float64(i+1) >= Bound {
			bound, share = sorted[i].first().Probability, float64(i+1)/float64(len(sorted))
		}
	}
	return bound, share
}

// measure reports on what the stack makes of voices.
func measure(s stack, out []voices, labels []int, units []string) Report {
	outcomes := make([]Outcome, len(out))
	for i, v := range out {
		o := Outcome{Right: units[labels[i]]}
		for u, p := range s.probabilities(v) {
			o.Units = append(o.Units, Suggestion{Unit: units[u], Probability: p})
		}
		slices.SortStableFunc(o.Units, func(a, b Suggestion) int { return cmp.Compare(b.Probability, a.Probability) })
		outcomes[i] = o
	}
	return Measure(outcomes)
}
