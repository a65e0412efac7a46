package server_test

import (
	"net/http"
	"net/url"
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

// passages are the keys of the passages a page shows.
func passages(a *answer) []string {
	var keys []string
	for _, m := range regexp.MustCompile(`name="do-([0-9a-f]+)" id="hide-`).FindAllStringSubmatch(a.Body, -1) {
		keys = append(keys, m[1])
	}
	return keys
}

// A reply is made public on pages: listed, decided about, and every passage that
// is hidden chosen by somebody who has seen it.
func TestAReplyIsDisclosedOnAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	number := h.replied(t, "help", "张三丰：信号灯已经修好，电话13800138001，老地方见。")
	cookie, path := h.cookie(t, "jingban"), "/staff/replies/"+number
	get := func(path string) *answer { return h.browse(t, cookie, http.MethodGet, path, nil) }
	shows := func(what string, a *answer, status int, texts ...string) {
		t.Helper()
		if a.Status != status {
			t.Fatalf("%s: %d, want %d: %s", what, a.Status, status, a.Body)
		}
		for _, text := range texts {
			if !strings.Contains(a.Body, text) {
				t.Errorf("%s: the page lacks %s", what, text)
			}
		}
	}
	shows("the desk", get("/staff"), 200, `href="/staff/replies"`)
	shows("the list", get("/staff/replies"), 200, `href="`+path+`"`, "交警支队")
	if a := get("/staff/replies?number=" + strings.ToLower(number)); a.Header.Get("Location") != path {
		t.Errorf("by its number: %d %s", a.Status, a.Header.Get("Location"))
	}
	shows("undecided", get(path), 200, "还没有人决定", "学校门口的信号灯", "老地方见")

	decide := func(form url.Values) *answer { return h.browse(t, cookie, http.MethodPost, path, form) }
	form := url.Values{"version": {"0"}, "title": {"学校门口的灯"}, "asked": {"张三丰问信号灯"}, "note": {"内部说明"}}
	shows("nothing chosen", decide(form), 422, `id="why-problem"`, "学校门口的灯", "内部说明")
	form.Set("why", "redacted/personal")
	if a := decide(form); a.Status != http.StatusSeeOther || a.Header.Get("Location") != path {
		t.Fatalf("decided: %d %s", a.Status, a.Body)
	}
	form.Set("title", "另一个标题")
	shows("decided meanwhile", decide(form), 409, "刚刚有人作出", "另一个标题", `name="version" value="1"`)
	shows("unfinished", get("/staff/replies"), 200, "还没有完成", path)

	page := get(path)
	keys := passages(page)
	if len(keys) != 3 {
		t.Fatalf("suggested are %d passages: %s", len(keys), page.Body)
	}
	shows("to be confirmed", page, 200, "<mark>张三丰</mark>", "<mark>13800138001</mark>", "公开的稿件：起草", "没有确认")
	confirm := func(form url.Values) *answer {
		return h.browse(t, cookie, http.MethodPost, path+"/redactions", form)
	}
	shows("nothing chosen", confirm(url.Values{"version": {"1"}}), 422, "请至少选择一处")
	shows("no words", confirm(url.Values{"version": {"1"}, "do-" + keys[0]: {"words"}}), 422, `id="instead-`+keys[0]+`-problem"`)
	shows("not there", confirm(url.Values{"version": {"1"}, "do-" + keys[0]: {"keep"}, "words": {"李四"}}), 422, "原文里没有", `id="keep-`+keys[0]+`" value="keep" checked`)
	some := url.Values{"version": {"1"}, "do-" + keys[0]: {"words"}, "instead-" + keys[0]: {"来信人"}, "words": {"老地方"}}
	if a := confirm(some); a.Status != http.StatusSeeOther {
		t.Fatalf("some: %d %s", a.Status, a.Body)
	}
	some = url.Values{"version": {"1"}, "do-" + keys[0]: {"keep"}, "do-" + keys[1]: {"keep"}, "words": {"见"}}
	stale := confirm(some)
	shows("an old version", stale, 409, "刚刚有人作出", `id="keep-`+keys[1]+`" value="keep" checked`, `name="words" type="text" maxlength="200" autocomplete="off" value="见"`)
	if strings.Contains(stale.Body, keys[0]) {
		t.Error("what was chosen for a passage is kept for what somebody made of it meanwhile")
	}
	rest := url.Values{"version": {"2"}}
	for _, key := range keys[1:] {
		rest.Set("do-"+key, "hide")
	}
	if a := confirm(rest); a.Status != http.StatusSeeOther {
		t.Fatalf("the rest: %d %s", a.Status, a.Body)
	}
	if a := get(path); strings.Contains(a.Body, "没有确认）") || strings.Count(a.Body, "（已确认）") != 4 {
		t.Errorf("confirmed: %s", a.Body)
	}
	text := regexp.MustCompile(`href="(/staff/reviews/[^"]+)"`).FindStringSubmatch(get(path).Body)
	if text == nil {
		t.Fatal("no way to the text")
	}
	shows("the text", get(text[1]), 200, "来信人问信号灯", "【姓名】：信号灯已经修好，电话【电话号码】，【个人信息】见。")
	if a := get("/staff/replies"); strings.Contains(a.Body, path) {
		t.Error("what is finished is listed")
	}
}

// Nobody is shown, or decides about, a reply that is not theirs.
func TestWhoDisclosesRepliesOnPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	number, report := h.replied(t, "help", "信号灯已经修好。"), h.replied(t, "report", "已经核实。")
	for login, want := range map[string]struct{ list, page, act int }{
		"zhuanban": {200, 200, 422}, "jingban": {200, 200, 422}, "lingdao": {403, 200, 403}, "bianji": {403, 404, 404}, "guanli": {403, 404, 404},
	} {
		cookie := h.cookie(t, login)
		for what, c := range map[string]struct {
			method, path string
			want         int
		}{
			"list": {http.MethodGet, "/staff/replies", want.list}, "page": {http.MethodGet, "/staff/replies/" + number, want.page},
			"decide": {http.MethodPost, "/staff/replies/" + number, want.act},
		} {
			if a := h.browse(t, cookie, c.method, c.path, url.Values{"version": {"0"}}); a.Status != c.want || strings.Contains(a.Body, report) {
				t.Errorf("%s as %s: %d, want %d", what, login, a.Status, c.want)
			}
		}
		a := h.browse(t, cookie, http.MethodGet, "/staff/replies/"+report, nil)
		if a.Status < http.StatusBadRequest || strings.Contains(a.Body, "已经核实") {
			t.Errorf("a report as %s: %d", login, a.Status)
		}
		if tile := strings.Contains(h.browse(t, cookie, http.MethodGet, "/staff", nil).Body, `href="/staff/replies"`); tile != (want.list == http.StatusOK) {
			t.Errorf("%s has the tile: %t", login, tile)
		}
	}
}
