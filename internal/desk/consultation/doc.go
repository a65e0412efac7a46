// Package consultation asks the public what it thinks of a draft (征求意见): a
// text with its explanation, open for a time that is said beforehand, and a
// result that says what became of every opinion.
//
// Opinions are tickets; this room knows how they add up, not how they are
// handled.
//
// Invariants: nothing becomes public that its own authors alone have read; an
// edit takes an approval away; a period that has begun is lengthened, never
// shortened; no result is published while an opinion waits for what becomes of
// it, or after one was decided otherwise than it was when the result was
// approved.
package consultation
