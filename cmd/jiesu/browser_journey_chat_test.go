package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// chatDesk is a chat that begins with the robot, goes to whoever of two was faster,
// on to a colleague and into a ticket; the line and the program fail meanwhile.
func chatDesk(t *testing.T, j *journeys) {
	t.Helper()
	one, two := j.clerk(t, "taskforce1"), j.clerk(t, "taskforce2")
	keepAPhrase(one)
	c := j.citizen(t)
	c.open("/chat")
	c.say("我的驾驶证丢了，怎么补？")
	c.hears(2)
	for _, clerk := range []*tab{one, two} {
		clerk.open("/console/chats")
		clerk.has(".queue")
	}
	two.steady("the chat desk while somebody begins to wait", func() {
		c.asksForAPerson()
		two.until("who waits", `document.querySelectorAll('.waiting li').length === 1`)
	})
	two.takes(".waiting button", "看问了什么")
	two.until("what was asked", `document.querySelector('.waiting').innerText.includes('怎么补')`)
	two.accessible("console, who waits")
	one, two = takenOnce(one, two)
	c.until("who answers", chatRoot+`.querySelector('.people').innerText.includes('正在为您服务')`)

	talkToAPerson(c, one)
	outliveTheLine(c, one)
	outliveTheProgram(c, one)
	goOn(c, one, two)
	endInATicket(c, two)
}

// keepAPhrase writes down what is said often.
func keepAPhrase(b *tab) {
	b.open("/console/phrases")
	b.takes("main button", "新的常用语")
	b.has("#phrase-title")
	b.fill("#phrase-title", "要带什么")
	b.fill("#phrase-text", "请带上本人身份证，到就近的车管所办理。")
	b.picks(".el-dialog input[type=checkbox]") // for everybody
	b.takes(".el-dialog button", "保存")
	b.shows("请带上本人身份证")
}

// asksForAPerson is told the place and the wait.
func (b *tab) asksForAPerson() {
	b.t.Helper()
	b.read(`([...` + chatRoot + `.querySelectorAll('.foot button')].find((e) => e.innerText === '找人工').click(), '')`)
	b.until("place and wait", `['您在第1位', '要等多久'].every((s) => `+chatRoot+`.querySelector('.people').innerText.includes(s))`)
}

// takenOnce lets two take the same chat in the same moment. One has it, the other is
// told; whoever has it comes back first.
func takenOnce(one, two *tab) (has, missed *tab) {
	race(one, two, ".waiting button", "接这一位")
	const decided = `document.querySelector('.pane') || document.querySelector('.queue [role="alert"]')`
	one.until("who has the chat", decided)
	two.until("who has the chat", decided)
	has, missed = one, two
	if one.read(`String(!!document.querySelector('.pane'))`) != "true" {
		has, missed = two, one
	}
	has.has(".pane textarea")
	missed.until("that somebody else was faster", `document.querySelector('.queue [role="alert"]').innerText.includes('已由同事接待') && !document.querySelector('.pane') && !document.querySelector('.waiting li')`)
	missed.shot("console-chat-missed")
	return has, missed
}

// race presses the same in two browsers in the same moment.
func race(one, two *tab, selector, words string) {
	one.holds(selector, words)
	two.holds(selector, words)
	at := one.read(`String(Date.now() + 300)`)
	for _, b := range []*tab{one, two} {
		b.read(`(setTimeout(() => window.held.click(), ` + at + ` - Date.now()), '')`)
	}
}

// tells writes into the only chat of a clerk and sends it.
func (b *tab) tells(text string) {
	b.t.Helper()
	b.read(`(document.querySelector('.pane .say textarea').focus(), '')`)
	b.do(typed(text + "\r"))
	b.until(text+" to be sent", `document.querySelector('.pane .say textarea').value === '' && document.querySelector('.pane .log').innerText.includes(`+quote(text)+`)`)
}

// reads waits until a clerk has read something in the only chat.
func (b *tab) reads(text string) {
	b.t.Helper()
	b.until(text, `document.querySelector('.pane .log').innerText.includes(`+quote(text)+`)`)
}

// heard waits until the citizen has read something in the chat.
func (b *tab) heard(text string) {
	b.t.Helper()
	b.until(text, `[...`+chatRoot+`.querySelectorAll('[data-seq]')].some((m) => m.innerText.includes(`+quote(text)+`))`)
}

// once fails unless each of some sentences stands exactly once in what citizen and
// clerk see, in this order.
func once(citizen, clerk *tab, sentences ...string) {
	citizen.t.Helper()
	for who, log := range map[string]string{
		"the citizen": strings.Join(citizen.messages(), "\n"), "the clerk": clerk.read(`document.querySelector('.pane .log').innerText`),
	} {
		from := 0
		for _, s := range sentences {
			at := strings.Index(log[from:], s)
			if at < 0 || strings.Count(log, s) != 1 {
				citizen.t.Errorf("%s sees %q %d times, or out of order:\n%s", who, s, strings.Count(log, s), log)
				return
			}
			from += at
		}
	}
}

// talkToAPerson is what passes while a person answers: the robot keeps silent, either
// sees the other write.
func talkToAPerson(c, clerk *tab) {
	clerk.steady("a chat while the citizen writes", func() {
		c.read(`(` + chatRoot + `.querySelector('textarea').focus(), '')`)
		c.do(typed("身份证丢了怎么补办"))
		c.writesUntil(clerk, `document.querySelector('.pane .typing').innerText.includes('正在输入')`)
		c.do(typed("？\r"))
		clerk.reads("怎么补办")
	})
	clerk.read(`(document.querySelector('.pane .say textarea').focus(), '')`)
	clerk.writesUntil(c, chatRoot+`.querySelector('.people').innerText.includes('正在输入')`)
	clerk.do(typed("请问丢了几天？\r"))
	c.heard("请问丢了几天？")
	clerk.picks(".pane .help summary")
	clerk.takes(".pane .phrases button", "要带什么")
	clerk.until("the phrase", `document.querySelector('.pane .say textarea').value.includes('就近的车管所')`)
	clerk.accessible("console, a chat")
	clerk.shot("console-chat")
	clerk.takes(".pane .say button", "发送")
	c.heard("就近的车管所")
	clerk.reads("就近的车管所")
	if n := c.read(`String(` + chatRoot + `.querySelectorAll('[data-seq] details').length)`); n != "1" {
		c.t.Errorf("the robot has answered %s times: it talks over a person", n)
	}
	once(c, clerk, "身份证丢了怎么补办", "请问丢了几天？", "就近的车管所")
}

// writesUntil presses the space bar until another page shows it: who writes is told
// now and then, and kept nowhere.
func (b *tab) writesUntil(other *tab, shown string) {
	b.t.Helper()
	for tick, end := time.Tick(4*look), time.After(patience); other.read(`String(!!(`+shown+`))`) != "true"; {
		b.do(typed(" "))
		select {
		case <-tick:
		case <-end:
			b.t.Fatal("nobody sees that somebody writes")
		}
	}
}

// outliveTheLine cuts the citizen's network: both write on, and nothing is lost or
// comes twice.
func outliveTheLine(c, clerk *tab) {
	c.cuts()
	c.until("the word of the broken line", chatRoot+`.querySelector('.state').innerText.includes('重新连接')`)
	c.say("丢了三天了。")
	clerk.tells("三天之内也可以网上挂失。")
	c.mends()
	c.heard("网上挂失")
	clerk.reads("丢了三天了。")
	once(c, clerk, "三天之内也可以网上挂失。", "丢了三天了。")
}

// outliveTheProgram kills it while both write.
func outliveTheProgram(c, clerk *tab) {
	clerk.read(`(document.querySelector('.pane .say textarea').focus(), '')`)
	clerk.do(typed("网上办要先"))
	c.site.kill()
	c.say("网上怎么办？")
	clerk.until("that the server is away", `document.querySelector('.cut') && document.querySelector('.stale')`)
	clerk.do(typed("登录平台。"))
	c.site.start()
	c.heard("网上怎么办？")
	clerk.reads("网上怎么办？")
	if got := clerk.read(`document.querySelector('.pane .say textarea').value`); got != "网上办要先登录平台。" {
		clerk.t.Errorf("of what was being written is left %q", got)
	}
	clerk.presses("\r")
	c.heard("网上办要先登录平台。")
	clerk.reads("网上办要先登录平台。")
	once(c, clerk, "网上怎么办？", "网上办要先登录平台。")
}

// goOn gives the chat to a colleague, who reads all of it and a word the citizen does
// not read.
func goOn(c, from, to *tab) {
	name := to.read(`document.querySelector('.who').innerText.match(/专班民警./)[0]`)
	to.steady("the chat desk while a chat is given to it", func() {
		from.takes(".pane .acts button", "转接")
		from.has(".el-dialog .el-select")
		from.chooses(".el-dialog .el-select__wrapper", name)
		from.fill(`.el-dialog textarea`, "问到网上补办，已核对姓名。")
		from.takes(".el-dialog button", "转接")
		to.reads("已核对姓名")
	})
	from.until("no chat any more", `!document.querySelector('.pane')`)
	for _, s := range []string{"我的驾驶证丢了", "请问丢了几天？", "丢了三天了。", "网上办要先登录平台。"} {
		to.reads(s)
	}
	c.heard("已转给")
	if log := strings.Join(c.messages(), "\n"); strings.Contains(log, "已核对姓名") {
		c.t.Errorf("the citizen reads what colleagues tell each other:\n%s", log)
	}
}

// endInATicket registers what was asked; the citizen is told number, code and date
// and finds the ticket.
func endInATicket(c, clerk *tab) {
	clerk.takes(".pane .acts button", "转为来信")
	clerk.has(`.el-dialog input[id^="title-"]`)
	clerk.fill(`.el-dialog input[id^="title-"]`, "网上补办驾驶证")
	clerk.accessible("console, a chat becomes a ticket")
	clerk.takes(".el-dialog button", "登记来信")
	clerk.until("no chat any more", `!document.querySelector('.pane')`)
	c.until("the receipt", chatRoot+`.querySelectorAll('.receipt .code').length === 2 && `+chatRoot+`.querySelector('.receipt').innerText.includes('最晚答复')`)
	c.shot("chat-ended")
	code := func(n int) string {
		return c.read(fmt.Sprintf(`%s.querySelectorAll('.receipt .code')[%d].innerText`, chatRoot, n))
	}
	number, secret := code(0), code(1)
	c.say("护照丢了怎么办")
	c.until("the robot again", chatRoot+`.querySelectorAll('[data-seq] details').length > 2`) // the receipt explains its date
	c.lookUp(number, secret)
	c.shows("办理经过")
}
