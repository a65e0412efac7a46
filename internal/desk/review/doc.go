// Package review is 先审后发: nothing reaches anybody that others have not read.
//
// It owns the chains of reviews and proofreadings a text goes through
// (chains.yaml), the text under review with its versions, who did what with it,
// the secrecy-review form that is made of that, and the differences between two
// versions. What a text is about is not known here; review.md draws the machine
// and a test compares the drawing with the code.
//
// Invariants: a version never changes; the ledger only grows; whoever wrote
// since the last approval, or had somebody write for them, reads none of it; a
// person takes one step of a version, and a deputy counts as both; every edit
// begins the chain anew; what is published is, byte for byte, what passed every
// step. Dates are not counted here: [Item.Wait] says what is waited for.
package review
