package live

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/limit"
	"jiesu/internal/problem"
)

// maxBatch is how many messages are read from the desk at once.
const maxBatch = 100

// conn is one connection: a reader that handles frames, and a writer that owns
// the socket's sending side and the cursor.
type conn struct {
	hub     *Hub
	ws      *websocket.Conn
	sid     string
	address string

	out     *queue
	woken   chan struct{} // look for new messages, or for room in the window
	begun   chan session  // hands the session from the reader to the writer, once
	working chan struct{} // held by the reader while it handles a frame
	done    chan struct{} // closed when the connection is to end
	gone    chan struct{} // closed when the reader has returned
	ending  sync.Once
	code    int // close code; written before done is closed
	reason  string

	// Only the reader uses these.
	frames, messages limit.Bucket
	strikes          int
	session          session

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
}

func newConn(h *Hub, ws *websocket.Conn, address string) *conn {
	return &conn{
		hub: h, ws: ws, sid: newSID(), address: address,
		out: newQueue(h.limits.QueueFrames, h.limits.QueueBytes), woken: make(chan struct{}, 1),
		begun: make(chan session, 1), working: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{}),
	}
}

// run serves the connection until it is over.
func (c *conn) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var writer sync.WaitGroup
	writer.Go(func() {
		defer c.survive()
		defer c.cut() // lets the reader return
		c.write(ctx)
	})
	c.readAll(ctx)
	writer.Wait()
	if s := c.session; s.conversation != "" {
		c.hub.bell.leave(s.conversation, c.woken)
		c.hub.exit(c.hub.conversations, s.conversation)
	}
}

func (c *conn) readAll(ctx context.Context) {
	defer close(c.gone)
	defer c.survive()
	c.ws.SetReadLimit(c.hub.limits.Frame)
	c.read(ctx)
}

// survive keeps a mistake in handling one connection from ending all of them.
func (c *conn) survive() {
	if v := recover(); v != nil {
		c.hub.log.Error("chat connection failed", "sid", c.sid, "panic", fmt.Sprint(v))
		c.end(CloseInternal, "internal")
	}
}

// end lets the writer finish the connection with a close code; zero means that
// the peer is gone already. Only the first call counts.
func (c *conn) end(code int, reason string) {
	c.ending.Do(func() {
		c.code, c.reason = code, reason
		close(c.done)
	})
}

func (c *conn) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// cut closes the socket without a word.
func (c *conn) cut() { _ = c.ws.Close() }

// goAway ends the connection because the hub stops. Clients come back spread
// over time, each at the moment its own id gives.
func (c *conn) goAway() {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.sid)) // a hash never fails to write
	spread := c.hub.times.Spread.Milliseconds()
	c.reply(goawayFrame{T: "goaway", AfterMS: 500 + int64(h.Sum32())%max(1, spread), Reason: "restart"})
	c.end(CloseRestart, "restart")
}

// reply queues a frame for the writer. A client that does not take its replies
// is not served any further; it may resume.
func (c *conn) reply(v any) {
	if !c.out.push(encode(v)) {
		c.end(CloseSlow, "slow consumer")
	}
}

func (c *conn) refuse(id int64, err error) {
	if problem.KindOf(err) == problem.Internal {
		c.hub.log.Error("chat frame failed", "sid", c.sid, "error", err)
	}
	c.reply(errorFrame(id, err))
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
		notify(c.woken)
	}
}

// window moves the cursor past what the client has fetched itself, and returns
// how many messages it may be sent.
func (c *conn) window(s *session) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.cursor = max(s.cursor, c.acked)
	room := c.hub.limits.Window - (s.cursor - c.acked)
	c.full = room <= 0
	return room
}

// write is the writer: the only goroutine that sends data, and the one that
// ends the connection.
func (c *conn) write(ctx context.Context) {
	ping := time.NewTicker(c.hub.times.Ping)
	defer ping.Stop()
	var s session
	var pings int64
	for {
		var err error
		select {
		case <-c.done:
			c.farewell()
			return
		case s = <-c.begun:
			err = c.flush()
			if err == nil {
				err = c.push(ctx, &s)
			}
		case <-c.out.filled:
			err = c.flush()
		case <-c.woken:
			err = c.push(ctx, &s)
		case <-ping.C:
			if s.conversation != "" {
				pings++
				err = c.ping(ctx, &s, pings)
			}
		}
		if err != nil {
			c.lost(err)
		}
	}
}

// lost ends a connection that could not be written to.
func (c *conn) lost(err error) {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		c.end(CloseSlow, "slow consumer")
		return
	}
	c.end(0, "")
}

// push sends what the desk has after the cursor, as far as the window allows.
// The desk failing is no reason to close: the next wake-up or ping tries again.
func (c *conn) push(ctx context.Context, s *session) error {
	if s.conversation == "" {
		return nil
	}
	for !c.ended() {
		room := c.window(s)
		if room <= 0 {
			return nil
		}
		asked := int(min(room, maxBatch))
		messages, err := c.hub.desk.Messages(ctx, s.conversation, s.cursor, asked)
		if err != nil {
			c.hub.log.Error("read messages for a chat connection", "sid", c.sid, "error", err)
			return nil
		}
		for _, m := range messages {
			if m.Seq <= s.cursor {
				continue
			}
			c.sent(m.Seq) // first, for the ack may be faster than this goroutine
			if err := c.send(encode(frameOf(m))); err != nil {
				return err
			}
			s.cursor = m.Seq
			s.head = max(s.head, m.Seq)
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
func (c *conn) ping(ctx context.Context, s *session, n int64) error {
	now, err := c.hub.desk.Conversation(ctx, s.conversation)
	if err != nil {
		c.hub.log.Error("read the head of a conversation", "sid", c.sid, "error", err)
	}
	s.head = max(s.head, now.Head)
	if s.head > s.cursor {
		if err := c.push(ctx, s); err != nil {
			return err
		}
	}
	return c.send(encode(pingFrame{T: "ping", N: n, Head: s.head}))
}

func (c *conn) flush() error {
	for _, frame := range c.out.take() {
		if err := c.send(frame); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) send(frame []byte) error {
	if err := c.ws.SetWriteDeadline(c.hub.now().Add(c.hub.times.Write)); err != nil {
		return err
	}
	return c.ws.WriteMessage(websocket.TextMessage, frame)
}

// farewell lets the frame under way finish, sends what is queued and the close
// frame, and waits a moment for the client's own: closing earlier could destroy
// what it has not read yet.
func (c *conn) farewell() {
	drain := time.NewTimer(c.hub.times.Drain)
	defer drain.Stop()
	select {
	case c.working <- struct{}{}:
	case <-c.gone:
	case <-drain.C:
	}
	if c.code == 0 {
		return
	}
	if c.code != CloseSlow {
		if err := c.flush(); err != nil {
			return // it is gone, there is nobody to say goodbye to
		}
	}
	deadline := c.hub.now().Add(c.hub.times.Write)
	if c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c.code, c.reason), deadline) != nil {
		return
	}
	linger := time.NewTimer(c.hub.times.Linger)
	defer linger.Stop()
	select {
	case <-c.gone:
	case <-linger.C:
	}
}
