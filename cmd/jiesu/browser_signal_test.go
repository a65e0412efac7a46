package main

import (
	"net/http"

	"github.com/chromedp/chromedp"
)

// assessASignal finds a major letter among the signals, says what it thinks of it
// and begins to answer it.
func assessASignal(b *tab) {
	press := func(move string) { b.click(`button[value="` + move + `"]`) }
	b.site.call(http.MethodPost, "/api/v1/letters", "",
		`{"kind":"help","category":"traffic","title":"年检排队","text":"上百名司机准备明天集体到车管所门口围堵大门。"}`)
	b.open("/staff/signals")
	b.shows("群体聚集")
	b.accessible("signals")
	b.shot("staff-signals")
	b.click("table a")
	b.shows("围堵大门")
	b.accessible("signal")
	b.fill("#assess-words", "人数属实。")
	press("assess")
	b.shows("已研判")
	press("respond")
	b.shows("没有办成")
	b.accessible("signal, refused")
	b.fill("#title", "回应年检排队")
	b.fill("#text", "说明增开窗口的情况。")
	press("respond")
	b.shows("舆情件：")
	b.shot("staff-signal")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("signal")
	b.do(chromedp.EmulateViewport(1280, 900))
}
