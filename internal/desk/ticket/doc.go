// Package ticket is the case: what became of a letter. (case is a Go keyword.)
//
// It owns the state machine with its moves, their preconditions and reason
// codes, the number, the query code, and the list of events. lifecycle.md draws
// the machine; a test compares the drawing with the code. Deadlines, routing
// and replies live in the rooms below it; who may make a move is not decided
// here.
//
// Invariants: the state changes only through [Ticket.Apply]; a refused move
// changes nothing; a final state has no way out, only notes may follow; every
// change raises Version by one, which guards the row in the store; nothing is
// released that somebody other than its author has not approved.
package ticket
