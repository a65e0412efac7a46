package live_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk"
	"jiesu/internal/limit"
	"jiesu/internal/problem"
	"jiesu/internal/server/live"
)

func TestBadFrames(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, nil)
	for name, c := range map[string]struct {
		kind int
		data string
		code int
	}{
		"too big":         {websocket.TextMessage, `{"t":"send","body":{"text":"` + strings.Repeat("x", 17<<10) + `"}}`, websocket.CloseMessageTooBig},
		"binary":          {websocket.BinaryMessage, `{"t":"pong"}`, live.CloseBadFrame},
		"not UTF-8":       {websocket.TextMessage, "{\"t\":\"\xff\xfe\"}", live.CloseBadFrame},
		"nested":          {websocket.TextMessage, `{"t":"pong","x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, live.CloseBadFrame},
		"not JSON":        {websocket.TextMessage, `hello`, live.CloseBadFrame},
		"two values":      {websocket.TextMessage, `{"t":"pong"}{"t":"pong"}`, live.CloseBadFrame},
		"an array":        {websocket.TextMessage, `[1]`, live.CloseBadFrame},
		"a wrong type":    {websocket.TextMessage, `{"t":"ack","seq":"many"}`, live.CloseBadFrame},
		"no type":         {websocket.TextMessage, `{"id":1}`, live.CloseBadFrame},
		"nothing":         {websocket.TextMessage, ``, live.CloseBadFrame},
		"a number to big": {websocket.TextMessage, `{"t":"ack","seq":1e99}`, live.CloseBadFrame},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, pass := begin(t, d)
			conn, _ := hello(t, r, pass, "")
			conn.raw(c.kind, c.data)
			conn.closed(c.code)
		})
	}
}

func TestRateLosesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, func(o *live.Options) {
		o.Limits.Connection = limit.Rate{Count: 2, Period: time.Hour}
		o.Limits.Strikes = 3
	})
	s, pass := begin(t, d)
	c, _ := hello(t, r, pass, "")
	for n := range 5 {
		c.send(`{"t":"send","id":%d,"cid":"c%d","kind":"text","body":{"text":"补办身份证"}}`, n, n)
	}
	refused := 0
	for refused < 3 {
		f, err := c.next()
		check(t, err)
		if f.T == "err" {
			refused++
			if f.Code != "rate" || f.RetryMS <= 0 || !f.Temporary {
				t.Errorf("refused: %+v", f)
			}
		}
	}
	c.closed(live.CloseRate)
	again, _ := hello(t, r, s.pass(t, d), "")
	again.send(`{"t":"send","id":9,"cid":"c4","kind":"text","body":{"text":"补办身份证"}}`)
	if ok := again.skipTo("ok"); ok.Dup {
		t.Errorf("a refused message was stored: %+v", ok)
	}
}

func TestConversationRateIsSharedWithHTTP(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, func(o *live.Options) { o.Limits.Conversation = limit.Rate{Count: 1, Period: time.Hour} })
	s, pass := begin(t, d)
	_, err := r.hub.Say(t.Context(), "a", desk.Said{Conversation: s.conversation, ClientID: "h", Kind: "text", Text: "补办身份证"})
	check(t, err)
	c, _ := hello(t, r, pass, "")
	c.send(`{"t":"send","id":1,"cid":"c","kind":"text","body":{"text":"补办身份证"}}`)
	if f := c.expect("err"); f.Code != "rate" {
		t.Errorf("over the conversation's rate: %+v", f)
	}
	if _, err := r.hub.HandOver(t.Context(), s.conversation, "x", desk.Opening{}); problem.KindOf(err) != problem.Limited {
		t.Errorf("hand-over past the rate: %v", err)
	}
}

func TestSocketsOfOneConversation(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, func(o *live.Options) { o.Limits.PerConversation = 2 })
	s, pass := begin(t, d)
	hello(t, r, pass, "")
	hello(t, r, s.pass(t, d), "")
	c := dial(t, r)
	c.send(`{"t":"hello","id":1,"v":1,"pass":%q}`, s.pass(t, d))
	if f := c.expect("err"); f.Code != "too_many" {
		t.Errorf("third socket: %+v", f)
	}
	c.closed(live.CloseRate)
}
