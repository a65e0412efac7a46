// Package limit answers one question: may this caller do this once more now?
//
// It owns rates, the generic cell rate algorithm that enforces them, and the
// Limiter interface with its in-memory form. It does not know what is limited:
// a key is an opaque string, and the caller decides what a refusal looks like.
//
// Invariants: a decision explains itself (how many are left, when to come
// back); the memory a limiter uses is bounded however many keys it meets; a
// key that was evicted is treated generously, never harshly.
package limit
