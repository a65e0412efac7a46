package mailbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"jiesu/webhooks"
)

const maxAnswer = 64 << 10 // bytes of what the other side says

// Answer is what goes back to where a letter came from.
type Answer struct {
	ID      string // there
	Number  string // ours
	Status  string // code: answered, declined, transferred …
	Outcome string // code of a reply; may be empty
	Text    string
	Unit    string // shown name
	At      time.Time
}

// values are the parts of an answer by our names.
func (a *Answer) values() map[string]string {
	return map[string]string{
		"id": a.ID, "number": a.Number, "status": a.Status, "outcome": a.Outcome, "text": a.Text, "unit": a.Unit,
		"at": a.At.In(beijing()).Format(time.DateTime),
	}
}

// Body is an answer as the source takes it.
func (s *Source) Body(a Answer) ([]byte, error) {
	ours := a.values()
	if len(s.Reply.Names) == 0 {
		return json.Marshal(ours)
	}
	body := map[string]string{}
	for theirs, name := range s.Reply.Names {
		body[theirs] = ours[name]
	}
	return json.Marshal(body)
}

// Pushed is how the other side took what was posted.
type Pushed struct {
	Status int // of HTTP
	Taken  bool
	Wait   string // its Retry-After
}

// Push posts a body under an id that is the same in every attempt.
func (s *Source) Push(ctx context.Context, client *http.Client, id string, at time.Time, body []byte) (Pushed, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Reply.URL, bytes.NewReader(body))
	if err != nil {
		return Pushed{}, errors.New("mailbox: the address of replies cannot be used")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(webhooks.HeaderID, id)
	if err := s.sign(r, id, at, body); err != nil {
		return Pushed{}, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return Pushed{}, fmt.Errorf("mailbox: push: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return Pushed{}, fmt.Errorf("mailbox: push: %w", err)
	}
	return Pushed{
		Status: answer.StatusCode, Wait: answer.Header.Get("Retry-After"),
		Taken: answer.StatusCode/100 == 2 && s.Reply.Accepted.says(raw),
	}, nil
}

func (s *Source) sign(r *http.Request, id string, at time.Time, body []byte) error {
	switch s.Auth.Way {
	case HMAC:
		secret, err := s.Auth.signing()
		if err != nil {
			return err
		}
		signed, err := webhooks.Sign(id, at, body, secret)
		if err != nil {
			return err
		}
		r.Header.Set(webhooks.HeaderTimestamp, signed.Timestamp)
		r.Header.Set(webhooks.HeaderSignature, signed.Signature)
	case StaticKey:
		r.Header.Set(s.Auth.header(), s.Auth.Secret)
	case ByAddress, NoHook:
	}
	return nil
}

// says reports whether a body says that something was taken.
func (a *Accepted) says(body []byte) bool {
	if a.At == "" {
		return true
	}
	o, err := parse(body)
	return err == nil && slices.Contains(a.Values, strings.TrimSpace(o.at(a.At)))
}
