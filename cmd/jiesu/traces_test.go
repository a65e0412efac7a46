package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"

	"jiesu/internal/server/live"
)

// personal is what somebody tells the desk of themselves here, and nobody else may
// read.
var personal = map[string]string{
	"name": "欧阳泓妤", "phone": "13977650428", "identity card": "11010519491231002X", "plate": "粤B7Q2X9", "address": "翠微路八十八弄三零九室",
	"e-mail": "hongyu.ouyang@example.net", "title": "邻居夜间敲墙", "text": "连续十一天凌晨两点敲墙", "chat": "隔壁那条大黄狗咬伤了我的孩子",
	"staff's password": "Wrong-Passw0rd-9183", "staff's login": "nobody.there.71", "query code": "ZZ9KQ7WWXP", "token": "c0ffee00deadbeefc0ffee00deadbeef", "search words": "丢失的蓝色书包",
}

// A letter's way is one trace from the request to the statements, and one of the job
// that follows; a message over a socket is one of its own. Whatever goes wrong on the
// way, nothing that people said of themselves is in traces, logs, figures or problems.
func TestNothingPersonalIsSeenFromOutside(t *testing.T) {
	t.Parallel()
	to := startCollector(t)
	h := openSite(t, filepath.Join(storyProgram(t), "jiesu"), "JIESU_OTLP_URL="+to.URL, "JIESU_LOG_LEVEL=debug", "JIESU_CHANNELS=")
	w := &outsider{t: t, site: h}
	w.live(live.Protocol)
	w.misbehave()
	to.waitFor("process notify.staff")
	figures := w.ask(http.MethodGet, "/metrics", "", http.StatusOK)
	w.breakDatabase()
	must(t, h.running.Process.Signal(syscall.SIGTERM))
	_ = h.running.Wait() // a broken database does not close in peace
	spans, exported := to.all()
	wantTraces(t, spans)
	_, log, _ := strings.Cut(h.log.String(), "jiesu serves on ") // before it the passwords of a first start are told
	_, log, _ = strings.Cut(log, "\n")
	for where, text := range map[string]string{"traces": exported, "log": log, "metrics": figures, "problems": w.problems.String()} {
		for what, secret := range personal {
			if strings.Contains(text, secret) {
				t.Errorf("%s: holds the %s", where, what)
			}
		}
		for what, secret := range map[string]string{"query code": w.code, "token": w.token, "pass": w.pass, "conversation's token": w.owner, "password": w.password, "number": w.number} {
			if secret == "" || strings.Contains(text, secret) {
				t.Errorf("%s: holds the %s that was given out", where, what)
			}
		}
	}
	wantLines(t, log)
	if !strings.Contains(figures, `jiesu_chat_frame_duration_seconds_count{frame="send",outcome="ok"} 1`) || !strings.Contains(figures, "jiesu_library_version ") {
		t.Error("figures are missing")
	}
}

// outsider asks everything there is to ask, and gets much of it wrong.
type outsider struct {
	t        *testing.T
	site     *site
	problems bytes.Buffer

	number, code, token, pass, owner, password string
}

// ask sends a request and returns its answer; whatever fails is kept.
func (w *outsider) ask(method, path, body string, want int, headers ...string) string {
	w.t.Helper()
	r, err := http.NewRequest(method, w.site.url(path), strings.NewReader(body))
	must(w.t, err)
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	must(w.t, err)
	raw, err := io.ReadAll(answer.Body)
	must(w.t, err)
	must(w.t, answer.Body.Close())
	if answer.StatusCode != want {
		w.t.Errorf("%s %s: %d, wanted %d: %s", method, path, answer.StatusCode, want, raw)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		w.problems.Write(raw)
	}
	return string(raw)
}

// live does what people do.
func (w *outsider) live(protocol string) {
	var receipt struct {
		Number string
		Code   string `json:"query_code"`
	}
	must(w.t, json.Unmarshal([]byte(w.ask(http.MethodPost, "/api/v1/letters", asText(w.t, map[string]any{
		"kind": "help", "title": personal["title"], "text": personal["text"] + "，我住" + personal["address"] + "，车" + personal["plate"] + "，证件" + personal["identity card"],
		"contact": map[string]string{"name": personal["name"], "phone": personal["phone"]},
	}), http.StatusCreated)), &receipt))
	w.number, w.code = receipt.Number, receipt.Code
	w.ask(http.MethodPost, "/api/v1/letters/lookup", asText(w.t, map[string]string{"number": w.number, "query_code": w.code}), http.StatusOK)
	w.ask(http.MethodPost, "/api/v1/ask", asText(w.t, map[string]string{"text": personal["search words"] + "怎么找回"}), http.StatusOK)
	w.password, w.token = ownPassword, w.site.signIn("taskforce1")
	w.ask(http.MethodGet, "/api/v1/staff/tickets/"+w.number, "", http.StatusOK, "Authorization: Bearer "+w.token)
	var pass struct{ Pass, Conversation, Token string }
	must(w.t, json.Unmarshal([]byte(w.ask(http.MethodPost, "/api/v1/chat/passes", "{}", http.StatusCreated)), &pass))
	w.pass, w.owner = pass.Pass, pass.Token
	ws, answer, err := (&websocket.Dialer{Subprotocols: []string{protocol}}).Dial("ws://"+w.site.address+"/api/v1/chat", nil)
	must(w.t, err)
	defer func() { _ = answer.Body.Close(); _ = ws.Close() }()
	must(w.t, ws.WriteJSON(map[string]any{"t": "hello", "id": 1, "v": 1, "pass": pass.Pass}))
	must(w.t, ws.WriteJSON(map[string]any{"t": "send", "id": 2, "cid": "outsider-1", "kind": "text", "body": map[string]string{"text": personal["chat"]}}))
	must(w.t, ws.SetReadDeadline(time.Now().Add(patience)))
	for frame := (arrival{}); frame.frame.T != "ok"; {
		must(w.t, ws.ReadJSON(&frame.frame))
	}
}

// misbehave does what is refused.
func (w *outsider) misbehave() {
	w.ask(http.MethodPost, "/api/v1/letters/lookup", asText(w.t, map[string]string{"number": w.number, "query_code": personal["query code"]}), http.StatusNotFound)
	w.ask(http.MethodPost, "/api/v1/staff/session", asText(w.t, map[string]string{"login": personal["staff's login"], "password": personal["staff's password"]}), http.StatusUnauthorized)
	w.ask(http.MethodGet, "/api/v1/staff/tickets?q="+personal["phone"], "", http.StatusUnauthorized, "Authorization: Bearer "+personal["token"])
	w.ask(http.MethodPost, "/webhooks/12345/"+personal["phone"], asText(w.t, personal), http.StatusForbidden)
	w.ask(http.MethodPost, "/webhooks/wechat/"+personal["phone"]+"?signature="+personal["token"], asText(w.t, personal), http.StatusForbidden)
	w.ask(http.MethodGet, "/"+personal["phone"]+"/"+personal["name"], "", http.StatusNotFound)
	w.ask(http.MethodPost, "/api/v1/letters", `{"kind":"`+personal["phone"]+`","`+personal["e-mail"]+`":"`+personal["name"], http.StatusBadRequest)
	w.ask(http.MethodPost, "/api/v1/letters", asText(w.t, map[string]any{"kind": personal["phone"], "title": personal["title"], "text": personal["text"], "contact": map[string]string{"name": personal["name"], "phone": personal["e-mail"]}}), http.StatusUnprocessableEntity)
	w.ask(http.MethodPost, "/api/v1/letters/"+personal["phone"], "{}", http.StatusNotFound)
}

// breakDatabase makes what is asked for fail in the middle of our work.
func (w *outsider) breakDatabase() {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.site.data, "jiesu.db")+"?_pragma=busy_timeout(10000)")
	must(w.t, err)
	_, err = db.ExecContext(context.Background(), "ALTER TABLE letter RENAME TO lost")
	must(w.t, err)
	must(w.t, db.Close())
	w.ask(http.MethodPost, "/api/v1/letters", asText(w.t, map[string]any{
		"kind": "help", "title": personal["title"], "text": personal["text"], "contact": map[string]string{"name": personal["name"], "phone": personal["phone"]},
	}), http.StatusInternalServerError)
}

// wantTraces looks for the ways of the letter and of the message.
func wantTraces(t *testing.T, spans []*otlp.Span) {
	t.Helper()
	below := map[string]map[string]bool{} // by the name of a trace's first span
	roots := map[string]string{}
	for _, s := range spans {
		if len(s.GetParentSpanId()) == 0 {
			roots[string(s.GetTraceId())] = s.GetName()
		}
	}
	for _, s := range spans {
		root := roots[string(s.GetTraceId())]
		if below[root] == nil {
			below[root] = map[string]bool{}
		}
		below[root][s.GetName()] = true
		for _, a := range s.GetAttributes() {
			if strings.HasPrefix(a.GetKey(), "url.") || strings.HasPrefix(a.GetKey(), "client.") || a.GetKey() == "db.query.text" {
				t.Errorf("%s holds %s", s.GetName(), a.GetKey())
			}
		}
	}
	for root, parts := range map[string][]string{
		"POST /api/v1/letters":              {"transaction", "INSERT letter", "INSERT ticket", "INSERT job"},
		"process notify.staff":              {"transaction", "INSERT notification", "UPDATE job"},
		"chat send":                         {"transaction", "INSERT message", "search embedded"},
		"POST /api/v1/ask":                  {"search embedded"},
		"GET /api/v1/staff/tickets/:number": {"SELECT ticket"},
		"GET none":                          nil,
	} {
		if below[root] == nil {
			t.Errorf("no trace of %s", root)
		}
		for _, part := range parts {
			if !below[root][part] {
				t.Errorf("%s went without %s: %v", root, part, below[root])
			}
		}
	}
}

// wantLines fails on lines of the log that are no log lines.
func wantLines(t *testing.T, log string) {
	t.Helper()
	traced := 0
	for lines := bufio.NewScanner(strings.NewReader(log)); lines.Scan(); {
		var line struct {
			Time       time.Time
			Level, Msg string
			Request    string `json:"request_id"`
			Trace      string `json:"trace_id"`
			Route      string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Time.IsZero() || line.Level == "" || line.Msg == "" {
			t.Errorf("not a line of the log: %s", lines.Text())
		}
		if line.Msg == "request" && line.Route == "/api/v1/letters" {
			if line.Request == "" || len(line.Trace) != 32 {
				t.Errorf("no ids in %s", lines.Text())
			}
			traced++
		}
	}
	if traced < 4 {
		t.Errorf("%d letters in the log", traced)
	}
}

func asText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	must(t, err)
	return string(raw)
}
