package knowledge

import "context"

// Embedder tells how near entries are to a question in meaning.
type Embedder interface {
	// Similarity is the cosine between the question and the nearest of each
	// entry's own question and variants, in [0,1], by entry id. It reports false
	// where that is not known within its budget: the score is then made without it.
	Similarity(ctx context.Context, question string) (byEntry map[string]float64, ok bool)
}

// Vector is the place of one text in a model's space of meanings.
type Vector struct {
	Hash   []byte // SHA-256 of the text
	Values []float32
}
