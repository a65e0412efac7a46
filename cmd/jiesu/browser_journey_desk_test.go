package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// administration says who is on duty, which days are worked on and which number
// answers, the last with the eyes of a second person.
func administration(t *testing.T, j *journeys) {
	t.Helper()
	one, two := j.clerk(t, "taskforce1"), j.clerk(t, "taskforce2")
	one.open("/console/organisation")
	one.takes(".tree button", "交警支队")
	one.until("its people", `document.querySelector('.facts').innerText.includes('交警支队经办人')`)
	one.takes("main summary", "增加岗位")
	one.fill("#post-name", "交警值班长")
	one.fill("#post-id", "traffic-duty")
	one.takes("main form button", "增加")
	one.shows("traffic-duty") // what is typed is not what is shown

	one.open("/console/duty")
	one.takes("main button", "排班")
	one.chooses("#shift-target", "交警值班长")
	one.chooses(`.el-dialog .el-select input:not(#shift-target)`, "交警支队经办人")
	one.takes(".el-dialog button", "排班")
	one.until("who is on duty", `document.querySelector('.week tbody').innerText.includes('交警支队经办人')`)
	one.accessible("console, the roster")

	one.open("/console/calendar")
	one.takes("main button", "导入放假通知")
	one.writes("#notice", notice2027)
	one.takes("main form button", "试算")
	one.until("what was understood", `document.activeElement.id === 'understood' && document.querySelector('main').innerText.includes('请与纸上的通知逐条核对')`)
	one.accessible("console, a notice before it is taken")
	one.takes("main button", "核对无误")
	one.until("the year", `[...document.querySelectorAll('main section')].some((s) => s.innerText.replace(/\s+/g, '').startsWith('2027年正式'))`)

	one.open("/console/hotlines")
	one.takes(`main .list button`, "变更")
	one.until("the line", `document.querySelector('#line-name').value`)
	name := one.read(`document.querySelector('#line-name').value`)
	one.fill("#line-reason", "服务时间延长")
	one.writes("#line-hours", "，节假日照常")
	one.takes(".el-dialog button", "提出")
	one.shows("等待另一人审定")
	two.open("/console/hotlines")
	two.takes("main .card button", "同意")
	two.until("the decision", `!document.querySelector('main .card') && document.querySelector('main').innerText.includes('审定过的变更（1）')`)
	c := j.citizen(t)
	c.open("/hotlines")
	c.shows("，节假日照常")
	if !strings.Contains(c.read(`document.body.innerText`), name) {
		t.Errorf("nobody finds %s", name)
	}
}

// notice2027 is how a year's public holidays are announced.
const notice2027 = `国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至13日（周六）放假调休，共9天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年6月3日`

// library changes an entry: it is seen as the chat will show it, tried, read by six,
// asked the golden questions, and published.
func library(t *testing.T, j *journeys) {
	t.Helper()
	h := j.site
	b := j.clerk(t, "inspection")
	b.open("/console/library/licence-lost")
	b.takes("main button", "修订")
	b.has("#text-body")
	b.writes("#text-body", "补领时可以选择邮寄。")
	b.writes("#text-variants", "\n驾照搞丢了能邮寄补领吗")
	b.until("the preview", `document.querySelector('.chat .answer').innerText.includes('可以选择邮寄')`)
	b.fill(".try input", "驾照搞丢了能邮寄补领吗")
	b.takes(".try button", "测试")
	b.until("the scores", `Number(document.querySelector('.candidates .number')?.innerText) > 0`)
	b.picks(".candidates summary")
	b.until("why", `document.querySelector('.candidates details[open] li, .candidates details[open] tr')`)
	b.accessible("console, an entry is written")
	b.shot("console-entry")
	b.takes("main form button", "保存草稿")
	b.takes("aside button", "送审")
	b.takes(".el-dialog button", "送审")
	b.shows("等待“一校”")
	id := strings.TrimPrefix(b.read(`location.pathname`), "/console/reviews/")
	for _, reader := range []string{
		h.join("entry1", "traffic", "handler"), h.signIn("traffic-head"), h.join("entry2", "office-open", "editor"),
		h.signIn("taskforce1"), h.signIn("taskforce2"), h.signIn("leader"),
	} {
		h.does(id, reader, `{"move":"pass","gates":["political","legal","policy","secrecy","wording"]}`)
	}
	leader := j.clerk(t, "leader")
	leader.open("/console/reviews/" + id + "?tab=gates")
	leader.shows("可以发布")
	leader.accessible("console, golden questions")
	leader.takes("aside button", "发布")
	leader.takes(".el-dialog button", "发布")
	leader.shows("已发布")
	h.comes("/library/licence-lost", "可以选择邮寄")
	c := j.citizen(t)
	c.open("/chat")
	c.say("驾照搞丢了能邮寄补领吗")
	c.heard("可以选择邮寄")
}

// signalsAndGaps takes up what a letter warns of, and answers what many ask.
func signalsAndGaps(t *testing.T, j *journeys) {
	t.Helper()
	h := j.site
	h.call(http.MethodPost, "/api/v1/letters", "", `{"kind":"help","category":"traffic","title":"年检排队","text":"上百名司机准备明天集体到车管所门口围堵大门。"}`)
	for n := range 10 {
		h.call(http.MethodPost, "/api/v1/ask", "", fmt.Sprintf(`{"text":"平衡车能上路吗","session":"s%d"}`, n))
	}
	b, head := j.clerk(t, "taskforce1"), j.clerk(t, "traffic-head")
	for _, reader := range []*tab{b, head} {
		reader.open("/console/signals")
		reader.takes(".board a", "群体聚集")
	}
	head.takes("main header button", "签收")
	head.until("the receipt", `document.querySelector('[aria-labelledby="told"]').innerText.includes('交警支队负责人')`)
	b.takes("main header button", "研判")
	b.fill("#sig-words", "人数属实。")
	b.takes(".el-dialog button", "研判")
	b.until("that somebody else was faster", `document.querySelector('.el-dialog [role="alert"]') && document.querySelector('[aria-labelledby="told"]').innerText.includes('交警支队负责人')`)
	b.takes(".el-dialog button", "研判") // with the words that are still there
	b.shows("人数属实。")
	b.takes("main header button", "应对")
	b.fill("#sig-title", "回应年检排队")
	b.fill("#sig-text", "说明增开窗口的情况。")
	b.takes(".el-dialog button", "应对")
	b.has(`main .facts a[href*="/tickets/"]`)
	b.accessible("console, a signal answered")

	b.open("/console/gaps")
	b.takes("main .list a", "平衡车能上路吗")
	b.shows("10")
	b.takes("main form button", "起草")
	b.until("the draft", `document.querySelector('#text-title')?.value.includes('平衡车')`)
	b.accessible("console, an entry for what many ask")
}

// comes waits until a page says something: the library is read again in the
// background.
func (h *site) comes(path, words string) {
	h.t.Helper()
	for tick, end := time.Tick(look), time.After(patience); !strings.Contains(string(h.send(http.MethodGet, path, "", "")), words); {
		select {
		case <-tick:
		case <-end:
			h.t.Fatalf("%s does not say %s", path, words)
		}
	}
}
