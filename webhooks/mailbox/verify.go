package mailbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"jiesu/webhooks"
)

const (
	minKey    = 16 // characters
	keyHeader = "X-Api-Key"
)

// ErrStranger is a call that is not certainly from the source.
var ErrStranger = errors.New("mailbox: not certainly from the source")

// Call is what is known of a call to a source's hook.
type Call struct {
	Header http.Header
	From   netip.Addr
	Body   []byte
	At     time.Time
}

// Verify reports whether a call comes from the source. Whatever is wrong with it,
// it is [ErrStranger].
func (s *Source) Verify(c Call) error {
	from, err := s.Auth.prefixes()
	if err != nil || len(from) > 0 && !slices.ContainsFunc(from, func(p netip.Prefix) bool { return p.Contains(c.From.Unmap()) }) {
		return ErrStranger
	}
	switch s.Auth.Way {
	case HMAC:
		secret, err := s.Auth.signing()
		d := webhooks.Delivery{
			ID: c.Header.Get(webhooks.HeaderID), Timestamp: c.Header.Get(webhooks.HeaderTimestamp), Signature: c.Header.Get(webhooks.HeaderSignature),
		}
		if err != nil || webhooks.Verify(d, c.Body, c.At, secret) != nil {
			return ErrStranger
		}
		return nil
	case StaticKey:
		got, want := sha256.Sum256([]byte(c.Header.Get(s.Auth.header()))), sha256.Sum256([]byte(s.Auth.Secret))
		if s.Auth.Secret == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			return ErrStranger
		}
		return nil
	case ByAddress:
		if len(from) > 0 {
			return nil
		}
	case NoHook:
	}
	return ErrStranger
}

func (a *Auth) header() string {
	if a.Header != "" {
		return a.Header
	}
	return keyHeader
}

func (a *Auth) signing() (webhooks.Secret, error) { return webhooks.ParseSecret(a.Secret) }
