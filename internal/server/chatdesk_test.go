package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

func TestStaffSocketAtTheDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.AllowedOrigins = []string{"https://gaj.example"} })
	srv := httptest.NewServer(h.handler)
	defer srv.Close()
	session := "jiesu_session=" + h.signIn(t, "zhuanban")
	for name, c := range map[string]struct {
		cookie, origin string
		status         int
	}{
		"no session":                       {"", srv.URL, http.StatusUnauthorized},
		"another site":                     {session, "https://evil.example", http.StatusForbidden},
		"a site that may embed the chat":   {session, "https://gaj.example", http.StatusForbidden},
		"the console":                      {session, srv.URL, http.StatusSwitchingProtocols},
		"a program, which sends no origin": {session, "", http.StatusSwitchingProtocols},
	} {
		header := http.Header{"Sec-Websocket-Protocol": {"jiesu-staff.v1"}}
		if c.cookie != "" {
			header.Set("Cookie", c.cookie)
		}
		if c.origin != "" {
			header.Set("Origin", c.origin)
		}
		ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/api/v1/staff/live", header)
		if res == nil || res.StatusCode != c.status {
			t.Errorf("%s: %v %v, want %d", name, res, err, c.status)
			continue
		}
		_ = res.Body.Close()
		if ws == nil {
			continue
		}
		check(t, ws.WriteJSON(map[string]any{"t": "hello", "id": 1, "v": 1, "topics": []string{"tickets"}}))
		var got struct{ T string }
		check(t, ws.ReadJSON(&got))
		if got.T != "welcome" {
			t.Errorf("%s: %+v", name, got)
		}
		check(t, ws.ReadJSON(&got))
		if got.T != "board" {
			t.Errorf("%s: then %+v", name, got)
		}
		_ = ws.Close()
	}
}

func TestChatDeskIsForThoseWhoAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	leader := []string{"Authorization", "Bearer " + h.signIn(t, "lingdao")}
	for _, path := range []string{"", "/x", "/x/colleagues"} {
		h.call(t, http.MethodGet, "/api/v1/staff/chats"+path, "", leader...).want(t, http.StatusForbidden, "chat.denied")
	}
	for _, act := range []string{"take", "hand-back", "end", "ticket"} {
		h.call(t, http.MethodPost, "/api/v1/staff/chats/x/"+act, `{}`, leader...).want(t, http.StatusForbidden, "chat.denied")
	}
	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	h.call(t, http.MethodGet, "/api/v1/staff/chats/x", "", force...).want(t, http.StatusNotFound, "chat.not_found")
	p := h.call(t, http.MethodPost, "/api/v1/staff/phrases", `{"title":"问候","text":"您好。","shared":true}`, force...)
	p.want(t, http.StatusCreated, "")
	h.call(t, http.MethodPost, "/api/v1/staff/phrases/"+p.text(t, "id")+"/retire", `{"version":1}`, force...).want(t, http.StatusOK, "")
	h.call(t, http.MethodGet, "/api/v1/staff/phrases", "", leader...).want(t, http.StatusForbidden, "phrase.denied")
}

// TestOneAddressCannotFillTheQueues: whoever asks too often in a short time waits, in
// whichever conversation and by whichever words.
func TestOneAddressCannotFillTheQueues(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	for i := range 7 {
		pass := h.call(t, http.MethodPost, "/api/v1/chat/passes", `{}`)
		header := []string{"Authorization", "Bearer " + pass.text(t, "token"), "Idempotency-Key", fmt.Sprint("k", i)}
		a := h.call(t, http.MethodPost, "/api/v1/chat/"+pass.text(t, "conversation")+"/messages", `{"kind":"text","body":{"text":"转人工"}}`, header...)
		if limited := a.Status == http.StatusTooManyRequests; limited != (i == 6) {
			t.Errorf("request %d: %d %s", i+1, a.Status, a.Body)
		}
	}
}
