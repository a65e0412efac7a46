package live_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk"
	"jiesu/internal/server/live"
)

// goleak in TestMain sees to it that nothing is left of these.
func TestThousandConnections(t *testing.T) {
	t.Parallel()
	r := newReplica(t, &memory{}, nil)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for n := range 125 {
				c := dial(t, r)
				switch (worker + n) % 3 {
				case 0: // gone before hello
				case 1:
					c.send(`{"t":"hello","id":1,"v":1,"pass":"p"}`)
					c.expect("welcome")
				case 2:
					c.send(`{"t":"hello","id":1,"v":1,"pass":"wrong"}`)
					c.closed(live.ClosePass)
				}
				_ = c.ws.Close()
			}
		})
	}
	wg.Wait()
	check(t, r.hub.Stop(context.Background()))
	if n, _ := r.hub.Counts(); n != 0 {
		t.Errorf("%d connections left", n)
	}
}

// BenchmarkSay is a message stored and acknowledged over a socket, on the real
// desk with a real file.
func BenchmarkSay(b *testing.B) {
	d := newDesk(b)
	r := newReplica(b, d, nil)
	d.WakeWith(r.hub)
	b.ResetTimer()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		_, pass := begin(b, d)
		c, _ := hello(b, r, pass, "")
		for n := 0; pb.Next(); n++ {
			c.send(`{"t":"send","id":2,"cid":"c%d","kind":"text","body":{"text":"补办身份证"}}`, n)
			f := c.skipTo("ok")
			c.send(`{"t":"ack","seq":%d}`, f.Seq)
		}
	})
}

// BenchmarkIdle reports what one idle connection costs: heap and stack of this
// process, which holds the client's side (small buffers) as well.
func BenchmarkIdle(b *testing.B) {
	r := newReplica(b, &memory{}, nil)
	const conns = 2000
	for b.Loop() {
		before := inUse()
		var open []*websocket.Conn
		for range conns {
			d := websocket.Dialer{Subprotocols: []string{live.Protocol}, ReadBufferSize: 128, WriteBufferSize: 128}
			ws, res, err := d.DialContext(b.Context(), r.url, nil)
			check(b, err)
			_ = res.Body.Close()
			check(b, ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"hello","id":1,"v":1,"pass":"p"}`)))
			_, _, err = ws.ReadMessage()
			check(b, err)
			open = append(open, ws)
		}
		b.ReportMetric(float64(inUse()-before)/conns/1024, "KiB/conn")
		for _, ws := range open {
			_ = ws.Close()
		}
	}
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// BenchmarkPush is one message to 100 sockets of a conversation.
func BenchmarkPush(b *testing.B) {
	m := &memory{}
	r := newReplica(b, m, nil)
	var open []*client
	for range 100 {
		c, _ := hello(b, r, "p", `,"last":{"epoch":"e","seq":0}`)
		open = append(open, c)
	}
	seq := int64(0)
	for b.Loop() {
		seq++
		_, err := m.Say(context.Background(), desk.Said{ClientID: "x", Kind: "text", Text: "消息"})
		check(b, err)
		r.hub.Wake("c")
		for _, c := range open {
			c.expect("msg")
			c.send(`{"t":"ack","seq":%d}`, seq)
		}
	}
}
