// Package storetest is the conformance suite of internal/store: what every
// database behind desk.Store must do. [Run] is called once a database.
package storetest
