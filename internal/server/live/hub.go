package live

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/limit"
	"jiesu/internal/problem"
	"jiesu/internal/trace"
)

// Hub owns every connection. It is made with [New], runs from Start to Stop,
// and is safe for concurrent use.
type Hub struct {
	desk    Desk
	log     *slog.Logger
	limiter limit.Limiter
	now     func() time.Time
	times   Times
	limits  Limits
	decided func(decision string)
	handled func(frame, outcome string, took time.Duration)
	tracer  *trace.Tracer

	bell      *registry[*listener]  // who listens to a conversation
	rooms     *registry[*queue]     // whom what passes in a conversation is shown to
	clerks    *registry[*staffConn] // everybody of staff, under one key
	readers   *registry[*staffConn] // who has a ticket on the screen, by its number
	upgrader  websocket.Upgrader
	others    *exchange  // tells other replicas, and hears of them
	elsewhere *elsewhere // who is present at them
	changes   changes    // which lists staff are to be told of
	origin    func(r *http.Request) bool
	accepted  chan member
	stopping  chan struct{}
	stopOnce  sync.Once
	cancel    context.CancelFunc
	loop      sync.WaitGroup // the goroutine that starts connections
	running   sync.WaitGroup // the connections
	relaying  sync.WaitGroup // what tells and hears other replicas, and looks after staff

	mu            sync.Mutex
	started       bool
	conns         map[member]struct{}
	addresses     map[string]int
	conversations map[string]int
}

// New returns a hub that does not run yet.
func New(o Options) *Hub {
	h := &Hub{
		desk: o.Desk, log: o.Log, limiter: o.Limiter, now: o.Now,
		times: o.Times.withDefaults(), limits: o.Limits.withDefaults(),
		decided: o.Decided, handled: o.Handled, tracer: o.Tracer,
		bell: newRegistry[*listener](), rooms: newRegistry[*queue](), clerks: newRegistry[*staffConn](), readers: newRegistry[*staffConn](), others: newExchange(o.Relay, o.Log), origin: o.AllowOrigin,
		accepted: make(chan member), stopping: make(chan struct{}), cancel: func() {},
		conns: map[member]struct{}{}, addresses: map[string]int{}, conversations: map[string]int{},
	}
	if h.handled == nil {
		h.handled = func(string, string, time.Duration) {}
	}
	if h.origin == nil {
		h.origin = SameHost
	}
	h.elsewhere, h.others.here = newElsewhere(h.now), h.here
	h.upgrader = websocket.Upgrader{
		HandshakeTimeout: h.times.Hello,
		ReadBufferSize:   1 << 10,
		WriteBufferSize:  1 << 10,
		WriteBufferPool:  &sync.Pool{},
		CheckOrigin:      func(*http.Request) bool { return true },                // Serve has checked
		Error:            func(http.ResponseWriter, *http.Request, int, error) {}, // Serve's caller answers
	}
	return h
}

// Start lets connections in. What they do outlives ctx until Stop.
func (h *Hub) Start(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h.mu.Lock()
	h.started, h.cancel = true, cancel
	h.mu.Unlock()
	if h.others.relay != nil {
		h.relaying.Go(func() { h.others.tell(ctx) })
		h.relaying.Go(func() { h.others.hear(ctx, h) })
		h.relaying.Go(func() { h.askAround(ctx) })
	}
	h.relaying.Go(func() { h.lookAfterStaff(ctx) })
	h.loop.Go(func() {
		for {
			select {
			case c := <-h.accepted:
				h.add(c)
				h.running.Go(func() {
					defer h.remove(c)
					c.run(ctx)
				})
			case <-h.stopping:
				return
			}
		}
	})
}

// Stop tells every client when to come back, lets work under way finish, closes
// the connections and waits for them, no longer than the drain time or ctx.
func (h *Hub) Stop(ctx context.Context) error {
	h.stopOnce.Do(func() { close(h.stopping) })
	h.loop.Wait()
	conns := h.snapshot()
	for _, c := range conns {
		c.goAway()
	}
	ctx, cancel := context.WithTimeout(ctx, h.times.Drain)
	defer cancel()
	over := make(chan struct{})
	go func() {
		defer close(over)
		h.running.Wait()
	}()
	var err error
	select {
	case <-over:
	case <-ctx.Done():
		err = errors.New("chat connections were cut while work was under way")
	}
	h.mu.Lock()
	stop := h.cancel
	h.mu.Unlock()
	stop()
	for _, c := range conns {
		c.cut()
	}
	<-over
	h.relaying.Wait()
	return err
}

// Wake makes every listener of a conversation look for new messages, at every
// replica. It implements desk.Waker and never blocks.
func (h *Hub) Wake(conversationID string) {
	h.wake(conversationID)
	h.others.tellWake(conversationID)
}

func (h *Hub) wake(conversationID string) {
	for _, l := range h.bell.of(conversationID) {
		l.ring()
	}
}

// Decided implements [desk.Waker].
func (h *Hub) Decided(decision knowledge.Kind) {
	if h.decided != nil {
		h.decided(string(decision))
	}
}

// Counts are the numbers of open connections.
func (h *Hub) Counts() (citizens, staff int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		if _, clerk := c.(*staffConn); clerk {
			staff++
		}
	}
	return len(h.conns) - staff, staff
}

// member is a connection of either kind.
type member interface {
	run(ctx context.Context)
	goAway()
	cut()
	from() string // the address it counts for
}

// Serve upgrades a request to a connection of a citizen and returns; the hub owns it
// from then on. An error means that nothing was written and the caller has to answer.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, address string) error {
	return h.serve(w, r, address, Protocol, func(ws *websocket.Conn) member { return newConn(h, ws, address) })
}

func (h *Hub) serve(w http.ResponseWriter, r *http.Request, address, protocol string, made func(*websocket.Conn) member) error {
	switch {
	case !websocket.IsWebSocketUpgrade(r):
		return problem.New(problem.Invalid, "chat.websocket", "这个地址只接受 WebSocket 连接。")
	case !slices.Contains(websocket.Subprotocols(r), protocol):
		return problem.New(problem.Invalid, "chat.subprotocol", "请使用子协议 "+protocol+"。")
	case r.Header.Get("Origin") != "" && !h.allowed(r, protocol):
		return problem.New(problem.Denied, "chat.origin", "不允许从这个网站连接。")
	case h.stopped():
		return problem.New(problem.Unavailable, "chat.stopping", "服务正在重启，请稍后重试。").After(time.Second)
	case !h.enter(h.addresses, address, h.limits.PerAddress):
		return problem.New(problem.Limited, "chat.too_many", "同时打开的对话太多，请关闭一些再试。").After(10 * time.Second)
	}
	upgrader := h.upgrader
	upgrader.Subprotocols = []string{protocol}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		h.exit(h.addresses, address)
		if _, broken := errors.AsType[websocket.HandshakeError](err); broken {
			return problem.New(problem.Invalid, "chat.websocket", "WebSocket 握手不正确。").Because(err)
		}
		return nil // the connection broke during the handshake: nobody is left to tell
	}
	select {
	case h.accepted <- made(ws):
	case <-h.stopping:
		h.exit(h.addresses, address)
		_ = ws.Close() // it was never used
	}
	return nil
}

// allowed decides about a request of a page: the chat may stand on other sites, what
// staff work with never does.
func (h *Hub) allowed(r *http.Request, protocol string) bool {
	if protocol == StaffProtocol {
		return SameHost(r)
	}
	return h.origin(r)
}

// SameHost allows the origin that is the host the request was sent to.
func SameHost(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// Say stores a message of a citizen, within the rate of the conversation, and of the
// address where a person is asked for.
func (h *Hub) Say(ctx context.Context, address string, s desk.Said) (desk.SaidResult, error) {
	if err := h.allow(ctx, s.Conversation); err != nil {
		return desk.SaidResult{}, err
	}
	if conversation.AsksPerson(s.Text) {
		if err := h.mayAsk(ctx, address); err != nil {
			return desk.SaidResult{}, err
		}
	}
	return h.desk.Say(ctx, s)
}

// HandOver leaves a conversation to the task force, within its rate.
func (h *Hub) HandOver(ctx context.Context, conversationID, clientID string, o desk.Opening) (desk.SaidResult, error) {
	if err := h.allow(ctx, conversationID); err != nil {
		return desk.SaidResult{}, err
	}
	return h.desk.HandOver(ctx, conversationID, clientID, o)
}

// AskPerson lets a citizen ask for a person, within the rate of conversation and
// address.
func (h *Hub) AskPerson(ctx context.Context, address, conversationID, clientID, category string) (desk.SaidResult, error) {
	if err := h.allow(ctx, conversationID); err != nil {
		return desk.SaidResult{}, err
	}
	if err := h.mayAsk(ctx, address); err != nil {
		return desk.SaidResult{}, err
	}
	return h.desk.AskPerson(ctx, conversationID, clientID, category)
}

// LeaveQueue lets a citizen stop waiting, within the conversation's rate.
func (h *Hub) LeaveQueue(ctx context.Context, conversationID, clientID string) (desk.SaidResult, error) {
	if err := h.allow(ctx, conversationID); err != nil {
		return desk.SaidResult{}, err
	}
	return h.desk.LeaveQueue(ctx, conversationID, clientID)
}

// mayAsk keeps one address from filling the queues.
func (h *Hub) mayAsk(ctx context.Context, address string) error {
	d, err := h.limiter.Allow(ctx, "person/"+address, h.limits.Asks)
	if err == nil && !d.Allowed {
		err = problem.New(problem.Limited, "chat.asks", "找人工的次数太多，请过一会儿再试，或者留给专班办理。").After(d.RetryAfter)
	}
	return err
}

// Rate keeps what a citizen thinks of an answer, within the conversation's rate.
func (h *Hub) Rate(ctx context.Context, conversationID string, seq int64, score int) (desk.Rated, error) {
	if err := h.allow(ctx, conversationID); err != nil {
		return desk.Rated{}, err
	}
	return h.desk.Rate(ctx, conversationID, seq, score)
}

func (h *Hub) allow(ctx context.Context, conversationID string) error {
	d, err := h.limiter.Allow(ctx, "chat/"+conversationID, h.limits.Conversation)
	if err != nil {
		return err
	}
	if !d.Allowed {
		return tooFast(d.RetryAfter)
	}
	return nil
}

func tooFast(wait time.Duration) error {
	return problem.New(problem.Limited, "chat.rate", "消息发得太快，请稍等再发。").After(wait)
}

func (h *Hub) stopped() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.stopping:
		return true
	default:
		return !h.started
	}
}

func (h *Hub) snapshot() []member {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.conns))
}

func (h *Hub) add(c member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[c] = struct{}{}
}

func (h *Hub) remove(c member) {
	h.exit(h.addresses, c.from())
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// enter counts one more under key, unless there are most already.
func (h *Hub) enter(counts map[string]int, key string, most int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if counts[key] >= most {
		return false
	}
	counts[key]++
	return true
}

// exit takes back what enter has counted.
func (h *Hub) exit(counts map[string]int, key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}

func newSID() string { return rand.Text() }
