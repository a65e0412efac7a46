package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

func TestChatOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	pass := h.call(t, http.MethodPost, "/api/v1/chat/passes", `{}`)
	pass.want(t, http.StatusCreated, "")
	path := "/api/v1/chat/" + pass.text(t, "conversation") + "/messages"
	own := []string{"Authorization", "Bearer " + pass.text(t, "token")}
	const say = `{"kind":"text","body":{"text":"补办身份证"}}`

	first := h.call(t, http.MethodPost, path, say, append(own, "Idempotency-Key", "c1")...)
	first.want(t, http.StatusCreated, "")
	again := h.call(t, http.MethodPost, path, say, append(own, "Idempotency-Key", "c1")...)
	again.want(t, http.StatusCreated, "")
	if first.object(t)["seq"] != again.object(t)["seq"] || again.object(t)["dup"] != true || first.object(t)["dup"] != false {
		t.Errorf("first %s, repeat %s", first.Body, again.Body)
	}
	h.call(t, http.MethodPost, path, strings.Replace(say, "补办", "丢失", 1), append(own, "Idempotency-Key", "c1")...).
		want(t, http.StatusConflict, "chat.cid_conflict")
	h.call(t, http.MethodPost, path, say, own...).want(t, http.StatusUnprocessableEntity, "request.invalid")
	h.call(t, http.MethodPost, path, `{"kind":"receipt","body":{}}`, append(own, "Idempotency-Key", "c2")...).
		want(t, http.StatusUnprocessableEntity, "request.invalid")

	history := h.call(t, http.MethodGet, path+"?after=0&limit=100", "", own...)
	history.want(t, http.StatusOK, "")
	if messages, ok := history.object(t)["messages"].([]any); !ok || len(messages) != 2 {
		t.Errorf("want the question and the answer: %s", history.Body)
	}
	handed := h.call(t, http.MethodPost, strings.Replace(path, "/messages", "/ticket", 1), `{"contact":{"name":"韩梅梅","phone":"13911112222"}}`, append(own, "Idempotency-Key", "h1")...)
	handed.want(t, http.StatusCreated, "")
	after := h.call(t, http.MethodGet, path+"?after=2&epoch="+history.text(t, "epoch"), "", own...)
	if !strings.Contains(after.Body, `"kind":"receipt"`) || !strings.Contains(after.Body, "query_code") {
		t.Errorf("no receipt: %s", after.Body)
	}
	absent(t, after.Body, "韩梅梅", "1391111")
	absent(t, h.log.String(), pass.text(t, "conversation"), pass.text(t, "token"), "韩梅梅", "身份证")
}

func TestConversationsBelongToTheirToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	mine := h.call(t, http.MethodPost, "/api/v1/chat/passes", `{}`)
	theirs := h.call(t, http.MethodPost, "/api/v1/chat/passes", `{}`)
	for _, id := range []string{theirs.text(t, "conversation"), "nothing-like-this"} {
		for name, c := range map[string]struct {
			header []string
			status int
			code   string
		}{
			"no token":      {nil, 401, "chat.token"},
			"another token": {[]string{"Authorization", "Bearer " + mine.text(t, "token")}, 403, "chat.forbidden"},
		} {
			key := append([]string{"Idempotency-Key", "k"}, c.header...)
			for _, a := range []*answer{
				h.call(t, http.MethodGet, "/api/v1/chat/"+id+"/messages", "", c.header...),
				h.call(t, http.MethodPost, "/api/v1/chat/"+id+"/messages", `{"kind":"text","body":{"text":"x"}}`, key...),
				h.call(t, http.MethodPost, "/api/v1/chat/"+id+"/ticket", `{}`, key...),
				h.call(t, http.MethodPost, "/api/v1/chat/passes", fmt.Sprintf(`{"conversation":%q}`, id), c.header...),
			} {
				if a.Status != c.status {
					t.Errorf("%s: %d %s", name, a.Status, a.Body)
					continue
				}
				a.want(t, c.status, c.code)
			}
		}
	}
}

func TestSocketAtTheDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.AllowedOrigins = []string{"https://gaj.example"} })
	srv := httptest.NewServer(h.handler)
	defer srv.Close()
	url := "ws" + strings.TrimPrefix(srv.URL, "http") + "/api/v1/chat"
	for name, c := range map[string]struct {
		protocol, origin string
		status           int
	}{
		"no sub-protocol": {"", "", http.StatusBadRequest},
		"another":         {"pec.v0", "", http.StatusBadRequest},
		"a foreign site":  {"jiesu.v1", "https://evil.example", http.StatusForbidden},
		"an allowed site": {"jiesu.v1", "https://gaj.example", http.StatusSwitchingProtocols},
		"the own site":    {"jiesu.v1", srv.URL, http.StatusSwitchingProtocols},
		"not a browser":   {"jiesu.v1", "", http.StatusSwitchingProtocols},
	} {
		header := http.Header{}
		if c.protocol != "" {
			header.Set("Sec-WebSocket-Protocol", c.protocol)
		}
		if c.origin != "" {
			header.Set("Origin", c.origin)
		}
		ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, header)
		if res == nil || res.StatusCode != c.status {
			t.Errorf("%s: %v %v, want %d", name, res, err, c.status)
			continue
		}
		_ = res.Body.Close()
		if c.status != http.StatusSwitchingProtocols && res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: refused without a problem: %v", name, res.Header)
		}
		if ws == nil {
			continue
		}
		pass := h.call(t, http.MethodPost, "/api/v1/chat/passes", `{}`)
		check(t, ws.WriteJSON(map[string]any{"t": "hello", "id": 1, "v": 1, "pass": pass.text(t, "pass")}))
		var welcome struct{ T, Conv string }
		check(t, ws.ReadJSON(&welcome))
		if welcome.T != "welcome" || welcome.Conv != pass.text(t, "conversation") {
			t.Errorf("%s: %+v", name, welcome)
		}
		_ = ws.Close()
	}
	h.call(t, http.MethodGet, "/api/v1/chat", "").want(t, http.StatusBadRequest, "chat.websocket")
	absent(t, h.log.String(), "hijacked", "level=ERROR")
	if !strings.Contains(h.log.String(), "route=/api/v1/chat status=101") {
		t.Errorf("upgrades are not logged as such: %s", h.log)
	}
}
