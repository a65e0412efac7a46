// Package simulator plays a city's 12345 platform against a desk: it dispatches
// orders, takes what the desk says about them, decides, calls the appellant back
// and has an order done again, until all of them are archived or given back. It has
// every fault such platforms have, on demand.
//
// It speaks the canonical dialect under whatever lock it is given, so a run shows
// the wire as well as the life of an order. It keeps everything in memory: it is
// for demonstrations and tests.
//
// Invariants: an operation is taken once however often it comes, and the figures
// say how often it came; an operation that the order's state does not allow is
// refused and changes nothing.
package simulator
