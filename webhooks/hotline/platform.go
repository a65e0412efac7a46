package hotline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"time"
)

// ErrUnspoken is an operation that a platform has no message for: people type it
// into its pages.
var ErrUnspoken = errors.New("hotline: the platform has no message for this operation")

// Request is what is sent, either way.
type Request struct {
	Method string
	Path   string // as it stands in the URL
	Query  string // as it stands in the URL
	Header http.Header
	Body   []byte
	From   netip.Addr // who sends it; of no meaning in requests of ours
}

// Lock is how a request is known to be from whom it says.
type Lock interface {
	// Open returns what a request says that certainly is the other side's; every
	// other is [ErrRefused].
	Open(r Request, now time.Time) ([]byte, error)
	// Seal makes r one of ours.
	Seal(ctx context.Context, r *Request, now time.Time) error
}

// Dialect is what a platform's messages look like.
type Dialect interface {
	// Split takes the messages out of what a request says.
	Split(body []byte) [][]byte
	// Read reads a message; one that makes no sense is [FieldErrors].
	Read(raw []byte) (Act, error)
	// Write says an operation in the platform's words, and at which path, or that
	// there are none: [ErrUnspoken].
	Write(op *Op) (path string, body []byte, err error)
	// Files reports whether files go with an operation of a kind.
	Files(k OpKind) bool
	// Answer tells what the answer to an operation means.
	Answer(body []byte) Answer
	// Query asks which orders are open, and at which path; [ErrUnspoken] where the
	// platform does not tell.
	Query() (path string, body []byte, err error)
	// Listed reads the answer.
	Listed(body []byte) ([]Listed, error)
	// Taken is the answer to a request that was taken.
	Taken() []byte
}

// maxKey is how long the key of a message may be, in bytes.
const maxKey = 200

// Message is one thing a request says, in the platform's own words: it is kept as
// it came and read with [Platform.Read] when it is taken, so that one that makes no
// sense is not lost and can be read again once the mapping is mended.
type Message struct {
	Key  string // what makes it one with its repeats
	Lane string // the order it is about, as far as it can be told
	Raw  []byte
}

// Platform is one city's platform.
type Platform struct {
	Lock    Lock
	Dialect Dialect
	From    []netip.Prefix // networks its requests come from; empty: any
}

// Open checks that a request is the platform's and takes the messages out of it.
// What was sent again, by the platform or by somebody who listened, has the same
// keys again: that it has no second effect is for whoever keeps them.
func (p *Platform) Open(r Request, now time.Time) ([]Message, error) {
	from := func(n netip.Prefix) bool { return n.Contains(r.From.Unmap()) }
	if len(p.From) > 0 && !slices.ContainsFunc(p.From, from) {
		return nil, ErrRefused
	}
	body, err := p.Lock.Open(r, now)
	if err != nil {
		return nil, err
	}
	var all []Message
	for _, raw := range p.Dialect.Split(body) {
		m := Message{Key: digest(raw), Raw: raw}
		a, err := p.Read(raw)
		if err == nil {
			a.On(now)
			m.Key = a.Key()
		}
		if len(m.Key) > maxKey {
			m.Key = digest([]byte(m.Key))
		}
		if len(a.OrderNo) <= maxID {
			m.Lane = string(a.OrderNo)
		}
		all = append(all, m)
	}
	return all, nil
}

// Read reads a message.
func (p *Platform) Read(raw []byte) (Act, error) {
	a, err := p.Dialect.Read(raw)
	if err != nil {
		return a, err
	}
	a.complete()
	return a, a.Check()
}

// Reply is the answer to a request that was taken.
func (p *Platform) Reply(ctx context.Context, now time.Time) ([]byte, error) {
	r := Request{Body: p.Dialect.Taken()}
	if _, both := p.Lock.(unwrapper); !both {
		return r.Body, nil
	}
	err := p.Lock.Seal(ctx, &r, now)
	return r.Body, err
}

// Ask is op as it is asked of the platform, below the path of base.
func (p *Platform) Ask(ctx context.Context, base string, op *Op, now time.Time) (Request, error) {
	if err := op.Check(); err != nil {
		return Request{}, err
	}
	path, body, err := p.Dialect.Write(op)
	if err != nil {
		return Request{}, err
	}
	return p.post(ctx, base+path, body, now)
}

func (p *Platform) post(ctx context.Context, path string, body []byte, now time.Time) (Request, error) {
	r := Request{Method: http.MethodPost, Path: path, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
	err := p.Lock.Seal(ctx, &r, now)
	return r, err
}

// digest tells messages apart that have no number.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}
