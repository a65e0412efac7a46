package server_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestAFormOfNothing: fields cost memory even where nothing is in them.
func TestAFormOfNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	for n, status := range map[int]int{50: http.StatusUnprocessableEntity, 5000: http.StatusRequestEntityTooLarge} {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for i := range n {
			check(t, w.WriteField("f"+strconv.Itoa(i), ""))
		}
		check(t, w.Close())
		for _, path := range []string{"/letters/new", "/letters/supply"} {
			if a := h.call(t, http.MethodPost, path, b.String(), "Content-Type", w.FormDataContentType(), "Accept", html); a.Status != status {
				t.Errorf("%s with %d fields: %d", path, n, a.Status)
			}
		}
	}
}

// TestNamesOfFieldsAreExact: Go forgives letters of another case and joins two parts of
// one name. What was checked must be what is used.
func TestNamesOfFieldsAreExact(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	letter := func(more string) string { return `{"kind":"consult","title":"标题","text":"内容"` + more + `}` }
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"another case":             {letter(`,"TITLE":"别的"`), 422},
		"a letter that folds":      {letter(`,"\u212Aind":"report"`), 422},
		"what only staff say":      {letter(`,"urgency":"emergency"`), 422},
		"what only the desk says":  {letter(`,"status":"closed","number":"261130-0000-0000","unit":"patrol"`), 422},
		"a part of a part":         {letter(`,"contact":{"phone":"13800138000","verified":true}`), 422},
		"a prototype":              {letter(`,"__proto__":{"x":1}`), 422},
		"a character out of sight": {letter(`,"category":"\u0007"`), 422},
		"a number too large":       {letter(`,"publish_consent":1e999`), 400},
		"a name of a megabyte":     {letter(`,"` + strings.Repeat("x", 1<<20) + `":1`), 413},
		"many attachments":         {letter(`,"attachments":[` + strings.Repeat(`"x",`, 3000) + `"x"]`), 422},
		"the same name again":      {letter(`,"title":"标题"`), 422},
		"the same part again":      {letter(`,"contact":{"name":"李雷"},"contact":{"phone":"13800138000"}`), 422},
	} {
		if a := h.call(t, http.MethodPost, "/api/v1/letters", c.body); a.Status != c.status {
			t.Errorf("%s: %d, want %d: %.300s", name, a.Status, c.status, a.Body)
		}
	}
	login := h.password(t, "zhuanban")
	for typed, status := range map[string]int{"zhuanban": 201, " ZhuanBan ": 201, "ｚhuanban": 401, "zhuаnban": 401, "zhuanban\u200b": 401, "zhuanbаn": 401, "zhuanban%": 401, "zhuan_an": 401} {
		if a := h.call(t, http.MethodPost, "/api/v1/staff/session", asJSON(t, map[string]string{"login": typed, "password": login})); a.Status != status {
			t.Errorf("the login %q: %d", typed, a.Status)
		}
	}
}

// TestMethodsAreWhatTheySay: no header, field or query makes a request another one.
func TestMethodsAreWhatTheySay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	token := "Bearer " + h.signIn(t, "zhuanban")
	const session = "/api/v1/staff/session"
	for _, override := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		h.call(t, http.MethodGet, session+"?_method=DELETE", "", "Authorization", token, override, "DELETE").want(t, http.StatusOK, "")
	}
	for _, method := range []string{http.MethodTrace, http.MethodConnect, "DEBUG", "PROPFIND", "get"} {
		h.call(t, method, session, "", "Authorization", token).want(t, http.StatusMethodNotAllowed, "route.method")
	}
	for _, rewritten := range []string{"X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"} {
		if a := h.call(t, http.MethodGet, "/healthz", "", rewritten, session); strings.Contains(a.Body, "zhuanban") || a.Status != http.StatusOK {
			t.Errorf("%s leads elsewhere: %d", rewritten, a.Status)
		}
	}
	for _, path := range []string{"/assets/..%2f..%2fgo.mod", "/assets/%2e%2e/%2e%2e/etc/passwd", "/docs/..%5c..%5cetc", "/static/..%2f..%2fgo.mod", "//etc/passwd", "/api/v1/library/..%2f..%2fstaff%2fusers", "/api/v1//staff/users", "/API/v1/staff/users", "/staff/..%2fapi"} {
		if a := h.call(t, http.MethodGet, path, "", "Authorization", token); a.Status == http.StatusOK || strings.Contains(a.Body, "root:") || strings.Contains(a.Body, "module ") {
			t.Errorf("%s: %d %.100s", path, a.Status, a.Body)
		}
	}
}

// TestNobodyIsSentAway: no answer leads a browser to another site, whoever it says it
// asks and wherever it wants to go on to.
func TestNobodyIsSentAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	for _, to := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/%09/evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=y", "/../..//evil.example", `\/evil.example`, "/.//evil.example"} {
		a := h.call(t, http.MethodPost, "/print", "large=1&back="+strings.NewReplacer("%", "%25", "\r", "%0d", "\n", "%0a", `\`, "%5c").Replace(to), "Content-Type", "application/x-www-form-urlencoded", "Host", "evil.example")
		at := a.Header.Get("Location")
		if !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") || strings.HasPrefix(at, `/\`) || strings.ContainsAny(at, "\r\n") || len(a.Header.Values("Set-Cookie")) != 1 {
			t.Errorf("%q leads to %q: %v", to, at, a.Header)
		}
	}
	for _, path := range []string{"/staff//evil.example", "/staff/%2f%2fevil.example", "/staff/tickets/..%2f..%2f%2fevil.example", "/staff?to=//evil.example", "/staff/%5cevil.example", "/staff/print/reviews/x/1?to=https://evil.example"} {
		a := h.call(t, http.MethodGet, path, "", "Accept", html, "Host", "evil.example", "X-Forwarded-Host", "evil.example")
		if at := a.Header.Get("Location"); !strings.HasPrefix(at, "/console") {
			t.Errorf("%s: %d, leads to %q", path, a.Status, at)
		}
	}
}
