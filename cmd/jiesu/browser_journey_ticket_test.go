package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	answered = "张三：信号灯已经修好，"
	rest     = "办理民警李建国。"
)

// taskForce is the way of a letter through the desk, all of it in the console, each
// step by whoever it is for: until everybody can read the reply.
func taskForce(t *testing.T, j *journeys) {
	t.Helper()
	number, code := j.letterToPublish()
	force, second, unit := j.clerk(t, "taskforce1"), j.clerk(t, "taskforce2"), j.clerk(t, "traffic")
	for _, b := range []*tab{force, second} {
		b.toDispatch(number)
	}
	unit.open("/console/tickets?aspect=open")
	unit.until("the whole inbox", `[...document.querySelectorAll('.head select')].every((s) => s.options.length > 1) && document.querySelector('.count').innerText.includes('件')`)
	unit.steady("the inbox while a ticket comes", func() {
		force, second = dispatchedOnce(force, second)
		unit.has(".count button")
	})
	unit.takes(".count button", "列表有变化")
	unit.picks("#row-" + number)
	second.steady("the page of a ticket while others work on it", func() {
		unit.makes("签收")
		extended(unit, force)
		draftedOverACrash(unit)
		second.has(".where button")
	})
	second.takes(".where button", "有新的变化")
	second.until("what others did", `['申请延期', '拟稿', '送审'].every((s) => document.querySelector('.steps').innerText.includes(s))`)
	head := j.clerk(t, "traffic-head")
	readByTwo(head, force, number)
	madePublic(j, unit, []*tab{head, force, j.clerk(t, "leader")})

	c := j.citizen(t)
	c.lookUp(number, code)
	c.shows("信号灯已经修好")
	c.click(`main a[href^="/replies/"]`)
	c.shows("【姓名】：信号灯已经修好")
	for _, name := range []string{"张三", "李建国", "实验小学"} {
		if strings.Contains(c.read(`document.body.innerText`), name) {
			t.Errorf("everybody reads %s", name)
		}
	}
	c.accessible("published reply")
}

// letterToPublish is a letter whose writer agrees that the answer is published.
func (j *journeys) letterToPublish() (number, code string) {
	r := j.site.call(http.MethodPost, "/api/v1/letters", "",
		`{"kind":"help","title":"学校门口信号灯坏了","text":"我是张三，实验小学门口的信号灯坏了三天。","category":"traffic","contact":{"name":"张三","phone":"13800138000"},"publish_consent":true}`)
	return fmt.Sprint(r["number"]), fmt.Sprint(r["query_code"])
}

// toDispatch fills in where a letter is to go.
func (b *tab) toDispatch(number string) {
	b.t.Helper()
	b.open("/console/tickets/" + number)
	b.has(".clock .face")
	b.presses("d")
	b.picks(`.move-form input[type="radio"]`)
	b.fill("#move-note", "请尽快修复。")
	b.until("what will happen", `document.querySelector('.preview')?.innerText.includes('待签收')`)
}

// dispatchedOnce lets two of the task force give the ticket away in the same moment.
// One does, the other is told and has lost no word; whoever did comes back first.
func dispatchedOnce(one, two *tab) (did, missed *tab) {
	race(one, two, ".move-form button", "派单")
	const decided = `!document.querySelector('.move-form') || document.querySelector('.move-form .changed')`
	one.until("who dispatched", decided)
	two.until("who dispatched", decided)
	did, missed = one, two
	if one.read(`String(!!document.querySelector('.move-form'))`) == "true" {
		did, missed = two, one
	}
	did.until("the dispatch", `document.querySelector('main').innerText.includes('待签收')`)
	missed.until("that somebody else was faster", `document.querySelector('.move-form .changed').innerText.includes('待签收')`)
	if missed.read(`document.querySelector('#move-note').value`) != "请尽快修复。" {
		missed.t.Error("the words of whoever was slower are gone")
	}
	missed.shot("console-dispatch-missed")
	missed.presses("\x1b")
	return did, missed
}

// makes opens the dialog of a move and makes it, as it stands there.
func (b *tab) makes(move string, fill ...func()) {
	b.t.Helper()
	b.takes("main .bar button", move)
	b.has(".move-form")
	for _, f := range fill {
		f()
	}
	b.until("what will happen", `document.querySelector('.preview dl')`)
	b.takes(".move-form .acts button:not([disabled])", move)
	b.until(move, `!document.querySelector('.move-form')`)
}

// extended asks for more time and gets it.
func extended(unit, force *tab) {
	unit.makes("申请延期", func() {
		unit.fill("#move-days", "2")
		unit.chooses("#move-reason", "")
	})
	force.do(reload())
	force.takes(".work button", "同意")
	force.has(".move-form")
	force.until("what will happen", `document.querySelector('.preview dl')`)
	force.takes(".move-form .acts button", "同意延期")
	unit.do(reload())
	unit.until("more time", `document.querySelector('.steps').innerText.includes('同意延期') && !document.querySelector('#extension-title')`)
}

// draftedOverACrash writes the reply while the program is killed and started again,
// and over a reload: it is kept, and saved once.
func draftedOverACrash(unit *tab) {
	unit.fill("#reply-text", answered)
	unit.chooses("#reply-outcome", "")
	unit.site.kill()
	unit.has(".cut")
	unit.fill("#reply-text", rest)
	unit.takes(".work .acts button", "保存")
	unit.until("that it was not saved", `document.querySelector('.work [role="alert"]')?.innerText.includes('填写的内容还在')`)
	unit.site.start()
	unit.do(reload())
	unit.until("what was written", `document.querySelector('#reply-text')?.value === `+quote(answered+rest))
	unit.accessible("console, a reply")
	unit.takes(".work .acts button", "保存并送审")
	unit.until("the one draft, submitted", `document.querySelector('.work').innerText.includes('等待“单位审核”') && !document.querySelector('.work').innerText.includes('以前的')`)
}

// readByTwo lets the head of the unit and the task force read the reply, and sends it.
func readByTwo(head, force *tab, number string) {
	for _, reader := range []*tab{head, force} {
		reader.open("/console/tickets/" + number)
		reader.has(".clock .face")
		reader.makes("审核通过", func() { reader.ticks(".move-form") })
	}
	force.makes("发出答复")
	force.until("the reply to be sent", `document.querySelector('.work').innerText.includes('发出') && document.querySelector('main .where').innerText.includes('已答复')`)
}

// ticks every box within, one after the other.
func (b *tab) ticks(within string) {
	b.t.Helper()
	b.has(within + ` input[type="checkbox"]`)
	b.until("every box to be ticked", `(() => { const open = document.querySelector(`+quote(within+` input[type="checkbox"]:not(:checked)`)+`); open?.click(); return !open; })()`)
}

// madePublic decides to publish the reply, hides who is named, and lets three review
// what three proofread.
func madePublic(j *journeys, unit *tab, reviewers []*tab) {
	unit.do(reload())
	unit.has("#disclose-why")
	unit.chooses("#disclose-why", "处理后公开")
	unit.takes(".work form button", "决定")
	unit.has(`.work fieldset input[value="hide"]`)
	unit.accessible("console, passages to hide")
	unit.read(`(document.querySelectorAll('.work fieldset input[value="hide"]').forEach((e) => e.click()), '')`)
	unit.picks(".work form details summary")
	unit.fill("#hide-words", "实验小学")
	unit.takes(".work form button", "保存所选的各处")
	unit.until("all of it confirmed", `document.querySelector('.work').innerText.includes('（已确认）') && !document.querySelector('.work').innerText.includes('没有确认')`)
	unit.takes(`.work a[href*="/reviews/"]`, "公开的稿件")
	unit.takes("aside button", "送审")
	unit.takes(".el-dialog button", "送审")
	unit.shows("等待“一校”")

	id := strings.TrimPrefix(unit.read(`location.pathname`), "/console/reviews/")
	proofreaders := []string{j.site.join("proof1", "traffic", "handler"), j.site.join("proof2", "office-open", "editor"), j.site.join("proof3", "office-open", "editor")}
	for i, reviewer := range reviewers {
		j.site.does(id, proofreaders[i], `{"move":"pass","gates":["political","legal","policy","secrecy","wording"]}`)
		reviewer.passes(id)
	}
	leader := reviewers[len(reviewers)-1]
	leader.takes("aside button", "发布")
	leader.takes(".el-dialog button", "发布")
	leader.shows("已发布")
}

// passes finds the text among those that wait, and lets it pass.
func (b *tab) passes(id string) {
	b.t.Helper()
	b.open("/console/reviews")
	b.picks(`a[href="/console/reviews/` + id + `"]`)
	b.ticks("aside .gates")
	b.takes("aside button", "通过")
	b.until("the step to be done", `!document.querySelector('aside .gates')`)
}
