// Package job is the runner: it fires due clocks and carries durable jobs.
//
// Jobs live in the store and are put there in the transaction of the change
// that caused them. The runner leases them, lets each do what needs no
// transaction, carries it out in a transaction of its own that also ends the
// job, tries again with growing pauses, and gives up after a bounded number of
// attempts, visibly. Any number of runners may run at once; there is no leader.
//
// Periodic work belongs to one process: what it keeps in memory is brought up to
// date again and again, in a goroutine of its own.
//
// Work whose effect lies outside the database (Outside) holds no transaction and
// keeps nobody waiting: it runs beside the loop, must be idempotent, and may put
// itself in the queue once every so often.
//
// Invariants: a step or job takes effect once, after crashes and restarts too;
// a failing job never blocks the others; Stop waits for what is running.
package job
