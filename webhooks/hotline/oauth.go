package hotline

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// errNoToken is that no token could be had now.
var errNoToken = errors.New("hotline: no token")

// spare is how long before its end a token is no longer used.
const spare = time.Minute

// OAuth2 is a lock of tokens that are fetched with client credentials (RFC 6749,
// 4.4) and kept until they end. What the platform sends carries a fixed bearer key.
type OAuth2 struct {
	in       *Key
	client   *http.Client
	endpoint string
	id       string
	secret   string

	mu    sync.Mutex
	token string
	until time.Time
}

// NewOAuth2 returns the lock: tokens come from endpoint, and theirs is the key in
// what the platform sends.
func NewOAuth2(client *http.Client, endpoint, id, secret, theirs string) (*OAuth2, error) {
	if u, err := url.Parse(endpoint); err != nil || u.Host == "" || id == "" || secret == "" || len(theirs) < minSecret {
		return nil, errors.New("hotline: client credentials need a token address, id, secret, and a key of theirs of 16 bytes or more")
	}
	in, err := NewKey("Authorization", "Bearer "+theirs, "unused")
	return &OAuth2{in: in, client: client, endpoint: endpoint, id: id, secret: secret}, err
}

// Open checks their key.
func (o *OAuth2) Open(r Request, now time.Time) ([]byte, error) { return o.in.Open(r, now) }

// Renew forgets the token.
func (o *OAuth2) Renew() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.token = ""
}

// Seal adds a token.
func (o *OAuth2) Seal(ctx context.Context, r *Request, now time.Time) error {
	o.mu.Lock() // held over the fetch: who comes meanwhile wants the same token
	defer o.mu.Unlock()
	if o.token == "" || !now.Before(o.until) {
		if err := o.fetch(ctx, now); err != nil {
			return err
		}
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Authorization", "Bearer "+o.token)
	return nil
}

func (o *OAuth2) fetch(ctx context.Context, now time.Time) error {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {o.id}, "client_secret": {o.secret}}
	status, _, body, err := exchange(ctx, o.client, o.endpoint, Request{
		Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte(form.Encode()),
	})
	var got struct {
		Token   string `json:"access_token"`
		Expires ID     `json:"expires_in"` // a string with some
	}
	if err != nil || status != http.StatusOK || json.Unmarshal(body, &got) != nil || got.Token == "" {
		return errNoToken
	}
	seconds, err := time.ParseDuration(string(got.Expires) + "s")
	if err != nil {
		seconds = 0 // one that does not say is used once
	}
	o.token, o.until = got.Token, now.Add(seconds-spare)
	return nil
}
