package knowledge

import (
	"cmp"
	"context"
	"slices"
)

// Embedder tells how near entries are to a question in meaning.
type Embedder interface {
	// Similarity is the cosine between the question and the nearest of each
	// entry's own question and variants, in [0,1], by entry id. It reports false
	// where that is not known within its budget: all is then as without it.
	Similarity(ctx context.Context, question string) (byEntry map[string]float64, ok bool)
}

// Vector is the place of one text in a model's space of meanings.
type Vector struct {
	Hash   []byte // SHA-256 of the text
	Values []float32
}

// meaning is what a cosine of 1 adds to a score when options are ordered: little
// enough that a model which knows no Chinese does no harm.
const meaning = 1

// Nearer is d with its options ordered by meaning, too. scored is what d was
// weighed by. Scores, confidence and what is offered stay: nobody has calibrated
// them with a model we do not know.
func (d Decision) Nearer(scored []Scored, near map[string]float64) Decision {
	ordered := slices.SortedStableFunc(slices.Values(scored), func(a, b Scored) int {
		return cmp.Compare(b.Score+meaning*near[b.Entry], a.Score+meaning*near[a.Entry])
	})
	entries := make([]string, len(ordered))
	for i := range ordered {
		entries[i] = ordered[i].Entry
	}
	return d.Reordered(entries)
}
