package live_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/limit/redistest"
	"jiesu/internal/server/live"
)

// branch is a replica staff and citizens come to.
type branch struct {
	*replica

	staff string
}

// branches are two replicas that share a Redis and a desk.
func branches(t *testing.T, m *memory) (r *redistest.Server, first, second *branch) {
	t.Helper()
	r = redistest.Start(t)
	open := func() *branch {
		b := &branch{replica: newReplica(t, m, func(o *live.Options) { o.Relay = live.NewRedisRelay(r.Client(), "jiesu-test") })}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
			user := in.Header.Get("X-User")
			err := b.hub.ServeStaff(w, in, live.Staff{Address: "staff/" + user, Who: func(context.Context) (desk.Actor, error) {
				return desk.Actor{ID: user, Name: "民警" + user, Chats: "*"}, nil
			}})
			if err != nil {
				t.Error(err)
			}
		}))
		t.Cleanup(srv.Close)
		b.staff = "ws" + strings.TrimPrefix(srv.URL, "http")
		return b
	}
	return r, open(), open()
}

func (b *branch) enter(t *testing.T, user, hello string) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{live.StaffProtocol}}
	ws, res, err := d.DialContext(t.Context(), b.staff, http.Header{"X-User": {user}})
	check(t, err)
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	check(t, ws.WriteMessage(websocket.TextMessage, []byte(hello)))
	return ws
}

// comesToSee waits until it is told that those are there, whatever it was told before.
func (p *tab) comesToSee(people string) {
	p.t.Helper()
	for got := range p.told {
		if got == "n1: "+people {
			return
		}
	}
	p.t.Errorf("never told of %q", people)
}

// TestWhoHasATicketOnTheScreenAtAnotherReplica: those who come are seen at once, those
// who were there before as well, and whoever leaves is gone.
func TestWhoHasATicketOnTheScreenAtAnotherReplica(t *testing.T) {
	t.Parallel()
	const helloAt = `{"t":"hello","id":1,"v":1,"ticket":"n1"}`
	_, first, second := branches(t, &memory{})
	me := reads(t, first.enter(t, "u1", helloAt))
	me.comesToSee("")
	ws := second.enter(t, "u2", helloAt)
	other := reads(t, ws)
	other.comesToSee("民警u1 false ")
	me.comesToSee("民警u2 false ")
	other.says(`{"t":"present","ticket":"n1","drafts":true}`)
	me.comesToSee("民警u2 true ")
	_ = ws.Close()
	me.comesToSee("")
}

// TestACitizenIsThereAtAnotherReplica: whoever answers knows, wherever the citizen's
// socket is, whether it was there before or comes later.
func TestACitizenIsThereAtAnotherReplica(t *testing.T) {
	t.Parallel()
	m := &memory{board: desk.ChatBoard{Mine: []desk.ChatBrief{{ID: "c", State: conversation.Person}}}}
	_, first, second := branches(t, m)
	c, _ := hello(t, second.replica, "p", "")
	there := make(chan bool, 100)
	clerk := first.enter(t, "u1", `{"t":"hello","id":1,"v":1}`)
	go func() {
		defer close(there)
		for {
			f, err := read(clerk)
			if err != nil {
				return
			}
			if f.T == "note" && f.Kind == "presence" {
				there <- strings.Contains(string(f.Body), "true")
			}
		}
	}()
	until := func(want bool) {
		t.Helper()
		for got := range there {
			if got == want {
				return
			}
		}
		t.Errorf("never told that the citizen is there: %v", want)
	}
	until(true)
	_ = c.ws.Close()
	until(false)
	hello(t, second.replica, "p", "")
	until(true)
}
