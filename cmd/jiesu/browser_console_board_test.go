package main

import "github.com/chromedp/chromedp"

// readTheRules tries a letter against what the desk decides by.
func readTheRules(b *tab) {
	b.open("/console/rules")
	b.has(".parts .list")
	b.click("details.card summary")
	b.fill("#trial-title", "路口信号灯坏了")
	b.fill("#trial-text", "中山路口的红绿灯坏了三天，放学时很危险。")
	b.click(`details.card button[type="submit"]`)
	b.until("where it would go", `document.querySelector('.result')?.innerText.includes('交警支队')`)
	b.accessible("console, rules and a letter tried")
	b.shot("console-rules")
	for _, part := range []string{"due", "ladders", "signals", "gaps"} {
		b.picks("#tab-" + part)
		b.until(part, `document.querySelector('#pane-`+part+`')?.getClientRects().length`)
		b.accessible("console, rules of " + part)
	}
}

// compareDistricts opens the letters behind a number of a district.
func compareDistricts(b *tab) {
	for range 5 { // fewer are not told of
		b.site.letter()
	}
	b.open("/console/signals")
	b.has("#districts")
	b.until("the letters of no district", `[...document.querySelectorAll('.figures tbody button')].length > 0`)
	b.accessible("console, districts")
	b.shot("console-districts")
	b.picks(".figures tbody button")
	b.until("the letters behind it", `document.querySelectorAll('section[aria-labelledby="behind"] tbody tr').length >= 5`)
	b.do(chromedp.EmulateViewport(640, 450))
	b.fits("console, districts at 200 %")
	b.do(chromedp.EmulateViewport(1440, 900))
}

// tryRobot has a robot say something.
func tryRobot(b *tab) {
	b.open("/console/robots")
	b.has(".robots button")
	b.picks(".robots button")
	b.until("what it was told", `document.querySelector('.robots tbody')?.innerText.includes('试发')`)
	b.accessible("console, robots")
	b.shot("console-robots")
}

// followALine reads what became of a hotline.
func followALine(b *tab) {
	b.open("/console/hotlines")
	b.has(".list a")
	b.picks(".list a")
	b.has(".terms li")
	b.accessible("console, a hotline")
	b.shot("console-hotline")
}
