package hotline

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// The headers of a request signed with an HMAC.
const (
	HeaderApp       = "X-App-Id"
	HeaderTimestamp = "X-Timestamp" // in milliseconds
	HeaderNonce     = "X-Nonce"
	HeaderSign      = "X-Sign"
)

const (
	tolerance  = 5 * time.Minute
	minSecret  = 16
	minNonce   = 8
	nonceBytes = 16
)

// HMAC is a lock of one secret both sides have: the signature stands over method,
// path, sorted query, the digest of the body, time and nonce. Time and nonce are
// signed, so nobody can send an old request as a new one; sent as it was, it has
// the same keys and no second effect.
type HMAC struct {
	app    string
	secret []byte
	hash   func() hash.Hash
	random io.Reader
}

// NewHMAC returns the lock of app. The algorithm is sha256 or sm3.
func NewHMAC(app string, secret []byte, algorithm string, random io.Reader) (*HMAC, error) {
	h := &HMAC{app: app, secret: secret, random: random}
	switch algorithm {
	case "sha256":
		h.hash = sha256.New
	case "sm3":
		h.hash = sm3.New
	default:
		return nil, errors.New("hotline: an HMAC is made with sha256 or sm3")
	}
	if app == "" || len(secret) < minSecret {
		return nil, errors.New("hotline: an HMAC needs an app id and a secret of 16 bytes or more")
	}
	return h, nil
}

func (h *HMAC) sign(r *Request, timestamp, nonce string) []byte {
	query, _ := url.ParseQuery(r.Query) // what cannot be read of it is not signed and not used
	body := h.hash()
	body.Write(r.Body)
	mac := hmac.New(h.hash, h.secret)
	_, _ = io.WriteString(mac, strings.Join([]string{r.Method, r.Path, query.Encode(), hex.EncodeToString(body.Sum(nil)), timestamp, nonce}, "\n"))
	return mac.Sum(nil)
}

// Open checks app, time, nonce and signature.
func (h *HMAC) Open(r Request, now time.Time) ([]byte, error) {
	timestamp, nonce := r.Header.Get(HeaderTimestamp), r.Header.Get(HeaderNonce)
	sign, err := hex.DecodeString(r.Header.Get(HeaderSign))
	right := hmac.Equal(sign, h.sign(&r, timestamp, nonce))
	if err != nil || !right || r.Header.Get(HeaderApp) != h.app || !fresh(timestamp, nonce, now) {
		return nil, ErrRefused
	}
	return r.Body, nil
}

// Seal signs r.
func (h *HMAC) Seal(_ context.Context, r *Request, now time.Time) error {
	nonce, err := newNonce(h.random)
	if err != nil {
		return err
	}
	timestamp := strconv.FormatInt(now.UnixMilli(), 10)
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(HeaderApp, h.app)
	r.Header.Set(HeaderTimestamp, timestamp)
	r.Header.Set(HeaderNonce, nonce)
	r.Header.Set(HeaderSign, hex.EncodeToString(h.sign(r, timestamp, nonce)))
	return nil
}

// fresh reports whether a request was made about now and has a nonce.
func fresh(timestamp, nonce string, now time.Time) bool {
	ms, err := strconv.ParseInt(timestamp, 10, 64)
	return err == nil && time.UnixMilli(ms).Sub(now).Abs() <= tolerance && len(nonce) >= minNonce && len(nonce) <= maxID
}

func newNonce(random io.Reader) (string, error) {
	nonce := make([]byte, nonceBytes)
	_, err := io.ReadFull(random, nonce)
	return hex.EncodeToString(nonce), err
}
