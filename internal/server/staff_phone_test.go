package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// page checks what a page shows, and what it must not.
func (a *answer) page(t *testing.T, what string, status int, shown, absent []string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s: %d, want %d: %s", what, a.Status, status, a.Body)
	}
	for _, text := range shown {
		if !strings.Contains(a.Body, text) {
			t.Errorf("%s: the page lacks %s", what, text)
		}
	}
	for _, text := range absent {
		if strings.Contains(a.Body, text) {
			t.Errorf("%s: the page shows %s", what, text)
		}
	}
}

// TestACallIsTakenOnAPage: hints, a mistake that loses nothing, an answer on the
// spot, a ticket, and what others see of them.
func TestACallIsTakenOnAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	cookie := h.cookie(t, "jingban")
	const path = "/staff/calls/new"
	send := func(form url.Values) *answer { return h.browse(t, cookie, http.MethodPost, path, form) }
	form := url.Values{"key": {"k1"}, "line": {"110"}, "kind": {"consult"}, "body": {"身份证丢了，怎么补办？"}, "phone": {"13800138000"}, "hint": {"1"}}
	send(form).page(t, "hints", 200, []string{`id="entry-idcard-lost"`, `<option value="id-card" selected>`, "近三个月没有打来过", "身份证丢了，怎么补办？"}, nil)
	form.Del("hint")
	form.Set("outcome", "answered")
	send(form).page(t, "no entry", 422, []string{`id="outcome-answered" value="answered" checked`, `value="13800138000"`, "请选择照着哪条问答答复的"}, nil)
	form.Set("entry", "idcard-lost")
	send(form).page(t, "answered", 200, []string{"已经登记：当场答复"}, []string{"13800138000"})
	send(form).page(t, "sent twice", 200, []string{"已经登记：当场答复"}, nil)
	form.Set("body", "改了内容")
	send(form).page(t, "another under its key", 409, []string{"改了内容", "再点一次"}, []string{`value="k1"`})

	report := url.Values{"key": {"k2"}, "line": {"110"}, "kind": {"report"}, "body": {"楼下有人聚众赌博。"}, "phone": {"13900139000"}, "outcome": {"ticket"}}
	made := send(report)
	made.page(t, "a report", 200, []string{"已经登记：登记为工单", "查询码"}, []string{"13900139000", "聚众赌博"})
	number := regexp.MustCompile(`编号 <strong>([^<]+)`).FindStringSubmatch(made.Body)[1]

	day := time.Now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
	h.browse(t, cookie, http.MethodGet, "/staff/calls?on="+day, nil).
		page(t, "the log", 200, []string{"共2个电话", "138****8000", "idcard-lost", number}, []string{"13800138000", "139****9000", "聚众赌博"})
	for login, what := range map[string]string{"fuzeren": "the head of the unit", "linju": "another unit", "lingdao": "a leader"} {
		h.browse(t, h.cookie(t, login), http.MethodGet, "/staff/calls", nil).page(t, what, 200, nil, []string{number, "共2个电话"})
	}
	h.browse(t, h.cookie(t, "bianji"), http.MethodGet, "/staff/calls", nil).page(t, "an editor", 403, nil, []string{"138****8000"})
	h.browse(t, h.cookie(t, "lingdao"), http.MethodGet, path, nil).page(t, "a leader registers nothing", 403, nil, nil)
	h.browse(t, cookie, http.MethodGet, "/staff/calls?on=yesterday", nil).page(t, "a bad day", 400, []string{"2026-01-31"}, nil)
}

// TestTheDirectoryIsChangedOnAPage by one person, and approved by another.
func TestTheDirectoryIsChangedOnAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	force, boss := h.cookie(t, "zhuanban"), h.cookie(t, "lingdao")
	form := url.Values{"number": {"0755-84450000"}, "name": {"警民热线"}, "use": {"咨询"}, "unit": {"traffic"}, "group": {"police"}, "hours": {"全天"}}
	h.browse(t, force, http.MethodPost, "/staff/hotlines", form).page(t, "no reason", 422, []string{`id="reason-problem"`, `value="警民热线"`}, nil)
	form.Set("reason", "新开")
	if a := h.browse(t, force, http.MethodPost, "/staff/hotlines", form); a.Status != http.StatusSeeOther {
		t.Fatalf("proposed: %d %s", a.Status, a.Body)
	}
	h.browse(t, h.cookie(t, "jingban"), http.MethodPost, "/staff/hotlines", form).page(t, "a handler", 403, nil, nil)
	h.call(t, http.MethodGet, "/hotlines", "").page(t, "the public, before", 200, nil, []string{"警民热线"})
	h.browse(t, force, http.MethodGet, "/staff/hotlines", nil).page(t, "the own change", 200, []string{"等待另一人审定", "警民热线"}, []string{`name="approve"`})
	waits := h.browse(t, boss, http.MethodGet, "/staff/hotlines", nil)
	change := regexp.MustCompile(`/staff/hotlines/changes/[^"]+`).FindString(waits.Body)
	h.browse(t, force, http.MethodPost, change, url.Values{"version": {"1"}, "approve": {"1"}}).page(t, "the own change, approved", 403, []string{"另一人"}, nil)
	if a := h.browse(t, boss, http.MethodPost, change, url.Values{"version": {"1"}, "approve": {"1"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("approved: %d %s", a.Status, a.Body)
	}
	h.call(t, http.MethodGet, "/hotlines", "").page(t, "the public", 200, []string{"警民热线", "0755-84450000", "服务时间：全天"}, []string{"交警支队"})
	h.call(t, http.MethodGet, "/hotlines?on=2026-01-01", "").page(t, "the public, earlier", 200, []string{"2026年1月1日"}, []string{"警民热线"})
	h.browse(t, boss, http.MethodGet, "/staff/hotlines", nil).page(t, "staff", 200, []string{"交警支队", "警民热线"}, nil)

	export := h.browse(t, force, http.MethodGet, "/api/v1/staff/hotlines/export?format=csv", nil)
	if !strings.Contains(export.Header.Get("Content-Disposition"), "hotlines.csv") {
		t.Fatalf("export: %d %s", export.Status, export.Body)
	}
	id := regexp.MustCompile(`(?m)^([^,\n]+),0755-84450000`).FindStringSubmatch(export.Body)[1]
	h.browse(t, force, http.MethodGet, "/staff/hotlines/"+id, nil).page(t, "its history", 200, []string{"警民热线", "新开"}, nil)
	bearer := "Bearer " + h.signIn(t, "zhuanban")
	changed := strings.Replace(export.Body, "0755-84450000", "0755-84450001", 1)
	for query, want := range map[string]string{"": `"applied":false`, "?apply=true&reason=x": `"applied":true`} {
		a := h.call(t, http.MethodPost, "/api/v1/staff/hotlines/import"+query, changed, "Authorization", bearer, "Content-Type", "application/octet-stream")
		if a.Status != http.StatusOK || !strings.Contains(a.Body, want) || !strings.Contains(a.Body, "0755-84450001") {
			t.Errorf("import%s: %d %s", query, a.Status, a.Body)
		}
	}
	if a := h.call(t, http.MethodGet, "/api/v1/hotlines?on=2026-13-01", ""); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no such day: %d %s", a.Status, a.Body)
	}
}
