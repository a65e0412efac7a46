package webhooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// The headers of a delivery.
const (
	HeaderID        = "Webhook-Id"        // the same in every attempt: an idempotency key
	HeaderTimestamp = "Webhook-Timestamp" // of the attempt, in seconds
	HeaderSignature = "Webhook-Signature" // one or more, separated by blanks
)

// ErrSignature is a delivery that is not certainly from whom it says.
var ErrSignature = errors.New("webhooks: the signature does not fit")

const (
	secretPrefix = "whsec_"
	minSecret    = 24
	maxSecret    = 64
	version      = "v1"
	tolerance    = 5 * time.Minute
)

// Secret is what sender and receiver share, 24 to 64 random bytes.
type Secret []byte

// NewSecret draws a secret.
func NewSecret(random io.Reader) (Secret, error) {
	s := make(Secret, sha256.Size)
	_, err := io.ReadFull(random, s)
	return s, err
}

// ParseSecret reads a secret as it is shown: whsec_ and base64.
func ParseSecret(text string) (Secret, error) {
	encoded, marked := strings.CutPrefix(text, secretPrefix)
	s, err := base64.StdEncoding.DecodeString(encoded)
	if !marked || err != nil || len(s) < minSecret || len(s) > maxSecret {
		return nil, errors.New("webhooks: a secret is whsec_ and 24 to 64 bytes in base64")
	}
	return s, nil
}

// Text is the secret as it is shown, once.
func (s Secret) Text() string { return secretPrefix + base64.StdEncoding.EncodeToString(s) }

// String keeps the secret out of logs.
func (s Secret) String() string { return secretPrefix + "***" }

func (s Secret) sign(id, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, s)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// Delivery is what is sent beside the body.
type Delivery struct{ ID, Timestamp, Signature string }

// Sign signs an attempt to deliver body, with every secret the receiver may have:
// while one takes the place of another, with both. An id has no dot in it.
func Sign(id string, at time.Time, body []byte, secrets ...Secret) (Delivery, error) {
	if id == "" || strings.Contains(id, ".") || len(secrets) == 0 {
		return Delivery{}, errors.New("webhooks: a delivery has an id without a dot, and a secret")
	}
	d := Delivery{ID: id, Timestamp: strconv.FormatInt(at.Unix(), 10)}
	var all []string
	for _, s := range secrets {
		all = append(all, version+","+base64.StdEncoding.EncodeToString(s.sign(d.ID, d.Timestamp, body)))
	}
	d.Signature = strings.Join(all, " ")
	return d, nil
}

// Verify reports whether d and body were signed with one of the secrets, at most
// five minutes from now. Everything else is [ErrSignature]. Signatures of versions
// it does not know are passed over. It is what receivers do; they keep the ids of
// what they took, for the same delivery may come more than once.
func Verify(d Delivery, body []byte, now time.Time, secrets ...Secret) error {
	seconds, err := strconv.ParseInt(d.Timestamp, 10, 64)
	if err != nil || time.Unix(seconds, 0).Sub(now).Abs() > tolerance || strings.Contains(d.ID, ".") {
		return ErrSignature
	}
	fits := false
	for one := range strings.FieldsSeq(d.Signature) {
		of, encoded, _ := strings.Cut(one, ",")
		got, err := base64.StdEncoding.DecodeString(encoded)
		if of != version || err != nil {
			continue
		}
		for _, s := range secrets {
			fits = hmac.Equal(got, s.sign(d.ID, d.Timestamp, body)) || fits
		}
	}
	if !fits {
		return ErrSignature
	}
	return nil
}
