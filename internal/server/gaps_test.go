package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestGapsOverHTTP: what people ask is read by who looks after answers, on the
// page and over the API, and by nobody of a unit it is no task of.
func TestGapsOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for _, session := range []string{"a", "b", "a"} {
		h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"平衡车能不能上路","session":"`+session+`"}`).want(t, http.StatusOK, "")
	}
	check(t, h.GatherQuestions(t.Context()))
	page := h.browse(t, h.enter(t, "bianji"), http.MethodGet, "/staff/gaps?state=watched", nil)
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "以来，2人问了3次") || !strings.Contains(page.Body, "平衡车能不能上路") {
		t.Errorf("the page: %d %s", page.Status, page.Body)
	}
	editor, unit := "Bearer "+h.signIn(t, "bianji"), "Bearer "+h.signIn(t, "jingban")
	found := h.call(t, http.MethodGet, "/api/v1/staff/gaps?state=watched", "", "Authorization", editor)
	found.want(t, http.StatusOK, "")
	one := "/api/v1/staff/gaps/" + regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(found.Body)[1]
	for _, c := range []struct {
		method, path, body, who string
		status                  int
		code                    string
	}{
		{http.MethodGet, one, "", unit, http.StatusNotFound, "gap.not_found"},
		{http.MethodGet, one + "/draft", "", unit, http.StatusNotFound, "gap.not_found"},
		{http.MethodPost, one + "/moves", `{"version":1,"move":"decline","reason":"mixed","words":"不是同一件事。"}`, unit, http.StatusNotFound, "gap.not_found"},
		{http.MethodGet, one + "/draft", "", editor, http.StatusForbidden, "gap.denied"},
		{http.MethodPost, one + "/moves", `{"version":7,"move":"decline","reason":"mixed","words":"不是同一件事。"}`, editor, http.StatusConflict, "gap.stale"},
		{http.MethodPost, one + "/moves", `{"version":1,"move":"decline","reason":"nothing","words":"不是同一件事。"}`, editor, http.StatusUnprocessableEntity, "gap.invalid"},
		{http.MethodPost, one + "/moves", `{"version":1,"move":"assign","unit":"traffic"}`, editor, http.StatusConflict, "gap.state"},
		{http.MethodPost, one + "/moves", `{"version":1,"move":"decline","reason":"mixed","words":"不是同一件事。"}`, editor, http.StatusOK, ""},
		{http.MethodGet, "/api/v1/staff/gaps/nothing", "", editor, http.StatusNotFound, "gap.not_found"},
	} {
		h.call(t, c.method, c.path, c.body, "Authorization", c.who).want(t, c.status, c.code)
	}
}
