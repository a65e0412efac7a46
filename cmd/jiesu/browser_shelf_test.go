package main

import "github.com/chromedp/chromedp"

// keepTheLibrary looks for an entry, and sees who was given it.
func keepTheLibrary(b *tab) {
	b.open("/staff/library")
	b.shows("问答库管理")
	b.accessible("the library")
	b.shot("staff-library")
	b.fill("#text", "身份证丢了怎么挂失")
	b.click("main form button")
	b.shows("共1条")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("the library")
	b.shot("staff-library-320")
	b.click(".ledger a")
	b.shows("发布过的版本")
	b.fits("an entry")
	b.shot("staff-library-entry-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.click(`button[value="given"]`)
	b.shows("一共") // the button says 发给了谁 before
	b.accessible("an entry")
	b.shot("staff-library-entry")
}
