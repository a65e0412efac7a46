package courier

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"jiesu/internal/desk"
	"jiesu/webhooks"
)

// longestAsked is how long an endpoint may ask to be left alone.
const longestAsked = 24 * time.Hour

// WebhookPauses are what Standard Webhooks proposes: ten tries in three days.
func WebhookPauses() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// Endpoints finds where a delivery goes.
type Endpoints interface {
	Endpoint(ctx context.Context, id string) (desk.Endpoint, error)
}

// Webhook posts events to the endpoints of other systems, signed at the moment they
// leave: who takes a secret out of use need not wait for what was written before.
type Webhook struct {
	Endpoints Endpoints
	Client    *http.Client // of a [Guard]
	Now       func() time.Time
}

// Carry makes one attempt. Only 2xx is taken for arrived. A ping tries once.
func (w *Webhook) Carry(ctx context.Context, v desk.Delivery) Result {
	e, err := w.Endpoints.Endpoint(ctx, desk.NameOf(v.Route))
	switch {
	case err != nil:
		return Result{Outcome: desk.TryLater, Detail: "the endpoint could not be read"}
	case e.State != desk.EndpointEnabled:
		return Result{Outcome: desk.NotDelivered, Detail: "webhook.disabled"}
	}
	r, err := w.request(ctx, &e, &v)
	if err != nil {
		return Result{Outcome: desk.PeerRefused, Detail: "no request can be made of it"}
	}
	got := w.post(r)
	if v.Kind == string(webhooks.Ping) && got.Outcome != desk.Arrived {
		got.Outcome = desk.PeerRefused
	}
	return got
}

func (w *Webhook) request(ctx context.Context, e *desk.Endpoint, v *desk.Delivery) (*http.Request, error) {
	at := w.Now()
	signed, err := webhooks.Sign(v.ID, at, v.Body, e.Secrets(at)...)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(v.Body))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "jiesu-webhooks/1",
		webhooks.HeaderID: signed.ID, webhooks.HeaderTimestamp: signed.Timestamp, webhooks.HeaderSignature: signed.Signature,
	} {
		r.Header.Set(name, value)
	}
	return r, nil
}

func (w *Webhook) post(r *http.Request) Result {
	answer, err := w.Client.Do(r)
	if err != nil {
		return unanswered(err)
	}
	// What it says does not matter; reading it keeps the connection for the next.
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	got := Result{Outcome: desk.TryLater, Status: answer.StatusCode}
	switch {
	case answer.StatusCode/100 == 2:
		got.Outcome = desk.Arrived
	case answer.StatusCode == http.StatusGone:
		got.Outcome = desk.PeerRefused
	case answer.StatusCode/100 == 3:
		got.Detail = "redirects are not followed"
	default:
		got.After = asked(answer.Header.Get("Retry-After"), w.Now())
	}
	return got
}

// unanswered says why there is no answer, without the address, which may hold a
// secret.
func unanswered(err error) Result {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrForbidden):
		return Result{Outcome: desk.PeerRefused, Detail: "the address leads where nothing is sent to"}
	case errors.As(err, &timeout) && timeout.Timeout():
		return Result{Outcome: desk.NobodyKnows, Detail: "no answer in time"}
	default:
		return Result{Outcome: desk.TryLater, Detail: "no connection"}
	}
}

// asked is how long a Retry-After asks to wait: seconds, or until a date.
func asked(header string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(min(seconds, int(longestAsked/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestAsked)
}
