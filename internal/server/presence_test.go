package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// TestWhoElseHasATicketOnTheScreen: over real sockets, seen and gone, and of nobody
// who may not see the ticket.
func TestWhoElseHasATicketOnTheScreen(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	number := h.written(t)
	srv := httptest.NewServer(h.handler)
	defer srv.Close()
	enter := func(login string) *websocket.Conn {
		header := http.Header{"Sec-Websocket-Protocol": {"jiesu-staff.v1"}, "Cookie": {"jiesu_session=" + h.signIn(t, login)}}
		ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/api/v1/staff/live", header)
		check(t, err)
		_ = res.Body.Close()
		check(t, ws.WriteJSON(map[string]any{"t": "hello", "id": 1, "v": 1, "ticket": number}))
		return ws
	}
	names := func(ws *websocket.Conn) string {
		check(t, ws.SetReadDeadline(time.Now().Add(20*time.Second)))
		for {
			var f struct {
				T      string
				People []struct{ Name string }
			}
			check(t, ws.ReadJSON(&f))
			if f.T == "present" {
				var all []string
				for _, p := range f.People {
					all = append(all, p.Name)
				}
				return strings.Join(all, " ")
			}
		}
	}
	me := enter("jingban")
	defer func() { _ = me.Close() }()
	if got := names(me); got != "" {
		t.Errorf("alone with %q", got)
	}
	stranger := enter("linju") // of another unit
	defer func() { _ = stranger.Close() }()
	head := enter("fuzeren")
	if got := names(me); got != "fuzeren" {
		t.Errorf("with %q", got)
	}
	_ = head.Close()
	if got := names(me); got != "" {
		t.Errorf("somebody stays: %q", got)
	}
}
