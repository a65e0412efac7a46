package main

import "github.com/chromedp/chromedp"

// discloseAReply decides to publish the reply of the letter before, and confirms
// what is hidden in it.
func discloseAReply(b *tab) {
	b.open("/staff")
	b.click(`.tile[href="/staff/replies"]`)
	b.shows("等待决定")
	b.accessible("replies")
	b.shot("staff-replies")
	b.click("table a")
	b.shows("还没有人决定是否公开")
	b.accessible("a reply")
	b.read(`(document.querySelector('#why').value = 'redacted/personal', '')`)
	b.fill("#title", "王小明反映的信号灯")
	b.click("details form button")
	b.shows("公开的稿件：起草中")
	b.accessible("passages")
	b.shot("staff-reply")
	b.do(chromedp.EmulateViewport(320, 800, chromedp.EmulateMobile))
	b.fits("passages")
	b.shot("staff-reply-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.click(`input[value="hide"]`)
	b.fill("#words", "信号灯已")
	b.click(`form[action$="/redactions"] button`)
	b.shows("（已确认）")
}
