// Package audit is the append-only trail: who did what to whose letter.
//
// Entries form hash chains, one per lane, so that any change, gap or reordering
// shows. An entry's lane follows from its object; several lanes keep PostgreSQL
// writers from queueing on a single row. The package computes and verifies
// hashes; internal/store keeps the rows in the transaction of the change.
//
// Invariants: Detail holds no personal data; an entry is never updated.
package audit
