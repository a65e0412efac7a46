package live_test

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
	"jiesu/internal/server/live"
)

// office is a hub with a clerk at the other end of a socket.
type office struct {
	*inBubble
	signedOut atomic.Bool
	ws        *websocket.Conn
	enter     func(user, hello string) *websocket.Conn // somebody else's
}

// atWork connects a clerk who has conversation c.
func atWork(t *testing.T, change func(*live.Options), hello string, test func(o *office)) {
	t.Helper()
	bubble(t, change, func(b *inBubble) {
		o := &office{inBubble: b}
		b.desk.board = desk.ChatBoard{Mine: []desk.ChatBrief{{ID: "c", State: conversation.Person}}, Queues: []desk.ChatQueue{{Name: "不分类别", Waiting: 2}}}
		l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			err := b.hub.ServeStaff(w, r, live.Staff{Address: "staff/u1", Session: rand.Text(), Who: func(context.Context) (desk.Actor, error) {
				if o.signedOut.Load() {
					return desk.Actor{}, problem.New(problem.Unauthenticated, "session.required", "请先登录。")
				}
				user := r.Header.Get("X-User")
				return desk.Actor{ID: user, Name: "民警" + user, Chats: "*"}, nil
			}})
			if err != nil {
				t.Error(err)
			}
		})}
		served := make(chan struct{})
		go func() { defer close(served); _ = srv.Serve(l) }()
		d := websocket.Dialer{Subprotocols: []string{live.StaffProtocol}, NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			l.conns <- there
			return here, nil
		}}
		o.enter = func(user, hello string) *websocket.Conn {
			ws, res, err := d.DialContext(b.t.Context(), "ws://desk/", http.Header{"X-User": {user}})
			check(b.t, err)
			_ = res.Body.Close()
			check(b.t, ws.WriteMessage(websocket.TextMessage, []byte(hello)))
			return ws
		}
		o.ws = o.enter("u1", hello)
		test(o)
		_ = o.ws.Close()
		check(b.t, srv.Close())
		<-served
	})
}

// next is the next frame that is none of the board's, the pings' or of presence.
func (o *office) next(t *testing.T) frame {
	t.Helper()
	for {
		f, err := read(o.ws)
		check(t, err)
		if f.T != "board" && f.T != "ping" && f.Kind != "presence" {
			return f
		}
	}
}

const staffHello = `{"t":"hello","id":1,"v":1,"topics":["tickets","chats"]}`

// TestStaffHearWhatIsNew: what was said before, what is said now, and which lists have
// changed, of those they want to hear of, not too often.
func TestStaffHearWhatIsNew(t *testing.T) {
	t.Parallel()
	atWork(t, nil, staffHello, func(o *office) {
		t := o.t
		if f := o.next(t); f.T != "welcome" {
			t.Fatalf("first came %+v", f)
		}
		if f := o.next(t); f.T != "changed" {
			t.Fatalf("then %+v", f)
		}
		o.desk.say(t, 2, "在吗")
		o.hub.Wake("c")
		for seq := int64(1); seq <= 2; seq++ {
			if f := o.next(t); f.T != "msg" || f.Seq != seq || f.Chat != "c" {
				t.Fatalf("message %d: %+v", seq, f)
			}
		}
		start := time.Now()
		for range 50 {
			o.hub.Changed([]string{"tickets", "reviews"})
		}
		if f := o.next(t); f.T != "changed" || len(f.Topics) != 1 || f.Topics[0] != "tickets" {
			t.Errorf("told %+v", f)
		}
		if time.Since(start) > time.Second {
			t.Error("it took longer than the pace")
		}
		if o.desk.attended.Load() == 0 {
			t.Error("nobody noted that the clerk is there")
		}
	})
}

func TestStaffResumeWhereTheyWere(t *testing.T) {
	t.Parallel()
	atWork(t, func(o *live.Options) {
		for range 3 {
			_, _ = o.Desk.Say(t.Context(), desk.Said{Kind: conversation.Text, Text: "x"})
		}
	}, `{"t":"hello","id":1,"v":1,"chats":{"c":2}}`, func(o *office) {
		t := o.t
		o.next(t)
		if f := o.next(t); f.Seq != 3 {
			t.Errorf("came back at message %d, want only the third", f.Seq)
		}
	})
}

// TestTypingPassesBothWays, and to nobody who has nothing to do with it.
func TestTypingPassesBothWays(t *testing.T) {
	t.Parallel()
	atWork(t, nil, staffHello, func(o *office) {
		t := o.t
		o.next(t)
		o.next(t)
		citizen := o.hello(t, "")
		check(t, citizen.WriteMessage(websocket.TextMessage, []byte(`{"t":"typing","on":true}`)))
		if f := o.next(t); f.T != "note" || f.Kind != "typing" || f.Chat != "c" {
			t.Errorf("the clerk sees %+v", f)
		}
		for _, chat := range []string{"other", "c"} {
			check(t, o.ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"typing","chat":"`+chat+`","on":true}`)))
		}
		if f, err := read(citizen); err != nil || f.T != "note" || f.Kind != "typing" {
			t.Errorf("the citizen sees %+v, %v", f, err)
		}
		_ = citizen.Close()
	})
}

func TestStaffWhoSignOutAreDisconnected(t *testing.T) {
	t.Parallel()
	atWork(t, nil, staffHello, func(o *office) {
		t := o.t
		o.next(t)
		o.signedOut.Store(true)
		start := time.Now()
		endedWith(t, o.ws, live.CloseDenied)
		if took := time.Since(start); took > 6*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// TestWhoseSessionIsEndedIsDisconnectedAtOnce, and nobody else is looked at.
func TestWhoseSessionIsEndedIsDisconnectedAtOnce(t *testing.T) {
	t.Parallel()
	atWork(t, nil, staffHello, func(o *office) {
		t := o.t
		o.next(t)
		o.signedOut.Store(true)
		start := time.Now()
		o.hub.Recheck("staff/u2")
		synctest.Wait()
		if _, n := o.hub.Counts(); n != 1 {
			t.Error("somebody else was disconnected")
		}
		o.hub.Recheck("staff/u1")
		endedWith(t, o.ws, live.CloseDenied)
		if took := time.Since(start); took > time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// TestStaffWhoDoNotReadLoseTheConnection and nothing else.
func TestStaffWhoDoNotReadLoseTheConnection(t *testing.T) {
	t.Parallel()
	atWork(t, nil, staffHello, func(o *office) {
		t := o.t
		synctest.Wait()
		time.Sleep(time.Minute)
		if _, n := o.hub.Counts(); n != 0 {
			t.Errorf("%d connections left", n)
		}
	})
}

func TestStaffSayHelloFirst(t *testing.T) {
	t.Parallel()
	for _, first := range []string{`{"t":"typing","chat":"c"}`, `{"t":"hello","id":1,"v":2}`, `{`} {
		atWork(t, nil, first, func(o *office) { endedWith(o.t, o.ws, live.CloseBadFrame) })
	}
}
