package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
)

// TestTablesOfSupervision: what a spreadsheet opens is text, whatever somebody
// has written, and bad questions are told so.
func TestTablesOfSupervision(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	var later time.Duration
	h.Now = func() time.Time { return time.Now().Add(later) }
	leader, force := "Bearer "+h.signIn(t, "lingdao"), "Bearer "+h.signIn(t, "zhuanban")
	a := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"help","category":"traffic","title":"路灯不亮","text":"中山路的路灯坏了。"}`)
	a.want(t, http.StatusCreated, "")
	number := a.text(t, "number")
	later = 60 * 24 * time.Hour
	v, err := h.Ticket(t.Context(), desk.Actor{ID: "x", Scope: "*"}, number)
	check(t, err)
	body := fmt.Sprintf(`{"version":%d,"move":"circular","note":"=HYPERLINK(\"http://x\")"}`, v.Ticket.Version)
	h.call(t, http.MethodPost, "/api/v1/staff/tickets/"+number+"/moves", body, "Authorization", force).want(t, http.StatusOK, "")
	month := h.Now().Format("2006-01")
	for path, want := range map[string]string{
		"/api/v1/staff/supervision":                                `"red":1`,
		"/api/v1/staff/supervision/tickets?aspect=red":             `"card":"red"`,
		"/api/v1/staff/supervision/tickets?aspect=red&unit=patrol": `"tickets":[]`,
		"/api/v1/staff/supervision/ledger.csv?aspect=red":          "\xEF\xBB\xBF编号,类别,责任单位,经办人,状态,牌",
		"/api/v1/staff/circulars/" + month:                         number,
		"/api/v1/staff/circulars/" + month + "/table.csv":          `"'=HYPERLINK`,
	} {
		got := h.call(t, http.MethodGet, path, "", "Authorization", leader)
		got.want(t, http.StatusOK, "")
		if !strings.Contains(got.Body, want) {
			t.Errorf("%s lacks %s: %s", path, want, got.Body)
		}
		if strings.Contains(path, ".csv") && (!strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") || got.Header.Get("Content-Type") != "text/csv; charset=utf-8") {
			t.Errorf("%s is sent as %v", path, got.Header)
		}
	}
	for path, want := range map[string]struct {
		status int
		code   string
	}{
		"/api/v1/staff/supervision/tickets?aspect=slow": {http.StatusUnprocessableEntity, "request.invalid"},
		"/api/v1/staff/supervision/tickets?cursor=x":    {http.StatusBadRequest, "tickets.cursor"},
		"/api/v1/staff/circulars/2026-13":               {http.StatusBadRequest, "deadline.month"},
		"/api/v1/staff/circulars/october":               {http.StatusBadRequest, "deadline.month"},
	} {
		h.call(t, http.MethodGet, path, "", "Authorization", leader).want(t, want.status, want.code)
	}
	h.call(t, http.MethodGet, "/api/v1/staff/scores/"+month, "", "Authorization", leader).want(t, http.StatusNotFound, "score.not_found")
	if exports := h.acts(t, "supervision.export"); len(exports) != 2 {
		t.Errorf("%d exports are in the trail", len(exports))
	}
}
