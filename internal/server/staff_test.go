package server_test

import (
	"net/http"
	"strings"
	"testing"
)

const html = "text/html"

// own is the password accounts of these tests choose for themselves.
const own = "four words in a row"

// enter signs an account in as a browser does, with a password of its own.
func (h *house) enter(t *testing.T, login string) (cookie string) {
	t.Helper()
	a := h.call(t, http.MethodPost, "/api/v1/staff/session", asJSON(t, map[string]string{"login": login, "password": h.password(t, login)}))
	a.want(t, http.StatusCreated, "")
	set := a.Header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(set, want) {
			t.Errorf("the session's cookie lacks %s: %s", want, set)
		}
	}
	cookie, _, _ = strings.Cut(set, ";")
	return cookie
}

func TestStaffRoutesByRole(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	const yes, no = true, false
	roles := []string{"zhuanban", "guanli", "bianji", "lingdao", "jingban"} // task force, admin, editor, leader, handler
	for _, r := range []struct {
		method, path, body string
		allowed            []bool
	}{
		{http.MethodPost, "/api/v1/staff/explain", `{"text":"身份证丢了"}`, []bool{yes, yes, yes, no, no}},
		{http.MethodGet, "/api/v1/staff/labels", "", []bool{yes, yes, yes, no, no}},
		{http.MethodPost, "/api/v1/staff/labels", `{"question":"身份证丢了","entry":"idcard-lost"}`, []bool{yes, yes, yes, no, yes}},
		{http.MethodPost, "/api/v1/staff/labels/x/decision", `{"version":1,"state":"rejected"}`, []bool{yes, yes, yes, no, no}},
		{http.MethodGet, "/api/v1/staff/answers", "", []bool{yes, yes, yes, yes, no}},
		{http.MethodGet, "/api/v1/staff/answers/table.csv", "", []bool{yes, yes, yes, yes, no}},
		{http.MethodGet, "/api/v1/staff/tickets", "", []bool{yes, no, no, yes, yes}},
		{http.MethodGet, "/api/v1/staff/unsealings", "", []bool{yes, no, no, yes, yes}},
		{http.MethodPost, "/api/v1/staff/tickets/x/unsealings", `{"reason":"核实"}`, []bool{yes, no, no, no, yes}},
		{http.MethodPost, "/api/v1/staff/tickets/x/unsealings/y/decision", `{"approve":true,"reason":"同意"}`, []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/retention", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/holds", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/erasures", "", []bool{yes, no, no, yes, no}},
		{http.MethodPost, "/api/v1/staff/tickets/x/hold", `{"reason":"诉讼","until":"2026-12-31"}`, []bool{yes, no, no, yes, no}},
		{http.MethodDelete, "/api/v1/staff/tickets/x/hold", "", []bool{yes, no, no, yes, no}},
		{http.MethodPost, "/api/v1/staff/tickets/x/erasures", `{"phone":"13800138000","reason":"本人来电"}`, []bool{yes, no, no, yes, no}},
		{http.MethodPost, "/api/v1/staff/tickets/x/erasures/y/decision", `{"erase":true,"words":"同意"}`, []bool{yes, no, no, yes, no}},
		{http.MethodPost, "/api/v1/staff/proofs", `{"text":"来信收悉。"}`, []bool{yes, yes, yes, yes, yes}},
		{http.MethodGet, "/api/v1/staff/supervision", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/supervision/tickets", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/supervision/ledger.csv", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/circulars/2026-10", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/circulars/2026-10/table.csv", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/scores/2026-10", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/appeals", "", []bool{yes, no, no, yes, yes}},
		{http.MethodPost, "/api/v1/staff/appeals", `{"ticket":"x","reason":"mistaken","words":"点错了。"}`, []bool{no, no, no, no, yes}},
		{http.MethodPost, "/api/v1/staff/appeals/x/decision", `{"version":1,"uphold":true,"words":"属实。"}`, []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/callbacks", "", []bool{yes, no, no, no, no}},
		{http.MethodPost, "/api/v1/staff/callbacks/x/calls", `{"version":1,"result":"no_answer"}`, []bool{yes, no, no, no, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025-10", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025-10/tickets?figure=received", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025-Q3/recount", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025/table.csv", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025/table.xlsx", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/health", "", []bool{yes, yes, no, no, no}},
		{http.MethodGet, "/staff/print/reports/2025", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/library/export", "", []bool{yes, no, yes, yes, yes}},
		{http.MethodPost, "/api/v1/staff/library/import", "id: a", []bool{yes, no, yes, no, yes}},
	} {
		for i, login := range roles {
			cookie := h.cookie(t, login)
			a := h.call(t, r.method, r.path, r.body, "Cookie", cookie)
			if denied := a.Status == http.StatusForbidden; denied == r.allowed[i] || a.Status >= http.StatusInternalServerError {
				t.Errorf("%s %s as %s: %d", r.method, r.path, login, a.Status)
			}
		}
	}
}

// cookie signs in once for each account.
func (h *house) cookie(t *testing.T, login string) string {
	t.Helper()
	if h.cookies == nil {
		h.cookies = map[string]string{}
	}
	if h.cookies[login] == "" {
		h.cookies[login] = h.enter(t, login)
	}
	return h.cookies[login]
}

// asks sends a request of a browser an account is signed in with.
func (h *house) asks(t *testing.T, login, method, path, body string, header ...string) *answer {
	t.Helper()
	return h.call(t, method, path, body, append([]string{"Cookie", h.cookie(t, login)}, header...)...)
}

func TestASessionOfABrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	const session, password = "/api/v1/staff/session", "/api/v1/staff/password"
	first := h.drawn(t, "zhuanban")
	signIn := func(login, typed string, header ...string) *answer {
		return h.call(t, http.MethodPost, session, asJSON(t, map[string]string{"login": login, "password": typed}), header...)
	}
	for _, login := range []string{"zhuanban", "nobody"} {
		a := signIn(login, "guessed it")
		a.want(t, http.StatusUnauthorized, "session.refused")
		if strings.Contains(a.Body, "guessed it") || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v %s", login, a.Header, a.Body)
		}
	}
	signIn("zhuanban", first, "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site").want(t, http.StatusForbidden, "request.cross_origin")
	opened := signIn("zhuanban", first)
	cookie, _, _ := strings.Cut(opened.Header.Get("Set-Cookie"), ";")
	change := func(fresh string) *answer {
		return h.call(t, http.MethodPost, password, asJSON(t, map[string]string{"old": first, "new": fresh}), "Cookie", cookie)
	}
	if a := change("short"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "至少12个字符") || strings.Contains(a.Body, first) {
		t.Errorf("a weak password: %d %s", a.Status, a.Body)
	}
	change(own).want(t, http.StatusNoContent, "")
	h.call(t, http.MethodGet, session, "", "Cookie", cookie).want(t, http.StatusUnauthorized, "session.required")
	opened = signIn("zhuanban", own)
	cookie, _, _ = strings.Cut(opened.Header.Get("Set-Cookie"), ";")
	gone := h.call(t, http.MethodDelete, session, "", "Cookie", cookie)
	gone.want(t, http.StatusNoContent, "")
	if !strings.Contains(gone.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("the browser keeps its cookie: %s", gone.Header.Get("Set-Cookie"))
	}
	h.call(t, http.MethodGet, session, "", "Cookie", cookie).want(t, http.StatusUnauthorized, "session.required")
}
