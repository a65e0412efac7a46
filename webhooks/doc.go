// Package webhooks is the contract with other systems: what we tell them ([Event];
// schema/ describes it, golden/ shows one of each type), and how that is signed and
// checked ([Sign], [Verify], Standard Webhooks 1.0.0). What goes over the wire to and
// from each of the other peers lies in a folder of its own.
//
// All of it is bytes and values: no room of the house is known here, no clock is
// read, nothing is stored.
package webhooks
