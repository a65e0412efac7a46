package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/limit"
	"jiesu/internal/problem"
	"jiesu/internal/server/live"
)

// The tests in this file run the protocol's own times in a bubble of fake time:
// nothing waits, and nothing depends on how fast the machine is. Files and real
// sockets do not belong into a bubble, so the desk is a slice and the network a
// pipe.

func TestNoHelloWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	bubble(t, nil, func(b *inBubble) {
		t := b.t
		start := time.Now()
		endedWith(t, b.dial(t), live.ClosePass)
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("closed after %v, want 5s", took)
		}
	})
}

func TestNoPongWithinAMinute(t *testing.T) {
	t.Parallel()
	bubble(t, nil, func(b *inBubble) {
		t := b.t
		ws := b.hello(t, "")
		start := time.Now()
		endedWith(t, ws, live.CloseSilent)
		if took := time.Since(start); took != time.Minute {
			t.Errorf("closed after %v, want 60s", took)
		}
	})
}

func TestAnyFrameKeepsAConnectionAlive(t *testing.T) {
	t.Parallel()
	bubble(t, nil, func(b *inBubble) {
		t := b.t
		ws := b.hello(t, "")
		start := time.Now()
		for n := int64(1); n <= 100; n++ {
			f, err := read(ws)
			if err != nil || f.T != "ping" {
				t.Fatalf("after %v: %+v %v", time.Since(start), f, err)
			}
			check(t, ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"pong","n":%d}`, n)))
		}
		if took := time.Since(start); took != 100*25*time.Second {
			t.Errorf("100 pings took %v, want one every 25s", took)
		}
		_ = ws.Close()
	})
}

// The broker is off: nobody wakes the hub. The ping carries the head and brings
// what was missed.
func TestLostWakeUpIsHealedByThePing(t *testing.T) {
	t.Parallel()
	bubble(t, nil, func(b *inBubble) {
		t := b.t
		ws := b.hello(t, `,"last":{"epoch":"e","seq":0}`)
		b.desk.say(t, 3, "没有人叫醒")
		for want := int64(1); want <= 3; want++ {
			if f, err := read(ws); err != nil || f.T != "msg" || f.Seq != want {
				t.Fatalf("%+v %v, want message %d", f, err, want)
			}
		}
		if f, err := read(ws); err != nil || f.T != "ping" || f.Head != 3 {
			t.Errorf("%+v %v, want a ping with head 3", f, err)
		}
		_ = ws.Close()
	})
}

func TestDatabaseOutageDelaysAndLosesNothing(t *testing.T) {
	t.Parallel()
	bubble(t, nil, func(b *inBubble) {
		t := b.t
		ws := b.hello(t, `,"last":{"epoch":"e","seq":0}`)
		b.desk.down.Store(true)
		b.desk.say(t, 1, "数据库不在")
		b.hub.Wake("c")
		if f, err := read(ws); err != nil || f.T != "ping" {
			t.Fatalf("while the database is down: %+v %v", f, err)
		}
		check(t, ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"sync","id":4}`)))
		if f, err := read(ws); err != nil || f.Code != "internal" || !f.Temporary {
			t.Fatalf("sync while the database is down: %+v %v", f, err)
		}
		b.desk.down.Store(false)
		if f, err := read(ws); err != nil || f.T != "msg" || f.Seq != 1 {
			t.Errorf("after it came back: %+v %v", f, err)
		}
		_ = ws.Close()
	})
}

// A client that never reads is cut off after the write deadline, holds no more
// than its queue, and can resume completely; others do not notice.
func TestClientThatNeverReads(t *testing.T) {
	t.Parallel()
	bubble(t, nil, func(b *inBubble) {
		t := b.t
		slow := b.hello(t, `,"last":{"epoch":"e","seq":0}`)
		quick := b.hello(t, `,"last":{"epoch":"e","seq":0}`)
		b.desk.say(t, 40, strings.Repeat("很长的消息", 300))
		b.hub.Wake("c")
		start := time.Now()
		for want := int64(1); want <= 40; want++ {
			if f, err := read(quick); err != nil || f.Seq != want {
				t.Fatalf("the quick one: %+v %v", f, err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the quick one waited %v for the slow one", took)
		}
		_ = quick.Close()
		time.Sleep(12 * time.Second) // of the bubble: the write deadline and the close
		if n, _ := b.hub.Counts(); n != 0 {
			t.Errorf("%d connections left, want the slow one to be gone", n)
		}
		_ = slow.Close()
		again := b.hello(t, `,"last":{"epoch":"e","seq":0}`)
		for want := int64(1); want <= 40; want++ {
			if f, err := read(again); err != nil || f.Seq != want {
				t.Fatalf("resumed: %+v %v, want %d", f, err, want)
			}
		}
		_ = again.Close()
	})
}

// Replies a client does not take fill its queue and no more.
func TestFullQueueEndsTheConnection(t *testing.T) {
	t.Parallel()
	bubble(t, func(o *live.Options) { o.Limits.QueueFrames = 4 }, func(b *inBubble) {
		t := b.t
		ws := b.hello(t, "")
		for n := range 7 { // one is being written, four wait, one is too many
			check(t, ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"dance","id":%d}`, n)))
			synctest.Wait()
		}
		endedWith(t, ws, live.CloseSlow)
	})
}

func TestFloodOfFrames(t *testing.T) {
	t.Parallel()
	bubble(t, func(o *live.Options) { o.Limits.Frames = limit.Rate{Count: 20, Period: time.Second} }, func(b *inBubble) {
		t := b.t
		ws := b.hello(t, "")
		for range 20 {
			check(t, ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"pong"}`)))
		}
		if f, err := read(ws); err != nil || f.Code != "rate" {
			t.Errorf("%+v %v", f, err)
		}
		endedWith(t, ws, live.CloseRate)
	})
}

func TestStopSpreadsReconnects(t *testing.T) {
	t.Parallel()
	const clients = 200
	bubble(t, func(o *live.Options) { o.Limits = wide() }, func(b *inBubble) {
		t := b.t
		var conns []*websocket.Conn
		for range clients {
			conns = append(conns, b.hello(t, ""))
		}
		firstSecond := atomic.Int64{}
		var wg sync.WaitGroup
		for _, ws := range conns {
			wg.Go(func() {
				f, err := read(ws)
				if err != nil || f.T != "goaway" || f.AfterMS < 500 || f.AfterMS > 10_500 {
					t.Errorf("%+v %v", f, err)
				}
				if f.AfterMS < 1500 {
					firstSecond.Add(1)
				}
				endedWith(t, ws, live.CloseRestart)
				_ = ws.Close()
			})
		}
		check(t, b.hub.Stop(context.Background()))
		wg.Wait()
		if n := firstSecond.Load(); n > clients/4 {
			t.Errorf("%d of %d come back within the first second", n, clients)
		}
		if n, _ := b.hub.Counts(); n != 0 {
			t.Errorf("%d connections left after Stop", n)
		}
	})
}

// slowDesk takes its time to store.
type slowDesk struct {
	*memory
	takes time.Duration
}

func (s slowDesk) Say(ctx context.Context, said desk.Said) (desk.SaidResult, error) {
	select {
	case <-time.After(s.takes):
		return s.memory.Say(ctx, said)
	case <-ctx.Done():
		return desk.SaidResult{}, ctx.Err()
	}
}

func TestStopLetsWorkUnderWayFinish(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		takes time.Duration
		ok    bool
	}{{5 * time.Second, true}, {time.Hour, false}} {
		synctest.Test(t, func(t *testing.T) {
			m := &memory{}
			h := live.New(live.Options{Desk: slowDesk{m, c.takes}, Log: slog.New(slog.DiscardHandler), Limiter: limit.NewMemory(time.Now, 9), Now: time.Now})
			h.Start(t.Context())
			b := &inBubble{t: t, hub: h, listener: &pipes{conns: make(chan net.Conn), done: make(chan struct{})}}
			srv := &http.Server{Handler: serving(h), ReadHeaderTimeout: time.Minute}
			var wg sync.WaitGroup
			wg.Go(func() { _ = srv.Serve(b.listener) })
			ws := b.hello(t, "")
			check(t, ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"send","id":2,"cid":"c1","kind":"text","body":{"text":"x"}}`)))
			synctest.Wait()
			var got []string
			wg.Go(func() {
				for {
					f, err := read(ws)
					if err != nil {
						return
					}
					got = append(got, f.T)
				}
			})
			start := time.Now()
			if err := h.Stop(context.Background()); (err == nil) != c.ok {
				t.Errorf("stop with work of %v: %v", c.takes, err)
			}
			if took := time.Since(start); took > 21*time.Second {
				t.Errorf("stop took %v", took)
			}
			check(t, srv.Close())
			wg.Wait()
			if said := strings.Join(got, " "); c.ok && said != "goaway ok" && said != "ok goaway" {
				t.Errorf("the client heard %q", said)
			}
			_ = ws.Close()
		})
	}
}

func TestPollWaitsForNews(t *testing.T) {
	t.Parallel()
	bubble(t, nil, func(b *inBubble) {
		t := b.t
		conv, err := b.desk.Conversation(t.Context(), "c")
		check(t, err)
		poll := func() (live.History, time.Duration) {
			start := time.Now()
			h, err := b.hub.Poll(t.Context(), conv, live.Query{Epoch: "e", Wait: 25 * time.Second, Limit: 10})
			check(t, err)
			return h, time.Since(start)
		}
		if h, took := poll(); len(h.Messages) != 0 || took != 25*time.Second {
			t.Errorf("without news: %d messages after %v", len(h.Messages), took)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			time.Sleep(7 * time.Second)
			b.desk.say(t, 1, "来了")
			b.hub.Wake("c")
		})
		if h, took := poll(); len(h.Messages) != 1 || h.Head != 1 || took != 7*time.Second {
			t.Errorf("with news: %+v after %v", h, took)
		}
		wg.Wait()
		conv.Head = 1
		wg.Go(func() {
			time.Sleep(3 * time.Second)
			check(t, b.hub.Stop(context.Background()))
		})
		start := time.Now()
		_, err = b.hub.Poll(t.Context(), conv, live.Query{Epoch: "e", After: 1, Wait: 25 * time.Second})
		check(t, err)
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("a stop kept a poll for %v", took)
		}
		wg.Wait()
	})
}

func TestPollsOfOneConversationAreLimited(t *testing.T) {
	t.Parallel()
	bubble(t, func(o *live.Options) { o.Limits.PerConversation = 1 }, func(b *inBubble) {
		t := b.t
		conv := conversation.Conversation{ID: "c", Epoch: "e"}
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := b.hub.Poll(t.Context(), conv, live.Query{Wait: time.Second})
			check(t, err)
		})
		synctest.Wait()
		if _, err := b.hub.Poll(t.Context(), conv, live.Query{Wait: time.Second}); problem.KindOf(err) != problem.Limited {
			t.Errorf("a second poll beside the first: %v", err)
		}
		if _, err := b.hub.Poll(t.Context(), conv, live.Query{}); err != nil {
			t.Errorf("a look that does not wait: %v", err)
		}
		wg.Wait()
	})
}

func TestServeBeforeStartAndAfterStop(t *testing.T) {
	t.Parallel()
	h := live.New(live.Options{Desk: &memory{}, Log: slog.New(slog.DiscardHandler), Limiter: limit.NewMemory(time.Now, 9), Now: time.Now})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	check(t, err)
	for name, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-Websocket-Protocol": live.Protocol} {
		r.Header.Set(name, value)
	}
	if err := h.Serve(nil, r, "a"); problem.KindOf(err) != problem.Unavailable {
		t.Errorf("before Start: %v", err)
	}
	h.Start(t.Context())
	check(t, h.Stop(t.Context()))
	check(t, h.Stop(t.Context()))
	if err := h.Serve(nil, r, "a"); problem.KindOf(err) != problem.Unavailable {
		t.Errorf("after Stop: %v", err)
	}
}
