package knowledge

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Understanding is m that also weighs how near entries are in meaning, where the
// library's model has weights for that and e knows it within its budget.
func (m *Matcher) Understanding(e Embedder) *Matcher {
	return &Matcher{index: m.index, meaning: e}
}

// meant is lib as it judges text when it is known how near its entries are to
// it in meaning: with that as one more feature, and by weights of their own.
// Where it is not known, or there are no such weights, it is lib itself, and all
// is as without. Only the asking clauses of a long letter count: of the story
// around them the vector would say more.
func (m *Matcher) meant(ctx context.Context, lib *Library, text string) *Library {
	if m.meaning == nil || lib.model.meaning == nil {
		return lib
	}
	if asked, ok := focus(text); ok {
		text = asked
	}
	byEntry, ok := m.meaning.Similarity(ctx, text)
	if !ok || len(byEntry) == 0 {
		return lib
	}
	other := *lib
	other.model, other.near = lib.model.meaning, lib.standing(byEntry)
	other.nearest = mostOf(other.near)
	return &other
}

// mostOf lists the entries that stand out most, first of all the nearest.
func mostOf(near []float64) []int32 {
	const most = 10
	var out []int32
	for i, x := range near {
		at, _ := slices.BinarySearchFunc(out, x, func(e int32, x float64) int { return cmp.Or(cmp.Compare(x, near[e]), -1) })
		if at < most {
			out = slices.Insert(out, at, int32(i))
			out = out[:min(most, len(out))]
		}
	}
	return out
}

// standing is, by entry, how far its cosine stands out from those of all
// entries, in [0,1]. The cosines themselves cannot be compared between models:
// one calls 0.3 near, with another nothing is below 0.7. How many deviations a
// cosine lies above the mean can.
func (l *Library) standing(byEntry map[string]float64) []float64 {
	const farthest = 8 // deviations: what stands out more is just as near
	sum, squares, n := 0.0, 0.0, float64(len(l.entries))
	for i := range l.entries { // in their order: sums over a map would differ from call to call
		c := byEntry[l.entries[i].ID]
		sum, squares = sum+c, squares+c*c
	}
	mean := sum / n
	spread := math.Sqrt(max(0, squares/n-mean*mean))
	near := make([]float64, len(l.entries))
	if spread < tolerated { // all are as near as each other
		return near
	}
	for i := range near {
		near[i] = min(1, max(0, (byEntry[l.entries[i].ID]-mean)/spread)/farthest)
	}
	return near
}

// alsoNear is found with the entries nearest in meaning that the index did not
// find: they may share no word with the question.
func (l *Library) alsoNear(found []Candidate) []Candidate {
	if l.near == nil {
		return found
	}
	out := slices.Clone(found)
	for _, i := range l.nearest {
		id := l.entries[i].ID
		if l.near[i] > 0 && !slices.ContainsFunc(found, func(c Candidate) bool { return c.Entry == id }) {
			out = append(out, Candidate{Entry: id})
		}
	}
	return out
}
