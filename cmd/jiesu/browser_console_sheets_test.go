package main

import (
	"fmt"
	"net/http"
	"strings"
)

// printASheet prints the form of an emergency notice that six people have read, and
// finds the notice on the public pages.
func printASheet(b *tab) {
	h := b.site
	traffic, leader := h.signIn("traffic"), h.signIn("leader")
	drafted := h.call(http.MethodPost, "/api/v1/staff/reviews", traffic,
		`{"kind":"notice","content":{"title":"环城路临时封闭","body":"因抢修，环城路今日起封闭，请绕行滨江路。","attributes":[{"name":"level","value":"emergency"},{"name":"until","value":"`+h.soon()+`"}],"decision":"full","reason":"interest"}}`)
	id := fmt.Sprint(drafted["id"])
	h.does(id, traffic, `{"move":"submit"}`)
	const pass = `{"move":"pass","gates":["political","legal","policy","secrecy","wording"]}`
	for _, reader := range []string{
		h.join("traffic3", "traffic", "handler"), h.signIn("traffic-head"), h.join("editor3", "office-open", "editor"), h.join("force3", "mailbox", "taskforce"), h.signIn("taskforce2"), leader,
	} {
		h.does(id, reader, pass)
	}
	h.does(id, leader, `{"move":"publish"}`)
	b.open("/staff/print/reviews/" + id + "/1")
	b.shows("保密审查表")
	b.accessible("secrecy-review form")
	b.shot("sheet-review")
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
