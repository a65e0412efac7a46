package live

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

// everybody is the key all of staff listen under.
const everybody = "staff"

// Staff is somebody of staff who opens a connection.
type Staff struct {
	Address string
	Session string // connections of the same one are looked after together
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
		c := &staffConn{wire: newWire(h, ws, s.Address), staff: s, actor: actor, user: actor.ID, name: actor.Name, dirty: map[string]bool{}, cursors: map[string]int64{}}
		c.news = &listener{func() { c.call(listening) }}
		return c
	})
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
			c.call(checking)
		}
	}
}

// lookAfterStaff looks again and again whether they are still signed in, once for all
// windows of a session.
func (h *Hub) lookAfterStaff(ctx context.Context) {
	const atOnce = 8
	for range ticks(ctx, h.times.Check) {
		sessions := map[string][]*staffConn{}
		for _, c := range h.clerks.of(everybody) {
			sessions[c.staff.Session] = append(sessions[c.staff.Session], c)
		}
		var group errgroup.Group
		group.SetLimit(atOnce)
		for _, windows := range sessions {
			group.Go(func() error {
				actor, err := windows[0].staff.Who(ctx)
				for _, c := range windows {
					c.checked(actor, err)
				}
				return nil
			})
		}
		_ = group.Wait() // they return none
	}
}

// staffConn is the connection of somebody of staff. Its writer knows, for each
// conversation of theirs, what was sent last: a slow reader is closed and resumes,
// and nothing waits for it in memory but its own small queue.
type staffConn struct {
	*wire

	staff Staff
	user  string // id
	name  string
	news  *listener // of the own conversations

	greeted bool // only the reader uses it
	hello   inbound

	// Only the writer uses these.
	resume  map[string]int64
	pinged  int64
	present []byte // who else has the ticket on the screen, as it was told last

	mu      sync.Mutex
	actor   desk.Actor
	topics  []string         // the client wants to hear of; nil before its hello
	dirty   map[string]bool  // topics that changed before
	cursors map[string]int64 // by conversation of theirs
	wanted  place            // where the client says it is
	place   place            // where it is, as others are told
	stirred bool             // it will be looked whether there is somebody else
}

// run serves the connection until it is over.
func (c *staffConn) run(ctx context.Context) {
	c.hub.clerks.join(everybody, c)
	c.serve(ctx, func(ctx context.Context) { c.read(ctx, func() bool { return c.greeted }, c.handle) }, c.work)
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
		c.hello = f
		c.call(beginning)
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

// work does what the writer has to do.
func (c *staffConn) work(ctx context.Context, todo chore) error {
	if todo&beginning != 0 {
		c.begin(ctx)
		todo |= boarding
	}
	if todo&checking != 0 {
		c.checked(c.staff.Who(ctx))
	}
	if todo&pinging != 0 {
		c.pings.Reset(c.hub.times.Ping)
		c.attend(ctx)
		c.look()
		c.tellOf([]string{topicChats}, nil) // heals wake-ups that were lost
		c.pinged++
		c.reply(pingFrame{T: "ping", N: c.pinged})
	}
	if err := c.flush(); err != nil {
		return err
	}
	if todo&boarding != 0 {
		if err := c.tellBoard(ctx); err != nil {
			return err
		}
	}
	if todo&attending != 0 {
		if err := c.tellPresent(ctx); err != nil {
			return err
		}
	}
	if todo&listening != 0 {
		return c.tell(ctx)
	}
	return nil
}

// topicChats is the list of conversations.
const topicChats = "chats"

// begin does what the hello asks for.
func (c *staffConn) begin(ctx context.Context) {
	c.resume = c.hello.Chats
	c.attend(ctx)
	c.mu.Lock()
	c.topics = append([]string{}, c.hello.Topics...)
	before := slices.Collect(maps.Keys(c.dirty))
	c.dirty = nil
	c.mu.Unlock()
	c.tellOf(append(before, topicChats), nil)
}

// clerk is whose connection it is, with what they may do now.
func (c *staffConn) clerk() desk.Actor {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.actor
}

// checked ends the connection of whoever is not signed in any more.
func (c *staffConn) checked(actor desk.Actor, err error) {
	switch {
	case err == nil:
		c.mu.Lock()
		defer c.mu.Unlock()
		c.actor = actor
	case problem.KindOf(err) == problem.Unauthenticated:
		c.end(CloseDenied, "session over")
	default:
		c.hub.log.Error("look whether somebody is signed in", "sid", c.sid, "error", err)
	}
}

// attend notes that the clerk is there.
func (c *staffConn) attend(ctx context.Context) {
	if err := c.hub.desk.Attend(ctx, c.clerk()); err != nil {
		c.hub.log.Error("note that a clerk is there", "sid", c.sid, "error", err)
	}
}

// tellBoard sends the board and what is new in the own conversations.
func (c *staffConn) tellBoard(ctx context.Context) error {
	b, err := c.hub.desk.ChatBoard(ctx, c.clerk())
	switch {
	case problem.HasCode(err, "chat.denied"): // they have others to look after
		return nil
	case err != nil:
		c.hub.log.Error("read the board of conversations", "sid", c.sid, "error", err)
		time.AfterFunc(c.hub.times.Pace, func() { c.call(boarding) })
		return nil
	}
	c.watch(b.Mine)
	if err := c.send(encode(boardFrame{T: "board", ChatBoard: NewChatBoard(b)})); err != nil {
		return err
	}
	return c.tell(ctx)
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
		c.hub.bell.join(id, c.news)
		c.hub.rooms.join(clerksOf(id), c.out)
		c.hub.showPresent(id)
		c.hub.others.askFor(citizenKey(id))
	}
}

func (c *staffConn) unwatch(id string) {
	c.hub.bell.leave(id, c.news)
	c.hub.rooms.leave(clerksOf(id), c.out)
}

// tell sends what was said in the own conversations after what was sent last.
func (c *staffConn) tell(ctx context.Context) error {
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
		ms, err := c.hub.desk.Transcript(ctx, c.clerk(), id, cursor, maxBatch)
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
