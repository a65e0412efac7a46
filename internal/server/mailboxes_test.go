package server_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/job"
	"jiesu/webhooks/mailbox"
)

const mailboxKey = "0123456789abcdef"

// withMailbox is a house letters of the mayor's mailbox come to.
func withMailbox(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, nil)
	h.Mailboxes = []mailbox.Source{{
		Name: "mayor", Title: "市长留言信箱", Channel: "mailbox", Auth: mailbox.Auth{Way: mailbox.StaticKey, Secret: mailboxKey},
		Fields:  mailbox.Fields{ID: mailbox.Paths{"id", "编号"}, Title: mailbox.Paths{"标题"}, Text: mailbox.Paths{"text", "内容"}, Kind: mailbox.Paths{"kind", "类别"}},
		Codes:   mailbox.Codes{Kind: map[string]string{"举报": "report"}},
		Default: mailbox.Default{Kind: "consult"}, Reply: mailbox.Reply{Way: mailbox.ExportReply},
	}}
	return h
}

// takeAll works off what has arrived.
func (h *house) takeAll(t *testing.T) {
	t.Helper()
	check(t, job.New(job.Options{Store: h.store, Worker: h.Desk, Now: h.Now, Log: h.Log}).Once(t.Context()))
}

// TestTheHookOfAMailbox: nobody is told why they are not let in, and whatever is
// let in is kept.
func TestTheHookOfAMailbox(t *testing.T) {
	t.Parallel()
	h := withMailbox(t)
	const hook, secret = "/webhooks/inbound/mayor", "有人赌博"
	for name, a := range map[string]*answer{
		"no key":         h.call(t, http.MethodPost, hook, `{}`),
		"another key":    h.call(t, http.MethodPost, hook, `{}`, "X-Api-Key", "0123456789abcdeF"),
		"another source": h.call(t, http.MethodPost, "/webhooks/inbound/province", `{}`, "X-Api-Key", mailboxKey),
	} {
		if a.Status != http.StatusForbidden || a.text(t, "code") != "hook.denied" {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	h.call(t, http.MethodPost, hook, strings.Repeat("x", 5<<20), "X-Api-Key", mailboxKey).want(t, http.StatusRequestEntityTooLarge, "request.too_large")
	for _, want := range []string{`{"received":2,"repeated":0}`, `{"received":0,"repeated":2}`} {
		a := h.call(t, http.MethodPost, hook, `[{"id":"1","text":"`+secret+`","kind":"举报"},{"id":"2"}]`, "X-Api-Key", mailboxKey)
		if a.Status != http.StatusOK || a.Body != want {
			t.Errorf("%d %s, want %s", a.Status, a.Body, want)
		}
	}
	h.takeAll(t)
	if strings.Contains(h.log.String(), secret) || strings.Contains(h.log.String(), mailboxKey) {
		t.Error("a letter or a key is in the log")
	}
}

// TestTheInboxAndDeliveries: who may look after them, that a dropped message needs
// a reason, and that nobody reads of a ticket there that is not theirs.
func TestTheInboxAndDeliveries(t *testing.T) {
	t.Parallel()
	h := withMailbox(t)
	h.call(t, http.MethodPost, "/webhooks/inbound/mayor", `[{"id":"1","text":"有人赌博","kind":"举报"},{"id":"2","kind":"咨询<b>"}]`, "X-Api-Key", mailboxKey).want(t, http.StatusOK, "")
	h.takeAll(t)
	report, err := h.store.TicketByOrigin(t.Context(), "mayor", "1")
	check(t, err)
	v := desk.Delivery{ID: "d1", Route: "inbound/mayor", Kind: "ticket.release", Ticket: report.Number, Body: []byte("有人赌博"), State: desk.DeliveryDead, Reason: "peer.refused", CreatedAt: report.CreatedAt, NextAt: report.CreatedAt, Version: 1}
	check(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertDelivery(ctx, v) }))
	force, admin := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}, []string{"Authorization", "Bearer " + h.signIn(t, "guanli")}
	clerk := []string{"Authorization", "Bearer " + h.signIn(t, "jingban")}
	inbox := h.call(t, http.MethodGet, "/api/v1/staff/inbox", "", force...)
	id := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(inbox.Body)
	if id == nil || !strings.Contains(inbox.Body, `"reason":"mailbox.refused"`) || strings.Contains(inbox.Body, "赌博") {
		t.Fatalf("the inbox is %s", inbox.Body)
	}
	for path, body := range map[string]string{
		"inbox": "", "inbox/" + id[1] + "/moves": `{"move":"again"}`, "deliveries": "", "deliveries/d1": "", "deliveries/d1/moves": `{"move":"again"}`,
		"mailboxes": "", "mailboxes/mayor/refused": "编号,内容", "mailboxes/mayor/replies": "", "mailboxes/mayor/replies/export": "", "mailboxes/mayor/import": "编号,内容", "mailboxes/mayor/replies/entered": `{"entered":[{"number":"a","step":"b"}]}`,
	} {
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		h.call(t, method, "/api/v1/staff/"+path, body, clerk...).want(t, http.StatusForbidden, "channel.denied")
		if strings.HasPrefix(path, "mailboxes") { // of letters, which the operators of the system do not see
			h.call(t, method, "/api/v1/staff/"+path, body, admin...).want(t, http.StatusForbidden, "channel.denied")
		}
	}
	const list, one = "/api/v1/staff/deliveries", "/api/v1/staff/deliveries/d1"
	for _, c := range []struct {
		path string
		who  []string
		sees bool
	}{{list, force, true}, {one, force, true}, {list, admin, false}} {
		a := h.call(t, http.MethodGet, c.path, "", c.who...)
		a.want(t, http.StatusOK, "")
		if strings.Contains(a.Body, report.Number) != c.sees || strings.Contains(a.Body, "赌博") {
			t.Errorf("%s shows the number of a report: want %v: %s", c.path, c.sees, a.Body)
		}
	}
	h.call(t, http.MethodGet, one, "", admin...).want(t, http.StatusNotFound, "delivery.not_found")
	h.call(t, http.MethodPost, "/api/v1/staff/inbox/"+id[1]+"/moves", `{"move":"drop"}`, force...).shows(t, "dropped without a reason", http.StatusBadRequest, []string{"说明理由"}, nil)
	h.call(t, http.MethodPost, "/api/v1/staff/inbox/"+id[1]+"/moves", `{"move":"drop","reason":"平台已更正"}`, force...).want(t, http.StatusNoContent, "")
	h.call(t, http.MethodGet, "/api/v1/staff/inbox?state=dropped", "", force...).shows(t, "what was dropped", http.StatusOK, []string{"平台已更正"}, []string{"赌博"})
	h.call(t, http.MethodPost, one+"/moves", `{"move":"again"}`, force...).want(t, http.StatusNoContent, "")
	h.call(t, http.MethodPost, one+"/moves", `{"move":"again"}`, force...).shows(t, "sent again twice", http.StatusConflict, []string{"没有送达、已经停止的消息才能重发"}, nil)
}

// TestImportingLetters: tried, taken, and what is refused comes back as a table.
func TestImportingLetters(t *testing.T) {
	t.Parallel()
	h := withMailbox(t)
	const mailbox, file = "/api/v1/staff/mailboxes/mayor", "编号,标题,内容,类别\n1,电话13800138000,路灯不亮,\n2,二,第二封,=1+1\n"
	send := func(login, path, content string) *answer {
		t.Helper()
		return h.asks(t, login, http.MethodPost, mailbox+path, content, "Content-Type", "application/octet-stream")
	}
	send("jingban", "/import", file).want(t, http.StatusForbidden, "channel.denied")
	send("zhuanban", "/import", "编号\n1\n").shows(t, "a bad file", http.StatusUnprocessableEntity, []string{"缺少“text”或者“内容”一列"}, nil)
	send("zhuanban", "/import", file).shows(t, "tried", http.StatusOK, []string{`"applied":false`, `"new":1`, `"brief":"电话【电话号码】"`}, []string{"13800138000"})
	refused := send("zhuanban", "/refused", file)
	if !strings.HasPrefix(refused.Body, "PK") || !strings.Contains(refused.Header.Get("Content-Disposition"), "refused-mayor.xlsx") {
		t.Errorf("what is refused: %d %.40q", refused.Status, refused.Body)
	}
	if _, err := h.store.TicketByOrigin(t.Context(), "mayor", "1"); err == nil {
		t.Error("trying has made a ticket")
	}
	for _, want := range []string{`"new":1`, `"known":1`} {
		send("zhuanban", "/import?apply=true", file).shows(t, "taken", http.StatusOK, []string{want}, nil)
	}
	h.asks(t, "zhuanban", http.MethodGet, mailbox+"/replies", "").shows(t, "answers", http.StatusOK, []string{`"replies":[]`}, nil)
	h.asks(t, "zhuanban", http.MethodPost, mailbox+"/replies/entered", `{"entered":[]}`).want(t, http.StatusUnprocessableEntity, "request.invalid")
}
