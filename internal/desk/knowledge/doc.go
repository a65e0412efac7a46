// Package knowledge answers from the reviewed library, or says that it cannot.
//
// It owns the entries, what makes them answerable, text analysis, retrieval
// features, the score, its calibration, the thresholds and the decision, and
// the measures that tell how good all this is. It owns the Index interface, whose
// engines live in internal/search, and the two through which a model may have a
// say in order alone, Reorder and Embedder.
//
// Invariants: only an entry that is published and valid on the day answers; an
// answer is the entry's text verbatim; the same question over the same library
// gives the same decision, but for the order of its options where a model has a
// say in it.
package knowledge
