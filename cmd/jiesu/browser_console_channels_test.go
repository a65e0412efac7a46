package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// importLetters tries a file and takes what is in order, and drops a message that
// could not be taken.
func importLetters(b *tab) {
	b.site.arrive("mayor", `{"编号":"M-0"}`)
	file := filepath.Join(b.t.TempDir(), "letters.csv")
	if err := os.WriteFile(file, []byte("编号,标题,内容,类别\nP-1,外市来信,不是本市的事。,咨询\nP-2,感谢,感谢民警。,表扬信\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.open("/console/mailboxes?source=province")
	b.has(`input[type="file"]`)
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{file}))
	b.click(`section form button[type="submit"]`)
	b.shows("类别没有对应关系：表扬信")
	b.accessible("console, letters tried")
	b.shot("console-mailboxes")
	b.picks(`section form button.el-button--primary`)
	b.shows("已登记 1 件")
	b.open("/console/inbound")
	b.until("what could not be taken", `document.body.innerText.includes('没有内容') || (document.querySelector('.empty') && location.reload(), false)`)
	b.picks(`.acts button[aria-label^="作废"]`)
	b.has(".el-dialog textarea")
	b.fill(".el-dialog textarea", "平台已经更正。")
	b.accessible("console, a message dropped")
	b.picks(`.el-dialog button[type="submit"]`)
	b.shows("这里没有消息")
}

// giveALetterAway proposes to give a letter to a platform, after a refusal, and looks
// at the orders and at this one.
func giveALetterAway(b *tab) {
	number := fmt.Sprint(b.site.call(http.MethodPost, "/api/v1/letters", "", `{"kind":"help","title":"路灯不亮","text":"中山路的路灯坏了，请找13900000000。"}`)["number"])
	b.open("/console/orders")
	b.picks(`main .between button`)
	b.has("#push-ticket")
	b.fill("#push-ticket", number[:len(number)-1])
	b.fill("#push-opinion", "属于市政设施。")
	b.picks(`.el-dialog button[type="submit"]`)
	b.has(`.el-dialog [role="alert"]`)
	b.accessible("console, a letter to be pushed, refused")
	b.fill("#push-ticket", number[len(number)-1:])
	b.picks(`.el-dialog button[type="submit"]`)
	b.shows("由您起草，要另一人确认")
	if page := b.read(`document.body.innerText`); strings.Contains(page, "13900000000") {
		b.t.Error("the page shows a telephone number")
	}
	b.accessible("console, an order")
	b.shot("console-order")
	b.open("/console/orders")
	b.shows("等第二人确认")
	b.accessible("console, orders")
	b.shot("console-orders")
}

// chooseHowToHear says how one wants to be told.
func chooseHowToHear(b *tab) {
	b.open("/console/notifications")
	b.picks(`main .between button`)
	b.picks(`.el-dialog input[value="daily"]`)
	b.fill("#notice-email", "zhang@example.gov.cn")
	b.accessible("console, how one is told")
	b.picks(`.el-dialog button[type="submit"]`)
	b.until("it is saved", `document.body.innerText.includes('已保存') && !document.querySelector('.el-dialog')?.getClientRects().length`)
}

// arrive has a mailbox call with letters.
func (h *site) arrive(source, letters string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url("/webhooks/inbound/"+source), strings.NewReader(letters))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", "0123456789abcdef")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		h.t.Fatalf("the hook answers %d: %v", answer.StatusCode, err)
	}
}
