package signon_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"jiesu/internal/access"
	"jiesu/internal/problem"
	"jiesu/internal/signon"
)

// issuer is a provider of identities: a network that is not ours. It gives a token for
// a code to whoever knows what the code was asked for with.
type issuer struct {
	*httptest.Server

	t       *testing.T
	key     *rsa.PrivateKey
	signer  *rsa.PrivateKey // what tokens are signed with; the right one is key
	claims  map[string]any
	asked   url.Values // of the browser
	replies int        // status of the token endpoint; zero: 200
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key, signer: key}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.answer(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if r.FormValue("code") != "code" || base64.RawURLEncoding.EncodeToString(challenge[:]) != i.asked.Get("code_challenge") || i.replies != 0 {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(max(http.StatusBadRequest, i.replies))
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`)) // nobody is left to tell
		return
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: i.signer, KeyID: "k"}}, nil)
	if err != nil {
		i.t.Error(err)
		return
	}
	payload, _ := json.Marshal(i.claims) // plain values
	signed, err := signer.Sign(payload)
	if err != nil {
		i.t.Error(err)
		return
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		i.t.Error(err)
	}
	i.answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": raw})
}

func TestOnlyWhatTheProviderSignedForUsCounts(t *testing.T) {
	t.Parallel()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := access.Claim{Login: "zhang.san"}
	for name, c := range map[string]struct {
		spoil  func(i *issuer)
		code   string // other than the right one
		trusts bool
		want   access.Claim
		err    string
	}{
		"who it is":             {want: good},
		"a factor, not trusted": {spoil: func(i *issuer) { i.claims["amr"] = []string{"pwd", "mfa"} }, want: good},
		"a factor":              {spoil: func(i *issuer) { i.claims["amr"] = []string{"pwd", "mfa"} }, trusts: true, want: access.Claim{Login: "zhang.san", Factor: true}},
		"a class":               {spoil: func(i *issuer) { i.claims["acr"] = "mfa" }, trusts: true, want: access.Claim{Login: "zhang.san", Factor: true}},
		"a password":            {spoil: func(i *issuer) { i.claims["amr"] = []string{"pwd"} }, trusts: true, want: good},
		"no name":               {spoil: func(i *issuer) { delete(i.claims, "preferred_username") }, want: access.Claim{}},
		"another nonce":         {spoil: func(i *issuer) { i.claims["nonce"] = "of another browser" }, err: "oidc.refused"},
		"for somebody else":     {spoil: func(i *issuer) { i.claims["aud"] = "other" }, err: "oidc.refused"},
		"of another issuer":     {spoil: func(i *issuer) { i.claims["iss"] = "https://evil.example" }, err: "oidc.refused"},
		"too old":               {spoil: func(i *issuer) { i.claims["exp"] = time.Now().Add(-time.Hour).Unix() }, err: "oidc.refused"},
		"signed by a stranger":  {spoil: func(i *issuer) { i.signer = stranger }, err: "oidc.refused"},
		"another verifier":      {spoil: func(i *issuer) { i.asked.Set("code_challenge", "x") }, err: "oidc.refused"},
		"another code":          {code: "stolen", err: "oidc.refused"},
		"out of order":          {spoil: func(i *issuer) { i.replies = http.StatusBadGateway }, err: "oidc.unavailable"},
		"away":                  {spoil: func(i *issuer) { i.Close() }, err: "oidc.unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newIssuer(t)
			p := signon.New(signon.Options{
				Issuer: i.URL, ClientID: "jiesu", ClientSecret: "s", RedirectURL: "https://desk.example/staff/oidc/callback", LoginClaim: "preferred_username",
				TrustsFactor: c.trusts, Client: i.Client(), Now: time.Now,
			})
			address, err := p.Begin(t.Context(), "state", "nonce", "a verifier that is long enough to be one, as it were")
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			i.asked = u.Query()
			if i.asked.Get("state") != "state" || i.asked.Get("nonce") != "nonce" || i.asked.Get("code_challenge_method") != "S256" || i.asked.Get("client_secret") != "" {
				t.Errorf("the browser carries %s", address)
			}
			i.claims = map[string]any{
				"iss": i.URL, "sub": "4711", "aud": "jiesu", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "nonce": "nonce", "preferred_username": "zhang.san",
			}
			if c.spoil != nil {
				c.spoil(i)
			}
			code := "code"
			if c.code != "" {
				code = c.code
			}
			got, err := p.Finish(t.Context(), code, "nonce", "a verifier that is long enough to be one, as it were")
			if c.err != "" {
				if !problem.HasCode(err, c.err) {
					t.Errorf("%v, want %s", err, c.err)
				}
				return
			}
			c.want.Identity = access.Identity{Issuer: i.URL, Subject: "4711"}
			if err != nil || got != c.want {
				t.Errorf("%+v, %v, want %+v", got, err, c.want)
			}
		})
	}
}

func TestAProviderThatIsAwayIsAskedAgain(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	gone := true
	client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if gone {
			return nil, http.ErrServerClosed
		}
		return http.DefaultTransport.RoundTrip(r)
	})}
	p := signon.New(signon.Options{Issuer: i.URL, ClientID: "jiesu", Client: client, Now: time.Now})
	if _, err := p.Begin(t.Context(), "s", "n", "v"); !problem.HasCode(err, "oidc.unavailable") {
		t.Errorf("away: %v", err)
	}
	gone = false
	if _, err := p.Begin(t.Context(), "s", "n", "v"); err != nil {
		t.Errorf("back: %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
