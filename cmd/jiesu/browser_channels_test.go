package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// importLetters tries a file and takes what is in order; then it looks at an answer
// to be entered, at one that cannot be delivered, and drops a message.
func importLetters(b *tab) {
	h := b.site
	h.arrive("mayor", `{"编号":"M-0"}`)
	file := filepath.Join(b.t.TempDir(), "letters.csv")
	const text = "编号,标题,内容,类别\nP-1,外市来信,不是本市的事。,咨询\nP-2,感谢,感谢民警。,表扬信\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.open("/staff/imports")
	b.narrowAndWide("imports")
	b.do(chromedp.SetValue(chromedp.CSS("#source"), "province"), chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	b.click(`form[action="/staff/imports"] button`)
	b.shows("类别没有对应关系：表扬信")
	b.accessible("import tried")
	b.narrowAndWide("mail-import")
	b.click(`button[value="apply"]`)
	b.shows("已经导入")
	force := h.signIn("taskforce2")
	for _, source := range []string{"province", "mayor"} {
		taken := fmt.Sprint(h.call(http.MethodPost, "/api/v1/staff/mailboxes/"+source+"/import?apply=true", force, text)["rows"])
		_, number, _ := strings.Cut(taken, "number:")
		number, _, _ = strings.Cut(number, " ")
		h.move(force, number, `{"move":"decline","reason":"outside_area","text":"不属于本市管辖，请向当地公安机关反映。"}`)
	}
	b.open("/staff/imports/province")
	b.accessible("answers")
	b.narrowAndWide("mail-replies")
	b.click(`input[name="entered"]`)
	b.click(`form[action="/staff/imports/province"] button`)
	b.shows("已经记下")
	b.open("/staff/deliveries")
	b.shows("市长留言信箱")
	b.accessible("deliveries")
	b.narrowAndWide("deliveries")
	b.click("table a")
	b.shows("发送记录")
	b.narrowAndWide("delivery")
	b.open("/staff/inbox")
	b.until("what could not be taken", `document.body.innerText.includes('没有内容') || (location.reload(), false)`)
	b.accessible("inbox")
	b.narrowAndWide("inbox")
	b.fill(`input[name="reason"]`, "平台已经更正。")
	b.click(`button[value="drop"]`)
	b.shows("这里没有消息")
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
