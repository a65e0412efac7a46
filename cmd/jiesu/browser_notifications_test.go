package main

import "github.com/chromedp/chromedp"

// chooseHowToHear says how one wants to be told, after a refusal.
func chooseHowToHear(b *tab) {
	b.open("/staff/notifications")
	b.accessible("notifications")
	b.click("#how-daily")
	b.click("main form button[type=submit]")
	b.shows("请填写正确的邮箱地址")
	b.accessible("notifications, refused")
	b.fill("#email", "zhang@example.gov.cn")
	b.click("main form button[type=submit]")
	b.shows("已经保存")
	b.shot("staff-notifications")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("notifications")
	b.do(chromedp.EmulateViewport(1280, 900))
}
