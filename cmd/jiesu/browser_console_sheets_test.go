package main

import (
	"fmt"
	"net/http"
	"strings"
)

// emergencyNotice drafts one as the traffic police.
func (h *site) emergencyNotice() (id string) {
	h.t.Helper()
	return fmt.Sprint(h.call(http.MethodPost, "/api/v1/staff/reviews", h.signIn("traffic"),
		`{"kind":"notice","content":{"title":"环城路临时封闭","body":"因抢修，环城路今日起封闭，请绕行滨江路。","attributes":[{"name":"level","value":"emergency"},{"name":"until","value":"`+h.soon()+`"}],"decision":"full","reason":"interest"}}`)["id"])
}

// printASheet looks at the secrecy-review form of a text, and at a report.
func printASheet(b *tab) {
	b.open("/staff/print/reviews/" + b.site.emergencyNotice() + "/1")
	b.shows("保密审查表")
	b.accessible("secrecy-review form")
	b.shot("sheet-review")
	b.open("/staff/print/reports/2025?by=category")
	b.shows("怎么算的")
	b.accessible("a report to be printed")
	b.shot("sheet-report")
	b.open("/staff/reports?period=2025")
	b.has(`a[href^="/staff/print/reports/2025"]`) // in the view that took the page's place
}

// readAnEmergency finds a notice that six people have read on every public page.
func readAnEmergency(b *tab) {
	id := b.site.emergencyNotice()
	b.site.publish(id)
	b.open("/hotlines")
	b.until("the emergency", `document.querySelector('.alerts')?.innerText.includes('环城路临时封闭')`)
	b.accessible("hotlines in an emergency")
	b.shot("hotlines-emergency")
	b.click(".alerts a")
	b.shows("滨江路")
	b.shot("notice")
	b.site.does(id, b.site.signIn("leader"), `{"move":"withdraw","reason":"outdated","words":"已经恢复。"}`)
	b.open("/hotlines")
	if strings.Contains(b.read(`document.body.innerText`), "紧急公告") {
		b.t.Error("a withdrawn notice still stands")
	}
}
