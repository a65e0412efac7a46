// Package problem names what went wrong. It owns the error kinds every room
// speaks and knows nothing of HTTP: internal/server maps a kind to a status.
//
// Invariants: Public and Field.Message hold no personal data and no internal
// detail; Code is stable once released; a cause is for operators only.
package problem
