package courier

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/webhooks"
)

// listed is the one endpoint there is.
type listed struct{ e desk.Endpoint }

func (l listed) Endpoint(_ context.Context, id string) (desk.Endpoint, error) {
	if id != l.e.ID {
		return desk.Endpoint{}, errors.New("no such endpoint")
	}
	return l.e, nil
}

func now() time.Time { return time.Date(2026, 10, 9, 1, 30, 0, 0, time.UTC) }

func TestHowAnEventIsPosted(t *testing.T) {
	t.Parallel()
	answer := http.StatusOK
	var asked *http.Request
	var body []byte
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("Location", "http://169.254.169.254/")
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(answer)
	}))
	t.Cleanup(peer.Close)
	e := desk.Endpoint{
		ID: "e1", URL: peer.URL + "/hook?token=geheim", State: desk.EndpointEnabled,
		Secret: webhooks.Secret(strings.Repeat("n", 32)), Former: webhooks.Secret(strings.Repeat("o", 32)), FormerUntil: now().Add(time.Hour),
	}
	client := guard(t, "127.0.0.1").Client(Limits{})
	t.Cleanup(client.CloseIdleConnections)
	w := &Webhook{Endpoints: listed{e}, Client: client, Now: now}
	v := desk.Delivery{ID: "0199c6e5-7a3e-7c55", Route: "webhook/e1", Kind: "ticket.opened", Body: []byte(`{"type":"ticket.opened"}`)}
	for status, want := range map[int]Result{
		200: {Outcome: desk.Arrived}, 204: {Outcome: desk.Arrived},
		307: {Outcome: desk.TryLater, Detail: "redirects are not followed"},
		400: {Outcome: desk.TryLater, After: 90 * time.Second}, 429: {Outcome: desk.TryLater, After: 90 * time.Second}, 503: {Outcome: desk.TryLater, After: 90 * time.Second},
		410: {Outcome: desk.PeerRefused},
	} {
		answer = status
		want.Status = status
		if got := w.Carry(t.Context(), v); got != want {
			t.Errorf("%d: %+v, want %+v", status, got, want)
		}
		d := webhooks.Delivery{ID: asked.Header.Get("webhook-id"), Timestamp: asked.Header.Get("webhook-timestamp"), Signature: asked.Header.Get("webhook-signature")}
		for _, s := range []webhooks.Secret{e.Secret, e.Former} {
			if err := webhooks.Verify(d, body, now(), s); err != nil || d.ID != v.ID || asked.URL.RawQuery != "token=geheim" {
				t.Errorf("%d: sent as %+v to %s, %v", status, d, asked.URL, err)
			}
		}
	}
	answer = http.StatusInternalServerError
	ping := v
	ping.Kind = "ping"
	if got := w.Carry(t.Context(), ping); got.Outcome != desk.PeerRefused {
		t.Errorf("a ping: %+v", got)
	}
}

func TestWhatIsNotPosted(t *testing.T) {
	t.Parallel()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(silent.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	loopback := guard(t, "127.0.0.1").Client(Limits{})
	t.Cleanup(loopback.CloseIdleConnections)
	for name, c := range map[string]struct {
		client *http.Client
		url    string
		state  desk.EndpointState
		want   desk.Outcome
	}{
		"disabled":       {loopback, silent.URL, desk.EndpointDisabled, desk.NotDelivered},
		"inside":         {guard(t).Client(Limits{}), silent.URL, desk.EndpointEnabled, desk.PeerRefused},
		"nobody listens": {loopback, closed.URL, desk.EndpointEnabled, desk.TryLater},
		"no answer":      {loopback, silent.URL, desk.EndpointEnabled, desk.NobodyKnows},
		"another route":  {loopback, silent.URL, "", desk.TryLater},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := desk.Endpoint{ID: "e1", URL: c.url + "/geheim", State: c.state, Secret: webhooks.Secret(strings.Repeat("n", 32))}
			if c.state == "" {
				e.ID = "e2"
			}
			w := &Webhook{Endpoints: listed{e}, Client: c.client, Now: now}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			got := w.Carry(ctx, desk.Delivery{ID: "1", Route: "webhook/e1", Kind: "ticket.opened"})
			if got.Outcome != c.want || strings.Contains(got.Detail, "geheim") {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestHowLongAnEndpointMayAskFor(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "120": 2 * time.Minute, "99999999999": longestAsked, "9223372036854775807": longestAsked, "99999999999999999999": 0,
		now().Add(time.Hour).Format(http.TimeFormat): time.Hour, now().AddDate(1, 0, 0).Format(http.TimeFormat): longestAsked,
		now().Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		if got := asked(header, now()); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
