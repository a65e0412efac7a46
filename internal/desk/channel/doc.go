// Package channel turns whatever the public sends, from any source, into one
// Letter.
//
// It owns the sources and kinds of letters, their limits, normalisation,
// validation, the identity policy of each kind, attachment rules, and the
// registry of hotlines. It does not own storage, routing or answering.
//
// Invariants: a Letter that passed [Letter.Check] is valid UTF-8 without
// control characters (line breaks aside), within the limits below, and meets
// the identity policy of its kind. Text is stored raw and escaped on output.
package channel
