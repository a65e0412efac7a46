// Package app is the composition root: it builds every room from the
// configuration, starts them in order and stops them in reverse. It is the only
// room that sees all others, and the only one that reads the wall clock.
package app
