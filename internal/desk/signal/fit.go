package signal

import "math"

// Labelled is a pair of texts and whether they mean the same.
type Labelled struct {
	A, B Text
	Same bool
}

const folds = 10

// sample is a compared pair.
type sample struct {
	v    vector
	same bool
}

// logistic is a weight for each feature and a constant.
type logistic struct {
	weights vector
	bias    float64
}

func (l *logistic) probability(v *vector) float64 {
	sum := l.bias
	for f, w := range l.weights {
		sum += w * v[f]
	}
	return 1 / (1 + math.Exp(-sum))
}

// fit finds the likeliest weights, held back a little, by Newton's method. The
// problem is convex and the number of steps fixed: the same pairs give the same
// weights.
func fit(samples []sample) logistic {
	const (
		steps = 20
		pull  = 1.0 // towards no weight, on features of spread one
	)
	mean, spread := moments(samples)
	var w [features + 1]float64
	for range steps {
		gradient, curve := slope(samples, &w, &mean, &spread)
		for k := range features {
			gradient[k] += pull * w[k]
			curve[k][k] += pull
		}
		for k, s := range solve(curve[:], gradient[:]) {
			w[k] -= s
		}
	}
	l := logistic{bias: w[features]}
	for f := range features {
		l.weights[f] = w[f] / spread[f]
		l.bias -= w[f] * mean[f] / spread[f]
	}
	return l
}

// slope is the first and the second derivative of the cost at w.
func slope(samples []sample, w *[features + 1]float64, mean, spread *vector) (gradient [features + 1]float64, curve [features + 1][features + 1]float64) {
	for i := range samples {
		x := standard(&samples[i].v, mean, spread)
		sum := 0.0
		for k := range w {
			sum += w[k] * x[k]
		}
		p := 1 / (1 + math.Exp(-sum))
		wrong := p
		if samples[i].same {
			wrong--
		}
		for k := range w {
			gradient[k] += wrong * x[k]
			for j := range w {
				curve[k][j] += p * (1 - p) * x[k] * x[j]
			}
		}
	}
	return gradient, curve
}

// standard brings v to mean nought and spread one; the last value is the
// constant.
func standard(v, mean, spread *vector) (x [features + 1]float64) {
	for f := range features {
		x[f] = (v[f] - mean[f]) / spread[f]
	}
	x[features] = 1
	return x
}

func moments(samples []sample) (mean, spread vector) {
	n := float64(max(len(samples), 1))
	for i := range samples {
		for f, x := range samples[i].v {
			mean[f] += x / n
		}
	}
	for i := range samples {
		for f, x := range samples[i].v {
			spread[f] += (x - mean[f]) * (x - mean[f]) / n
		}
	}
	for f := range spread {
		if spread[f] = math.Sqrt(spread[f]); spread[f] < 1e-9 {
			spread[f] = 1
		}
	}
	return mean, spread
}

// solve solves m·x = y for a positive definite m by elimination, and uses both
// up.
func solve[Row ~[features + 1]float64](m []Row, y []float64) []float64 {
	n := len(y)
	for c := range n {
		if m[c][c] < 1e-12 {
			m[c][c] = 1e-12
		}
		for r := c + 1; r < n; r++ {
			k := m[r][c] / m[c][c]
			for j := c; j < n; j++ {
				m[r][j] -= k * m[c][j]
			}
			y[r] -= k * y[c]
		}
	}
	for c := n - 1; c >= 0; c-- {
		for j := c + 1; j < n; j++ {
			y[c] -= m[c][j] * y[j]
		}
		y[c] /= m[c][c]
	}
	return y
}
