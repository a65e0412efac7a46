package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/limit"
	"jiesu/internal/problem"
	"jiesu/internal/server"
)

func TestSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	body := asJSON(t, map[string]string{"login": "zhuanban", "password": h.drawn(t, "zhuanban")})
	in := h.call(t, http.MethodPost, "/api/v1/staff/session", body)
	in.want(t, http.StatusCreated, "")
	absent(t, in.Body, h.password(t, "zhuanban"), "argon2")
	cookie, err := http.ParseSetCookie(in.Header.Get("Set-Cookie"))
	check(t, err)
	if cookie.Name != "jiesu_session" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Secure {
		t.Errorf("cookie over plain HTTP: %s", in.Header.Get("Set-Cookie"))
	}
	with := []string{"Cookie", "jiesu_session=" + cookie.Value}
	who := h.call(t, http.MethodGet, "/api/v1/staff/session", "", with...)
	who.want(t, http.StatusOK, "")
	absent(t, who.Body, cookie.Value, "argon2", `"token"`)
	if !strings.Contains(who.Body, `"scope":"*"`) || !strings.Contains(who.Body, `"must_change":true`) {
		t.Errorf("who am I: %s", who.Body)
	}
	for name, c := range map[string]struct {
		header []string
		status int
		code   string
	}{
		"another site":        {[]string{"Sec-Fetch-Site", "cross-site"}, 403, "request.cross_origin"},
		"a sibling site":      {[]string{"Sec-Fetch-Site", "same-site"}, 403, "request.cross_origin"},
		"a foreign origin":    {[]string{"Origin", "https://evil.example"}, 403, "request.cross_origin"},
		"the own site":        {[]string{"Sec-Fetch-Site", "same-origin"}, 422, "password.old"},
		"no browser":          {nil, 422, "password.old"},
		"the own origin, old": {[]string{"Origin", "http://desk.example", "Host", "desk.example"}, 422, "password.old"},
	} {
		a := h.call(t, http.MethodPost, "/api/v1/staff/password", `{"old":"wrong","new":"correct horse battery"}`, append(c.header, with...)...)
		if a.Status != c.status {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
			continue
		}
		a.want(t, c.status, c.code)
	}
	h.call(t, http.MethodPost, "/api/v1/staff/session", body, "Sec-Fetch-Site", "cross-site").want(t, http.StatusForbidden, "request.cross_origin")
	out := h.call(t, http.MethodDelete, "/api/v1/staff/session", "", with...)
	out.want(t, http.StatusNoContent, "")
	if c := out.Header.Get("Set-Cookie"); !strings.Contains(c, "Max-Age=0") {
		t.Errorf("sign-out leaves the cookie: %s", c)
	}
	h.call(t, http.MethodGet, "/api/v1/staff/session", "", with...).want(t, http.StatusUnauthorized, "session.required")
	for _, wrong := range []map[string]string{{"login": "zhuanban", "password": "x"}, {"login": "nobody", "password": "x"}} {
		h.call(t, http.MethodPost, "/api/v1/staff/session", asJSON(t, wrong)).want(t, http.StatusUnauthorized, "session.refused")
	}
	token := h.signIn(t, "zhuanban")
	changed := h.call(t, http.MethodPost, "/api/v1/staff/password",
		asJSON(t, map[string]string{"old": h.password(t, "zhuanban"), "new": "correct horse battery"}), "Authorization", "Bearer "+token)
	changed.want(t, http.StatusNoContent, "")
	absent(t, h.log.String(), token, "correct horse", h.password(t, "zhuanban"))
}

func TestCookieIsSecureBehindTLS(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.TrustedProxies = server.TrustTest() })
	body := asJSON(t, map[string]string{"login": "zhuanban", "password": h.password(t, "zhuanban")})
	a := h.call(t, http.MethodPost, "/api/v1/staff/session", body, "X-Forwarded-Proto", "https")
	if !strings.Contains(a.Header.Get("Set-Cookie"), "Secure") {
		t.Errorf("cookie behind TLS: %s", a.Header.Get("Set-Cookie"))
	}
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	one := limit.Rate{Count: 1, Period: time.Hour}
	h := newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.Config.Rates.Ask, o.Config.Rates.Number = one, limit.Rate{Count: 2, Period: time.Hour}
		o.Config.TrustedProxies = server.TrustTest()
	})
	ask := func(from string) *answer {
		return h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"补办身份证"}`, "X-Forwarded-For", from)
	}
	for _, c := range []struct {
		from string
		ok   bool
	}{
		{"203.0.113.7", true},
		{"203.0.113.7", false},
		{"1.2.3.4, 203.0.113.7", false}, // what the client says itself does not count
		{"203.0.113.8", true},
		{"2001:db8:1:2::1", true},
		{"2001:db8:1:2:ffff::9", false}, // the same /64
		{"2001:db8:1:3::1", true},
		{"::ffff:203.0.113.7", false}, // the same IPv4 address
	} {
		a := ask(c.from)
		if ok := a.Status == http.StatusOK; ok != c.ok {
			t.Errorf("from %s: %d %s", c.from, a.Status, a.Body)
		}
		if !c.ok {
			a.want(t, http.StatusTooManyRequests, "rate.limited")
			// Counted from the first request, which a slow machine made a while ago.
			if wait, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || wait > 3600 || wait < 3000 {
				t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
			}
		}
	}
	for i, status := range []int{404, 404, 429} { // from three addresses, for one number
		a := h.call(t, http.MethodPost, "/api/v1/letters/lookup", `{"number":"2611 2200 0000 00","query_code":"AAAA"}`, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
		if a.Status != status {
			t.Errorf("look-up %d: %d, want %d", i, a.Status, status)
		}
	}
	h.call(t, http.MethodPost, "/api/v1/letters/lookup", `{"number":"2611-2200-0000-01","query_code":"AAAA"}`).want(t, http.StatusNotFound, "ticket.not_found")
	if m := h.call(t, http.MethodGet, "/metrics", "", "X-Forwarded-For", "127.0.0.1"); !strings.Contains(m.Body, `jiesu_rate_limited_total{class="ask"} 4`) {
		t.Errorf("refusals are not counted: %s", m.Body)
	}
}

// failing is a limiter that does not work.
type failing struct{}

func (failing) Allow(context.Context, string, limit.Rate) (limit.Decision, error) {
	return limit.Decision{}, errors.New("redis: connection refused 10.0.0.9")
}

func TestLimiterOutage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Limiter = failing{} })
	h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"补办身份证"}`).want(t, http.StatusOK, "")
	for path, body := range map[string]string{
		"/api/v1/staff/session": `{"login":"a","password":"b"}`, "/api/v1/letters/lookup": `{"number":"1","query_code":"2"}`,
	} {
		a := h.call(t, http.MethodPost, path, body)
		a.want(t, http.StatusServiceUnavailable, "rate.unavailable")
		absent(t, a.Body, "redis", "10.0.0.9")
	}
}

// brittle is a desk that fails in ways nobody planned for.
type brittle struct {
	server.Desk
	fail func() error
}

func (b brittle) Ask(context.Context, desk.Question) (knowledge.Decision, error) {
	return knowledge.Decision{}, b.fail()
}

func TestUnknownErrorsShowNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail   func() error
		status int
		code   string
	}{
		"an error":          {func() error { return errors.New("pq: relation letter, phone 13912345678") }, 500, "internal"},
		"an internal error": {func() error { return problem.New(problem.Internal, "store.corrupt", "row 17 of letter") }, 500, "internal"},
		"a panic":           {func() error { panic("index out of range in /srv/desk.go") }, 500, "internal"},
		"unavailable": {func() error {
			return problem.New(problem.Unavailable, "store.busy", "请稍后再试。").After(1500 * time.Millisecond)
		}, 503, "store.busy"},
	} {
		h := newHouse(t, func(o *options) { o.Desk = brittle{o.Desk, c.fail} })
		a := h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"补办身份证"}`)
		if a.Status != c.status {
			t.Errorf("%s: %d", name, a.Status)
		}
		a.want(t, c.status, c.code)
		absent(t, a.Body, "pq", "phone", "1391234", "row 17", "store.corrupt", "index", "goroutine", ".go")
		if c.status == 503 && a.Header.Get("Retry-After") != "2" {
			t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
		}
		if c.status == 500 && strings.Count(h.log.String(), a.text(t, "request_id")) != 2 { // the error, and the request
			t.Errorf("%s: not found in the log by its request id: %s", name, h.log)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.AllowedOrigins = []string{"https://gaj.example"} })
	for _, path := range []string{"/", "/healthz", "/api/v1/hotlines", "/nowhere", "/widget.js", "/console", "/console/tickets/261130-0000-0000", "/docs"} {
		a := h.call(t, http.MethodGet, path, "")
		csp := a.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") && path != "/docs" {
			t.Errorf("%s: policy %q", path, csp)
		}
		if framed := strings.Contains(csp, "frame-src blob:"); framed != strings.HasPrefix(path, "/console") {
			t.Errorf("%s: frames in the policy: %v", path, framed)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Referrer-Policy") != "same-origin" || a.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers %v", path, a.Header)
		}
	}
	widget := h.call(t, http.MethodGet, "/widget.js", "", "Origin", "https://anywhere.example")
	if widget.Header.Get("Access-Control-Allow-Origin") != "*" || widget.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("the widget cannot be embedded: %v", widget.Header)
	}
	if a := h.call(t, http.MethodGet, "/widget.js", "", "If-None-Match", widget.Header.Get("ETag")); a.Status != http.StatusNotModified {
		t.Errorf("widget with its tag: %d", a.Status)
	}
	if a := h.call(t, http.MethodGet, "/assets/app-1a2b3c.css", ""); a.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/css") {
		t.Errorf("asset: %v", a.Header)
	}
	for id, kept := range map[string]bool{"0af7651916cd43dd8448eb211c80319c": true, "trace-me-1": true, "short": false, "a b c d e f g h": false, strings.Repeat("x", 65): false, "<script>alert": false} {
		if got := h.call(t, http.MethodGet, "/healthz", "", "X-Request-Id", id).Header.Get("X-Request-Id"); (got == id) != kept {
			t.Errorf("request id %q became %q", id, got)
		}
	}
}

func TestCrossOriginCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.AllowedOrigins = []string{"https://gaj.example"} })
	for _, c := range []struct {
		method, path, origin string
		preflight            bool
		allowed              bool
	}{
		{http.MethodPost, "/api/v1/ask", "https://gaj.example", false, true},
		{http.MethodPost, "/api/v1/ask", "https://evil.example", false, false},
		{http.MethodPost, "/api/v1/ask", "null", false, false},
		{http.MethodOptions, "/api/v1/ask", "https://gaj.example", true, true},
		{http.MethodOptions, "/api/v1/chat/c1/messages", "https://gaj.example", true, true},
		{http.MethodOptions, "/api/v1/chat/c1/messages", "https://evil.example", true, false},
		{http.MethodOptions, "/api/v1/staff/session", "https://gaj.example", true, false},
		{http.MethodPost, "/api/v1/letters", "https://gaj.example", false, false},
		{http.MethodPost, "/api/v1/attachments", "https://evil.example", false, false},
		{http.MethodGet, "/api/v1/staff/session", "https://gaj.example", false, false},
	} {
		header := []string{"Origin", c.origin}
		body := ""
		if c.preflight {
			header = append(header, "Access-Control-Request-Method", "POST")
		}
		if c.method == http.MethodPost {
			body = `{"text":"补办身份证"}`
		}
		a := h.call(t, c.method, c.path, body, header...)
		got := a.Header.Get("Access-Control-Allow-Origin")
		if allowed := got == c.origin; allowed != c.allowed || got != "" && !allowed {
			t.Errorf("%s %s from %s: allowed origin %q", c.method, c.path, c.origin, got)
		}
		if c.method == http.MethodPost && !c.allowed {
			a.want(t, http.StatusForbidden, "request.cross_origin")
		}
		if a.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s allows credentials", c.path)
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.TrustedProxies = server.TrustTest() })
	h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"`+secret+`"}`)
	h.call(t, http.MethodGet, "/api/v1/library/idcard-lost?x="+secret[6:], "")
	h.call(t, http.MethodGet, "/"+secret[6:], "")
	h.call(t, secret[6:], "/api/v1/ask", "")
	h.server.Searched("embedded", "stood_in")
	a := h.call(t, http.MethodGet, "/metrics", "", "X-Forwarded-For", "10.1.2.3")
	a.want(t, http.StatusOK, "")
	for _, want := range []string{
		`jiesu_http_requests_total{method="GET",route="/api/v1/library/:id",status="200"} 1`,
		`jiesu_http_requests_total{method="GET",route="none",status="404"} 1`,
		`jiesu_http_requests_total{method="OTHER",route="none",status="405"} 1`,
		`jiesu_decisions_total{decision=`, `jiesu_searches_total{engine="embedded",outcome="stood_in"} 1`, `jiesu_chat_connections{of="citizens"} 0`, `jiesu_chat_connections{of="staff"} 0`, "jiesu_http_request_duration_seconds_bucket",
	} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("no %s in %s", want, a.Body)
		}
	}
	absent(t, a.Body+h.log.String(), secret, secret[6:], "idcard-lost", "10.1.2.3")
	h.call(t, http.MethodGet, "/metrics", "", "X-Forwarded-For", "203.0.113.7").want(t, http.StatusNotFound, "route.not_found")
}
