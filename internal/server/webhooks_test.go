package server_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"jiesu/internal/access"
)

// TestEndpoints: they are for the task force and administrators, a secret is shown
// once, and no ticket is named.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	h.Reach = func(_ context.Context, url string) error {
		if strings.Contains(url, "169.254") {
			return errors.New("inside")
		}
		return nil
	}
	const hooks = "/api/v1/staff/webhooks"
	for _, login := range []string{"jingban", "linju", "bianji", "lingdao"} {
		h.asks(t, login, http.MethodGet, hooks, "").want(t, http.StatusForbidden, "channel.denied")
		h.asks(t, login, http.MethodPost, hooks, `{"description":"x","url":"https://integrator.example/"}`).want(t, http.StatusForbidden, "channel.denied")
	}
	force := func(method, path, body string) *answer { return h.asks(t, "zhuanban", method, hooks+path, body) }
	force(http.MethodPost, "", `{"description":"市政务平台","url":"https://169.254.169.254/x","types":["ticket.answered"]}`).shows(t, "an address inside", http.StatusUnprocessableEntity, nil, []string{"inside"})
	added := force(http.MethodPost, "", `{"description":"市政务平台","url":"https://integrator.example/?token=geheim","types":["ticket.opened"]}`)
	added.shows(t, "added", http.StatusCreated, []string{"whsec_"}, nil)
	one := "/" + added.text(t, "id")
	h.asks(t, string(access.Admin), http.MethodGet, hooks, "").shows(t, "administrators", http.StatusOK, []string{added.text(t, "id")}, []string{"whsec_"})
	opened := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{"kind": "help", "title": "路灯不亮", "text": "中山路的路灯坏了。", "category": "traffic"}))
	opened.want(t, http.StatusCreated, "")
	force(http.MethodGet, one, "").shows(t, "what waits", http.StatusOK, []string{`"state":"waiting"`}, []string{opened.text(t, "number")})
	for _, act := range []struct {
		path, body string
		status     int
		has        string
	}{
		{"/pings", `{}`, http.StatusCreated, ""},
		{"/secrets", `{"version":7}`, http.StatusConflict, "刚刚有了变化"},
		{"/secrets", `{"version":1}`, http.StatusCreated, "former_until"},
		{"/replays", `{"since":"昨天"}`, http.StatusUnprocessableEntity, ""},
		{"/replays", `{"since":"2026-01-01T00:00:00+08:00"}`, http.StatusOK, ""},
		{"/state", `{"version":2,"enabled":false}`, http.StatusOK, `"state":"disabled"`},
		{"/pings", `{}`, http.StatusConflict, "请先启用"},
	} {
		force(http.MethodPost, one+act.path, act.body).shows(t, act.path+act.body, act.status, []string{act.has}, nil)
	}
	force(http.MethodGet, one, "").shows(t, "disabled", http.StatusOK, []string{`"state":"disabled"`}, []string{"whsec_"})
	force(http.MethodGet, "/nothing", "").want(t, http.StatusNotFound, "webhook.not_found")
	if log := h.log.String(); strings.Contains(log, "whsec_") || strings.Contains(log, "geheim") {
		t.Error("the log has a secret")
	}
}
