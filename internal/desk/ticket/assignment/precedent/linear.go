package precedent

import "context"

// linear separates each unit from all others by a plane with a wide margin.
type linear [][]float32 // by unit, by term; the last term is the constant

// trainLinear solves the squared-hinge support vector machine of each unit by
// dual coordinate descent (Hsieh et al. 2008), a fixed number of rounds in a
// fixed order.
func trainLinear(ctx context.Context, vectors []vector, units []int, n, terms int) (linear, error) {
	l := make(linear, n)
	for u := range l {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l[u] = separate(vectors, units, u, terms)
	}
	return l, nil
}

func separate(vectors []vector, units []int, unit, terms int) []float32 {
	const (
		rounds   = 30
		softness = 5.0 // C: what a text on the wrong side costs
		constant = 1.0
		settled  = 0.01 // no text moves the plane further: it stands
	)
	w := make([]float32, terms+1)
	alpha := make([]float32, len(vectors))
	for range rounds {
		furthest := float32(0)
		for i, v := range vectors {
			y := float32(-1)
			if units[i] == unit {
				y = 1
			}
			g := y*(dot(w, v)+constant*w[terms]) - 1 + alpha[i]/(2*softness)
			next := max(0, alpha[i]-g/(square(v)+constant+1/(2*softness)))
			step := (next - alpha[i]) * y
			furthest = max(furthest, step, -step)
			if step == 0 {
				continue
			}
			alpha[i] = next
			for _, x := range v {
				w[x.term] += step * x.value
			}
			w[terms] += step * constant
		}
		if furthest < settled {
			break
		}
	}
	return w
}

func dot(w []float32, v vector) float32 {
	sum := float32(0)
	for _, x := range v {
		sum += x.value * w[x.term]
	}
	return sum
}

func square(v vector) float32 {
	if len(v) == 0 {
		return 0
	}
	return 1 // vectors have length one
}

func (l linear) scores(v vector) []float64 {
	out := products(l, v)
	for u := range out {
		out[u] += float64(l[u][len(l[u])-1])
	}
	return out
}
