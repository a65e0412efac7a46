// Package reply is what a citizen receives in the end: drafted by the
// responsible unit, reviewed by somebody else, then released.
//
// Invariants: the author never approves the own text; only an approved text is
// released; any edit makes a new revision that needs a new approval.
package reply
