// Package access knows the staff: accounts, roles, sessions, and what a role
// may do.
//
// It owns passwords (argon2id), session tokens (stored hashed) and the table of
// roles. It does not know HTTP, SQL or how often somebody tried; it owns the
// small Store interface internal/store fulfils.
//
// Invariants: a token or password is never stored or logged in clear; a failed
// sign-in takes as long as a successful one and never says which part was
// wrong.
package access
