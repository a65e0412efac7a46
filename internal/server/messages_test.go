package server_test

import (
	"net/http"
	"strings"
	"testing"

	"jiesu/internal/desk"
)

// TestWhoIsToldOutsideOfThePages: everybody sets for themselves how they are told; whom
// a letter told is shown, masked, to nobody who may not see the letter.
func TestWhoIsToldOutsideOfThePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	h.ReachWith(desk.Reach{SMS: "fake", Mail: true})
	const setting = "/api/v1/staff/notifications/setting"
	h.asks(t, "jingban", http.MethodPost, setting, `{"how":"daily","email":"nobody","version":0}`).want(t, http.StatusUnprocessableEntity, "notice_setting.invalid")
	h.asks(t, "jingban", http.MethodPost, setting, `{"how":"daily","email":"a@example.com","version":0}`).want(t, http.StatusOK, "")
	h.asks(t, "jingban", http.MethodPost, setting, `{"how":"none","version":0}`).want(t, http.StatusConflict, "notice_setting.stale")
	if a := h.asks(t, "jingban", http.MethodGet, setting, ""); !strings.Contains(a.Body, `"how":"daily","email":"a@example.com","version":1`) {
		t.Errorf("it is %s", a.Body)
	}
	if a := h.asks(t, "zhuanban", http.MethodGet, setting, ""); strings.Contains(a.Body, "example.com") || !strings.Contains(a.Body, `"how":"none"`) {
		t.Errorf("of somebody else it is %s", a.Body)
	}
	letter := func(kind string) string {
		opened := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
			"kind": kind, "title": "路灯不亮", "text": "中山路的路灯坏了。", "contact": map[string]any{"phone": "13800138000", "by_sms": true},
		}))
		opened.want(t, http.StatusCreated, "")
		return "/api/v1/staff/tickets/" + opened.text(t, "number") + "/messages"
	}
	help := letter("help")
	if a := h.asks(t, "zhuanban", http.MethodGet, help, ""); a.Status != http.StatusOK || !strings.Contains(a.Body, "138****8000") || strings.Contains(a.Body, "13800138000") || strings.Contains(a.Body, "路灯") {
		t.Errorf("%d: %s", a.Status, a.Body)
	}
	if a := h.asks(t, "zhuanban", http.MethodGet, letter("report"), ""); a.Status != http.StatusOK || a.Body != "{\"messages\":[]}\n" {
		t.Errorf("of a report: %d %s", a.Status, a.Body)
	}
	for _, login := range []string{"jingban", "linju", "bianji"} {
		h.asks(t, login, http.MethodGet, help, "").want(t, http.StatusNotFound, "ticket.not_found")
	}
}
