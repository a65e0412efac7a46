package knowledge

import "math"

// bound says which way a weight may point: a feature that speaks for an entry
// must not be learnt to speak against it, whatever a small set of questions
// seems to say.
type bound int8

const (
	free     bound = 0
	positive bound = 1
	negative bound = -1
	nought   bound = 2 // stays 0
)

// hold brings w back to where b allows it.
func (b bound) hold(w float64) float64 {
	switch b {
	case positive:
		return max(0, w)
	case negative:
		return min(0, w)
	case nought:
		return 0
	case free:
	}
	return w
}

// objective is a smooth function: its value at w, and its gradient into g.
type objective func(w, g []float64) float64

// descend minimises f over the weights that bounds allow: projected gradient
// with Nesterov's momentum, a backtracking step, and a restart wherever the
// momentum leads uphill. It starts from 0 and is deterministic.
func descend(f objective, bounds []bound) []float64 {
	const rounds, enough = 2000, 1e-9
	n := len(bounds)
	at, next, ahead, g := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	step, momentum := 1.0, 1.0
	value := f(at, g)
	for range rounds {
		var reached float64
		reached, step = downhill(f, bounds, ahead, next, g, step)
		if reached > value { // the momentum overshot
			if momentum == 1 {
				break
			}
			momentum = 1
			copy(ahead, at)
			continue
		}
		after := (1 + math.Sqrt(1+4*momentum*momentum)) / 2
		for i := range ahead {
			ahead[i] = next[i] + (momentum-1)/after*(next[i]-at[i])
		}
		copy(at, next)
		gained := value - reached
		value, momentum = reached, after
		if gained < enough*math.Abs(value) {
			break
		}
	}
	return at
}

// downhill steps from one place to next along the gradient, as far as the
// value falls as the gradient promises. It returns the value there and the step
// to try next.
func downhill(f objective, bounds []bound, from, next, g []float64, step float64) (value, longer float64) {
	const shortest, growth = 1e-15, 1.2
	spare := make([]float64, len(g))
	here := f(from, g)
	for {
		down, far := 0.0, 0.0
		for i := range next {
			next[i] = bounds[i].hold(from[i] - step*g[i])
			d := next[i] - from[i]
			down, far = down+g[i]*d, far+d*d
		}
		value = f(next, spare)
		if value <= here+down+far/(2*step)+1e-12*math.Abs(here) || step < shortest {
			return value, step * growth
		}
		step /= 2
	}
}
