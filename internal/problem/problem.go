package problem

import (
	"errors"
	"fmt"
	"time"
)

// Kind is the coarse class of a failure. The server maps it to a status code;
// nothing below the server knows HTTP.
type Kind string

// The kinds of failure.
const (
	Invalid         Kind = "invalid"
	TooLarge        Kind = "too_large"
	Unsupported     Kind = "unsupported" // a media type or method the desk does not take
	Unauthenticated Kind = "unauthenticated"
	Denied          Kind = "denied"
	NotFound        Kind = "not_found"
	Conflict        Kind = "conflict"
	Limited         Kind = "limited"
	Unavailable     Kind = "unavailable"
	Internal        Kind = "internal"
)

// Field points at one part of a rejected input. It never repeats the value.
type Field struct {
	Pointer string // JSON pointer or form field name, e.g. "/contact/phone"
	Code    string // stable, e.g. "too_long"
	Message string // Chinese sentence, safe to show
}

// Error carries a sentence that is safe to show a citizen and, apart from it,
// the cause that only operators see.
type Error struct {
	Kind       Kind
	Code       string // stable, documented, e.g. "ticket.closed"
	Public     string
	Fields     []Field
	RetryAfter time.Duration // set with Limited and Unavailable
	cause      error
}

func (e *Error) Error() string {
	if e.cause == nil {
		return e.Code + ": " + e.Public
	}
	return fmt.Sprintf("%s: %s: %v", e.Code, e.Public, e.cause)
}

// Unwrap returns the operator-only cause.
func (e *Error) Unwrap() error { return e.cause }

// New returns an error of kind k. Public must hold no personal data.
func New(k Kind, code, public string) *Error { return &Error{Kind: k, Code: code, Public: public} }

// Because returns a copy of e with its cause set.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// With returns a copy of e that points at the rejected fields.
func (e *Error) With(fields ...Field) *Error {
	c := *e
	c.Fields = fields
	return &c
}

// After returns a copy of e that tells the caller when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// KindOf returns err's kind; an error that is not ours is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// HasCode reports whether err is ours and carries code.
func HasCode(err error, code string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == code
}
