package assist

import (
	"context"
	"math"
)

// meanings are the vectors of a whole library, immutable. A vector takes one
// byte a dimension: a hundred thousand questions must fit into memory.
type meanings struct {
	size    int
	entries []string
	first   []int     // by entry: its first vector; one more at the end
	scales  []float32 // by vector
	values  []int8    // vector after vector
}

// add takes in the next vector of the entry added last.
func (m *meanings) add(v []float32) {
	var top float32
	for _, x := range v {
		top = max(top, float32(math.Abs(float64(x))))
	}
	scale := top / math.MaxInt8
	m.scales = append(m.scales, scale)
	for _, x := range v {
		m.values = append(m.values, int8(math.Round(float64(x/scale))))
	}
}

// near is, by entry, the cosine between v and the nearest of its vectors; less
// than nothing counts as nothing. It reports false where ctx ended before all
// were compared: a large library must not make anybody wait.
func (m *meanings) near(ctx context.Context, v []float32) (map[string]float64, bool) {
	const often = 64 // entries between two looks at the clock
	asked := meanings{size: m.size}
	asked.add(v)
	out := make(map[string]float64, len(m.entries))
	for i, entry := range m.entries {
		if i%often == 0 && ctx.Err() != nil {
			return nil, false
		}
		var best float64
		for n := m.first[i]; n < m.first[i+1]; n++ {
			dot := product(asked.values, m.values[n*m.size:(n+1)*m.size])
			best = max(best, float64(dot)*float64(asked.scales[0])*float64(m.scales[n]))
		}
		out[entry] = min(1, best)
	}
	return out, true
}

func product(a, b []int8) int32 {
	var sum int32
	for i, x := range a {
		sum += int32(x) * int32(b[i])
	}
	return sum
}
