package main

import (
	"fmt"
	"net/http"

	"github.com/chromedp/chromedp"
)

// callSomebody looks at whom to call and writes down that the matter is explained;
// then the unit's appeal against the rating is dismissed.
func callSomebody(b *tab) {
	h := b.site
	number := h.badlyRated()
	h.call(http.MethodPost, "/api/v1/staff/appeals", h.signIn("traffic-head"), fmt.Sprintf(`{"ticket":%q,"reason":"wrong_facts","words":"现场照片显示信号灯当天已经修好。"}`, number))
	b.open("/staff/callbacks")
	b.shows("现场照片")
	b.accessible("calls")
	b.shot("staff-callbacks")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("calls")
	b.shot("staff-callbacks-320")
	b.click("table a")
	b.shows("很差，问题没有解决")
	b.fits("call")
	b.click(`form[action$="/contact"] button`)
	b.shows("13800138000")
	b.shot("staff-callback-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.accessible("call")
	b.shot("staff-callback")
	b.click("#result-reached")
	b.click("#then-explain")
	b.fill("#note", "已说明维修经过，来信人表示理解。")
	b.click(`form[action^="/staff/callbacks/"] button`)
	b.shows("没有要打的电话")
	b.fill(`textarea[name="words"]`, "照片没有时间，不能证明。")
	b.click(`button[name="uphold"][value="0"]`)
	b.shows("没有等待审定的申诉")
}

// badlyRated is the number of a letter that was answered and rated worst.
func (h *site) badlyRated() string {
	h.t.Helper()
	opened := h.call(http.MethodPost, "/api/v1/letters", "",
		`{"kind":"help","title":"信号灯坏了","text":"上学路上的信号灯坏了。","category":"traffic","contact":{"name":"王小明","phone":"13800138000"}}`)
	number := fmt.Sprint(opened["number"])
	traffic, head, force := h.signIn("traffic"), h.signIn("traffic-head"), h.signIn("taskforce2")
	const pass = `{"move":"approve","gates":["political","legal","policy","secrecy","wording"]}`
	for _, m := range []struct{ token, body string }{
		{force, `{"move":"dispatch","unit":"traffic"}`},
		{traffic, `{"move":"sign"}`},
		{traffic, `{"move":"draft","text":"信号灯已修好。","outcome":"resolved"}`},
		{traffic, `{"move":"submit"}`},
		{head, pass},
		{force, pass},
		{force, `{"move":"release"}`},
	} {
		h.move(m.token, number, m.body)
	}
	h.call(http.MethodPost, "/api/v1/letters/ratings", "", fmt.Sprintf(`{"number":%q,"query_code":%q,"score":1,"solved":false}`, number, opened["query_code"]))
	return number
}
