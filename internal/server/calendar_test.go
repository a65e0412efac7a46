package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/ticket/deadline"
)

// notice2027 is a notice nobody has published, in the form of those that are.
const notice2027 = `国务院办公厅关于2027年部分节假日安排的通知 国办发明电〔2026〕99号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至13日（周六）放假调休，共9天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅 2026年11月3日`

func TestANoticeIsShownBeforeItCounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	handler := []string{"Authorization", "Bearer " + h.signIn(t, "jingban")}
	const path = "/api/v1/staff/calendar"
	text := map[string]any{"text": notice2027}
	for _, c := range []struct {
		method, path string
		body         any
		header       []string
		status       int
		code         string
	}{
		{http.MethodGet, path, nil, handler, 403, "calendar.denied"},
		{http.MethodPost, path + "/preview", text, handler, 403, "calendar.denied"},
		{http.MethodPost, path + "/notices", map[string]any{"text": notice2027, "fingerprint": "x"}, handler, 403, "calendar.denied"},
		{http.MethodPost, path + "/notices", map[string]any{"text": notice2027, "fingerprint": "x"}, force, 409, "calendar.changed"},
		{http.MethodPost, path + "/notices", text, force, 422, "request.invalid"},
		{http.MethodPost, path + "/preview", map[string]any{"text": strings.Replace(notice2027, "共9天", "共8天", 1)}, force, 400, "deadline.notice"},
		{http.MethodPost, path + "/preview", map[string]any{"text": strings.Replace(notice2027, "2027年部分", "2026年部分", 1)}, force, 400, "deadline.notice"},
		{http.MethodPost, path + "/preview", map[string]any{}, force, 400, "deadline.notice"},
	} {
		body := ""
		if c.body != nil {
			body = asJSON(t, c.body)
		}
		h.call(t, c.method, c.path, body, c.header...).want(t, c.status, c.code)
	}

	a := h.call(t, http.MethodPost, path+"/preview", asJSON(t, text), force...)
	a.want(t, http.StatusOK, "")
	if got := a.object(t); got["working_days"] != 249.0 || !strings.Contains(a.Body, "春节：2027-02-05（星期五）至2027-02-13（星期六）放假，共9天") {
		t.Errorf("previewed %s", a.Body)
	}
	if h.Calendar().Version() != "2025.1+2026.1+2027.0" {
		t.Error("a preview changed the calendar")
	}
	text["fingerprint"] = a.text(t, "fingerprint")
	h.call(t, http.MethodPost, path+"/notices", asJSON(t, text), force...).want(t, http.StatusCreated, "")
	if h.Calendar().Version() != "2025.1+2026.1+2027.1" {
		t.Error("the process that took it does not count by it")
	}
	h.call(t, http.MethodPost, path+"/notices", asJSON(t, text), force...).want(t, http.StatusConflict, "deadline.final")
	years := h.call(t, http.MethodGet, path, "", "Authorization", "Bearer "+h.signIn(t, "guanli"))
	years.want(t, http.StatusOK, "")
	if !strings.Contains(years.Body, `"document":"国办发明电〔2026〕99号"`) || !strings.Contains(years.Body, `"imported_by"`) {
		t.Errorf("years %s", years.Body)
	}
}

func TestEveryClockOfATicketIsExplained(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	opened := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"complaint","title":"办事态度","text":"窗口态度不好，请核实。"}`)
	opened.want(t, http.StatusCreated, "")
	path := "/api/v1/staff/tickets/" + opened.text(t, "number") + "/clocks"
	h.call(t, http.MethodGet, path, "", "Authorization", "Bearer "+h.signIn(t, "jingban")).want(t, http.StatusNotFound, "ticket.not_found")
	a := h.call(t, http.MethodGet, path, "", force...)
	a.want(t, http.StatusOK, "")
	for _, want := range []string{
		`"purpose":"answer"`, `"purpose_name":"答复来信人"`, `"purpose":"screen"`, `"name":"投诉答复"`, `"certainty":"S"`, `"basis":"默认方案；`,
		`"state":"running"`, `"state":"next"`, `"state":"later"`, `"name":"overdue.circular"`, `第7个工作日`, `"pauses":[]`, `"history":[]`,
	} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("lacks %s: %s", want, a.Body)
		}
	}
	view := h.call(t, http.MethodGet, strings.TrimSuffix(path, "/clocks"), "", force...)
	if !strings.Contains(view.Body, `"purpose":"screen"`) {
		t.Error("the ticket's clocks do not say what they are for")
	}
}

func TestADateIsWorkedOutForEverybody(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.call(t, http.MethodPost, "/api/v1/deadlines/preview", `{"kind":"consult","channel":"12345","received_at":"2026-09-30T16:00:00+08:00"}`)
	a.want(t, http.StatusOK, "")
	if got := a.object(t); got["due_at"] != "2026-10-10T23:59:59+08:00" || got["rule_name"] != "12345咨询、求助工单" || got["certainty"] != "S" || got["basis"] == "" {
		t.Errorf("previewed %s", a.Body)
	}
	a = h.call(t, http.MethodPost, "/api/v1/deadlines/preview", `{"kind":"consult","channel":"web","urgency":"emergency","received_at":"2026-10-01T22:00:00+08:00"}`)
	if got := a.object(t); got["due_at"] != "2026-10-02T03:00:00+08:00" {
		t.Errorf("an emergency waits over the holiday: %s", a.Body)
	}
	h.call(t, http.MethodPost, "/api/v1/deadlines/preview", `{"kind":"consult","channel":"web","urgency":"now","received_at":"2026-10-01T22:00:00+08:00"}`).want(t, 422, "request.invalid")

	page := func(query string, status int, contains ...string) {
		t.Helper()
		got := h.call(t, http.MethodGet, "/deadlines"+query, "", "Accept", "text/html")
		if got.Status != status {
			t.Errorf("%s: status %d, want %d", query, got.Status, status)
		}
		for _, want := range contains {
			if !strings.Contains(got.Body, want) {
				t.Errorf("%s lacks %s", query, want)
			}
		}
	}
	page("", 200, "如果我今天写信", `value="`+time.Now().In(deadline.Beijing()).Format(time.DateOnly)[:8], "举报", "12345")
	page("?kind=consult&channel=web&date=2026-09-30&time=16:00", 200, "2026年10月13日（星期二）", "咨询答复：5个工作日", "没有统一规定", "2026-10-10", "调休上班")
	page("?kind=consult&channel=web&date=2026-12-30&time=16:00", 200, "暂定")
	page("?kind=consult&channel=web&date=2027-12-30&time=16:00", 422, "这一天算不出来", "2025年到2027年", `aria-describedby="date-problem"`)
	page("?kind=joke&channel=pigeon&date=2026-02-30&time=25:00", 422, "请选择要做什么", "请选择怎么反映", "确有这一天", "09:30 的格式")
	page("?kind=consult&channel=web&date=%3Cscript%3E&time=", 422, "确有这一天")
	page("?kind=consult", 422, "请选择怎么反映")
}
