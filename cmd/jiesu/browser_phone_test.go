package main

import (
	"github.com/chromedp/chromedp"
)

// takeACall looks at what helps while somebody is on the line, answers with an
// entry and finds the call in the log; then a line is to have another number.
func takeACall(b *tab) {
	b.open("/staff/calls/new")
	b.accessible("a call")
	b.do(chromedp.SetValue("#line", "12345"))
	b.fill("#body", "身份证丢了，怎么补办？")
	b.fill("#phone", "13800138000")
	b.click("#kind-consult")
	b.click(`button[name="hint"]`)
	b.shows("登记为工单会派给")
	b.accessible("a call with hints")
	b.shot("staff-call")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("call")
	b.shot("staff-call-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.click("#outcome-answered")
	b.click(`input[name="entry"]`)
	b.click(`main form > .actions:last-child button`)
	b.shows("已经登记：当场答复")
	b.open("/staff/calls")
	b.shows("138****8000")
	b.accessible("calls")
	b.shot("staff-calls")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("calls")
	b.shot("staff-calls-320")
	b.open("/staff/hotlines")
	b.fits("hotlines")
	b.shot("staff-hotlines-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.do(chromedp.SetValue("#id", "report-gang"))
	b.fill("#number", "0755-84450000")
	b.fill("#reason", "公布专用号码")
	b.click(`form[method="post"][action="/staff/hotlines"] button`)
	b.shows("等待另一人审定")
	b.accessible("hotlines")
	b.shot("staff-hotlines")
}
