package server_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shows checks what an answer shows, and what it must not.
func (a *answer) shows(t *testing.T, what string, status int, shown, absent []string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s: %d, want %d: %s", what, a.Status, status, a.Body)
	}
	for _, text := range shown {
		if !strings.Contains(a.Body, text) {
			t.Errorf("%s: it lacks %s", what, text)
		}
	}
	for _, text := range absent {
		if strings.Contains(a.Body, text) {
			t.Errorf("%s: it shows %s", what, text)
		}
	}
}

// TestACallIsTaken: hints, an answer on the spot, a ticket, and what others see of
// them.
func TestACallIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	const calls = "/api/v1/staff/calls"
	send := func(key, body string) *answer {
		return h.asks(t, "jingban", http.MethodPost, calls, body, "Idempotency-Key", key)
	}
	const asked = `{"line":"110","kind":"consult","text":"身份证丢了，怎么补办？","contact":{"phone":"13800138000"},"outcome":"answered"`
	h.asks(t, "jingban", http.MethodPost, calls+"/hints", asked+`}`).shows(t, "hints", 200, []string{"idcard-lost", `"category":"id-card"`, `"earlier":[]`}, nil)
	send("k1", asked+`}`).shows(t, "no entry", 422, []string{"请选择照着哪条问答答复的"}, []string{"13800138000"})
	const answered = asked + `,"entry":"idcard-lost"}`
	send("k1", answered).shows(t, "answered", 201, nil, []string{"13800138000"})
	send("k1", answered).shows(t, "sent twice", 201, nil, nil)
	send("k1", strings.Replace(answered, "身份证", "护照", 1)).want(t, http.StatusConflict, "idempotency.mismatch")
	made := send("k2", `{"line":"110","kind":"report","text":"楼下有人聚众赌博。","contact":{"phone":"13900139000"},"outcome":"ticket"}`)
	made.shows(t, "a report", 201, []string{"query_code"}, []string{"13900139000", "聚众赌博"})
	number := regexp.MustCompile(`"number":"([^"]+)"`).FindStringSubmatch(made.Body)[1]

	log := func(login string) *answer { return h.asks(t, login, http.MethodGet, calls, "") }
	day := time.Now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
	h.asks(t, "jingban", http.MethodGet, calls+"?on="+day, "").shows(t, "the log", 200, []string{"138****8000", "idcard-lost", number}, []string{"13800138000", "139****9000", "聚众赌博"})
	if n := strings.Count(log("jingban").Body, `"outcome":"answered"`); n != 1 {
		t.Errorf("the call is there %d times", n)
	}
	for login, what := range map[string]string{"fuzeren": "the head of the unit", "linju": "another unit", "lingdao": "a leader"} {
		log(login).shows(t, what, 200, nil, []string{number})
	}
	log("bianji").shows(t, "an editor", 403, nil, []string{"138****8000"})
	h.asks(t, "lingdao", http.MethodPost, calls, answered).shows(t, "a leader registers nothing", 403, nil, nil)
	h.asks(t, "jingban", http.MethodGet, calls+"?on=yesterday", "").shows(t, "a bad day", 422, nil, nil)
}

// TestTheDirectoryIsChanged by one person, and approved by another.
func TestTheDirectoryIsChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	const lines = "/api/v1/staff/hotlines"
	const line = `{"lines":[{"number":"0755-84450000","name":"警民热线","use":"咨询","unit":"traffic","group":"police","hours":"全天"}],"reason":`
	if a := h.asks(t, "zhuanban", http.MethodPost, lines+"/changes", line+`""}`); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no reason: %d %s", a.Status, a.Body)
	}
	h.asks(t, "zhuanban", http.MethodPost, lines+"/changes", line+`"新开"}`).shows(t, "proposed", 201, []string{"警民热线"}, nil)
	h.asks(t, "jingban", http.MethodPost, lines+"/changes", line+`"新开"}`).shows(t, "a handler", 403, nil, nil)
	for _, path := range []string{"/hotlines", "/api/v1/hotlines", "/api/v1/hotlines"} {
		h.call(t, http.MethodGet, path, "").shows(t, "the public, before", 200, []string{"110"}, []string{"警民热线"})
	}
	directory := h.asks(t, "lingdao", http.MethodGet, lines, "")
	change := regexp.MustCompile(`"changes":\[\{"id":"([^"]+)"`).FindStringSubmatch(directory.Body)
	if change == nil {
		t.Fatalf("no change waits: %s", directory.Body)
	}
	decide := lines + "/changes/" + change[1] + "/decision"
	h.asks(t, "zhuanban", http.MethodPost, decide, `{"version":1,"approve":true}`).shows(t, "the own change, approved", 403, []string{"另一人"}, nil)
	h.asks(t, "lingdao", http.MethodPost, decide, `{"version":1,"approve":true}`).shows(t, "approved", 200, nil, nil)
	h.call(t, http.MethodGet, "/hotlines", "").shows(t, "the public", 200, []string{"警民热线", "0755-84450000", "服务时间：全天"}, []string{"交警支队"})
	whole := h.call(t, http.MethodGet, "/api/v1/hotlines", "")
	whole.shows(t, "the public's apps", 200, []string{"警民热线", "0755-84450000"}, []string{"traffic"})
	if length := whole.Header.Get("Content-Length"); length != strconv.Itoa(len(whole.Body)) {
		t.Errorf("an answer of %d bytes says that it has %s", len(whole.Body), length)
	}
	h.call(t, http.MethodGet, "/api/v1/hotlines?on=2026-01-01", "").shows(t, "their apps, earlier", 200, []string{"110"}, []string{"警民热线"})
	h.call(t, http.MethodGet, "/hotlines?on=2026-01-01", "").shows(t, "the public, earlier", 200, []string{"2026年1月1日"}, []string{"警民热线"})

	export := h.asks(t, "zhuanban", http.MethodGet, lines+"/export?format=csv", "")
	if !strings.Contains(export.Header.Get("Content-Disposition"), "hotlines.csv") {
		t.Fatalf("export: %d %s", export.Status, export.Body)
	}
	id := regexp.MustCompile(`(?m)^([^,\n]+),0755-84450000`).FindStringSubmatch(export.Body)[1]
	h.asks(t, "zhuanban", http.MethodGet, lines+"/"+id+"/history", "").shows(t, "its history", 200, []string{"警民热线", "新开"}, nil)
	changed := strings.Replace(export.Body, "0755-84450000", "0755-84450001", 1)
	for query, want := range map[string]string{"": `"applied":false`, "?apply=true&reason=x": `"applied":true`} {
		h.asks(t, "zhuanban", http.MethodPost, lines+"/import"+query, changed, "Content-Type", "application/octet-stream").shows(t, "import"+query, 200, []string{want, "0755-84450001"}, nil)
	}
	if a := h.call(t, http.MethodGet, "/api/v1/hotlines?on=2026-13-01", ""); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no such day: %d %s", a.Status, a.Body)
	}
}
