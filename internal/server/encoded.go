package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
)

// encoded is a body of type T as it goes out.
type encoded[T any] struct{ json []byte }

// Schema implements [huma.SchemaProvider]: it is described as what it was made of.
func (encoded[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

func (e encoded[T]) writeTo(w io.Writer) error {
	_, err := w.Write(e.json)
	return err
}

// lastEncoded keeps the last body that was made of a list: many ask for what seldom
// changes. It is safe for concurrent use.
type lastEncoded[From, T any] struct {
	last atomic.Pointer[encodedFrom[From, T]]
}

type encodedFrom[From, T any] struct {
	from []From
	body encoded[T]
}

// of returns the body that convert makes of a list. The list is nobody's to change: it
// is known again by where it is.
func (l *lastEncoded[From, T]) of(from []From, convert func([]From) T) (encoded[T], error) {
	if last := l.last.Load(); last != nil && sameList(last.from, from) {
		return last.body, nil
	}
	var out bytes.Buffer
	if err := encodeJSON(&out, convert(from)); err != nil {
		return encoded[T]{}, err
	}
	made := &encodedFrom[From, T]{from, encoded[T]{out.Bytes()}}
	l.last.Store(made)
	return made.body, nil
}

// sameList reports whether a and b are one list.
func sameList[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func encodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// writeJSON writes an answer.
func writeJSON(w io.Writer, v any) error {
	if to, ok := w.(http.ResponseWriter); ok {
		w = inOnePiece{to}
	}
	if e, ok := v.(interface{ writeTo(w io.Writer) error }); ok {
		return e.writeTo(w)
	}
	return encodeJSON(w, v)
}

// inOnePiece is written to once, and tells how long that is. Otherwise net/http would
// send in chunks what is longer than its buffer.
type inOnePiece struct{ http.ResponseWriter }

func (w inOnePiece) Write(b []byte) (int, error) {
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	return w.ResponseWriter.Write(b)
}
