package main

import (
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const ownPassword = "four words in a row"

// TestStaffBrowser walks the editor's journey in a real browser: signing in,
// asking why, confirming what citizens taught, reading the week.
func TestStaffBrowser(t *testing.T) {
	chromium, axe := needs(t)
	h := newSite(t)
	open := browser(t, chromium)
	citizen := newTab(t, open, h, axe)
	citizenRates(citizen)
	b := newTab(t, open, h, axe)
	for _, step := range []struct {
		name string
		walk func(*tab)
	}{
		{"sign in with a password of one's own", signInAsTaskForce},
		{"why a question is answered so", whySo},
		{"confirm a label", confirmLabel},
		{"the week", readTheWeek},
		{"who is behind", whoIsBehind},
		{"what many ask is answered", answerAGap},
		{"a text is read and sent back", readAText},
		{"a text is written", writeAText},
		{"somebody is called, and a rating appealed against", callSomebody},
		{"a call is taken", takeACall},
		{"a reply is made public", discloseAReply},
		{"letters of another mailbox", importLetters},
		{"a signal is assessed", assessASignal},
		{"other systems hear of tickets", keepEndpoints},
		{"how one is told", chooseHowToHear},
		{"a letter is given to a platform", giveALetterAway},
		{"the library", keepTheLibrary},
		{"without JavaScript", staffWithoutScript},
		{"sign out", signOut},
	} {
		if !t.Run(step.name, func(t *testing.T) { b.t = t; step.walk(b) }) {
			return // each step stands where the one before has led
		}
	}
}

// citizenRates leaves an answer rated in the chat and one on the page.
func citizenRates(b *tab) {
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
	b.read(`(Promise.all([...'甲乙丙丁戊己庚辛壬癸'].map((session) => fetch('/api/v1/ask', {method: 'POST', headers: {'Content-Type': 'application/json'},
		body: JSON.stringify({text: '平衡车能上路吗', session})}))).then(() => { document.title = 'asked' }), '')`)
	b.until("ten people asking the same", `document.title === 'asked'`)
}

// firstPassword is what the first start printed for an account.
func (h *site) firstPassword(login string) string {
	h.t.Helper()
	m := regexp.MustCompile(`(?m)^` + login + ` +(\S+)`).FindStringSubmatch(h.log.String())
	if m == nil {
		h.t.Fatalf("no password of %s in the log", login)
	}
	return m[1]
}

func signInAsTaskForce(b *tab) {
	b.open("/staff/labels")
	b.until("the sign-in form", `location.pathname === '/staff/sign-in'`)
	b.accessible("sign in")
	b.shot("staff-sign-in")
	b.fill("#login", "taskforce1")
	b.fill("#password", "a wrong password")
	b.click("main form button")
	b.shows("账号或密码不正确")
	b.accessible("sign in refused")
	b.shot("staff-refused")
	first := b.site.firstPassword("taskforce1")
	b.fill("#password", first)
	b.do(chromedp.KeyEvent("\r"))
	b.shows("请先改成自己的密码")
	b.accessible("password")
	b.shot("staff-password")
	b.fill("#old", first)
	b.fill("#new", ownPassword)
	b.click("main form button")
	b.shows("请用新密码登录")
	b.fill("#login", "taskforce1")
	b.fill("#password", ownPassword)
	b.click("main form button")
	b.shows("专班民警甲，您好")
	b.accessible("desk")
	b.shot("staff-desk")
}

func whySo(b *tab) {
	b.click(`.tile[href="/staff/explain"]`)
	b.fill("#text", "我电话13800138000，身份证丢了咋整")
	b.click("main form button")
	b.shows("结论")
	b.shows("候选条目")
	if page := b.read(`document.body.innerText`); regexp.MustCompile(`13800138000`).MatchString(page) {
		b.t.Error("the page shows a telephone number")
	}
	b.accessible("explanation")
	b.shot("staff-explain")
	b.click(".candidates summary")
	b.until("the sum", `document.querySelector('.candidates .sum')?.offsetHeight > 0`)
	b.accessible("explanation, opened")
	b.shot("staff-explain-sum")
	for _, width := range []int64{390, 320} {
		b.do(chromedp.EmulateViewport(width, 800, chromedp.EmulateMobile))
		b.fits("explanation")
	}
	b.shot("staff-explain-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.click("#entry-none")
	b.click(".panel:last-of-type button")
	b.until("the queue", `location.pathname === '/staff/labels'`)
	b.shows("经办人更正为问答库里没有")
}

func confirmLabel(b *tab) {
	b.open("/staff/labels")
	b.shows("评价有用")
	b.accessible("labels")
	b.shot("staff-labels")
	b.do(chromedp.EmulateViewport(320, 800, chromedp.EmulateMobile))
	b.fits("labels")
	b.shot("staff-labels-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	before := b.read(`document.querySelectorAll('.label').length + ''`)
	b.click(`.label input[value="id-card-lost"]`)
	b.click(`.label button[value="confirm"]`)
	b.until("one label less", `document.querySelectorAll('.label').length === `+before+` - 1`)
	b.click(`.chips a[href$="confirmed"]`)
	b.shows("已确认，由")
	b.accessible("confirmed labels")
	b.shot("staff-confirmed")
}

func readTheWeek(b *tab) {
	ctx, tick := b.ctx, time.NewTicker(look)
	defer tick.Stop()
	for found := false; !found; { // counted within a second
		b.open("/staff/answers")
		b.until("the week", `document.querySelector('.figures')`)
		found = b.read(`document.querySelector('.figures td').innerText`) != "0"
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatal("no question was ever counted")
		}
	}
	b.shows("身份证")
	b.accessible("answers")
	b.shot("staff-answers")
	b.do(chromedp.EmulateViewport(320, 800, chromedp.EmulateMobile))
	b.fits("answers")
	b.do(chromedp.EmulateViewport(1280, 900))
}

// whoIsBehind looks at what waits, at the tickets behind a figure and at a month
// that closed when the desk was started.
func whoIsBehind(b *tab) {
	b.read(`(fetch('/api/v1/letters', {method: 'POST', headers: {'Content-Type': 'application/json'},
		body: JSON.stringify({kind: 'help', category: 'traffic', title: '路灯不亮', text: '中山路的路灯坏了。'})}).then(() => { document.title = 'sent' }), '')`)
	b.until("the letter", `document.title === 'sent'`)
	b.open("/staff/supervision")
	b.shows("最早的期限")
	b.click(`.figures a[href*="aspect=open"]`)
	b.shows("责任单位")
	b.accessible("supervision")
	b.shot("staff-supervision")
	b.do(chromedp.EmulateViewport(320, 800, chromedp.EmulateMobile))
	b.fits("supervision")
	b.shot("staff-supervision-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.open("/staff/gaps?state=watched")
	b.shows("1次是对已有答复不满意")
	b.accessible("gaps")
	b.open("/staff/scores")
	b.shows("考核")
	if b.read(`document.body.innerText.includes('还没有封存') + ''`) == "true" { // early in a month the last one waits for appeals
		now := time.Now().UTC().Add(8 * time.Hour) // in Beijing
		b.open("/staff/scores?month=" + now.AddDate(0, 0, -now.Day()-31).Format("2006-01"))
	}
	b.shows("与封存时一致")
	b.accessible("scores")
	b.shot("staff-scores")
}

// answerAGap goes from what ten people asked to the entry that answers it.
func answerAGap(b *tab) {
	b.open("/staff/gaps")
	b.shot("staff-gaps")
	b.click(`h2 a[href^="/staff/gaps/"]`)
	b.shows("10次、10人，自")
	b.accessible("gap")
	b.fill("#ticket", "none such")
	b.click(`form[action$="/draft"] button`)
	b.shows("请修改下面1处")
	b.accessible("gap with a problem")
	b.narrowAndWide("gap")
	b.read(`document.querySelector('#ticket').value = ''`)
	b.click(`form[action$="/draft"] button`)
	b.shows("自动删去的个人信息")
	b.accessible("entry for a gap")
	b.narrowAndWide("gap-entry")
}

// narrowAndWide looks at a page on a telephone and on a desk.
func (b *tab) narrowAndWide(name string) {
	b.do(chromedp.EmulateViewport(320, 800, chromedp.EmulateMobile))
	b.fits(name)
	b.shot("staff-" + name + "-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.shot("staff-" + name)
}

func staffWithoutScript(b *tab) {
	b.withoutScript()
	b.open("/staff/explain")
	b.fill("#text", vague)
	b.click("main form button")
	b.shows("结论")
	b.shot("staff-explain-vague")
}

func signOut(b *tab) {
	b.click(`form[action="/staff/sign-out"] button`)
	b.until("the sign-in form", `location.pathname === '/staff/sign-in'`)
	b.open("/staff/labels")
	b.until("the sign-in form again", `location.pathname === '/staff/sign-in'`)
}
