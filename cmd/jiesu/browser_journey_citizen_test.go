package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// citizenAsks asks, is asked back, chooses and rates, while the line is cut and the
// program killed between the choice and its answer.
func citizenAsks(t *testing.T, j *journeys) {
	t.Helper()
	c := j.citizen(t)
	c.open("/chat")
	c.say(j.site.decide("clarify", unclear()...))
	c.hears(2)
	c.cuts()
	c.until("the word of the broken line", chatRoot+`.querySelector('.state').innerText.includes('重新连接')`)
	choice := c.read(chatRoot + `.querySelector('.options button').firstChild.textContent`)
	c.read(`(` + chatRoot + `.querySelector('.options button').click(), '')`)
	j.site.kill()
	j.site.start()
	c.mends()
	heard := c.hears(4)
	if n := strings.Count(strings.Join(heard[2:3], ""), strings.TrimSpace(choice)); n != 1 {
		t.Errorf("the choice %q arrived otherwise: %q", choice, heard)
	}
	c.until("the rating", chatRoot+`.querySelector('[data-seq="4"] .rate')`)
	c.cuts()
	c.read(`(` + chatRoot + `.querySelector('[data-seq="4"] .rate button').click(), '')`)
	c.until("thanks", chatRoot+`.querySelector('[data-seq="4"] .rate').innerText.includes('谢谢')`)
	c.mends()
	c.do(chromedp.Reload())
	c.hears(4)
	c.until("the memory of the rating", `[...`+chatRoot+`.querySelectorAll('.meta')].some((m) => m.innerText === '已经评价')`)
}

// citizenWrites asks in vain, leaves a letter, completes it and rates its answer,
// each over a line that is cut and a program that is killed in between.
func citizenWrites(t *testing.T, j *journeys) {
	t.Helper()
	h := j.site
	force, unit, head := h.signIn("taskforce1"), h.signIn("traffic"), h.signIn("traffic-head")
	c := j.citizen(t)
	c.open("/")
	c.fill("#text", h.decide("none", unknown()...))
	c.click(".ask-box button")
	c.shows("问答库里没有现成的答案")
	c.click(".handover button")
	c.until("the letter form", `document.querySelector('#body')?.value.length > 0`)
	c.click("#kind-help")
	c.fill("#title", "路灯三天没亮")
	c.sendsOverACut("#letter", "#body")
	c.shows("已收到您的来信")
	number, code := c.read(`document.querySelector('#number').innerText`), c.read(`document.querySelector('#query-code').innerText`)
	if n := h.listed(force, "路灯三天没亮"); n != 1 {
		t.Errorf("%d letters arrived", n)
	}

	h.move(force, number, `{"move":"dispatch","unit":"traffic"}`)
	h.move(unit, number, `{"move":"sign"}`)
	h.move(unit, number, `{"move":"ask","text":"请写明是哪一条路。"}`)
	c.lookUp(number, code)
	c.shows("请写明是哪一条路")
	c.fill("#supply-text", "人民路东段。")
	c.fill("#supply-code", code)
	c.sendsOverACut(`form[action="/letters/supply"]`, "#supply-text")
	c.shows("已收到补充的内容")

	h.move(unit, number, `{"move":"draft","text":"路灯已于今日修好。","outcome":"resolved"}`)
	h.move(unit, number, `{"move":"submit"}`)
	for _, reader := range []string{head, force} {
		h.move(reader, number, `{"move":"approve","gates":["political","legal","policy","secrecy","wording"]}`)
	}
	h.move(force, number, `{"move":"release"}`)
	c.lookUp(number, code)
	c.shows("路灯已于今日修好")
	c.click("#score-5")
	c.fill("#rate-text", "很快，谢谢。")
	c.fill("#rate-code", code)
	c.sendsOverACut(`form[action="/letters/rate"]`, "#rate-text")
	c.shows("已收到您的评价")
	h.happenedOnce(force, number, "supply", "rate")
}

// citizenTips reports something without a name, over a line that is cut, and looks
// it up; nobody finds it in the browser, nor whoever has nothing to do with it.
func citizenTips(t *testing.T, j *journeys) {
	t.Helper()
	h := j.site
	force, unit := h.signIn("taskforce1"), h.signIn("traffic")
	c := j.citizen(t)
	c.open("/letters/new")
	c.click("#kind-report")
	c.fill("#title", "有人设局赌博")
	c.fill("#body", "每天晚上八点，在菜市场后面的仓库。")
	c.sendsOverACut("#letter", "#body")
	c.shows("已收到您的来信")
	number, code := c.read(`document.querySelector('#number').innerText`), c.read(`document.querySelector('#query-code').innerText`)
	if kept := c.read(`JSON.stringify([sessionStorage.length, Object.values(localStorage).filter((v) => v.includes('赌博')).length])`); kept != "[0,0]" {
		t.Errorf("something of a report is kept in the browser: %s", kept)
	}
	c.lookUp(number, code)
	c.shows("举报")
	c.shows("办理经过")
	if n := h.listed(force, `"restricted":true`); n != 1 {
		t.Errorf("%d reports arrived", n)
	}
	if n := h.listed(unit, `"restricted":true`); n != 0 {
		t.Error("a unit that has nothing to do with a report finds it")
	}
}

// sendsOverACut presses the button of a form while there is no network, and again
// once the program was killed and the line is back.
func (b *tab) sendsOverACut(form, field string) {
	b.t.Helper()
	before := b.read(`document.querySelector(` + quote(field) + `).value`)
	b.cuts()
	b.click(form + " button[type=submit]")
	b.until("that it was not sent", `document.querySelector(`+quote(form+" [data-failed]")+`)?.innerText.includes('没有发出去')`)
	if after := b.read(`document.querySelector(` + quote(field) + `).value`); after != before {
		b.t.Errorf("of %q is left %q", before, after)
	}
	b.site.kill()
	b.mends()
	b.click(form + " button[type=submit]")
	b.until("that it was not sent again", `document.querySelectorAll(`+quote(form+" [data-failed]")+`).length === 1`)
	b.site.start()
	b.click(form + " button[type=submit]")
}

// listed counts the open tickets somebody sees of which something is said.
func (h *site) listed(token, said string) (n int) {
	h.t.Helper()
	return strings.Count(string(h.send(http.MethodGet, "/api/v1/staff/tickets?aspect=open&limit=100", token, "")), said)
}

// happenedOnce fails unless each of some moves was made exactly once.
func (h *site) happenedOnce(token, number string, moves ...string) {
	h.t.Helper()
	events := fmt.Sprint(h.call(http.MethodGet, "/api/v1/staff/tickets/"+number, token, "")["events"])
	for _, m := range moves {
		if n := strings.Count(events, "move:"+m+" "); n != 1 {
			h.t.Errorf("%s happened %d times: %s", m, n, events)
		}
	}
}
