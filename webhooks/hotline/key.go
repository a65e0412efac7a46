package hotline

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// Key is a lock of a fixed key in a header: x-api-key, or Authorization with
// "Bearer …". It says who sent, not that nobody changed it: only for lines that
// are closed themselves.
type Key struct {
	header         string
	theirs, ourOwn string
}

// NewKey returns the lock: theirs is what they send, ours what we send.
func NewKey(header, theirs, ours string) (*Key, error) {
	if header == "" || len(theirs) < minSecret || ours == "" {
		return nil, errors.New("hotline: a key needs its header, theirs of 16 bytes or more, and ours")
	}
	return &Key{header, theirs, ours}, nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Open checks their key.
func (k *Key) Open(r Request, _ time.Time) ([]byte, error) {
	if !same(r.Header.Get(k.header), k.theirs) {
		return nil, ErrRefused
	}
	return r.Body, nil
}

// Seal adds our key.
func (k *Key) Seal(_ context.Context, r *Request, _ time.Time) error {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(k.header, k.ourOwn)
	return nil
}

// Static is a lock of a fixed id and session inside the body, each under a name of
// the platform's.
type Static struct {
	idName, id           string
	sessionName, session string
}

// NewStatic returns the lock.
func NewStatic(idName, id, sessionName, session string) (*Static, error) {
	if idName == "" || id == "" || sessionName == "" || idName == sessionName || len(session) < minSecret {
		return nil, errors.New("hotline: a session needs two names, an id, and 16 bytes or more")
	}
	return &Static{idName, id, sessionName, session}, nil
}

// Open checks id and session and takes them out: what is kept of a request holds
// no key.
func (s *Static) Open(r Request, _ time.Time) ([]byte, error) {
	var body map[string]json.RawMessage
	if json.Unmarshal(r.Body, &body) != nil {
		return nil, ErrRefused
	}
	var id, session string
	err := errors.Join(json.Unmarshal(body[s.idName], &id), json.Unmarshal(body[s.sessionName], &session))
	right := same(id, s.id) && same(session, s.session)
	if err != nil || !right {
		return nil, ErrRefused
	}
	delete(body, s.idName)
	delete(body, s.sessionName)
	rest, err := json.Marshal(body)
	if err != nil {
		return nil, ErrRefused
	}
	return rest, nil
}

// Seal adds id and session to the body.
func (s *Static) Seal(_ context.Context, r *Request, _ time.Time) error {
	var body map[string]any
	if err := unmarshal(r.Body, &body); err != nil {
		return err
	}
	if body == nil {
		body = map[string]any{}
	}
	body[s.idName], body[s.sessionName] = s.id, s.session
	var err error
	r.Body, err = json.Marshal(body)
	return err
}

// Line is the lock of a line that is closed itself: nothing in a request says who
// sends it, as in the 110⇄12345 link. Only where it comes from does, so a platform
// with it must say from which networks.
type Line struct{}

// Open takes every request.
func (Line) Open(r Request, _ time.Time) ([]byte, error) { return r.Body, nil }

// Seal adds nothing.
func (Line) Seal(context.Context, *Request, time.Time) error { return nil }
