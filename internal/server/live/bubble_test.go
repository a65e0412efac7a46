package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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

// memory is a desk of one conversation. A pass is anything but "wrong".
type memory struct {
	mu       sync.Mutex
	messages []conversation.Message
	down     atomic.Bool // reads fail
	board    desk.ChatBoard
	attended atomic.Int64
	hidden   atomic.Bool // the ticket is given to others
}

func (m *memory) SeesTicket(_ context.Context, a desk.Actor, _ string) error {
	if a.ID == "stranger" || m.hidden.Load() {
		return problem.New(problem.NotFound, "ticket.not_found", "没有这件来信。")
	}
	return nil
}

func (m *memory) Redeem(ctx context.Context, pass string) (conversation.Conversation, error) {
	if pass == "wrong" {
		return conversation.Conversation{}, problem.New(problem.Unauthenticated, "chat.pass", "连接凭证无效。")
	}
	return m.Conversation(ctx, "c")
}

func (m *memory) Conversation(context.Context, string) (conversation.Conversation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return conversation.Conversation{ID: "c", Epoch: "e", Head: int64(len(m.messages))}, nil
}

func (m *memory) Messages(_ context.Context, _ string, after int64, limit int) ([]conversation.Message, error) {
	if m.down.Load() {
		return nil, errors.New("database is down")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	rest := m.messages[min(int(after), len(m.messages)):]
	return append([]conversation.Message(nil), rest[:min(limit, len(rest))]...), nil
}

func (m *memory) Say(_ context.Context, s desk.Said) (desk.SaidResult, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, err := json.Marshal(map[string]string{"text": s.Text})
	seq := int64(len(m.messages) + 1)
	m.messages = append(m.messages, conversation.Message{Seq: seq, ClientID: s.ClientID, Role: conversation.User, Kind: s.Kind, Body: body})
	return desk.SaidResult{Seq: seq, Head: seq}, err
}

func (m *memory) HandOver(ctx context.Context, _, cid string, _ desk.Opening) (desk.SaidResult, error) {
	return m.Say(ctx, desk.Said{ClientID: cid})
}

func (m *memory) Rate(_ context.Context, _ string, seq int64, score int) (desk.Rated, error) {
	return desk.Rated{Seq: seq, Score: score}, nil
}

func (m *memory) AskPerson(ctx context.Context, _, cid, _ string) (desk.SaidResult, error) {
	return m.Say(ctx, desk.Said{ClientID: cid, Text: "转人工"})
}

func (m *memory) LeaveQueue(ctx context.Context, _, cid string) (desk.SaidResult, error) {
	return m.Say(ctx, desk.Said{ClientID: cid, Text: "不等了"})
}

func (m *memory) Standing(context.Context, string) (desk.ChatStanding, error) {
	return desk.ChatStanding{State: conversation.Bot}, nil
}

func (m *memory) ChatBoard(context.Context, desk.Actor) (desk.ChatBoard, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.board, nil
}

func (m *memory) Transcript(ctx context.Context, _ desk.Actor, id string, after int64, limit int) ([]conversation.Message, error) {
	return m.Messages(ctx, id, after, limit)
}

func (m *memory) Attend(context.Context, desk.Actor) error { m.attended.Add(1); return nil }

func (m *memory) say(t *testing.T, n int, text string) {
	t.Helper()
	for i := range n {
		_, err := m.Say(t.Context(), desk.Said{ClientID: fmt.Sprint("m", i), Kind: conversation.Text, Text: text})
		check(t, err)
	}
}

// pipes is a listener whose connections are pipes.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// bubble runs a test against a hub with the protocol's own times and limits.
func bubble(t *testing.T, change func(*live.Options), test func(b *inBubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		o := live.Options{Desk: m, Log: slog.New(slog.DiscardHandler), Limiter: limit.NewMemory(time.Now, 100), Now: time.Now}
		if change != nil {
			change(&o)
		}
		b := &inBubble{t: t, hub: live.New(o), desk: m, listener: &pipes{conns: make(chan net.Conn), done: make(chan struct{})}}
		b.hub.Start(t.Context())
		srv := &http.Server{Handler: serving(b.hub), ReadHeaderTimeout: time.Minute}
		var serve sync.WaitGroup
		serve.Go(func() { _ = srv.Serve(b.listener) })
		test(b)
		check(t, b.hub.Stop(context.Background()))
		check(t, srv.Close())
		serve.Wait()
	})
}

type inBubble struct {
	t        *testing.T // of the bubble
	hub      *live.Hub
	desk     *memory
	listener *pipes
}

func (b *inBubble) dial(t *testing.T) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{live.Protocol}, NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		b.listener.conns <- there
		return here, nil
	}}
	ws, res, err := d.DialContext(t.Context(), "ws://desk/", nil)
	check(t, err)
	_ = res.Body.Close()
	return ws
}

func (b *inBubble) hello(t *testing.T, rest string) *websocket.Conn {
	t.Helper()
	ws := b.dial(t)
	check(t, ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"hello","id":1,"v":1,"pass":"p"`+rest+`}`)))
	if f, err := read(ws); err != nil || f.T != "welcome" {
		t.Fatalf("hello: %+v %v", f, err)
	}
	return ws
}

func read(ws *websocket.Conn) (frame, error) {
	var f frame
	_, data, err := ws.ReadMessage()
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(data, &f)
}

func endedWith(t *testing.T, ws *websocket.Conn, code int) {
	t.Helper()
	for {
		_, err := read(ws)
		if err == nil {
			continue
		}
		if e, ok := errors.AsType[*websocket.CloseError](err); !ok || e.Code != code {
			t.Errorf("ended with %v, want %d", err, code)
		}
		return
	}
}
