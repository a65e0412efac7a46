package app

import (
	"net/http"
	"net/url"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/courier"
	"jiesu/internal/server"
	"jiesu/internal/signon"
)

// providerWithin bounds how long somebody waits to hear that the provider is away.
const providerWithin = 5 * time.Second

// newProvider is where staff may sign in; nil: with passwords alone.
func newProvider(c *config.Config, allow []string, now func() time.Time) (server.Provider, error) {
	if c.OIDCIssuer == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	client, err := providerClient(c.OIDCIssuer, allow)
	if err != nil {
		return nil, err
	}
	return signon.New(signon.Options{
		Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret, RedirectURL: c.OIDCRedirectURL,
		LoginClaim: c.OIDCLoginClaim, TrustsFactor: c.OIDCTrustsFactor, Client: client, Now: now,
	}), nil
}

// providerClient goes to the issuer's host wherever that is: the operator named it, and
// most are inside. Other hosts that the issuer's own description names are judged as
// everything else that is sent to.
func providerClient(issuer string, allow []string) (*http.Client, error) {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, err
	}
	inside := []string{u.Hostname(), "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128"}
	wide, err := courier.NewGuard(inside...)
	if err != nil {
		return nil, err
	}
	own, err := wide.Only(u.Hostname())
	if err != nil {
		return nil, err
	}
	others, err := courier.NewGuard(allow...)
	if err != nil {
		return nil, err
	}
	client := others.Client(courier.Limits{Timeout: providerWithin})
	client.Transport = &byHost{host: u.Hostname(), own: own.Client(courier.Limits{Timeout: providerWithin}).Transport, others: client.Transport}
	return client, nil
}

// byHost sends requests for one host another way than all others.
type byHost struct {
	host        string
	own, others http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t *byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() == t.host {
		return t.own.RoundTrip(r)
	}
	return t.others.RoundTrip(r)
}
