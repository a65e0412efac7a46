package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/problem"
)

func TestALetterFromFormToReply(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	const letter = `{"kind":"consult","title":"居住证办理进度","text":"我的居住证什么时候能领？","contact":{"name":"韩梅梅","phone":"13911112222"}}`
	opened := h.call(t, http.MethodPost, "/api/v1/letters", letter)
	opened.want(t, http.StatusCreated, "")
	number, code := opened.text(t, "number"), opened.text(t, "query_code")
	if due, err := time.Parse(time.RFC3339, opened.text(t, "due_at")); err != nil || !strings.HasSuffix(opened.text(t, "due_at"), "+08:00") || due.IsZero() {
		t.Errorf("due_at %q is not Beijing time", opened.text(t, "due_at"))
	}
	absent(t, opened.Body, "韩梅梅", "1391111")

	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	listed := h.call(t, http.MethodGet, "/api/v1/staff/tickets?status=received&limit=5", "", force...)
	listed.want(t, http.StatusOK, "")
	if !strings.Contains(listed.Body, number) {
		t.Errorf("not in the task force's list: %s", listed.Body)
	}
	view := h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+number, "", force...)
	view.want(t, http.StatusOK, "")
	absent(t, listed.Body+view.Body, "韩梅梅", "1391111", code)

	move := func(who []string, body string) *answer {
		t.Helper()
		return h.call(t, http.MethodPost, "/api/v1/staff/tickets/"+number+"/moves", body, who...)
	}
	version := func() int64 {
		var v struct{ Ticket struct{ Version int64 } }
		check(t, json.Unmarshal([]byte(h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+number, "", force...).Body), &v))
		return v.Ticket.Version
	}
	step := func(who []string, fields map[string]any) {
		t.Helper()
		fields["version"] = version()
		if a := move(who, asJSON(t, fields)); a.Status != http.StatusOK {
			t.Fatalf("%v: %d %s", fields, a.Status, a.Body)
		}
	}
	step(force, map[string]any{"move": "accept"})
	step(force, map[string]any{"move": "dispatch", "unit": "traffic"})
	handler := []string{"Authorization", "Bearer " + h.signIn(t, "jingban")}
	step(handler, map[string]any{"move": "sign"})
	stale := move(handler, `{"move":"draft","version":1,"text":"可以领了。","outcome":"resolved"}`)
	stale.want(t, http.StatusConflict, "ticket.stale")
	step(handler, map[string]any{"move": "draft", "text": "您的居住证已经制好，可以领取。", "outcome": "resolved"})
	step(handler, map[string]any{"move": "submit"})
	move(handler, asJSON(t, map[string]any{"move": "approve", "version": version()})).want(t, http.StatusForbidden, "ticket.denied")
	gates := []string{"political", "legal", "policy", "secrecy", "wording"}
	head := []string{"Authorization", "Bearer " + h.signIn(t, "fuzeren")}
	move(head, asJSON(t, map[string]any{"move": "approve", "gates": gates[:4], "version": version()})).want(t, http.StatusUnprocessableEntity, "review.gates")
	step(head, map[string]any{"move": "approve", "gates": gates})
	step(force, map[string]any{"move": "approve", "gates": gates})
	before := h.lookup(t, number, code)
	absent(t, before.Body, "可以领取")
	step(force, map[string]any{"move": "release"})
	after := h.lookup(t, number, code)
	after.want(t, http.StatusOK, "")
	if !strings.Contains(after.Body, "可以领取") || !strings.Contains(after.Body, `"outcome":"resolved"`) {
		t.Errorf("the citizen does not see the reply: %s", after.Body)
	}
	absent(t, after.Body, "韩梅梅", "1391111", "jingban", "zhuanban")
	revealed := h.call(t, http.MethodPost, "/api/v1/staff/tickets/"+number+"/contact", `{"reason":"电话回访"}`, force...)
	revealed.want(t, http.StatusOK, "")
	if revealed.text(t, "name") != "韩梅梅" {
		t.Errorf("contact: %s", revealed.Body)
	}
	absent(t, h.log.String(), "韩梅梅", "1391111", number, code, "居住证", "Bearer")
}

func TestAComplaintAboutTheTaskForceDoesNotReachIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	opened := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"complaint","title":"投诉信箱专班","text":"信箱专班一直拖着不办。","contact":{"phone":"13911112222"}}`)
	opened.want(t, http.StatusCreated, "")
	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	path := "/api/v1/staff/tickets/" + opened.text(t, "number")
	h.call(t, http.MethodGet, path, "", force...).want(t, http.StatusNotFound, "ticket.not_found")
	h.call(t, http.MethodPost, path+"/contact", `{"reason":"回访"}`, force...).want(t, http.StatusNotFound, "ticket.not_found")
	absent(t, h.call(t, http.MethodGet, "/api/v1/staff/tickets", "", force...).Body, opened.text(t, "number"))
}

func TestStaffReadTheFilesOfALetter(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	body, contentType := form(t, "file", "现场 说明.txt", []byte("现场 a<b 说明"))
	file := h.call(t, http.MethodPost, "/api/v1/attachments", body, "Content-Type", contentType)
	file.want(t, http.StatusCreated, "")
	opened := h.call(t, http.MethodPost, "/api/v1/letters",
		`{"kind":"help","title":"路灯坏了","text":"见附件。","category":"traffic","attachments":["`+file.text(t, "id")+`"]}`)
	opened.want(t, http.StatusCreated, "")
	path := "/api/v1/staff/tickets/" + opened.text(t, "number")
	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	view := h.call(t, http.MethodGet, path, "", force...)
	if !strings.Contains(view.Body, `"name":"现场 说明.txt"`) || !strings.Contains(view.Body, `"type":"text/plain"`) {
		t.Errorf("the ticket does not list its file: %s", view.Body)
	}
	read := h.call(t, http.MethodGet, path+"/attachments/"+file.text(t, "id"), "", force...)
	read.want(t, http.StatusOK, "")
	if read.Body != "现场 a<b 说明" || read.Header.Get("Content-Type") != "text/plain" ||
		!strings.HasPrefix(read.Header.Get("Content-Disposition"), "attachment;") || read.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %q with %v", read.Body, read.Header)
	}
	h.call(t, http.MethodGet, path+"/attachments/none", "", force...).want(t, http.StatusNotFound, "attachment.not_found")
	h.call(t, http.MethodGet, path+"/attachments/"+file.text(t, "id"), "").want(t, http.StatusUnauthorized, "session.required")
}

func (h *house) lookup(tb testing.TB, number, code string) *answer {
	tb.Helper()
	return h.call(tb, http.MethodPost, "/api/v1/letters/lookup", asJSON(tb, map[string]string{"number": number, "query_code": code}))
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	const letter = `{"kind":"consult","title":"标题","text":"内容"}`
	var mu sync.Mutex
	numbers := map[string]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			a := h.call(t, http.MethodPost, "/api/v1/letters", letter, "Idempotency-Key", "k1")
			if a.Status != http.StatusCreated {
				t.Errorf("repeat: %d %s", a.Status, a.Body)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			numbers[a.text(t, "number")+a.text(t, "query_code")]++
		})
	}
	wg.Wait()
	if len(numbers) != 1 {
		t.Errorf("one key opened %d tickets", len(numbers))
	}
	h.call(t, http.MethodPost, "/api/v1/letters", strings.Replace(letter, "内容", "别的", 1), "Idempotency-Key", "k1").
		want(t, http.StatusConflict, "idempotency.mismatch")
	h.call(t, http.MethodPost, "/api/v1/letters", letter, "Idempotency-Key", strings.Repeat("k", 201)).
		want(t, http.StatusUnprocessableEntity, "request.invalid")
}

func TestWrongNumberAndWrongCodeAreTheSame(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	opened := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"consult","title":"标题","text":"内容"}`)
	number, code := opened.text(t, "number"), opened.text(t, "query_code")
	same := ""
	for _, c := range [][2]string{{number, "AAAA-AAAA-AAAA-AAAA"}, {"261122-0000-0000", code}, {"x", "y"}, {"' OR 1=1 --", "%"}} {
		a := h.lookup(t, c[0], c[1])
		a.want(t, http.StatusNotFound, "ticket.not_found")
		body := strings.ReplaceAll(a.Body, a.text(t, "request_id"), "")
		if same == "" {
			same = body
		}
		if body != same {
			t.Errorf("%v is told apart: %s", c, a.Body)
		}
	}
}

func TestStaffOpenOnBehalf(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	letter := func(channel string) string {
		return asJSON(t, map[string]string{"kind": "help", "title": "来电求助", "text": "来电人反映路灯不亮。", "channel": channel})
	}
	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	a := h.call(t, http.MethodPost, "/api/v1/staff/tickets", letter("phone"), force...)
	a.want(t, http.StatusCreated, "")
	if view := h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+a.text(t, "number"), "", force...); !strings.Contains(view.Body, `"channel":"phone"`) {
		t.Errorf("channel is lost: %s", view.Body)
	}
	h.call(t, http.MethodPost, "/api/v1/staff/tickets", letter("web"), force...).want(t, http.StatusUnprocessableEntity, "request.invalid")
	admin := []string{"Authorization", "Bearer " + h.signIn(t, "guanli")}
	h.call(t, http.MethodPost, "/api/v1/staff/tickets", letter("phone"), admin...).want(t, http.StatusForbidden, "ticket.open_denied")
	h.call(t, http.MethodGet, "/api/v1/staff/tickets", "", admin...).want(t, http.StatusForbidden, "ticket.denied")
	h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+a.text(t, "number"), "", admin...).want(t, http.StatusNotFound, "ticket.not_found")
	for _, path := range []string{"/api/v1/staff/units", "/api/v1/staff/notifications"} {
		h.call(t, http.MethodGet, path, "", force...).want(t, http.StatusOK, "")
	}
}

func TestPublicReading(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for path, want := range map[string]string{
		"/api/v1/hotlines":            `"number":"110"`,
		"/api/v1/catalogue":           `"code":"report","name":"举报","identity":"anonymous"`,
		"/api/v1/library":             `"id":"idcard-lost"`,
		"/api/v1/library?category=养犬": `"id":"dog-licence"`,
		"/api/v1/library/idcard-lost": `"validity":"in_force"`,
		"/readyz":                     `ready`,
		"/healthz":                    `ok`,
	} {
		a := h.call(t, http.MethodGet, strings.ReplaceAll(path, "养犬", "%E5%85%BB%E7%8A%AC"), "")
		a.want(t, http.StatusOK, "")
		if !strings.Contains(a.Body, want) {
			t.Errorf("%s has no %s: %s", path, want, a.Body)
		}
		absent(t, a.Body, "null")
	}
	found := h.call(t, http.MethodPost, "/api/v1/library/search", `{"text":"身份证丢了"}`)
	found.want(t, http.StatusOK, "")
	if !strings.Contains(found.Body, "idcard-lost") {
		t.Errorf("search: %s", found.Body)
	}
	h.call(t, http.MethodPost, "/api/v1/library/search", `{"text":""}`).want(t, http.StatusUnprocessableEntity, "library.query")
	due := h.call(t, http.MethodPost, "/api/v1/deadlines/preview", posts()["/api/v1/deadlines/preview"])
	due.want(t, http.StatusOK, "")
	if !strings.Contains(due.Body, "调休") && !strings.Contains(due.Body, "工作日") {
		t.Errorf("preview does not explain itself: %s", due.Body)
	}
	asked := h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"身份证丢了怎么补办","session":"s1"}`)
	asked.want(t, http.StatusOK, "")
	if asked.text(t, "decision") == "" || !strings.Contains(asked.Body, `"options":[`) {
		t.Errorf("ask: %s", asked.Body)
	}
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) {
		o.Ready = func(context.Context) error { return problem.New(problem.Internal, "store.down", "x") }
		o.Assets = nil
	})
	h.call(t, http.MethodGet, "/readyz", "").want(t, http.StatusServiceUnavailable, "server.not_ready")
	h.call(t, http.MethodGet, "/healthz", "").want(t, http.StatusOK, "")
	h.call(t, http.MethodGet, "/widget.js", "").want(t, http.StatusNotFound, "route.not_found")
	if a := h.call(t, http.MethodGet, "/docs", ""); a.Status != http.StatusOK || !strings.Contains(a.Body, "尚未构建") {
		t.Errorf("/docs without built pages: %d %s", a.Status, a.Body)
	}
}
