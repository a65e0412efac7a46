package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/chromedp/chromedp"
)

// giveALetterAway proposes to give a letter to a platform, after a refusal, and looks
// at the orders and at this one.
func giveALetterAway(b *tab) {
	h := b.site
	opened := h.call(http.MethodPost, "/api/v1/letters", "", `{"kind":"help","title":"路灯不亮","text":"中山路的路灯坏了，请找13900000000。"}`)
	b.open("/staff/orders")
	b.fill("#ticket", fmt.Sprint(opened["number"]))
	b.fill("#opinion", " ")
	b.do(chromedp.SetValue("#suggest", "县城管局"))
	b.click(`form[action="/staff/orders/push"] button`)
	b.shows("推送理由不能为空")
	b.accessible("orders, refused")
	b.fill("#opinion", "属于市政设施。")
	b.click(`form[action="/staff/orders/push"] button`)
	b.shows("待第二人确认")
	if page := b.read(`document.body.innerText`); strings.Contains(page, "13900000000") {
		b.t.Error("the page shows a telephone number")
	}
	b.accessible("order")
	b.narrowAndWide("order")
	b.open("/staff/orders")
	b.shows("等第二人确认")
	b.accessible("orders")
	b.narrowAndWide("orders")
}
