// Package courier carries to other systems and people what the desk wants
// delivered: it leases deliveries, hands each to the carrier of its route, and
// lets the desk settle how the attempt ended.
//
// It owns when something is tried again and how much leaves at once, and the
// carriers, one a file, which turn a delivery into a request. It does not own what
// is said, nor what a failure means for a ticket: that is the desk's.
//
// Invariants: an attempt is made by one courier, and what a process was doing when
// it died is done again under the same id; one route never waits for another; of
// a lane one delivery is under way at a time, in the order they were written; every
// connection goes through a [Guard], which judges the address that is dialed.
package courier
