// Package retention is how long the desk keeps what, and what becomes of it then.
//
// Invariants: every kind of letter stands in one class; every class the store knows is
// in the rules once; no rule is about the audit trail.
package retention
