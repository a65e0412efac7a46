// Package pgtest gives tests a PostgreSQL of their own: a throw-away cluster on
// a Unix socket, started from the installed binaries, or a server named by its
// URL.
//
// A test binary starts one server in TestMain and stops it there; every test
// takes a fresh database from it. The server dies with the test process.
package pgtest
