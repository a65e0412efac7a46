package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestASheetOfAText: whoever may read the text prints its form; a browser without a
// session signs in and comes back to it.
func TestASheetOfAText(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	until := time.Now().AddDate(0, 0, 3).Format(time.RFC3339)
	notice := func(attributes ...map[string]string) *answer {
		return h.asks(t, "zhuanban", http.MethodPost, "/api/v1/staff/reviews", asJSON(t, map[string]any{"kind": "notice", "content": map[string]any{
			"title": "环城路封闭", "body": "因抢修，环城路封闭，请绕行滨江路。", "attributes": attributes, "decision": "full", "reason": "interest",
		}}))
	}
	emergency := map[string]string{"name": "level", "value": "emergency"}
	notice(emergency).shows(t, "an emergency without end", http.StatusUnprocessableEntity, []string{"结束时间"}, nil)
	drafted := notice(emergency, map[string]string{"name": "until", "value": until})
	drafted.want(t, http.StatusCreated, "")
	text := drafted.text(t, "id")
	sheet := "/staff/print/reviews/" + text + "/1"
	h.asks(t, "zhuanban", http.MethodGet, sheet, "", "Accept", html).shows(t, "the form", http.StatusOK, []string{"保密审查表", "环城路封闭", "zhuanban"}, []string{"滨江路", "<form"})
	h.asks(t, "linju", http.MethodGet, sheet, "").want(t, http.StatusNotFound, "review.not_found")
	h.asks(t, "zhuanban", http.MethodGet, "/staff/print/reviews/"+text+"/9", "").want(t, http.StatusNotFound, "review.no_version")
	a := h.call(t, http.MethodGet, sheet, "", "Accept", html)
	if to := a.Header.Get("Location"); a.Status != http.StatusSeeOther || to != "/console/sign-in?to=%2Fstaff%2Fprint%2Freviews%2F"+text+"%2F1" {
		t.Errorf("without a session: %d to %s", a.Status, to)
	}
}

// TestAddressesOfFormerPagesLeadToTheConsole: without a session, for the console asks
// for one.
func TestAddressesOfFormerPagesLeadToTheConsole(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	for path, want := range map[string]string{
		"/staff":                               "/console",
		"/staff/":                              "/console",
		"/staff/sign-in":                       "/console/sign-in",
		"/staff/labels?state=confirmed":        "/console/labels?state=confirmed",
		"/staff/answers.csv":                   "/console/answers",
		"/staff/explain":                       "/console/answers",
		"/staff/gaps/g1/draft":                 "/console/gaps/g1/draft",
		"/staff/reviews/r1/form/2":             "/staff/print/reviews/r1/2",
		"/staff/replies":                       "/console/disclosures",
		"/staff/replies/261122-0000-0001":      "/console/tickets/261122-0000-0001",
		"/staff/notifications":                 "/console/notifications",
		"/staff/notifications/261122-0000-001": "/console/tickets/261122-0000-001",
		"/staff/inbox":                         "/console/inbound",
		"/staff/imports/mayor":                 "/console/mailboxes",
		"/staff/callbacks/c1":                  "/console/callbacks",
		"/staff/..%2f%2fevil.example":          "/console/..%2f%2fevil.example",
		"/staff//evil.example":                 "/console/evil.example",
	} {
		a := h.call(t, http.MethodGet, path, "")
		if a.Status != http.StatusFound || a.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", path, a.Status, a.Header.Get("Location"), want)
		}
	}
	for _, path := range []string{"/staff/print", "/staff/print/nothing/x", "/staffing"} {
		h.call(t, http.MethodGet, path, "").want(t, http.StatusNotFound, "route.not_found")
	}
	h.call(t, http.MethodPost, "/staff/labels", "{}").want(t, http.StatusNotFound, "route.not_found")
	if a := h.call(t, http.MethodGet, "/about", ""); !strings.Contains(a.Body, `href="/console"`) {
		t.Error("no page leads staff to the console")
	}
}
