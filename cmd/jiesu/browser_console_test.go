package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestConsoleBrowser walks through the console as the task force does, each step
// where the one before has led.
func TestConsoleBrowser(t *testing.T) {
	chromium, axe := needs(t)
	h := newSite(t)
	open := browser(t, chromium)
	b := newTab(t, open, h, axe)
	b.do(chromedp.EmulateViewport(1440, 900))
	for _, step := range []struct {
		name string
		walk func(*tab)
	}{
		{"sign in with a password of one's own", signInToConsole},
		{"the workbench", seeTheWorkbench},
		{"the inbox by its keys", walkTheInbox},
		{"many are dispatched at once", dispatchMany},
		{"somebody else was faster", dispatchTooLate},
		{"the server is away for a moment", outliveARestart},
		{"search", searchTickets},
		{"a letter is dispatched from its page", workOnATicket},
		{"several write the same reply", func(b *tab) { writeTogether(b, open) }},
		{"a call is registered", registerACall},
		{"somebody is called back", callBack},
		{"letters of another mailbox", importLetters},
		{"a letter is given to a platform", giveALetterAway},
		{"how one is told", chooseHowToHear},
		{"a sheet is printed", printASheet},
		{"rules are read and tried", readTheRules},
		{"districts are compared", compareDistricts},
		{"a robot is tried", tryRobot},
		{"a hotline is followed", followALine},
		{"sign out", leaveConsole},
	} {
		if !t.Run(step.name, func(t *testing.T) { b.t = t; step.walk(b) }) {
			b.shot("console-failed")
			return
		}
	}
}

// has waits for something of the console that can be seen.
func (b *tab) has(selector string) {
	b.t.Helper()
	b.until(selector, `document.querySelector(`+quote(selector)+`)?.getClientRects().length`)
}

// picks presses something that may still be on its way to its place.
func (b *tab) picks(selector string) {
	b.t.Helper()
	b.has(selector)
	b.read(`(document.querySelector(` + quote(selector) + `).click(), '')`)
}

// presses a key where the focus is.
func (b *tab) presses(keys ...string) {
	b.t.Helper()
	for _, key := range keys {
		b.do(chromedp.KeyEvent(key))
	}
}

func signInToConsole(b *tab) {
	b.open("/console/tickets?aspect=open")
	b.has("#login")
	b.accessible("console, sign in")
	first := b.site.firstPassword("taskforce1")
	b.fill("#login", "taskforce1")
	b.fill("#password", first)
	b.presses("\r")
	b.shows("请先换成只有您知道的")
	b.accessible("console, password")
	b.fill("#old", first)
	b.fill("#fresh", ownPassword)
	b.fill("#again", ownPassword)
	b.presses("\r")
	b.has("#login")
	b.fill("#login", "taskforce1")
	b.fill("#password", ownPassword)
	b.presses("\r")
	b.has(".brand")
}

func seeTheWorkbench(b *tab) {
	for range 3 {
		b.site.letter()
	}
	b.open("/console/")
	b.until("three letters to screen", `[...document.querySelectorAll('.counts a')].some((a) => a.innerText.replace(/\s/g, '') === '3待派单')`)
	b.accessible("console, workbench")
	b.shot("console-home")
	b.presses("?")
	b.has(".help")
	b.accessible("console, keys")
	b.presses("\x1b", "g", "t")
	b.has(".views .here")
}

func walkTheInbox(b *tab) {
	b.until("the letters", `document.querySelectorAll('.tickets tbody tr').length === 3`)
	b.presses("j", "j", "k")
	b.until("the first row", `document.activeElement === document.querySelector('.tickets tbody .title')`)
	b.until("its letter", `document.querySelector('.pane .letter')?.innerText.includes('上学路上的信号灯坏了')`)
	b.presses("x", "j", "X")
	b.until("two ticked rows", `document.querySelectorAll('.tickets tbody input:checked').length === 2`)
	b.accessible("console, inbox")
	b.shot("console-inbox")
	b.do(chromedp.EmulateViewport(1024, 800))
	b.fits("console, inbox")
	b.do(chromedp.EmulateViewport(640, 450)) // 1280 × 900 at 200 %
	b.fits("console, inbox at 200 %")
	b.shot("console-inbox-200")
	b.do(chromedp.EmulateViewport(1440, 900))
}

// dispatchMany gives two letters to where they are suggested to go.
func dispatchMany(b *tab) {
	b.presses("a")
	b.until("what is suggested", `[...document.querySelectorAll('#assign tbody .to')].length === 2 && [...document.querySelectorAll('#assign tbody .to')].every((e) => e.innerText.includes('交警'))`)
	b.accessible("console, dispatch")
	b.shot("console-dispatch")
	b.fill("#assign-note", "请尽快修复。")
	b.click(`button[form="assign"]`)
	b.until("both dispatched", `document.body.innerText.includes('已派出 2 件') && document.querySelectorAll('.tickets tbody input:checked').length === 0`)
	b.until("both in the list", `document.querySelectorAll('.tickets tbody .state').length === 3 && [...document.querySelectorAll('.tickets tbody .state')].filter((e) => e.innerText.includes('待签收')).length === 2`)
}

// dispatchTooLate gives away a letter that a colleague has given away meanwhile.
func dispatchTooLate(b *tab) {
	number := b.read(`[...document.querySelectorAll('.tickets tbody tr')].find((r) => r.innerText.includes('待受理')).querySelector('.number').innerText`)
	b.read(`(document.getElementById('row-` + number + `').focus(), '')`)
	b.presses("a")
	b.until("the choice under the keys", `document.activeElement?.matches('#assign input[type="radio"]:checked')`)
	b.site.move(b.site.signIn("taskforce2"), number, `{"move":"dispatch","unit":"traffic"}`)
	b.presses("\r")
	b.has("#assign .refused")
	b.accessible("console, a refusal")
	b.shot("console-too-late")
	b.presses("\x1b")
	b.until("what the colleague did", `document.getElementById('row-`+number+`')?.closest('tr').innerText.includes('待签收')`)
}

// outliveARestart keeps what is on the page while the server is killed and started
// again, and then hears of a new letter by itself; the rows move on demand alone.
func outliveARestart(b *tab) {
	b.site.kill()
	b.has(".cut")
	b.until("what was there", `document.querySelectorAll('.tickets tbody tr').length === 3`)
	b.site.start()
	b.site.letter()
	b.has(".count button")
	b.until("the rows where they were", `document.querySelectorAll('.tickets tbody tr').length === 3`)
	b.click(".count button")
	b.until("the new letter", `document.querySelectorAll('.tickets tbody tr').length === 4`)
}

func searchTickets(b *tab) {
	b.presses("g", "s")
	b.has(".filters .wide")
	b.fill(".filters .wide", "信号灯")
	b.presses("\r")
	b.until("what was found", `document.querySelectorAll('.list tbody tr').length === 4 && location.search.includes('q=')`)
	b.accessible("console, search")
	b.shot("console-search")
}

func registerACall(b *tab) {
	b.open("/console/calls/new")
	b.has("#words")
	b.fill("#words", "身份证丢了，怎么补办？")
	b.fill("#phone", "13800138000")
	b.until("what helps", `document.querySelector('.entry')`)
	b.accessible("console, a call")
	b.shot("console-call")
	b.click("#line")
	b.has(".el-select-dropdown__item")
	b.picks(".el-select-dropdown__item")
	b.until("the line that was called", `!document.querySelector('#line').closest('.el-select').innerText.includes('请选择')`)
	b.picks(`input[value="consult"]`)
	b.picks(`input[value="answered"]`)
	b.picks(`.entry input`)
	b.click(`form button[type="submit"]`)
	b.shows("已经登记：当场答复")
	b.presses("g", "l")
	b.shows("138****8000")
	b.accessible("console, calls")
	b.shot("console-calls")
}

func callBack(b *tab) {
	number := b.site.badlyRated()
	b.open("/console/callbacks")
	b.has(`button[aria-label="回访 ` + number + `"]`)
	b.accessible("console, callbacks")
	b.shot("console-callbacks")
	b.click(`button[aria-label="回访 ` + number + `"]`)
	b.has(".contact button")
	b.click(".contact button")
	b.until("whom to call", `document.querySelector('.contact').innerText.includes('13800138000')`)
	b.picks(`.el-dialog input[value="reached"]`)
	b.picks(`.el-dialog input[value="explain"]`)
	b.fill("#heard-note", "已说明经过，来信人表示理解。")
	b.accessible("console, a call back")
	b.shot("console-callback")
	b.click(`button[form="callback"]`)
	b.until("the call is done", `!document.querySelector('button[aria-label="回访 `+number+`"]')`)
}

func leaveConsole(b *tab) {
	b.takes(".who button", "退出")
	b.has("#login")
	b.open("/console/tickets")
	b.has("#login")
}
