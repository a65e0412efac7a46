package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/chromedp/chromedp"
)

// readAText takes the step of the task force in a notice that four others have
// read, and finds the emergency on the public pages.
func readAText(b *tab) {
	h := b.site
	traffic, leader := h.signIn("traffic"), h.signIn("leader")
	drafted := h.call(http.MethodPost, "/api/v1/staff/reviews", traffic,
		`{"kind":"notice","content":{"title":"环城路临时封闭","body":"因抢修，环城路今日起封闭，请绕行滨江路。","attributes":[{"name":"level","value":"emergency"},{"name":"until","value":"`+h.soon()+`"}],"decision":"full","reason":"interest"}}`)
	id := fmt.Sprint(drafted["id"])
	h.does(id, traffic, `{"move":"submit"}`)
	const pass = `{"move":"pass","gates":["political","legal","policy","secrecy","wording"]}`
	for _, reader := range []string{h.join("traffic3", "traffic", "handler"), h.signIn("traffic-head"), h.join("editor3", "office-open", "editor")} {
		h.does(id, reader, pass)
	}
	b.open("/staff/reviews")
	b.shows("环城路临时封闭")
	b.accessible("texts under review")
	b.shot("staff-reviews")
	b.click("table a")
	b.shows("二审")
	b.accessible("text under review")
	b.click(`button[value="pass"]`)
	b.shows("需要逐项确认")
	b.shot("staff-review-refused")
	b.read(`(document.querySelectorAll('input[name=gates]').forEach((g) => { g.checked = true }), '')`)
	b.click(`button[value="pass"]`)
	b.shows("三校")
	b.shot("staff-review")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("text under review")
	b.do(chromedp.EmulateViewport(1280, 900))
	for _, reader := range []string{h.signIn("taskforce2"), leader} {
		h.does(id, reader, pass)
	}
	h.does(id, leader, `{"move":"publish"}`)
	b.open("/staff/reviews/" + id + "/form/1")
	b.shows("保密审查表")
	b.accessible("secrecy-review form")
	b.shot("staff-review-form")
	b.open("/hotlines")
	b.until("the emergency", `document.querySelector('.alerts')?.innerText.includes('环城路临时封闭')`)
	b.accessible("hotlines in an emergency")
	b.shot("hotlines-emergency")
	b.click(".alerts a")
	b.shows("滨江路")
	b.shot("notice")
	h.does(id, leader, `{"move":"withdraw","reason":"outdated","words":"已经恢复。"}`)
	b.open("/hotlines")
	if strings.Contains(b.read(`document.body.innerText`), "紧急公告") {
		b.t.Error("a withdrawn notice still stands")
	}
}

// writeAText writes a notice on the page, is told what is missing, and mends it.
func writeAText(b *tab) {
	b.open("/staff/reviews")
	b.click(`a[href="/staff/reviews/new?kind=entry"]`)
	b.shows("起草知识库条目")
	b.accessible("form of an entry")
	b.shot("staff-text-entry")
	b.open("/staff/reviews/new?kind=notice")
	b.fill("#title", "办证大厅搬迁")
	b.fill("#body", "出入境办证大厅迁到滨江路1号，即日起在新址办理。")
	b.read(`(document.querySelector('#level').value = 'emergency', '')`)
	b.click(".actions button")
	b.shows("需要写明结束时间")
	b.accessible("form of a notice, refused")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("form of a notice")
	b.shot("staff-text-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.read(`(document.querySelector('#level').value = 'ordinary', '')`)
	b.click(".actions button")
	b.shows("滨江路1号")
	b.click(`a[href$="/edit"]`)
	b.until("what was written", `document.querySelector('#title')?.value === '办证大厅搬迁'`)
}
