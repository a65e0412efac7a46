package precedent

import (
	"context"
	"math"
)

// stack weighs the voices; the softmax of their sum is the probability.
type stack [3]float64

const folds = 5

// crossValidate lets models trained on the rest speak about each example. Every
// unit's examples are dealt out evenly, in order.
func crossValidate(ctx context.Context, examples []Example, labels []int, units int) ([]voices, error) {
	fold, dealt := make([]int, len(examples)), make([]int, units)
	for i, u := range labels {
		fold[i] = (dealt[u] + u) % folds // units with one example do not all fall into the first fold
		dealt[u]++
	}
	out := make([]voices, len(examples))
	for f := range folds {
		var rest []Example
		var known []int
		for i := range examples {
			if fold[i] != f {
				rest, known = append(rest, examples[i]), append(known, labels[i])
			}
		}
		b, err := trainBase(ctx, rest, known, units)
		if err != nil {
			return nil, err
		}
		for i := range examples {
			if fold[i] == f {
				out[i] = b.voices(examples[i].Bag)
			}
		}
	}
	return out, nil
}

// fitStack finds the weights under which the true units are likeliest, by
// gradient steps of a fixed number. It is a convex problem of three unknowns.
func fitStack(out []voices, labels []int) stack {
	const (
		rounds = 300
		pull   = 1e-3 // towards no opinion, so that a perfect past does not end in certainty
	)
	size := spread(out)
	var s, moved, speed stack
	for range rounds {
		gradient := s.scaled(size).gradient(out, labels)
		for k := range s {
			g := gradient[k]/size[k] + pull*s[k]
			moved[k] = 0.9*moved[k] + 0.1*g
			speed[k] = 0.99*speed[k] + 0.01*g*g
			s[k] = max(0, s[k]-0.1*moved[k]/(math.Sqrt(speed[k])+1e-8)) // no voice counts against itself
		}
	}
	return s.scaled(size)
}

// spread is how far each voice's scores lie apart.
func spread(out []voices) stack {
	var size stack
	for k := range size {
		sum, n := 0.0, 0
		for _, v := range out {
			mean := 0.0
			for _, x := range v[k] {
				mean += x / float64(len(v[k]))
			}
			for _, x := range v[k] {
				sum += (x - mean) * (x - mean)
				n++
			}
		}
		size[k] = math.Sqrt(sum/float64(max(n, 1))) + 1e-9
	}
	return size
}

func (s stack) scaled(size stack) stack {
	for k := range s {
		s[k] /= size[k]
	}
	return s
}

// gradient of the mean negative logarithm of the true units' probabilities.
func (s stack) gradient(out []voices, labels []int) stack {
	var g stack
	for i, v := range out {
		p := s.probabilities(v)
		p[labels[i]]--
		for k := range g {
			for u, x := range v[k] {
				g[k] += p[u] * x / float64(len(out))
			}
		}
	}
	return g
}

func (s stack) probabilities(v voices) []float64 {
	sum := make([]float64, len(v[0]))
	for k, w := range s {
		for u, x := range v[k] {
			sum[u] += w * x
		}
	}
	return softmax(sum)
}
