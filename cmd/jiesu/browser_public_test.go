package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// What a page may weigh, all of it, and how late it may show something, in
// milliseconds. The second is a promise for a machine of its own. Here others
// work too: what was seen is printed, and only half of the pages taking five
// times as long is a failure.
const (
	mostBytes     = 60 << 10
	latestPaint   = 1000
	sharedMachine = 5
)

// publicPages are the pages for everybody, by name.
func publicPaths() map[string]string {
	return map[string]string{
		"home": "/", "ask": "/ask", "chat": "/chat", "letter": "/letters/new", "progress": "/letters", "hotlines": "/hotlines",
		"library": "/library", "category": "/library?category=%E8%BA%AB%E4%BB%BD%E8%AF%81", "entry": "/library/id-card-lost", "about": "/about",
		"deadlines": "/deadlines", "consultations": "/consultations", "replies": "/replies", "figures": "/replies/statistics", "notices": "/notices", "missing": "/no-such-page",
	}
}

// everyPage looks at each page on a desk, a tablet and a small phone, as
// everybody and as elders see it. 320 wide is also 1280 at 400 %.
func everyPage(b *tab) {
	for name, path := range publicPaths() {
		b.do(chromedp.EmulateViewport(1280, 900))
		b.open(path)
		b.until("the page", `document.querySelector('h1')`)
		for _, mode := range []string{"", " for elders"} {
			b.read(`(document.documentElement.classList.toggle('large', ` + strconv.FormatBool(mode != "") + `), '')`)
			b.do(chromedp.EmulateViewport(1280, 900))
			b.accessible(name + mode)
			b.shot(name + mode + "-1280")
			for _, width := range []int64{768, 320} {
				b.do(chromedp.EmulateViewport(width, 800, chromedp.EmulateMobile))
				b.fits(name + mode)
				b.shot(name + mode + "-" + strconv.FormatInt(width, 10))
			}
		}
	}
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	b.open("/hotlines")
	if tall := b.read(`[...document.querySelectorAll('section.lines')].filter((s) => s.getBoundingClientRect().height > innerHeight).map((s) => s.querySelector('h2').innerText).join('、')`); tall != "" {
		b.t.Errorf("these numbers do not fit one screen of a phone: %s", tall)
	}
}

// budgets opens each page for the first time on a slow phone.
func budgets(b *tab) {
	const slowdown, roundTrip, bytesPerSecond = 4, 150, 1.6e6 / 8 // as Lighthouse has it
	b.do(chromedp.EmulateViewport(390, 800, chromedp.EmulateMobile))
	b.conditions(network.Conditions{Latency: roundTrip, DownloadThroughput: bytesPerSecond, UploadThroughput: bytesPerSecond})
	b.command(func() error {
		if _, err := chromedp.Call(b.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
			return err
		}
		_, err := chromedp.Call(b.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slowdown})
		return err
	})
	var names []string
	for name := range publicPaths() {
		names = append(names, name)
	}
	slices.Sort(names)
	var paints []int
	for _, name := range names {
		b.open(publicPaths()[name])
		b.until("something to be seen", `performance.getEntriesByName('first-contentful-paint').length > 0 && document.readyState === 'complete'`)
		weight := b.number(`performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource')).reduce((sum, e) => sum + e.transferSize, 0)`)
		paint := b.number(`performance.getEntriesByName('first-contentful-paint')[0].startTime`)
		b.t.Logf("%-13s %5.1f KB, first paint after %4d ms", name, float64(weight)/(1<<10), paint)
		if weight == 0 || weight > mostBytes {
			b.t.Errorf("%s weighs %d bytes, at most %d are allowed", name, weight, mostBytes)
		}
		paints = append(paints, paint)
		b.contained(name)
	}
	slices.Sort(paints)
	if median := paints[len(paints)/2]; median > sharedMachine*latestPaint {
		b.t.Errorf("half of the pages show nothing for %d ms", median)
	}
}

// lostConnection writes a letter over a connection that breaks: what may answer
// it is shown meanwhile, nothing jumps, nothing typed is lost, and it is one letter.
func lostConnection(b *tab) {
	b.open("/letters/new")
	b.shifts()
	b.click("#kind-consult")
	b.fill("#title", sure)
	b.until("what may answer it", `document.querySelector('.beforehand details summary')?.innerText.includes('相近的问答')`)
	if n := b.read(`String(window.shifted)`); n != "0" {
		b.t.Errorf("the page jumped by %s while it was read", n)
	}
	b.read(`(document.querySelector('.beforehand details').open = true, '')`)
	b.until("an answer", `document.querySelector('.beforehand .offer summary')?.innerText.includes('身份证')`)
	b.accessible("letter with suggestions")
	b.shot("letter-suggestions")
	b.read(`(document.querySelector('.beforehand details').open = false, '')`)
	b.fill("#body", "补办要带什么，我在外地。")
	b.click("#keep")
	b.open("/letters/new")
	b.until("the unfinished letter", `document.querySelector('#body').value.includes('我在外地')`)
	b.click("#kind-report")
	b.until("that nothing of a report is kept", `sessionStorage.length === 0 && document.querySelector('[data-keep]').hidden`)
	b.click("#kind-consult")
	b.until("the answer again", `document.querySelector('input[name=seen]').value === '1'`)
	b.cuts()
	b.click("#letter button[type=submit]")
	b.shows("没有发出去")
	b.shot("letter-offline")
	if got := b.read(`document.querySelector('#body').value`); !strings.Contains(got, "我在外地") {
		b.t.Errorf("what was typed is lost: %q", got)
	}
	b.mends()
	b.site.kill()
	b.site.start()
	b.click("#letter button[type=submit]")
	b.shows("已收到您的来信")
	b.accessible("receipt in the same page")
	if b.read(`String(sessionStorage.length)`) != "0" || b.read(`location.pathname`) != "/letters/new" {
		b.t.Error("something of the letter is still in the browser")
	}
	b.printed("#query-code", false)
	b.read(`(document.querySelector('#print-code').checked = true, '')`)
	b.printed("#query-code", true)
	number, code := b.read(`document.querySelector('#number').innerText`), b.read(`document.querySelector('#query-code').innerText`)
	b.lookUp(number, code)
	b.shows("为什么是这一天")
	b.read(`(document.querySelector('details.days').open = true, '')`)
	b.shows("工作日")
	b.accessible("progress with its reason")
	b.shot("progress-reason")
	b.printed(".timeline", true)
	b.printed("form", false)
}

// asksToCopy is what somebody meets who looks up very often.
func asksToCopy(b *tab) {
	for tries := 0; b.site.guesses(tries) != "captcha.needed"; tries++ {
		if tries > 20 {
			b.t.Fatal("nobody asked")
		}
	}
	b.open("/letters")
	b.fill("#number", "261130-0000-1000")
	b.fill("#code", "0000-0000-0000-0000")
	b.click("main form button")
	b.until("the question", `document.querySelector('#number')?.value === '261130-0000-1000' && document.querySelector('.captcha-words')`)
	b.accessible("form with a question")
	b.shot("captcha")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("form with a question")
	b.fill("#code", "0000-0000-0000-0000")
	b.fill("#captcha-answer", b.read(`document.querySelector('.captcha-words').innerText`))
	b.click("main form button")
	b.shows("没有查到")
}

// guesses looks up the n-th letter in vain, and returns why.
func (h *site) guesses(n int) string {
	h.t.Helper()
	r, err := http.Post(h.url("/api/v1/letters/lookup"), "application/json", strings.NewReader(fmt.Sprintf(`{"number":"261130-0000-%d","query_code":"0000"}`, 2000+n)))
	if err != nil {
		h.t.Fatal(err)
	}
	var got struct{ Code string }
	err = json.NewDecoder(r.Body).Decode(&got)
	_ = r.Body.Close()
	if err != nil {
		h.t.Fatal(err)
	}
	return got.Code
}

// conditions changes the network of the tab.
func (b *tab) conditions(c network.Conditions) {
	b.t.Helper()
	b.command(func() error {
		_, err := chromedp.Call(b.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&c}})
		return err
	})
}

func (b *tab) command(do func() error) {
	b.t.Helper()
	if err := do(); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) number(expression string) int {
	b.t.Helper()
	n, err := strconv.Atoi(b.read(`String(Math.round(` + expression + `))`))
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// shifts begins to add up in window.shifted by how much the page jumps without
// anybody having touched it.
func (b *tab) shifts() {
	b.t.Helper()
	b.read(`(window.shifted = 0, new PerformanceObserver((list) => {
		for (const e of list.getEntries()) { if (!e.hadRecentInput) { window.shifted += e.value; } }
	}).observe({ type: 'layout-shift', buffered: true }), '')`)
}

// printed fails unless something is, or is not, on paper.
func (b *tab) printed(selector string, want bool) {
	b.t.Helper()
	media := func(m string) {
		b.command(func() error {
			_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: m})
			return err
		})
	}
	media("print")
	if got := b.read(`String(document.querySelector(` + quote(selector) + `).getClientRects().length > 0)`); got != strconv.FormatBool(want) {
		b.t.Errorf("%s on paper: %s, want %v", selector, got, want)
	}
	media("")
}
