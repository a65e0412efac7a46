package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiesu/internal/access"
)

// TestThePageOfEndpoints: it is for the task force and administrators, shows a
// secret once, keeps what was typed where an address is refused, and names no ticket.
func TestThePageOfEndpoints(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	h.Reach = func(_ context.Context, url string) error {
		if strings.Contains(url, "169.254") {
			return errors.New("inside")
		}
		return nil
	}
	const page = "/staff/webhooks"
	for _, login := range []string{"jingban", "linju", "bianji", "lingdao"} {
		cookie := h.cookie(t, login)
		for _, a := range []*answer{
			h.browse(t, cookie, http.MethodGet, page, nil),
			h.browse(t, cookie, http.MethodPost, page, url.Values{"description": {"x"}, "url": {"https://integrator.example/"}}),
			h.call(t, http.MethodGet, "/api/v1/staff/webhooks", "", "Cookie", cookie),
		} {
			if a.Status != http.StatusForbidden {
				t.Errorf("%s: %d", login, a.Status)
			}
		}
	}
	force := h.cookie(t, "zhuanban")
	shows := func(a *answer, status int, has, lacks string) {
		t.Helper()
		if a.Status != status || !strings.Contains(a.Body, has) || strings.Contains(a.Body, lacks) {
			t.Errorf("%d, want %d with %q and without %q: %s", a.Status, status, has, lacks, a.Body)
		}
	}
	shows(h.browse(t, force, http.MethodPost, page, url.Values{"description": {"市政务平台"}, "url": {"https://169.254.169.254/x"}, "types": {"ticket.answered"}}),
		http.StatusUnprocessableEntity, `value="https://169.254.169.254/x"`, "inside")
	added := h.browse(t, force, http.MethodPost, page, url.Values{"description": {"市政务平台"}, "url": {"https://integrator.example/?token=geheim"}, "types": {"ticket.opened"}})
	shows(added, http.StatusCreated, "whsec_", "还没有推送地址")
	_, rest, _ := strings.Cut(added.Body, `action="/staff/webhooks/`)
	id, _, _ := strings.Cut(rest, `"`)
	one := page + "/" + id
	shows(h.browse(t, h.cookie(t, string(access.Admin)), http.MethodGet, page, nil), http.StatusOK, one, "whsec_")
	opened := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{"kind": "help", "title": "路灯不亮", "text": "中山路的路灯坏了。", "category": "traffic"}))
	opened.want(t, http.StatusCreated, "")
	shows(h.browse(t, force, http.MethodGet, one, nil), http.StatusOK, "等待发送", opened.text(t, "number"))
	for _, act := range []struct {
		form   url.Values
		status int
		has    string
	}{
		{url.Values{"act": {"ping"}}, http.StatusSeeOther, ""},
		{url.Values{"act": {"rotate"}, "version": {"7"}}, http.StatusConflict, "刚刚有了变化"},
		{url.Values{"act": {"rotate"}, "version": {"1"}}, http.StatusCreated, "旧密钥到"},
		{url.Values{"act": {"replay"}, "since": {"昨天"}}, http.StatusBadRequest, "从哪一天"},
		{url.Values{"act": {"replay"}, "since": {"2026-01-01"}}, http.StatusSeeOther, ""},
		{url.Values{"act": {"disable"}, "version": {"2"}}, http.StatusSeeOther, ""},
		{url.Values{"act": {"ping"}}, http.StatusConflict, "请先启用"},
		{url.Values{"act": {"dance"}}, http.StatusBadRequest, "没有这项操作"},
	} {
		if a := h.browse(t, force, http.MethodPost, one, act.form); a.Status != act.status || !strings.Contains(a.Body, act.has) {
			t.Errorf("%v: %d %s", act.form, a.Status, a.Body)
		}
	}
	shows(h.browse(t, force, http.MethodGet, one, nil), http.StatusOK, "已停用", "whsec_")
	if a := h.browse(t, force, http.MethodGet, page+"/nothing", nil); a.Status != http.StatusNotFound {
		t.Errorf("an endpoint that is not there: %d", a.Status)
	}
	if log := h.log.String(); strings.Contains(log, "whsec_") || strings.Contains(log, "geheim") {
		t.Error("the log has a secret")
	}
}
