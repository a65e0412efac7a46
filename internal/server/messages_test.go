package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiesu/internal/desk"
)

// TestThePageOfNotifications keeps what was typed where it is refused, and shows of
// a letter whom it told to nobody who may not see the letter.
func TestThePageOfNotifications(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	h.ReachWith(desk.Reach{SMS: "fake", Mail: true})
	const page = "/staff/notifications"
	clerk := h.cookie(t, "jingban")
	if a := h.browse(t, clerk, http.MethodPost, page, url.Values{"email": {"nobody"}, "how": {"daily"}, "version": {"0"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `value="nobody"`) {
		t.Errorf("%d: %s", a.Status, a.Body)
	}
	if a := h.browse(t, clerk, http.MethodPost, page, url.Values{"email": {"a@example.com"}, "how": {"daily"}, "version": {"0"}}); a.Status != http.StatusSeeOther {
		t.Errorf("%d: %s", a.Status, a.Body)
	}
	if a := h.browse(t, clerk, http.MethodGet, page, nil); !strings.Contains(a.Body, `value="a@example.com"`) || !strings.Contains(a.Body, `value="daily" required checked`) {
		t.Errorf("%s", a.Body)
	}
	opened := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
		"kind": "help", "title": "路灯不亮", "text": "中山路的路灯坏了。", "contact": map[string]any{"phone": "13800138000", "by_sms": true},
	}))
	opened.want(t, http.StatusCreated, "")
	one := page + "/" + opened.text(t, "number")
	if a := h.browse(t, h.cookie(t, "zhuanban"), http.MethodGet, one, nil); a.Status != http.StatusOK || !strings.Contains(a.Body, "138****8000") || strings.Contains(a.Body, "13800138000") || strings.Contains(a.Body, "路灯") {
		t.Errorf("%d: %s", a.Status, a.Body)
	}
	for _, login := range []string{"jingban", "linju", "bianji"} {
		if a := h.browse(t, h.cookie(t, login), http.MethodGet, one, nil); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", login, a.Status)
		}
	}
}
