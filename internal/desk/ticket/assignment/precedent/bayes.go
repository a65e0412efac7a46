package precedent

import "math"

// bayes is complement naive Bayes (Rennie et al. 2003): a unit's weights come
// from the texts of all other units, which evens out units with few tickets.
type bayes [][]float32 // by unit, by term

func trainBayes(vectors []vector, units []int, n, terms int) bayes {
	const smoothing = 0.01
	sums, totals := make([][]float64, n), make([]float64, n)
	for u := range sums {
		sums[u] = make([]float64, terms)
	}
	all, total := make([]float64, terms), 0.0
	for i, v := range vectors {
		for _, w := range v {
			sums[units[i]][w.term] += float64(w.value)
			totals[units[i]] += float64(w.value)
			all[w.term] += float64(w.value)
			total += float64(w.value)
		}
	}
	b := make(bayes, n)
	for u := range b {
		b[u] = make([]float32, terms)
		rest := total - totals[u] + smoothing*float64(terms)
		norm := 0.0
		for t := range b[u] {
			w := -math.Log((all[t] - sums[u][t] + smoothing) / rest)
			b[u][t] = float32(w)
			norm += w
		}
		for t := range b[u] { // what every term adds alike says nothing
			b[u][t] -= float32(norm / float64(terms))
		}
	}
	return b
}

func (b bayes) scores(v vector) []float64 { return products(b, v) }

// products multiplies v with one row of weights a unit.
func products(rows [][]float32, v vector) []float64 {
	out := make([]float64, len(rows))
	for u, row := range rows {
		sum := float32(0)
		for _, w := range v {
			sum += w.value * row[w.term]
		}
		out[u] = float64(sum)
	}
	return out
}
