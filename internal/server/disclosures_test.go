package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// replied opens a letter that the traffic detachment answers.
func (h *house) replied(t *testing.T, kind, text string) string {
	t.Helper()
	a := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
		"kind": kind, "category": "traffic", "title": "信号灯坏了", "text": "我是张三丰，学校门口的信号灯坏了。", "publish_consent": true,
		"contact": map[string]string{"name": "张三丰", "phone": "13800138000"},
	}))
	a.want(t, http.StatusCreated, "")
	number := a.text(t, "number")
	h.answer(t, number, text, "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "fuzeren"))
	return number
}

// A reply is decided about, and every passage that is hidden is confirmed by itself.
func TestAReplyIsDisclosed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	number := h.replied(t, "help", "张三丰：信号灯已经修好，电话13800138001，老地方见。")
	list, one := "/api/v1/staff/disclosures", "/api/v1/staff/tickets/"+number+"/disclosure"
	ask := func(method, path, body string) *answer { return h.asks(t, "jingban", method, path, body) }
	ask(http.MethodGet, list, "").shows(t, "the list", 200, []string{number}, nil)
	ask(http.MethodPost, one, `{"version":0,"decision":"redacted","reason":"none-such"}`).shows(t, "no such reason", 422, nil, nil)
	const decided = `{"version":0,"decision":"redacted","reason":"personal","title":"学校门口的灯","asked":"张三丰问信号灯"}`
	ask(http.MethodPost, one, decided).shows(t, "decided", 200, []string{`"passage":"13800138001"`, `"passage":"张三丰"`}, nil)
	ask(http.MethodPost, one, decided).shows(t, "decided meanwhile", 409, []string{"刚刚有人作出"}, nil)
	ask(http.MethodGet, list, "").shows(t, "unfinished", 200, []string{number}, nil)
	ask(http.MethodPost, one+"/redactions", `{"version":1,"confirm":[{"n":1,"with":"来信人"}]}`).shows(t, "one", 200, []string{"来信人"}, nil)
	ask(http.MethodPost, one+"/redactions", `{"version":1,"confirm":[{"n":2}]}`).shows(t, "an old version", 409, []string{"刚刚有人作出"}, nil)
	all := ask(http.MethodPost, one+"/redactions", `{"version":2,"confirm":[{"n":2},{"n":3}]}`)
	all.shows(t, "the rest", 200, nil, nil)
	if n := strings.Count(all.Body, `"confirmed_by"`); n != 3 {
		t.Errorf("%d passages are confirmed: %s", n, all.Body)
	}
	text := regexp.MustCompile(`"text":\{"id":"([^"]+)"`).FindStringSubmatch(all.Body)
	if text == nil {
		t.Fatalf("no way to the text: %s", all.Body)
	}
	ask(http.MethodGet, "/api/v1/staff/reviews/"+text[1], "").shows(t, "the text", 200, []string{"【姓名】：信号灯已经修好，电话【电话号码】", "来信人问信号灯"}, []string{"13800138001"})
	ask(http.MethodGet, list, "").shows(t, "what is finished", 200, nil, []string{number})
}

// Nobody is shown, or decides about, a reply that is not theirs.
func TestWhoDisclosesReplies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	number, report := h.replied(t, "help", "信号灯已经修好。"), h.replied(t, "report", "已经核实。")
	const decided = `{"version":7,"decision":"full","reason":"interest"}`
	for login, want := range map[string]struct{ list, act int }{
		"zhuanban": {200, 409}, "jingban": {200, 409}, "lingdao": {403, 403}, "bianji": {403, 404}, "guanli": {403, 404}, "linju": {200, 404},
	} {
		a := h.asks(t, login, http.MethodGet, "/api/v1/staff/disclosures", "")
		if a.Status != want.list || strings.Contains(a.Body, report) || login == "linju" && strings.Contains(a.Body, number) {
			t.Errorf("the list as %s: %d %s", login, a.Status, a.Body)
		}
		if a = h.asks(t, login, http.MethodPost, "/api/v1/staff/tickets/"+number+"/disclosure", decided); a.Status != want.act {
			t.Errorf("decided as %s: %d %s", login, a.Status, a.Body)
		}
		a = h.asks(t, login, http.MethodPost, "/api/v1/staff/tickets/"+report+"/disclosure", decided)
		if a.Status < http.StatusBadRequest || strings.Contains(a.Body, "已经核实") {
			t.Errorf("a report as %s: %d", login, a.Status)
		}
	}
}
