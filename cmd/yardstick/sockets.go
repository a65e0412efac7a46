package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/server/live"
)

const (
	settles   = 4 * time.Second
	firstIdle = 1000 // sockets before which nothing is compared: what a process needs once
	many      = 1000 // sockets of all other figures
)

// idleSockets are what one more socket costs in memory, and how many open a second.
func idleSockets(ctx context.Context, b *bench) (memory, accept value, err error) {
	data, err := b.folder()
	if err != nil {
		return memory, accept, err
	}
	var passes []string
	p, err := b.jiesu(ctx, data)
	err = with(p, err, func(p *process) (err error) { passes, err = p.passes(ctx, b.conns); return err })
	if err != nil {
		return memory, accept, err
	}
	// Started anew: what making the passes left behind must not take the sockets in.
	p, err = b.jiesu(ctx, data)
	err = with(p, err, func(p *process) error {
		memory.ours, accept.ours, err = fill(p, b.conns, func(i int) (*websocket.Conn, error) {
			c, err := p.chat(ctx, passes[i])
			if err != nil {
				return nil, err
			}
			return c.ws, nil
		})
		return err
	})
	if err != nil {
		return memory, accept, err
	}
	p, err = b.bare(ctx)
	err = with(p, err, func(p *process) error {
		memory.bare, accept.bare, err = fill(p, b.conns, func(int) (*websocket.Conn, error) {
			ws, err := socket(ctx, "ws://"+p.address+"/hub")
			if err != nil {
				return nil, err
			}
			return ws, trip(ws, "hello")
		})
		return err
	})
	return memory, accept, err
}

// fill opens sockets and returns the bytes each takes, and how many opened a second.
func fill(p *process, n int, open func(i int) (*websocket.Conn, error)) (bytes, perSecond float64, err error) {
	all := make([]*websocket.Conn, n)
	defer func() {
		for _, ws := range all {
			if ws != nil {
				_ = ws.Close()
			}
		}
	}()
	one := func(i int) (err error) { all[i], err = open(i); return err }
	if _, err := dialled(firstIdle, one); err != nil {
		return 0, 0, err
	}
	time.Sleep(settles)
	before := p.resident()
	perSecond, err = dialled(n-firstIdle, func(i int) error { return one(firstIdle + i) })
	if err != nil {
		return 0, 0, err
	}
	time.Sleep(settles)
	return (p.resident() - before) / float64(n-firstIdle), perSecond, nil
}

// trip sends a message and waits for what comes back.
func trip(ws *websocket.Conn, text string) error {
	if err := ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		return err
	}
	_, _, err := ws.ReadMessage()
	return err
}

func measureIdle(ctx context.Context, b *bench) (value, error) {
	v, _, err := idleSockets(ctx, b)
	v.ours, v.bare = v.ours/1024, v.bare/1024
	return v, err
}

func measureAccept(ctx context.Context, b *bench) (value, error) {
	_, v, err := idleSockets(ctx, b)
	return v, err
}

// echoes are the clients of the yardstick for answers.
func echoes(ctx context.Context, p *process, path, text string) (clients []step, leave func(), err error) {
	var open []*websocket.Conn
	leave = func() {
		for _, ws := range open {
			_ = ws.Close()
		}
	}
	for range many {
		ws, err := socket(ctx, "ws://"+p.address+path)
		if err != nil {
			return nil, leave, err
		}
		open = append(open, ws)
		clients = append(clients, func() error { return trip(ws, text) })
	}
	return clients, leave, nil
}

// updates is what it costs to tell staff's screens that lists have changed. Each
// screen is told once a second at most, so what is compared is not how many a second
// there can be, but the processor's time for one.
func updates(ctx context.Context, b *bench) (v value, err error) {
	p, err := b.fresh(ctx)
	err = with(p, err, func(p *process) error {
		token, err := p.staff(ctx, "taskforce1")
		if err != nil {
			return err
		}
		v.ours, err = told(ctx, p, b.seconds, func() (*websocket.Conn, error) { return screen(ctx, p, token) }, func(i int) error {
			return p.call(ctx, http.MethodPost, "/api/v1/letters", "", letter(i), nil)
		})
		return err
	})
	if err != nil {
		return v, err
	}
	p, err = b.bare(ctx)
	err = with(p, err, func(p *process) error {
		v.bare, err = told(ctx, p, b.seconds, func() (*websocket.Conn, error) { return socket(ctx, "ws://"+p.address+"/hub") }, func(int) error {
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.address+"/publish", strings.NewReader(`{"t":"changed","topics":["tickets","inbox","notices"]}`))
			if err != nil {
				return err
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				return err
			}
			return answer.Body.Close()
		})
		return err
	})
	return v, err
}

// screen is a socket of staff.
func screen(ctx context.Context, p *process, token string) (*websocket.Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{live.StaffProtocol}, ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: &writeBuffers}
	ws, answer, err := d.DialContext(ctx, "ws://"+p.address+"/api/v1/staff/live", http.Header{"Authorization": {"Bearer " + token}})
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	if err := trip(ws, `{"t":"hello","id":1,"v":1,"topics":["tickets"]}`); err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	return ws, nil
}

// told has screens told of changes once a second, and returns how many tellings a
// second of the processor's time are worth: what the same changes cost with one screen
// does not count.
func told(ctx context.Context, p *process, seconds float64, open func() (*websocket.Conn, error), change func(i int) error) (float64, error) {
	var all []*websocket.Conn
	got := make(chan struct{}, many*100)
	defer func() {
		for _, ws := range all {
			_ = ws.Close()
		}
	}()
	made := 0
	tell := func(screens int) (heard int, spent time.Duration, err error) {
		for len(all) < screens {
			ws, err := open()
			if err != nil {
				return 0, 0, err
			}
			all = append(all, ws)
			go listen(ws, got)
		}
		time.Sleep(settles)
		for len(got) > 0 {
			<-got
		}
		cpu := p.cpu()
		for range int(2 * seconds) {
			if err := change(made); err != nil {
				return 0, 0, err
			}
			made++
			time.Sleep(time.Second)
		}
		spent = p.cpu() - cpu
		if len(got) < screens {
			return 0, 0, fmt.Errorf("only %d of %d screens heard anything", len(got), screens)
		}
		runtime.GC()
		return len(got), spent, ctx.Err()
	}
	few, alone, err := tell(1)
	if err != nil {
		return 0, err
	}
	heard, spent, err := tell(many)
	return float64(heard-few) / max(spent-alone, time.Microsecond).Seconds(), err
}

// listen counts what a socket is sent.
func listen(ws *websocket.Conn, got chan<- struct{}) {
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			return
		}
		got <- struct{}{}
	}
}
