package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/server"
)

// TestEveryAnswerIsGuarded goes through every route there is, and asks for what is
// not: whatever the answer, a browser does with it what we want and nothing else.
func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates, o.Config.TrustedProxies = generous(), server.TrustTest() })
	routes := server.Routes(h.server)
	for _, r := range routes {
		body := ""
		if r.Method == http.MethodPost {
			body = `{}`
		}
		path := parameter.ReplaceAllString(r.Path, "x")
		for _, accept := range []string{"application/json", html} {
			a := h.call(t, r.Method, path, body, "X-Forwarded-Proto", "https", "Accept", accept, "Host", "desk.example")
			what := r.Method + " " + r.Path
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
			} {
				if got := a.Header.Get(name); got != want {
					t.Errorf("%s: %s %q", what, name, got)
				}
			}
			if shared := strings.HasPrefix(r.Path, "/widget.js"); !shared && a.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				t.Errorf("%s: other sites may load it", what)
			}
			policed(t, what, r.Path, a.Header)
			kept(t, what, server.IsOpen(h.server, r.Method, r.Path), a.Header)
			if media := a.Header.Get("Content-Type"); a.Body != "" && (media == "" || strings.HasPrefix(media, "text/") && !strings.Contains(media, "charset=utf-8")) {
				t.Errorf("%s: the content is of type %q", what, media)
			}
		}
	}
	if len(routes) < 250 {
		t.Errorf("only %d routes", len(routes))
	}
	if a := h.call(t, http.MethodGet, "/", ""); a.Header.Get("Strict-Transport-Security") != "" {
		t.Error("TLS is promised where there is none")
	}
}

// policed checks what a page may load, where it may stand and what it may use.
func policed(t *testing.T, what, path string, header http.Header) {
	t.Helper()
	policy := strings.Split(header.Get("Content-Security-Policy"), "; ")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "connect-src 'self'"} {
		if !slices.Contains(policy, want) {
			t.Errorf("%s: the policy lacks %s", what, want)
		}
	}
	for _, p := range policy {
		if strings.Contains(p, "unsafe") && (!strings.HasPrefix(path, "/docs") || strings.HasPrefix(p, "script")) || strings.Contains(p, "*") || strings.Contains(p, "http") {
			t.Errorf("%s: the policy has %s", what, p)
		}
	}
	for _, sensor := range []string{"camera", "microphone", "geolocation", "usb", "payment"} {
		if !strings.Contains(header.Get("Permissions-Policy"), sensor+"=()") {
			t.Errorf("%s may use the %s", what, sensor)
		}
	}
}

// kept checks that nobody on the way keeps what is not for everybody.
func kept(t *testing.T, what string, open bool, header http.Header) {
	t.Helper()
	cache := header.Get("Cache-Control")
	if !open && cache != "no-store" || strings.Contains(cache, "public") && !strings.Contains(what, "assets") && !strings.Contains(what, "/widget.js") {
		t.Errorf("%s may be kept: %q", what, cache)
	}
}

// TestASessionOfTLSIsOfThisHostAlone: a cookie that a neighbour in the domain, or a page
// without TLS, could have put there opens nothing.
func TestASessionOfTLSIsOfThisHostAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.TrustedProxies = server.TrustTest() })
	const path, tls, host = "/api/v1/staff/session", "X-Forwarded-Proto", "__Host-jiesu_session"
	a := h.call(t, http.MethodPost, path, asJSON(t, map[string]string{"login": "zhuanban", "password": h.password(t, "zhuanban")}), tls, "https")
	c, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
	check(t, err)
	if c.Name != host || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %s", a.Header.Get("Set-Cookie"))
	}
	h.call(t, http.MethodGet, path, "", tls, "https", "Cookie", host+"="+c.Value).want(t, http.StatusOK, "")
	h.call(t, http.MethodGet, path, "", tls, "https", "Cookie", "jiesu_session="+c.Value).want(t, http.StatusUnauthorized, "session.required")
	if out := h.call(t, http.MethodDelete, path, "", tls, "https", "Cookie", host+"="+c.Value).Header.Get("Set-Cookie"); !strings.HasPrefix(out, host+"=;") || !strings.Contains(out, "Secure") {
		t.Errorf("signing out leaves the cookie: %s", out)
	}
}
