package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// provider is a provider of identities that says what it is told to.
type provider struct {
	claim    access.Claim
	away     bool
	finished int // codes that were exchanged
	verifier string
}

func (p *provider) Begin(_ context.Context, state, nonce, verifier string) (string, error) {
	if p.away {
		return "", problem.New(problem.Unavailable, "oidc.unavailable", "不在。")
	}
	p.verifier = verifier
	return "https://id.example/authorize?" + url.Values{"state": {state}, "nonce": {nonce}}.Encode(), nil
}

func (p *provider) Finish(_ context.Context, code, _, verifier string) (access.Claim, error) {
	p.finished++
	if code != "code" || verifier != p.verifier {
		return access.Claim{}, problem.New(problem.Unauthenticated, "oidc.refused", "不对。")
	}
	return p.claim, nil
}

// begins goes to the provider, and returns what comes back from it.
func begins(t *testing.T, h *house, to string) (cookie, state string) {
	t.Helper()
	a := h.call(t, http.MethodGet, "/staff/oidc?to="+url.QueryEscape(to), "")
	at, err := url.Parse(a.Header.Get("Location"))
	check(t, err)
	set := a.Header.Get("Set-Cookie")
	if a.Status != http.StatusSeeOther || at.Host != "id.example" {
		t.Fatalf("%d %v", a.Status, a.Header)
	}
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/staff/oidc"} {
		if !strings.Contains(set, want) {
			t.Errorf("the flow's cookie lacks %s: %s", want, set)
		}
	}
	cookie, _, _ = strings.Cut(set, ";")
	return cookie, at.Query().Get("state")
}

func TestSigningInAtAProvider(t *testing.T) {
	t.Parallel()
	p := &provider{claim: access.Claim{Identity: access.Identity{Issuer: "https://id.example", Subject: "1"}, Login: "jingban"}}
	h := newHouse(t, func(o *options) {
		o.Config.Rates, o.Provider, o.Config.ProviderName = generous(), p, "统一身份认证"
	})
	h.password(t, "jingban")
	if ways := h.call(t, http.MethodGet, session+"/ways", ""); !strings.Contains(ways.Body, "统一身份认证") || !strings.Contains(ways.Body, `"everybody"`) {
		t.Errorf("ways: %s", ways.Body)
	}
	back := func(cookie, query string) *answer {
		return h.call(t, http.MethodGet, "/staff/oidc/callback?"+query, "", "Cookie", cookie)
	}
	goes := func(what string, a *answer, want string) {
		t.Helper()
		if got := a.Header.Get("Location"); a.Status != http.StatusSeeOther || got != want {
			t.Errorf("%s: %d to %q, want %q", what, a.Status, got, want)
		}
	}
	for to, want := range map[string]string{"/tickets": "%2Ftickets", "//evil.example": "%2F", "https://evil.example/x": "%2F", `/\evil.example`: "%2F"} {
		cookie, state := begins(t, h, to)
		goes(to, back(cookie, "code=code&state="+state), "/console/sign-in?step=in&to="+want)
	}

	cookie, state := begins(t, h, "")
	before := p.finished
	const expired = "/console/sign-in?failed=oidc.expired"
	goes("another state", back(cookie, "code=code&state=x"), expired)
	goes("in another browser", back("a=b", "code=code&state="+state), expired)
	goes("a cookie that was changed", back(strings.Replace(cookie, "jiesu_oidc=", "jiesu_oidc=A", 1), "code=code&state="+state), expired)
	if p.finished != before {
		t.Error("the provider was asked for nothing")
	}
	goes("refused there", back(cookie, "error=access_denied&state="+state), "/console/sign-in?failed=oidc.refused")
	goes("a made-up code", back(cookie, "code=x&state="+state), "/console/sign-in?failed=oidc.refused")

	in := back(cookie, "code=code&state="+state)
	goes("signed in", in, "/console/sign-in?step=in")
	token := ""
	for _, set := range in.Header.Values("Set-Cookie") {
		if value, ok := strings.CutPrefix(set, "jiesu_session="); ok {
			token, _, _ = strings.Cut(value, ";")
		}
	}
	who := h.by(t, token)(http.MethodGet, session, "")
	who.want(t, http.StatusOK, "")
	if !strings.Contains(who.Body, `"login":"jingban"`) {
		t.Errorf("signed in as %s", who.Body)
	}

	p.claim = access.Claim{Identity: access.Identity{Issuer: "https://id.example", Subject: "2"}, Login: "nobody"}
	cookie, state = begins(t, h, "")
	goes("without an account", back(cookie, "code=code&state="+state), "/console/sign-in?failed=session.no_account")
	p.away = true
	goes("away", h.call(t, http.MethodGet, "/staff/oidc", ""), "/console/sign-in?failed=oidc.unavailable")
	h.signIn(t, "jingban") // with the password all the same
}

// TestAFlowEnds: what was begun is of no use a quarter of an hour later.
func TestAFlowEnds(t *testing.T) {
	t.Parallel()
	at := time.Now()
	h := newHouse(t, func(o *options) { o.Provider, o.Now = &provider{}, func() time.Time { return at } })
	cookie, state := begins(t, h, "")
	at = at.Add(15 * time.Minute)
	a := h.call(t, http.MethodGet, "/staff/oidc/callback?code=code&state="+state, "", "Cookie", cookie)
	if a.Header.Get("Location") != "/console/sign-in?failed=oidc.expired" {
		t.Errorf("%d %v", a.Status, a.Header)
	}
}

// TestTheSecondFactorIsAskedForAfterAProvider unless it vouches for one.
func TestTheSecondFactorIsAskedForAfterAProvider(t *testing.T) {
	t.Parallel()
	p := &provider{claim: access.Claim{Identity: access.Identity{Issuer: "i", Subject: "1"}, Login: "jingban"}}
	h := newHouse(t, func(o *options) { o.Config.Rates, o.Provider = generous(), p })
	h.enrols(t, "jingban")
	for _, vouched := range []bool{false, true} {
		p.claim.Factor = vouched
		cookie, state := begins(t, h, "")
		a := h.call(t, http.MethodGet, "/staff/oidc/callback?code=code&state="+state, "", "Cookie", cookie)
		want := map[bool]string{false: "/console/sign-in?step=code", true: "/console/sign-in?step=in"}[vouched]
		if a.Header.Get("Location") != want {
			t.Errorf("vouched for: %v: %v", vouched, a.Header)
		}
	}
}
