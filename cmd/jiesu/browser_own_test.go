package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// ownLetter is what a citizen does with a letter: ask in vain, leave it to
// people, complete it when asked to, rate the answer, take another one back, the last without JavaScript.
func ownLetter(b *tab) {
	h := b.site
	force, traffic, head := h.signIn("taskforce1"), h.signIn("traffic"), h.signIn("traffic-head")
	number, code := b.leave()
	h.move(force, number, `{"move":"dispatch","unit":"traffic"}`)
	h.move(traffic, number, `{"move":"sign"}`)
	h.move(traffic, number, `{"move":"ask","text":"请写明是哪一个路口，什么时候经过。"}`)

	b.lookUp(number, code)
	b.shows("请写明是哪一个路口")
	b.accessible("letter to complete")
	b.shot("own-supply")
	b.do(chromedp.EmulateViewport(320, 800))
	b.fits("letter to complete")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.fill("#supply-text", "人民路和解放路的路口，早上七点半。")
	photo := filepath.Join(b.t.TempDir(), "路口.txt")
	if err := os.WriteFile(photo, []byte("信号灯的位置"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{photo}))
	b.fill("#supply-code", "0000-0000-0000-0000")
	b.click(`form[action="/letters/supply"] button`)
	b.shows("没有查到")
	b.accessible("letter to complete, wrong code")
	if got := b.read(`document.querySelector('#supply-text').value`); got != "人民路和解放路的路口，早上七点半。" {
		b.t.Errorf("what was typed is lost: %q", got)
	}
	b.shows("保留 路口.txt")
	b.shot("own-supply-again")
	b.fill("#supply-code", code)
	b.click(`form[action="/letters/supply"] button`)
	b.shows("已收到补充的内容")
	if seen := h.call(http.MethodGet, "/api/v1/staff/tickets/"+number, traffic, ""); !strings.Contains(fmt.Sprint(seen), "路口.txt") {
		b.t.Error("the unit does not see the file")
	}

	h.move(traffic, number, `{"move":"draft","text":"信号灯已于今日修好。","outcome":"resolved"}`)
	h.move(traffic, number, `{"move":"submit"}`)
	for _, reader := range []string{head, force} {
		h.move(reader, number, `{"move":"approve","gates":["political","legal","policy","secrecy","wording"]}`)
	}
	h.move(force, number, `{"move":"release"}`)
	b.lookUp(number, code)
	b.shows("信号灯已于今日修好")
	b.accessible("answered letter")
	b.shot("own-rate")
	b.click("#score-2")
	b.fill("#rate-text", "晚上又坏了。")
	b.fill("#rate-code", code)
	b.click(`form[action="/letters/rate"] button`)
	b.shows("已收到您的评价")
	b.shot("own-rated")
	b.lookUp(number, code)
	askForACopy(b)

	b.withoutScript()
	number, code = h.letter()
	b.lookUp(number, code)
	b.click("details.panel summary")
	b.fill("#withdraw-code", code)
	b.click(`form[action="/letters/withdraw"] button`)
	b.shows("已经撤回")
	b.shot("own-withdrawn")
	if strings.Contains(b.read(`location.href`), number) {
		b.t.Error("the number became part of the address")
	}
}

// leave asks what the library does not know, and leaves it to people.
func (b *tab) leave() (number, code string) {
	b.open("/")
	b.fill("#text", b.site.decide("none", unknown()...))
	b.click(".ask-box button")
	b.shows("问答库里没有现成的答案")
	b.click(".handover button")
	b.until("the letter form", `document.querySelector('#body')?.value.length > 0`)
	b.click("#kind-help")
	b.click("#letter button[type=submit]")
	b.shows("已收到您的来信")
	return b.read(`document.querySelector('#number').innerText`), b.read(`document.querySelector('#query-code').innerText`)
}

func (b *tab) lookUp(number, code string) {
	b.open("/letters")
	b.fill("#number", number)
	b.fill("#code", code)
	b.click("main form button")
	b.shows(number)
}

// askForACopy opens what is offered to take along, with a code that is wrong.
func askForACopy(b *tab) {
	b.click(`details:has(form[action="/letters/copy"]) summary`)
	b.accessible("a copy to take along")
	b.do(chromedp.EmulateViewport(320, 1800))
	b.fits("a copy to take along")
	b.shot("own-copy-narrow")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.shot("own-copy")
	b.fill("#copy-code", "0000-0000-0000-0000")
	b.click(`form[action="/letters/copy"] button`)
	b.shows("没有查到")
	b.until("the form with its mistake", `document.querySelector('#copy-code')?.checkVisibility() && document.querySelector('#copy-code').getAttribute('aria-invalid') === 'true'`)
	b.accessible("a copy, wrong code")
	b.shot("own-copy-wrong")
}

// call asks the API and returns the answer, which must be a success.
func (h *site) call(method, path, token, body string) map[string]any {
	h.t.Helper()
	raw := h.send(method, path, token, body)
	if len(raw) == 0 { // done, and nothing to say
		return nil
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		h.t.Fatal(err)
	}
	return got
}

// send asks the API and returns the answer as it came, which must be a success.
func (h *site) send(method, path, token, body string, headers ...string) []byte {
	h.t.Helper()
	status, raw := h.exchange(method, path, token, body, headers...)
	if status >= http.StatusBadRequest {
		h.t.Fatalf("%s %s: %d %s", method, path, status, raw)
	}
	return raw
}

// exchange asks the API and returns the answer as it came.
func (h *site) exchange(method, path, token, body string, headers ...string) (status int, raw []byte) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url(path), bytes.NewBufferString(body))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	raw, err = io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		h.t.Fatalf("%s %s: %d %v", method, path, answer.StatusCode, err)
	}
	return answer.StatusCode, raw
}

// signIn signs a first account in, which has a password of its own from then on.
func (h *site) signIn(login string) string {
	h.t.Helper()
	return h.settle(login, func() string { return h.firstPassword(login) })
}

// settle gives an account a password of its own, once, and signs it in to the API.
func (h *site) settle(login string, first func() string) string {
	h.t.Helper()
	if token, ok := h.tokens.Load(login); ok {
		return fmt.Sprint(token)
	}
	drawn := first()
	h.send(http.MethodPost, "/api/v1/staff/password", h.session(login, drawn), fmt.Sprintf(`{"old":%q,"new":%q}`, drawn, ownPassword))
	token := h.session(login, ownPassword)
	h.tokens.Store(login, token)
	return token
}

func (h *site) letter() (number, code string) {
	h.t.Helper()
	r := h.call(http.MethodPost, "/api/v1/letters", "", `{"kind":"help","title":"信号灯坏了","text":"上学路上的信号灯坏了。","category":"traffic"}`)
	return fmt.Sprint(r["number"]), fmt.Sprint(r["query_code"])
}

// move makes a move on the newest version of a ticket.
func (h *site) move(token, number, body string) {
	h.t.Helper()
	path := "/api/v1/staff/tickets/" + number
	for {
		seen, ok := h.call(http.MethodGet, path, token, "")["ticket"].(map[string]any)
		if !ok {
			h.t.Fatal("a ticket without a ticket")
		}
		status, raw := h.exchange(http.MethodPost, path+"/moves", token, fmt.Sprintf(`%s,"version":%v}`, strings.TrimSuffix(body, "}"), seen["version"]))
		switch {
		case status < http.StatusBadRequest:
			return
		case !bytes.Contains(raw, []byte(`"ticket.stale"`)): // a clock of its own moved it meanwhile: look again, as one is told to
			h.t.Fatalf("%s on %s: %d %s", body, number, status, raw)
		}
	}
}

// hire adds an account while the program runs, and returns its first password.
func (h *site) hire(login, unit, role string) string {
	h.t.Helper()
	add := exec.CommandContext(h.t.Context(), h.program, "user", "add", login, "--name", "新来的"+login, "--unit", unit, "--role", role)
	add.Env = h.environ()
	out, err := add.Output()
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Fields(string(out))[1]
}

// join adds an account, unless it is there, and signs it in.
func (h *site) join(login, unit, role string) string {
	h.t.Helper()
	return h.settle(login, func() string { return h.hire(login, unit, role) })
}

// soon is a moment of next week, as forms want it.
func (h *site) soon() string { return time.Now().Add(7 * 24 * time.Hour).Format(time.RFC3339) }

// does makes a move of a text on the version and in the step that is there.
func (h *site) does(id, token, body string) {
	h.t.Helper()
	path := "/api/v1/staff/reviews/" + id
	seen := h.call(http.MethodGet, path, token, "")
	step := ""
	if w, ok := seen["waits"].(map[string]any); ok {
		step = fmt.Sprint(w["step"])
	}
	h.call(http.MethodPost, path+"/moves", token, fmt.Sprintf(`%s,"hash":%q,"step":%q}`, strings.TrimSuffix(body, "}"), seen["hash"], step))
}

// publish lets six people read a text of the traffic police, and publishes it.
func (h *site) publish(id string) {
	h.t.Helper()
	leader := h.signIn("leader")
	h.does(id, h.signIn("traffic"), `{"move":"submit"}`)
	for _, reader := range []string{
		h.join("traffic2", "traffic", "handler"), h.signIn("traffic-head"), h.join("editor", "office-open", "editor"),
		h.signIn("taskforce1"), h.signIn("taskforce2"), leader,
	} {
		h.does(id, reader, `{"move":"pass","gates":["political","legal","policy","secrecy","wording"]}`)
	}
	h.does(id, leader, `{"move":"publish"}`)
}
