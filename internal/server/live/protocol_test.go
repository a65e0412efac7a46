package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk"
	"jiesu/internal/server/live"
)

func TestHello(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, func(o *live.Options) { o.Times.Hello = 200 * time.Millisecond })

	t.Run("a frame before hello", func(t *testing.T) {
		t.Parallel()
		c := dial(t, r)
		c.send(`{"t":"send","id":1,"cid":"a","kind":"text","body":{"text":"x"}}`)
		c.closed(live.ClosePass)
	})
	t.Run("no hello in time", func(t *testing.T) { t.Parallel(); dial(t, r).closed(live.ClosePass) })
	t.Run("a pass works once", func(t *testing.T) {
		t.Parallel()
		_, pass := begin(t, d)
		hello(t, r, pass, "")
		c := dial(t, r)
		c.send(`{"t":"hello","id":7,"v":1,"pass":%q}`, pass)
		if f := c.expect("err"); f.ID != 7 || f.Code != "pass" {
			t.Errorf("refused with %+v", f)
		}
		c.closed(live.ClosePass)
	})
	t.Run("a pass opens its own conversation only", func(t *testing.T) {
		t.Parallel()
		_, pass := begin(t, d)
		other, _ := begin(t, d)
		c := dial(t, r)
		c.send(`{"t":"hello","id":1,"v":1,"pass":%q,"conv":%q}`, pass, other.conversation)
		c.closed(live.CloseDenied)
	})
	t.Run("an unknown version", func(t *testing.T) {
		t.Parallel()
		_, pass := begin(t, d)
		c := dial(t, r)
		c.send(`{"t":"hello","id":1,"v":2,"pass":%q}`, pass)
		c.closed(live.CloseBadFrame)
	})
	t.Run("hello twice", func(t *testing.T) {
		t.Parallel()
		s, pass := begin(t, d)
		c, _ := hello(t, r, pass, "")
		c.send(`{"t":"hello","id":2,"v":1,"pass":%q}`, s.pass(t, d))
		c.closed(live.CloseBadFrame)
	})
}

func TestRefusedBeforeUpgrade(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, func(o *live.Options) { o.Limits.PerAddress = 1 })
	for name, c := range map[string]struct {
		protocols []string
		origin    string
	}{
		"no sub-protocol":      {nil, ""},
		"another sub-protocol": {[]string{"graphql-ws"}, ""},
		"foreign origin":       {[]string{live.Protocol}, "https://evil.example"},
	} {
		dialer := websocket.Dialer{Subprotocols: c.protocols}
		header := map[string][]string{}
		if c.origin != "" {
			header["Origin"] = []string{c.origin}
		}
		ws, res, err := dialer.DialContext(t.Context(), r.url, header)
		if err == nil {
			_ = ws.Close()
			t.Errorf("%s: let in", name)
		}
		if res != nil {
			_ = res.Body.Close()
		}
	}
	dial(t, r)
	dialer := websocket.Dialer{Subprotocols: []string{live.Protocol}}
	_, res, err := dialer.DialContext(t.Context(), r.url, nil)
	if err == nil {
		t.Error("more sockets than an address may have")
	}
	_ = res.Body.Close()
}

func TestSayAndAnswer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, nil)
	d.WakeWith(r.hub)
	_, pass := begin(t, d)
	c, w := hello(t, r, pass, "")
	if w.Head != 0 || !w.Recovered || w.SID == "" || w.Epoch == "" {
		t.Errorf("welcome to a new conversation: %+v", w)
	}
	c.send(`{"t":"send","id":2,"cid":"c1","kind":"text","body":{"text":"补办身份证<b>x</b>"}}`)
	var ok frame
	var said []frame
	for ok.T == "" || len(said) < 2 {
		f, err := c.next()
		check(t, err)
		if f.T == "ok" {
			ok = f
		} else {
			said = append(said, f)
		}
	}
	if ok.ID != 2 || ok.Seq != 1 || ok.Dup {
		t.Errorf("ok: %+v", ok)
	}
	var body struct{ Text string }
	check(t, json.Unmarshal(said[0].Body, &body))
	if said[0].CID != "c1" || said[0].Seq != 1 || body.Text != "补办身份证<b>x</b>" {
		t.Errorf("own message, verbatim: %+v %s", said[0], said[0].Body)
	}
	if said[1].Seq != 2 || said[1].Kind != "answer" || !strings.Contains(string(said[1].Body), `"decision"`) {
		t.Errorf("answer: %+v %s", said[1], said[1].Body)
	}
	c.send(`{"t":"typing","on":true}`)
	c.send(`{"t":"read","seq":2}`)
	c.send(`{"t":"dance","id":9}`)
	if f := c.expect("err"); f.ID != 9 || f.Code != "unknown_type" {
		t.Errorf("unknown type: %+v", f)
	}
}

// broken breaks the connection at a chosen step of storing a message.
type broken struct {
	live.Desk
	before, after func() error
}

func (b *broken) Say(ctx context.Context, s desk.Said) (desk.SaidResult, error) {
	if b.before != nil {
		if err := b.before(); err != nil {
			return desk.SaidResult{}, err
		}
	}
	result, err := b.Desk.Say(ctx, s)
	if b.after != nil {
		err = errors.Join(err, b.after())
	}
	return result, err
}

func TestKilledWhileSending(t *testing.T) {
	t.Parallel()
	for name, crash := range map[string]struct {
		written, committed bool
	}{
		"before the write":            {},
		"after the write, no commit":  {written: true},
		"after the commit, before ok": {written: true, committed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			var first *client
			var once sync.Once
			reached := make(chan struct{})
			cut := func() (err error) {
				once.Do(func() {
					_ = first.ws.NetConn().Close()
					err = errors.New("crashed")
					close(reached)
				})
				return err
			}
			b := &broken{Desk: d}
			if crash.committed {
				b.after = cut
			} else {
				b.before = cut
			}
			r := newReplica(t, b, nil)
			d.WakeWith(r.hub)
			s, pass := begin(t, d)
			first, _ = hello(t, r, pass, "")
			if crash.written {
				first.send(`{"t":"send","id":2,"cid":"c1","kind":"text","body":{"text":"补办身份证"}}`)
				<-reached
			} else {
				_ = first.ws.NetConn().Close()
				once.Do(func() {})
			}
			again, w := hello(t, r, s.pass(t, d), last("", 0))
			again.send(`{"t":"send","id":3,"cid":"c1","kind":"text","body":{"text":"补办身份证"}}`)
			ok := again.skipTo("ok")
			if ok.Seq != 1 || ok.Dup != crash.committed {
				t.Errorf("resent after a crash: %+v (welcome %+v)", ok, w)
			}
			if n := copies(history(t, d, s.conversation), "c1"); n != 1 {
				t.Errorf("%d copies stored, want exactly one", n)
			}
		})
	}
}

func TestSameMessageFromEverywhereIsStoredOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	replicas := []*replica{newReplica(t, d, nil), newReplica(t, d, nil)}
	d.WakeWith(wakers{replicas[0].hub, replicas[1].hub})
	s, _ := begin(t, d)
	var mu sync.Mutex
	duplicates := 0
	var wg sync.WaitGroup
	for i := range 50 {
		c, _ := hello(t, replicas[i%2], s.pass(t, d), "")
		wg.Go(func() {
			c.send(`{"t":"send","id":2,"cid":"same","kind":"text","body":{"text":"补办身份证"}}`)
			ok := c.skipTo("ok")
			mu.Lock()
			defer mu.Unlock()
			if ok.Seq != 1 {
				t.Errorf("stored at %d", ok.Seq)
			}
			if ok.Dup {
				duplicates++
			}
		})
	}
	wg.Wait()
	if n := copies(history(t, d, s.conversation), "same"); n != 1 || duplicates != 49 {
		t.Errorf("%d copies and %d duplicates, want 1 and 49", n, duplicates)
	}
}

func TestSameIDWithAnotherBodyIsAConflict(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, nil)
	_, pass := begin(t, d)
	c, _ := hello(t, r, pass, "")
	c.send(`{"t":"send","id":2,"cid":"c1","kind":"text","body":{"text":"一"}}`)
	c.skipTo("ok")
	c.send(`{"t":"send","id":3,"cid":"c1","kind":"text","body":{"text":"二"}}`)
	if f := c.skipTo("err"); f.ID != 3 || f.Code != "cid_conflict" || f.Temporary {
		t.Errorf("conflict: %+v", f)
	}
	for _, cid := range []string{"", strings.Repeat("x", 65), "换行\\n"} {
		c.send(`{"t":"send","id":4,"cid":"%s","kind":"text","body":{"text":"二"}}`, cid)
		if f := c.skipTo("err"); f.ID != 4 || f.Code != "cid" {
			t.Errorf("cid %q: %+v", cid, f)
		}
	}
}

// Every client sees 1..n without a gap or a repeat while connections are cut.
func TestOrderUnderCuts(t *testing.T) {
	t.Parallel()
	const writers, each = 2, 100
	d := newDesk(t)
	replicas := []*replica{newReplica(t, d, nil), newReplica(t, d, nil)}
	d.WakeWith(wakers{replicas[0].hub, replicas[1].hub})
	s, pass := begin(t, d)
	_, w := hello(t, replicas[0], pass, "")
	const total = writers * each * 2 // each message is answered
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for n := range each {
				_, err := replicas[i].hub.Say(t.Context(), "a", desk.Said{
					Conversation: s.conversation, ClientID: fmt.Sprintf("w%d-%d", i, n), Kind: "text", Text: "补办身份证",
				})
				if err != nil {
					t.Errorf("say: %v", err)
				}
			}
		})
	}
	for i := range 4 {
		wg.Go(func() { follow(t, d, s, replicas[i%2], w.Epoch, total, 7+i*5) })
	}
	wg.Wait()
}

// follow reads a conversation to its end, cutting the line every so often.
func follow(t *testing.T, d *desk.Desk, s session, r *replica, epoch string, total int64, cutEvery int) {
	t.Helper()
	for seen := int64(0); seen < total; {
		c, w := hello(t, r, s.pass(t, d), last(epoch, seen))
		if !w.Recovered {
			t.Errorf("not recovered at %d of %d", seen, w.Head)
			return
		}
		for n := 0; n < cutEvery && seen < total; n++ {
			f := c.expect("msg")
			if f.Seq != seen+1 {
				t.Errorf("got %d after %d", f.Seq, seen)
				return
			}
			seen = f.Seq
			c.send(`{"t":"ack","seq":%d}`, seen)
		}
		_ = c.ws.NetConn().Close()
	}
}

func TestHistoryThatDoesNotFitIsNotRecovered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, nil)
	d.WakeWith(r.hub)
	s, pass := begin(t, d)
	_, w := hello(t, r, pass, "")
	for n := range 3 {
		_, err := r.hub.Say(t.Context(), "a", desk.Said{Conversation: s.conversation, ClientID: strconv.Itoa(n), Kind: "text", Text: "补办身份证"})
		check(t, err)
	}
	for name, rest := range map[string]string{
		"another epoch":       last("another", 2),
		"last beyond head":    last(w.Epoch, 99),
		"a negative position": last(w.Epoch, -1),
		"no position":         "",
	} {
		c, w := hello(t, r, s.pass(t, d), rest)
		if w.Recovered || w.Head != 6 {
			t.Errorf("%s: %+v", name, w)
		}
		c.send(`{"t":"sync","id":5,"after":0,"limit":4}`)
		p := c.expect("page")
		if len(p.Items) != 4 || !p.More || p.Head != 6 || p.Items[0].Seq != 1 {
			t.Errorf("%s: first page %+v", name, p)
		}
		c.send(`{"t":"sync","id":6,"after":4,"limit":4}`)
		if p := c.expect("page"); len(p.Items) != 2 || p.More || p.Items[1].Seq != 6 {
			t.Errorf("%s: second page %+v", name, p)
		}
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, func(o *live.Options) { o.Limits.Window = 3 })
	d.WakeWith(r.hub)
	s, pass := begin(t, d)
	c, w := hello(t, r, pass, last("", 0))
	if w.Recovered { // a client that has nothing names no epoch
		t.Errorf("recovered an epoch it never had: %+v", w)
	}
	for n := range 4 {
		_, err := r.hub.Say(t.Context(), "a", desk.Said{Conversation: s.conversation, ClientID: strconv.Itoa(n), Kind: "text", Text: "补办身份证"})
		check(t, err)
	}
	for want := int64(1); want <= 3; want++ {
		if f := c.expect("msg"); f.Seq != want {
			t.Fatalf("got %d, want %d", f.Seq, want)
		}
	}
	c.send(`{"t":"ack","seq":8}`) // never sent: means nothing
	c.send(`{"t":"sync","id":2,"after":3,"limit":1}`)
	if p := c.expect("page"); len(p.Items) != 1 || p.Items[0].Seq != 4 {
		t.Fatalf("pulled past a full window: %+v", p)
	}
	c.send(`{"t":"ack","seq":2}`)
	for want := int64(4); want <= 5; want++ {
		if f := c.expect("msg"); f.Seq != want {
			t.Fatalf("after an ack: got %d, want %d", f.Seq, want)
		}
	}
	c.send(`{"t":"ack","seq":5}`)
	for want := int64(6); want <= 8; want++ {
		if f := c.expect("msg"); f.Seq != want {
			t.Fatalf("after the second ack: got %d, want %d", f.Seq, want)
		}
	}
}

func TestSocketAndHTTPSeeTheSameHistory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, nil)
	d.WakeWith(r.hub)
	s, pass := begin(t, d)
	c, w := hello(t, r, pass, "")
	for n := range 3 {
		c.send(`{"t":"send","id":1,"cid":"ws%d","kind":"text","body":{"text":"补办身份证"}}`, n)
		c.skipTo("ok")
		_, err := r.hub.Say(t.Context(), "a", desk.Said{Conversation: s.conversation, ClientID: fmt.Sprint("http", n), Kind: "text", Text: "补办身份证"})
		check(t, err)
	}
	conv, err := d.Owned(t.Context(), s.conversation, s.token)
	check(t, err)
	polled, err := r.hub.Poll(t.Context(), conv, live.Query{Epoch: w.Epoch, Limit: 100})
	check(t, err)
	c.send(`{"t":"sync","id":3,"after":0,"limit":100}`)
	page := c.skipTo("page")
	if len(polled.Messages) != 12 || len(page.Items) != 12 || polled.Head != 12 || !polled.Recovered {
		t.Fatalf("HTTP has %d, the socket %d, want 12", len(polled.Messages), len(page.Items))
	}
	for i, m := range polled.Messages {
		if m.Seq != page.Items[i].Seq || m.CID != page.Items[i].CID || string(m.Body) != string(page.Items[i].Body) {
			t.Errorf("line %d differs: %+v %+v", i, m, page.Items[i])
		}
	}
	stale, err := r.hub.Poll(t.Context(), conv, live.Query{Epoch: "old", After: 5, Limit: 100})
	check(t, err)
	if stale.Recovered || len(stale.Messages) != 12 {
		t.Errorf("another epoch: %+v", stale)
	}
}

func TestHandOffOpensOneTicket(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, nil)
	d.WakeWith(r.hub)
	s, pass := begin(t, d)
	c, _ := hello(t, r, pass, "")
	c.send(`{"t":"send","id":1,"cid":"q","kind":"text","body":{"text":"家门口的路灯坏了半个月，晚上很黑"}}`)
	c.skipTo("ok")
	for n, cid := range []string{"h1", "h1", "h2"} {
		c.send(`{"t":"handoff","id":%d,"cid":%q,"kind":"help","title":"路灯"}`, n+2, cid)
		c.skipTo("ok")
	}
	receipts, number := 0, ""
	for _, m := range history(t, d, s.conversation) {
		if m.Kind == "receipt" {
			receipts++
			number = string(m.Body)
		}
	}
	if receipts != 1 || !strings.Contains(number, "query_code") || !strings.Contains(number, "due_at") {
		t.Errorf("%d receipts (%s), want exactly one with code and date", receipts, number)
	}
}
