package main

import "github.com/chromedp/chromedp"

// keepEndpoints adds an endpoint after a refusal, and disables it before anything is
// sent.
func keepEndpoints(b *tab) {
	b.open("/staff/webhooks")
	b.fill("#description", "市政务平台")
	b.fill("#url", "https://10.0.0.1/hook")
	b.click("main form button[type=submit]")
	b.shows("内网地址须由运维人员")
	b.accessible("endpoint, refused")
	b.do(chromedp.SetValue("#url", "https://93.184.216.34/hook"))
	b.click("main form button[type=submit]")
	b.shows("只显示这一次")
	b.accessible("endpoint with its secret")
	b.shot("staff-webhook")
	b.click(`button[value="disable"]`)
	b.shows("已停用")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("endpoint")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.open("/staff/webhooks")
	b.accessible("endpoints")
	b.shot("staff-webhooks")
}
