package server_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/limit"
	"jiesu/internal/server"
	"jiesu/webhooks/hotline"
	"jiesu/webhooks/mailbox"
)

// TestWhoGuessesAtHooksIsTurnedAway: on whichever hook an address is refused, it
// is told to wait after a while; whoever signs well is let in from there as well.
func TestWhoGuessesAtHooksIsTurnedAway(t *testing.T) {
	t.Parallel()
	lock, err := hotline.NewHMAC("app", []byte("a secret of the tests, long enough"), "sha256", rand.Reader)
	check(t, err)
	city := &hotline.Platform{Lock: lock, Dialect: hotline.Canonical{}}
	h := newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.Config.Rates.Refused = limit.Rate{Count: 5, Period: time.Hour}
		o.Config.TrustedProxies = server.TrustTest()
		o.Hotlines = map[string]*hotline.Platform{"city": city}
	})
	h.Platforms = []desk.Platform{{ID: "city", Name: "市12345热线", Read: city.Read}}
	h.Mailboxes = []mailbox.Source{{Name: "mayor", Title: "市长留言信箱", Auth: mailbox.Auth{Way: mailbox.StaticKey, Secret: mailboxKey}}}
	hooks := []string{
		"/webhooks/12345/city", "/webhooks/12345/nobody", "/webhooks/wechat/nobody", "/webhooks/inbound/mayor", "/webhooks/sms/guessed",
	}
	for _, path := range hooks {
		if a := h.call(t, http.MethodPost, path, `{}`); a.Status != http.StatusForbidden {
			t.Errorf("%s: the first refusals: %d %s", path, a.Status, a.Body)
		}
	}
	for _, path := range append(hooks, "/webhooks/inbound/nobody") {
		a := h.call(t, http.MethodPost, path, `{}`)
		a.want(t, http.StatusTooManyRequests, "rate.limited")
		if a.Header.Get("Retry-After") != "720" {
			t.Errorf("%s: it is told to wait %q seconds", path, a.Header.Get("Retry-After"))
		}
	}
	h.call(t, http.MethodPost, hooks[0], `{}`, "X-Forwarded-For", "198.51.100.7").want(t, http.StatusForbidden, "hook.denied")
	h.post(t, city, hooks[0], fmt.Sprintf(hotlineOrder, "N1", "N1"), time.Now()).want(t, http.StatusOK, "")
	h.call(t, http.MethodPost, hooks[3], `{}`, "X-Api-Key", mailboxKey).want(t, http.StatusOK, "")
}
