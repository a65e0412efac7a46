// Package order is how a work order of a 12345 platform lives, as far as the desk
// takes part: who may do what with it in which state, and where that leads.
//
// It owns one table ([Step.After]) over what the platform tells us and what we tell
// the platform. It does not own the ticket an order becomes, which has a life of its
// own, nor anything that is sent or stored.
//
// Invariants: a state changes by a step of the table alone; a step the table does
// not allow is refused by name and changes nothing.
package order
