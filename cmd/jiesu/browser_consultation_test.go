package main

import (
	"fmt"
	"net/http"

	"github.com/chromedp/chromedp"
)

// giveAnOpinion reads what is asked, writes an opinion and finds it under number
// and code.
func giveAnOpinion(b *tab) {
	h := b.site
	traffic := h.signIn("traffic")
	const path = "/api/v1/staff/consultations"
	drafted := h.call(http.MethodPost, path, traffic, `{"content":{"title":"停车管理办法（征求意见稿）","text":"第一条 为了规范停车，制定本办法。\n第八条 夜间在划定的泊位停车，按次收费。","explanation":"现行办法施行五年，泊位和车辆都有变化。","how":"在本页填写，或者寄到本市人民路1号交警支队。","contact":"交警支队 010-12345678","ground":"道路交通安全法第三十三条","days":20,"short_reason":"新泊位下月启用。"}}`)
	id := fmt.Sprint(drafted["id"])
	texts, ok := h.call(http.MethodGet, "/api/v1/staff/reviews?kind=consultation&subject="+id, traffic, "")["texts"].([]any)
	if !ok || len(texts) != 1 {
		b.t.Fatalf("the consultation has the texts %v", texts)
	}
	text, _ := texts[0].(map[string]any)
	h.publish(fmt.Sprint(text["id"]))

	b.open("/consultations/" + id)
	b.shows("新泊位下月启用")
	b.accessible("consultation")
	b.shot("consultation-1280")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("consultation")
	b.shot("consultation-320")
	b.open("/consultations")
	b.fits("consultations")
	b.accessible("consultations")
	b.shot("consultations-320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.withoutScript()
	b.open("/consultations")
	b.click(".entries a")
	b.shows("征求意见稿")
	b.click("summary")
	b.shows("第20天，期满")
	b.fill("#body", "夜间应当免费。")
	b.fill("#opinion-clause", "第八条")
	b.fill("#phone", "打给我")
	b.click("#opinion form button")
	b.shows("请填写正确的电话号码")
	b.shot("opinion-mistake")
	if got := b.read(`document.querySelector('#body').value + document.querySelector('#opinion-clause').value`); got != "夜间应当免费。第八条" {
		b.t.Errorf("what was typed is lost: %q", got)
	}
	b.read(`(document.querySelector('#phone').value = '', '')`)
	b.click("#opinion form button")
	b.shows("已收到您的意见")
	b.shot("opinion-receipt")
	b.lookUp(b.read(`document.querySelector('#number').textContent`), b.read(`document.querySelector('#query-code').textContent`))
	b.shows("办理中")
}
