package live

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

// everybody is the key all of staff listen under.
const everybody = "staff"

// Staff is somebody of staff who opens a connection.
type Staff struct {
	Address string
	// Who is asked again and again; an error ends the connection.
	Who func(ctx context.Context) (desk.Actor, error)
}

// ServeStaff is [Hub.Serve] for staff. Every list that may have changed is told of by
// name; of conversations there is the board, and what is said in the own ones.
func (h *Hub) ServeStaff(w http.ResponseWriter, r *http.Request, s Staff) error {
	actor, err := s.Who(r.Context())
	if err != nil {
		return err
	}
	return h.serve(w, r, s.Address, StaffProtocol, func(ws *websocket.Conn) member {
		return &staffConn{wire: newWire(h, ws, s.Address), who: s.Who, actor: actor, user: actor.ID, name: actor.Name, begun: make(chan inbound, 1), recheck: make(chan struct{}, 1), dirty: map[string]bool{}, cursors: map[string]int64{}}
	})
}

// Changed tells all of staff that lists have changed, at every replica. It never
// blocks.
func (h *Hub) Changed(topics []string) {
	h.mark(topics)
	h.others.tellChanged(topics)
}

func (h *Hub) mark(topics []string) {
	for _, c := range h.clerks.of(everybody) {
		c.mark(topics)
	}
}

// Recheck lets the connections that count for an address, at every replica, look at
// once whether their user is still signed in, and what they may do now. It never blocks.
func (h *Hub) Recheck(address string) {
	h.look(address)
	h.others.tellRecheck(address)
}

func (h *Hub) look(addresses ...string) {
	for _, c := range h.clerks.of(everybody) {
		if slices.Contains(addresses, c.from()) {
			notify(c.recheck)
		}
	}
}

// staffConn is the connection of somebody of staff. Its writer knows, for each
// conversation of theirs, what was sent last: a slow reader is closed and resumes,
// and nothing waits for it in memory but its own small queue.
type staffConn struct {
	*wire

	who     func(ctx context.Context) (desk.Actor, error)
	user    string // id
	name    string
	begun   chan inbound  // hands the hello from the reader to the writer, once
	recheck chan struct{} // asks to check now

	greeted bool // only the reader uses it

	// Only the writer uses these.
	actor  desk.Actor
	hello  bool
	topics []string
	resume map[string]int64

	present []byte // who else has the ticket on the screen, as it was told last

	mu      sync.Mutex
	dirty   map[string]bool  // topics that have changed
	cursors map[string]int64 // by conversation of theirs
	wanted  place            // where the client says it is
	place   place            // where it is, as others are told
	stirred bool             // there may be somebody else
}

func (c *staffConn) mark(topics []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range topics {
		c.dirty[t] = true
	}
}

// run serves the connection until it is over.
func (c *staffConn) run(ctx context.Context) {
	c.hub.clerks.join(everybody, c)
	c.serve(ctx, func(ctx context.Context) { c.read(ctx, func() bool { return c.greeted }, c.handle) }, c.write)
	c.hub.clerks.leave(everybody, c)
	c.settle(place{})
	for id := range c.cursors {
		c.unwatch(id)
	}
}

// handle does what one frame asks for.
func (c *staffConn) handle(ctx context.Context, data []byte) {
	f, err := parse(data)
	switch {
	case err != nil:
		c.end(CloseBadFrame, "bad frame")
	case !c.greeted && (f.T != "hello" || f.V != 1):
		c.end(CloseBadFrame, "hello first")
	case !c.greeted:
		c.greeted = true
		c.goes(&f)
		c.reply(staffWelcome{T: "welcome", ID: f.ID, SID: c.sid, PingS: int(c.hub.times.Ping.Seconds())})
		c.begun <- f // has room: this is done once
	case f.T == "typing":
		if c.has(f.Chat) {
			c.hub.note(citizensOf(f.Chat), noteFrame{T: "note", Kind: "typing", Body: onBody{f.On}})
		}
	case f.T == "present":
		c.goes(&f)
	case f.T == "pong": // any frame keeps the connection alive
	default:
		c.refuse(ctx, f.ID, problem.New(problem.Invalid, "chat.unknown_type", "不认识这种消息。"))
	}
}

func (c *staffConn) has(chat string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.cursors[chat]
	return ok
}

// write is the writer: the only goroutine that sends data, and the one that ends the
// connection.
func (c *staffConn) write(ctx context.Context) {
	ping, pace, check := time.NewTicker(c.hub.times.Ping), time.NewTicker(c.hub.times.Pace), time.NewTicker(c.hub.times.Check)
	defer ping.Stop()
	defer pace.Stop()
	defer check.Stop()
	for n := int64(1); ; {
		var err error
		select {
		case <-c.done:
			c.farewell()
			return
		case f := <-c.begun:
			c.hello, c.topics, c.resume = true, f.Topics, f.Chats
			c.mark([]string{topicChats})
			c.attend(ctx)
			if err = c.flush(); err == nil {
				err = c.tellChanged(ctx)
			}
		case <-c.out.filled:
			err = c.flush()
		case <-c.woken:
			err = c.news(ctx)
		case <-pace.C:
			if err = c.tellChanged(ctx); err == nil {
				err = c.tellPresent(ctx)
			}
		case <-check.C:
			c.check(ctx)
		case <-c.recheck:
			c.check(ctx)
		case <-ping.C:
			c.attend(ctx)
			c.mark([]string{topicChats}) // heals wake-ups that were lost
			c.look()
			err = c.send(encode(pingFrame{T: "ping", N: n}))
			n++
		}
		if err != nil {
			c.lost(err)
		}
	}
}

// topicChats is the list of conversations.
const topicChats = "chats"

// check ends the connection of whoever is not signed in any more.
func (c *staffConn) check(ctx context.Context) {
	actor, err := c.who(ctx)
	switch {
	case err == nil:
		c.actor = actor
	case problem.KindOf(err) == problem.Unauthenticated:
		c.end(CloseDenied, "session over")
	default:
		c.hub.log.Error("look whether somebody is signed in", "sid", c.sid, "error", err)
	}
}

// attend notes that the clerk is there.
func (c *staffConn) attend(ctx context.Context) {
	if err := c.hub.desk.Attend(ctx, c.actor); err != nil {
		c.hub.log.Error("note that a clerk is there", "sid", c.sid, "error", err)
	}
}

// tellChanged names the lists that have changed since it was last called, of those
// the client wants to hear of. The desk failing is no reason to close.
func (c *staffConn) tellChanged(ctx context.Context) error {
	if !c.hello {
		return nil
	}
	c.mu.Lock()
	var topics []string
	for _, t := range c.topics {
		if c.dirty[t] || c.dirty[everything] {
			topics = append(topics, t)
		}
	}
	chats := c.dirty[topicChats] || c.dirty[everything]
	clear(c.dirty)
	c.mu.Unlock()
	if len(topics) > 0 {
		slices.Sort(topics)
		if err := c.send(encode(changedFrame{T: "changed", Topics: topics})); err != nil {
			return err
		}
	}
	if !chats {
		return nil
	}
	return c.tellBoard(ctx)
}

// tellBoard sends the board and what is new in the own conversations.
func (c *staffConn) tellBoard(ctx context.Context) error {
	b, err := c.hub.desk.ChatBoard(ctx, c.actor)
	switch {
	case problem.HasCode(err, "chat.denied"): // they have others to look after
		return nil
	case err != nil:
		c.hub.log.Error("read the board of conversations", "sid", c.sid, "error", err)
		c.mark([]string{topicChats})
		return nil
	}
	c.watch(b.Mine)
	if err := c.send(encode(boardFrame{T: "board", ChatBoard: NewChatBoard(b)})); err != nil {
		return err
	}
	return c.news(ctx)
}

// watch listens to exactly those conversations.
func (c *staffConn) watch(mine []desk.ChatBrief) {
	c.mu.Lock()
	was := c.cursors
	c.cursors = make(map[string]int64, len(mine))
	var fresh []string
	for i := range mine {
		id := mine[i].ID
		cursor, known := was[id]
		if !known {
			fresh, cursor = append(fresh, id), c.resume[id]
		}
		c.cursors[id] = cursor
		delete(was, id)
	}
	c.mu.Unlock()
	for id := range was {
		c.unwatch(id)
	}
	for _, id := range fresh {
		c.hub.bell.join(id, c.woken)
		c.hub.rooms.join(clerksOf(id), c.out)
		c.hub.showPresent(id)
		c.hub.others.askFor(citizenKey(id))
	}
}

func (c *staffConn) unwatch(id string) {
	c.hub.bell.leave(id, c.woken)
	c.hub.rooms.leave(clerksOf(id), c.out)
}

// news sends what was said in the own conversations after what was sent last.
func (c *staffConn) news(ctx context.Context) error {
	c.mu.Lock()
	cursors := maps.Clone(c.cursors)
	c.mu.Unlock()
	for id, cursor := range cursors {
		if err := c.push(ctx, id, cursor); err != nil {
			return err
		}
	}
	return nil
}

// push sends what was said in one conversation after a number.
func (c *staffConn) push(ctx context.Context, id string, cursor int64) error {
	for more := true; more && !c.ended(); {
		ms, err := c.hub.desk.Transcript(ctx, c.actor, id, cursor, maxBatch)
		if err != nil {
			if problem.KindOf(err) != problem.NotFound { // it is somebody else's by now: the next board tells
				c.hub.log.Error("read messages for a clerk", "sid", c.sid, "error", err)
			}
			return nil
		}
		for _, m := range ms {
			if err := c.send(encode(staffMessage{Chat: id, Message: NewMessage(m)})); err != nil {
				return err
			}
			cursor = m.Seq
		}
		c.sent(id, cursor)
		more = len(ms) == maxBatch
	}
	return nil
}

func (c *staffConn) sent(id string, seq int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.cursors[id]; ok {
		c.cursors[id] = seq
	}
}
