// Package store keeps what the desk must not lose, on SQLite or on PostgreSQL.
//
// It owns SQL, the migrations, the sealing of personal data at rest, and the
// mapping of database errors to problem kinds. It fulfils desk.Store and
// access.Store with one code path: models and built queries through bun, fixed
// statements prepared once. It decides nothing about letters.
//
// On SQLite one goroutine writes. It runs the functions that wait, each inside
// a savepoint, and commits them together: one flush to disk serves them all.
// On PostgreSQL every function has a transaction of its own, and a
// serialisation failure or a deadlock runs it again.
//
// Invariants: an acknowledged transaction is durable; a transaction in which a
// write failed never commits; a guarded update that finds another version
// changes nothing; audit and event rows are never updated or deleted; sealed
// columns open only in the row they were written to; no SQL reaches a problem's
// public sentence.
package store
