// Package scan asks a ClamAV daemon (clamd) whether a file holds a virus.
//
// Invariants: no file is taken for clean unless the daemon said so; a daemon that
// does not answer, or answers something else, is an error; nothing of the file is
// in one.
package scan
