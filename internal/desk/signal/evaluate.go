package signal

import (
	"cmp"
	"slices"
)

// Figures tell how well pairs that mean the same are told from those that do
// not.
type Figures struct {
	Pairs  int     `json:"pairs" yaml:"pairs"`
	Same   int     `json:"same" yaml:"same"`
	AUROC  float64 `json:"auroc" yaml:"auroc"`
	BestF1 float64 `json:"best_f1" yaml:"best_f1"`
	At     float64 `json:"best_f1_at" yaml:"best_f1_at"` // the probability where it is
	ECE    float64 `json:"ece" yaml:"ece"`               // how far probabilities are from what is true, ten bins
}

// judged is a probability and the truth.
type judged struct {
	p    float64
	same bool
}

func figuresOf(all []judged) Figures {
	f := Figures{Pairs: len(all), AUROC: auroc(all), ECE: calibration(all)}
	for _, j := range all {
		if j.same {
			f.Same++
		}
	}
	f.BestF1, f.At = bestF1(all, f.Same)
	return f
}

// auroc is the chance that a pair that means the same is thought likelier than
// one that does not; ties count half.
func auroc(all []judged) float64 {
	s := slices.Clone(all)
	slices.SortFunc(s, func(a, b judged) int { return cmp.Compare(a.p, b.p) })
	var ranks, same float64
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j].p == s[i].p {
			j++
		}
		for k := i; k < j; k++ {
			if s[k].same {
				ranks += float64(i+j+1) / 2
				same++
			}
		}
		i = j
	}
	return ratio(ranks-same*(same+1)/2, same*(float64(len(s))-same))
}

func bestF1(all []judged, same int) (best, at float64) {
	s := slices.Clone(all)
	slices.SortFunc(s, func(a, b judged) int { return cmp.Compare(b.p, a.p) })
	hit := 0.0
	for i, j := range s {
		if j.same {
			hit++
		}
		if i+1 < len(s) && s[i+1].p == j.p {
			continue
		}
		if f := ratio(2*hit, float64(i+1+same)); f > best {
			best, at = f, j.p
		}
	}
	return best, at
}

func calibration(all []judged) float64 {
	const bins = 10
	var off [bins]float64
	for _, j := range all {
		b := min(int(j.p*bins), bins-1)
		off[b] += j.p
		if j.same {
			off[b]--
		}
	}
	sum := 0.0
	for _, o := range off {
		sum += max(o, -o)
	}
	return ratio(sum, float64(len(all)))
}

// crossValidate judges each pair by a model that was fitted without it.
func crossValidate(samples []sample) []judged {
	out := make([]judged, len(samples))
	for k := range folds {
		var rest []sample
		for i := range samples {
			if i%folds != k {
				rest = append(rest, samples[i])
			}
		}
		l := fit(rest)
		for i := k; i < len(samples); i += folds {
			out[i] = judged{l.probability(&samples[i].v), samples[i].same}
		}
	}
	return out
}
