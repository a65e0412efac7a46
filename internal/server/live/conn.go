package live

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/limit"
)

// maxBatch is how many messages are read from the desk at once.
const maxBatch = 100

// conn is the connection of a citizen: its writer has a cursor, the highest sequence
// number it has sent.
type conn struct {
	*wire

	news *listener // of the conversation

	// Only the reader uses these.
	messages limit.Bucket
	strikes  int
	session  session   // does not change once the writer has been called for it
	failure  error     // of the frame under way
	typed    time.Time // when the clerk was last told that the citizen is writing

	// Only the writer uses these.
	at     session  // how far it is
	pinged int64    // pings sent
	live   bool     // people answer or are asked for
	told   Standing // with people, as the client was last told

	mu    sync.Mutex
	acked int64 // highest sequence number the client has acknowledged
	seen  int64 // highest sequence number it was ever sent
	full  bool  // the writer waits for room in the window
}

// session is a connection that has said hello.
type session struct {
	conversation string
	epoch        string
	cursor       int64
	head         int64
	live         bool
}

func newConn(h *Hub, ws *websocket.Conn, address string) *conn {
	c := &conn{wire: newWire(h, ws, address)}
	c.news = &listener{func() { c.call(listening) }}
	return c
}

// run serves the connection until it is over.
func (c *conn) run(ctx context.Context) {
	c.serve(ctx, func(ctx context.Context) {
		c.read(ctx, func() bool { return c.session.conversation != "" }, c.handle)
	}, c.work)
	if s := c.session; s.conversation != "" {
		c.hub.bell.leave(s.conversation, c.news)
		c.hub.rooms.leave(citizensOf(s.conversation), c.out)
		c.hub.exit(c.hub.conversations, s.conversation)
		c.hub.present(s.conversation)
	}
}

// sent and acknowledged keep the window.
func (c *conn) sent(seq int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = max(c.seen, seq)
}

func (c *conn) acknowledged(seq int64) {
	c.mu.Lock()
	if seq > c.acked && seq <= c.seen { // beyond what was sent means nothing
		c.acked = seq
	}
	waiting := c.full
	c.full = false
	c.mu.Unlock()
	if waiting { // otherwise there is nothing to look for
		c.call(listening)
	}
}

// window moves the cursor past what the client has fetched itself, and returns
// how many messages it may be sent.
func (c *conn) window() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at.cursor = max(c.at.cursor, c.acked)
	room := c.hub.limits.Window - (c.at.cursor - c.acked)
	c.full = room <= 0
	return room
}

// work does what the writer has to do.
func (c *conn) work(ctx context.Context, todo chore) error {
	if todo&beginning != 0 {
		c.at, c.live = c.session, c.session.live
		todo |= listening
	}
	if err := c.flush(); err != nil {
		return err
	}
	if todo&listening != 0 {
		if err := c.tell(ctx); err != nil {
			return err
		}
	}
	if todo&pinging == 0 {
		return nil
	}
	c.pings.Reset(c.hub.times.Ping)
	if c.at.conversation == "" {
		return nil
	}
	return c.ping(ctx)
}

// tell sends what there is to tell: messages, and how the citizen stands with people.
func (c *conn) tell(ctx context.Context) error {
	if err := c.push(ctx); err != nil || !c.live {
		return err
	}
	now, err := c.hub.desk.Standing(ctx, c.at.conversation)
	if err != nil {
		c.hub.log.Error("read how a citizen stands with people", "sid", c.sid, "error", err)
		return nil
	}
	c.live = now.State.Live()
	next := newStanding(now)
	if next == c.told {
		return nil
	}
	c.told = next
	return c.send(encode(noteFrame{T: "note", Kind: "queue", Body: next}))
}

// note sees from a message that people answer now, or no longer do.
func (c *conn) note(m *conversation.Message) {
	var body struct {
		Chat conversation.State `json:"chat"`
	}
	if m.Kind == conversation.Notice && json.Unmarshal(m.Body, &body) == nil && body.Chat != "" {
		c.live = true // how it stands is asked for then
	}
}

// push sends what the desk has after the cursor, as far as the window allows.
// The desk failing is no reason to close: the next wake-up or ping tries again.
func (c *conn) push(ctx context.Context) error {
	if c.at.conversation == "" {
		return nil
	}
	for !c.ended() {
		room := c.window()
		if room <= 0 {
			return nil
		}
		asked := int(min(room, maxBatch))
		messages, err := c.hub.desk.Messages(ctx, c.at.conversation, c.at.cursor, asked)
		if err != nil {
			c.hub.log.Error("read messages for a chat connection", "sid", c.sid, "error", err)
			return nil
		}
		for _, m := range messages {
			if m.Seq <= c.at.cursor {
				continue
			}
			c.sent(m.Seq) // first, for the ack may be faster than this goroutine
			if err := c.send(encode(NewMessage(m))); err != nil {
				return err
			}
			c.note(&m)
			c.at.cursor = m.Seq
			c.at.head = max(c.at.head, m.Seq)
		}
		if len(messages) < asked {
			return nil
		}
		if err := c.flush(); err != nil {
			return err
		}
	}
	return nil
}

// ping tells the client the head, and heals wake-ups that were lost.
func (c *conn) ping(ctx context.Context) error {
	c.pinged++
	now, err := c.hub.desk.Conversation(ctx, c.at.conversation)
	if err != nil {
		c.hub.log.Error("read the head of a conversation", "sid", c.sid, "error", err)
	}
	c.at.head = max(c.at.head, now.Head)
	c.live = c.live || now.State.Live()
	if c.at.head > c.at.cursor || c.live {
		if err := c.tell(ctx); err != nil {
			return err
		}
	}
	return c.send(encode(pingFrame{T: "ping", N: c.pinged, Head: c.at.head}))
}
