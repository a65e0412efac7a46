package courier_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/webhooks/mailbox"
)

// TestAnswersAreGivenToMailboxes: what the other side says decides whether it is
// tried again, and nothing of it or of the address is kept.
func TestAnswersAreGivenToMailboxes(t *testing.T) {
	t.Parallel()
	answers := make(chan int, 1)
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		status := <-answers
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"code":"` + http.StatusText(status) + `","who":"13800138000"}`))
	}))
	defer peer.Close()
	listed, err := courier.NewGuard("127.0.0.1")
	must(t, err)
	public, err := courier.NewGuard()
	must(t, err)
	s := mailbox.Source{Name: "mayor", Reply: mailbox.Reply{Way: mailbox.PushReply, URL: peer.URL + "/key-in-it", Accepted: mailbox.Accepted{At: "code", Values: []string{"OK"}}}}
	m := courier.Mailboxes{
		"mayor":  {Source: s, Client: listed.Client(courier.Limits{}), Now: time.Now},
		"inside": {Source: s, Client: public.Client(courier.Limits{}), Now: time.Now},
	}
	for status, want := range map[int]courier.Result{
		200: {Outcome: desk.Arrived, Status: 200},
		202: {Outcome: desk.PeerRefused, Status: 202, Detail: "it did not say that it was taken"},
		404: {Outcome: desk.PeerRefused, Status: 404},
		429: {Outcome: desk.TryLater, Status: 429, After: 30 * time.Second},
		503: {Outcome: desk.TryLater, Status: 503, After: 30 * time.Second},
	} {
		answers <- status
		if got := m.Carry(t.Context(), desk.Delivery{ID: "d1", Route: "inbound/mayor", Body: []byte(`{}`)}); got != want {
			t.Errorf("%d: %+v, want %+v", status, got, want)
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for route, want := range map[string]courier.Result{
		"inbound/inside": {Outcome: desk.PeerRefused, Detail: "the address leads where nothing is sent to"},
		"inbound/nobody": {Outcome: desk.PeerRefused, Detail: "the mailbox is not configured"},
		"inbound/mayor":  {Outcome: desk.TryLater, Detail: "no connection"},
	} {
		if got := m.Carry(over, desk.Delivery{ID: "d1", Route: route, Body: []byte(`{}`)}); got != want {
			t.Errorf("%s: %+v, want %+v", route, got, want)
		}
	}
	for _, c := range m {
		c.Client.CloseIdleConnections()
	}
}
