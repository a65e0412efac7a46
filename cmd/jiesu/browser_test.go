package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	sure  = "身份证丢了怎么补办？"
	vague = "驾驶证"
)

func unclear() []string {
	return []string{vague, "身份证", "户口", "护照", "养狗", "居住证", "驾照怎么办", "身份证怎么办理", "电动车", "交通事故"}
}

func unknown() []string {
	return []string{"明天股票会涨吗", "帮我写一首诗", "今天晚饭吃什么好", "推荐一部电影"}
}

// TestBrowser walks the citizen's journeys in a real browser.
func TestBrowser(t *testing.T) {
	chromium, axe := needs(t)
	h := newSite(t)
	b := browser(t, chromium)
	for _, journey := range []struct {
		name string
		walk func(*tab)
	}{
		{"every page", everyPage},
		{"weight and first paint", budgets},
		{"a letter over a lost connection", lostConnection},
		{"ask and get an answer", askAndGetAnAnswer},
		{"answers are rated", rateAnswers},
		{"ask, choose, get an answer", askAndChoose},
		{"none of the options", noneOfTheOptions},
		{"two questions in one message", twoQuestions},
		{"a follow-up", followUp},
		{"out of scope", outOfScope},
		{"emergency", emergency},
		{"leave a letter without JavaScript and look it up", leaveALetter},
		{"what one does with the own letter", ownLetter},
		{"an opinion on a consultation, without JavaScript", giveAnOpinion},
		{"an emergency notice", readAnEmergency},
		{"a form with mistakes", formWithMistakes},
		{"when must it be answered, without JavaScript", workOutADate},
		{"large print", largePrint},
		{"chat over reloads", chatOverReloads},
		{"chat asks back twice at most", chatAsksBack},
		{"chat goes on about the same thing", chatGoesOn},
		{"chat over a crash", chatOverACrash},
		{"chat into a ticket", chatIntoATicket},
		{"chat on another page", chatEmbedded},
		{"chat without websockets", chatOverHTTP},
		{"API reference", reference},
		{"very many look-ups", asksToCopy},
	} {
		t.Run(journey.name, func(t *testing.T) { journey.walk(newTab(t, b, h, axe)) })
	}
}

func askAndGetAnAnswer(b *tab) {
	b.open("/")
	b.fill("#text", sure)
	b.click(".ask-box button")
	b.shows("依据")
	b.shows("版")
	b.shows(sure)
	b.accessible("answer")
	b.shot("answer")
	if strings.Contains(b.read(`location.href`), "text") {
		b.t.Error("the question became part of the address")
	}
}

// rateAnswers rates one in the chat and one on the page.
func rateAnswers(b *tab) {
	b.open("/chat")
	b.say(sure)
	b.hears(2)
	b.until("the rating", chatRoot+`?.querySelector('.rate')`)
	b.accessible("chat with rating")
	b.shot("chat-rating")
	b.read(`(` + chatRoot + `.querySelector('.rate button').click(), '')`)
	b.until("thanks", chatRoot+`?.querySelector('.rate')?.innerText.includes('谢谢')`)
	if focused := b.read(chatRoot + `.activeElement?.innerText ?? ''`); focused != "谢谢您的评价" {
		b.t.Errorf("the focus is lost: %q", focused)
	}
	b.open("/chat")
	b.hears(2)
	b.until("the memory of the rating", `[...`+chatRoot+`.querySelectorAll('.meta')].some((m) => m.innerText === '已经评价')`)
	b.open("/ask")
	b.fill("#text", sure)
	b.click("main form button")
	b.shows("有用吗")
	b.click(`.rate button[value="1"]`)
	b.shows("已经收到您的评价")
	b.shot("page-rating")
	b.accessible("rated answer")
}

func askAndChoose(b *tab) {
	question := b.site.decide("clarify", unclear()...)
	b.open("/ask")
	b.fill("#text", question)
	b.click("main form button")
	b.shows("您想问的是哪一个")
	b.accessible("clarify")
	b.shot("clarify")
	choice := b.read(`document.querySelector('.option').firstChild.textContent`) // a hint may follow
	b.click(".option")
	b.until("the chosen answer", `document.querySelector('h1')?.innerText.trim() === `+quote(strings.TrimSpace(choice)))
	b.shows("依据")
	b.click(".rate button")
	b.shows("已经收到您的评价")
}

// noneOfTheOptions refuses whatever is offered, without JavaScript, until the
// question is left to people.
func noneOfTheOptions(b *tab) {
	b.withoutScript()
	b.open("/ask")
	b.fill("#text", b.site.decide("clarify", unclear()...))
	b.click("main form button")
	b.shows("您想问的是哪一个")
	seen := map[string]bool{}
	for round := 1; b.read(`document.querySelector('h1').innerText`) == "您想问的是哪一个？"; round++ {
		if round > 2 {
			b.t.Fatal("asked back a third time")
		}
		b.shot(fmt.Sprint("clarify-round-", round))
		b.fits("clarify")
		for o := range strings.SplitSeq(b.read(`[...document.querySelectorAll('.option:not(.option-none)')].map((o) => o.value).join(' ')`), " ") {
			if seen[o] {
				b.t.Errorf("%s is offered again", o)
			}
			seen[o] = true
		}
		b.read(`(document.documentElement.dataset.old = '1', '')`)
		b.click(".option-none")
		b.until("the next page", `!document.documentElement.dataset.old && document.querySelector('h1')`)
	}
	b.shows("问答库里没有现成的答案")
	b.shot("clarify-none")
	b.click(".handover button")
	b.until("the letter form", `document.querySelector('#body')?.value.length > 0`)
}

func twoQuestions(b *tab) {
	b.open("/ask")
	b.fill("#text", sure+"另外护照多久能办好？还有公积金怎么提取？")
	b.click("main form button")
	b.until("three answers", `document.querySelectorAll('.part > h2').length === 3`)
	b.shows("12329")
	b.accessible("several answers")
	b.shot("several")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("several answers")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.open("/chat")
	b.say(sure + "另外护照多久能办好？还有公积金怎么提取？")
	b.hears(2)
	b.until("three answers", chatRoot+`.querySelectorAll('[data-seq="2"] .q').length === 3 && `+chatRoot+`.querySelectorAll('[data-seq="2"] .part').length === 2`)
	b.accessible("chat with several answers")
	b.shot("chat-several")
}

func followUp(b *tab) {
	b.withoutScript()
	b.open("/ask")
	b.fill("#text", sure)
	b.click("main form button")
	b.shows("接着问，或者问别的事")
	b.fill("#text", "那要多少钱？")
	b.click(".panel button")
	b.until("what it costs", `document.querySelector('.evidence a')?.innerText === 'id-card-fee'`)
	b.shot("follow-up")
	b.fill("#text", b.site.decide("none", unknown()...))
	b.click(".panel button")
	b.shows("问答库里没有现成的答案")
	b.fill("#text", "那要多少钱？")
	b.click(".panel button")
	b.until("that nothing is talked about", `document.querySelector('.asked')?.innerText.includes('那要多少钱') && !document.querySelector('.evidence')`)
}

func outOfScope(b *tab) {
	b.open("/ask")
	b.fill("#text", "公积金怎么提取")
	b.click("main form button")
	b.shows("住房公积金管理中心")
	b.until("the number to call", `document.querySelector('.call-row a')?.getAttribute('href') === 'tel:12329'`)
	b.accessible("out of scope")
	b.shot("out-of-scope")
	b.open("/chat")
	b.say("信用卡逾期了怎么办")
	b.hears(2)
	b.until("the number to call", chatRoot+`.querySelector('.calls a')?.getAttribute('href') === 'tel:12378'`)
	b.shot("chat-out-of-scope")
}

func chatAsksBack(b *tab) {
	b.open("/chat")
	b.say(b.site.decide("clarify", unclear()...))
	b.hears(2)
	b.accessible("chat with a choice")
	b.shot("chat-choice")
	heard := 2
	for round := 1; b.read(`String(`+chatRoot+`.querySelectorAll('[data-seq="`+strconv.Itoa(heard)+`"] .options').length)`) == "1"; round++ {
		if round > 2 {
			b.t.Fatal("asked back a third time")
		}
		b.read(`(` + chatRoot + `.querySelector('[data-seq="` + strconv.Itoa(heard) + `"] .act.none').click(), '')`)
		heard += 2
		b.hears(heard)
	}
	b.until("the offer to leave it to people", chatRoot+`.querySelector('[data-seq="`+strconv.Itoa(heard)+`"] .act.main')?.innerText === '留给专班办理'`)
	b.shot("chat-none-of-these")
}

func chatGoesOn(b *tab) {
	b.open("/chat")
	b.say(sure)
	b.hears(2)
	b.say("那要多少钱？")
	if said := b.hears(4); !strings.Contains(said[3], "办身份证要多少钱") {
		b.t.Errorf("goes on with %s", said[3])
	}
	b.open("/chat") // another page, the same conversation
	b.say("多久能拿到")
	if said := b.hears(6); !strings.Contains(said[5], "办身份证多久能拿到") {
		b.t.Errorf("goes on with %s", said[5])
	}
	b.shot("chat-goes-on")
}

func emergency(b *tab) {
	b.open("/ask")
	b.fill("#text", "我家着火了，快来人")
	b.click("main form button")
	b.shows("请马上打电话")
	b.accessible("emergency")
	b.shot("emergency")
	if first := b.read(`document.querySelector('main a').getAttribute('href')`); first != "tel:119" {
		b.t.Errorf("the first thing on the page is %s", first)
	}
	b.click(".handover button")
	b.until("the letter form", `document.querySelector('#body')?.value.includes('着火')`)
}

func leaveALetter(b *tab) {
	b.withoutScript()
	b.open("/letters/new")
	b.click("#kind-report")
	b.fill("#title", "路口经常有人<b>赌博</b>")
	b.fill("#body", "每天晚上八点，在菜市场后面。")
	b.click("form.letter button")
	b.shows("已收到您的来信")
	b.shows("最晚答复")
	b.shot("receipt")
	number, code := b.read(`document.querySelector('#number').innerText`), b.read(`document.querySelector('#query-code').innerText`)
	if len(strings.ReplaceAll(code, "-", "")) < 16 {
		b.t.Errorf("query code %q is shorter than 80 bits", code)
	}
	b.open("/letters")
	b.fill("#number", strings.ReplaceAll(number, "-", ""))
	b.fill("#code", strings.ToLower(code))
	b.click("main form button")
	b.shows(number)
	b.shows("举报")
	b.shows("办理经过")
	b.shot("timeline")
	b.fill("#number", number)
	b.fill("#code", "0000-0000-0000-0000")
	b.click("main form[action='/letters'] button")
	b.shows("没有查到")
}

// workOutADate asks from the letter form when an answer is due, over a new year
// that is not published yet.
func workOutADate(b *tab) {
	b.open("/deadlines?kind=complaint&channel=web&date=2026-12-28&time=09:30")
	b.until("the date", `document.querySelector('.due-date')?.innerText.includes('2027年1月')`)
	b.shows("暂定")
	b.shows("工作日")
	b.accessible("date worked out")
	b.shot("deadline-due")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("date worked out")
	b.shot("deadline-due-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.withoutScript()
	b.open("/letters/new")
	b.click(`a[href="/deadlines"]`)
	b.until("the form", `document.querySelector('#kind-consult')?.checked && document.querySelector('#date').value.startsWith('20') && document.querySelector('#time').value`)
	b.click("#channel-12345")
	b.click("main form button")
	b.shows("12345咨询、求助工单：3个工作日")
	b.shows("一天一天怎么算")
	b.shot("deadline-hotline")
}

func formWithMistakes(b *tab) {
	b.open("/letters/new")
	b.click("#kind-help")
	b.read(`(document.querySelector('form.letter').noValidate = true, '')`)
	b.fill("#body", "内容还在")
	b.fill("#phone", "不是电话")
	b.click("form.letter button")
	b.shows("标题不能为空")
	b.accessible("letter with mistakes")
	b.shot("mistakes")
	if b.read(`document.querySelector('#body').value`) != "内容还在" || b.read(`document.activeElement.className`) != "problems" {
		b.t.Error("the form lost what was typed, or the focus is not on what to do")
	}
	b.fill("#title", "标题")
	b.read(`(document.querySelector('#phone').value = '', '')`)
	b.click("form.letter button")
	b.shows("已收到您的来信")
	b.accessible("receipt")
}

func largePrint(b *tab) {
	b.open("/hotlines")
	b.click(".print-button")
	b.until("large print", `document.documentElement.classList.contains('large') && document.cookie.includes('jiesu_large=1')`)
	b.open("/letters/new")
	b.until("large print to stay", `getComputedStyle(document.body).fontSize === '24px'`)
	b.accessible("letter in large print")
	b.shot("large")
	b.do(chromedp.EmulateViewport(320, 700))
	b.fits("letter in large print")
	b.withoutScript()
	b.open("/about")
	b.click(".print-button")
	b.until("standard print without JavaScript", `getComputedStyle(document.body).fontSize === '18px' && location.pathname === '/about'`)
}

func chatOverReloads(b *tab) {
	b.open("/chat")
	b.say(sure)
	first := b.hears(2)
	b.accessible("chat with an answer")
	b.shot("chat")
	b.open("/chat")
	if again := b.hears(2); !slices.Equal(first, again) {
		b.t.Errorf("after a reload the chat shows\n%q\ninstead of\n%q", again, first)
	}
	b.say(b.site.decide("clarify", unclear()...))
	b.hears(4)
	b.shot("chat-clarify")
	b.read(`(` + chatRoot + `.querySelector('.options button').click(), '')`)
	b.hears(6)
	b.do(chromedp.EmulateViewport(390, 800))
	b.shot("chat-390")
	b.fits("chat")
}

func chatOverACrash(b *tab) {
	b.open("/chat")
	b.say("第一句：" + sure)
	b.hears(2)
	b.site.kill()
	b.say("第二句：护照丢了怎么办")
	b.until("the word of the broken line", chatRoot+`.querySelector('.state')?.innerText.includes('重新连接')`)
	b.shot("chat-broken")
	b.say("第三句：驾驶证丢了怎么补")
	b.site.start()
	said := b.hears(6)
	for i, want := range []string{"第一句", "第二句", "第三句"} {
		if n := strings.Count(strings.Join(said, "\n"), want+"："); n != 1 || !strings.Contains(said[2*i], want) {
			b.t.Errorf("%s is there %d times, or out of order: %q", want, n, said)
		}
	}
}

func chatIntoATicket(b *tab) {
	b.open("/chat")
	b.say(b.site.decide("none", unknown()...))
	b.hears(2)
	b.read(`(` + chatRoot + `.querySelector('.log .act.main').click(), '')`)
	b.until("the form", chatRoot+`.querySelector('.form:not([hidden])') && `+chatRoot+`.activeElement.id === 'name'`)
	b.accessible("hand-over form")
	b.shot("chat-leave")
	b.read(`(` + chatRoot + `.querySelector('.form button[type=submit]').click(), '')`)
	b.until("the receipt", chatRoot+`.querySelectorAll('.receipt .code').length === 2`)
	b.accessible("chat with a receipt")
	b.shot("chat-receipt")
	number, code := b.read(chatRoot+`.querySelectorAll('.receipt .code')[0].innerText`), b.read(chatRoot+`.querySelectorAll('.receipt .code')[1].innerText`)
	b.open("/letters")
	b.fill("#number", number)
	b.fill("#code", code)
	b.click("main form button")
	b.shows("办理经过")
	b.shows(number)
}

// chatEmbedded puts the chat on a page as any site would: one script, one tag.
func chatEmbedded(b *tab) {
	b.open("/about")
	b.embed("问一问<b>民警</b>")
	b.until("the button", chatRoot+`?.querySelector('.launch')?.innerText.includes('<b>')`)
	b.read(`(` + chatRoot + `.querySelector('.launch').click(), '')`)
	b.until("the panel", chatRoot+`.querySelector('.panel:not([hidden])') && `+chatRoot+`.activeElement.id === 'say'`)
	b.accessible("page with the chat")
	b.shot("chat-embedded")
	b.say("<img src=x onerror=alert(1)>我家着火了")
	b.hears(2)
	b.until("the numbers", chatRoot+`.querySelector('[role=alert] a')?.getAttribute('href') === 'tel:119'`)
	if n := b.read(`String(` + chatRoot + `.querySelectorAll('img').length)`); n != "0" {
		b.t.Error("what somebody wrote became markup")
	}
	b.do(chromedp.KeyEvent("\x1b"))
	b.until("the panel to close", chatRoot+`.querySelector('.panel[hidden]') && `+chatRoot+`.activeElement.className === 'launch'`)
}

// chatOverHTTP is what a proxy that swallows websockets leaves.
func chatOverHTTP(b *tab) {
	b.open("/about")
	b.read(`(window.WebSocket = class { constructor() { throw new Error('blocked') } }, '')`)
	b.embed("在线对话")
	b.until("the button", chatRoot+`?.querySelector('.launch')`)
	b.read(`(` + chatRoot + `.querySelector('.launch').click(), '')`)
	b.say(sure)
	b.hears(2)
	b.say("护照丢了怎么办")
	b.hears(4)
}

func reference(b *tab) {
	b.open("/docs")
	const wait = 2 * time.Minute // the reader takes the whole description apart before it shows anything
	b.untilWithin(wait, "the operations", `document.querySelector('rapi-doc')?.shadowRoot?.textContent.includes('/api/v1/letters')`)
	b.contained("API reference")
	b.shot("docs")
}
