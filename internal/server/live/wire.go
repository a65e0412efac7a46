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

// wire is what connections of citizens and of staff have in common: a reader that
// hands frames on one after the other, a writer that owns the socket's sending side
// and is there when there is something to do, and how it all ends.
type wire struct {
	hub     *Hub
	ws      *websocket.Conn
	sid     string
	address string

	out     *queue
	chores  chores
	do      func(todo chore) error // only the writer calls it
	pings   *time.Timer
	working chan struct{} // held by the reader while it handles a frame
	done    chan struct{} // closed when the connection is to end
	gone    chan struct{} // closed when the reader has returned
	cleared chan struct{} // closed when the writer has ended the connection

	ending sync.Once
	code   int // close code; written before done is closed
	reason string

	frames limit.Bucket // only the reader uses it
}

func newWire(h *Hub, ws *websocket.Conn, address string) *wire {
	w := &wire{
		hub: h, ws: ws, sid: newSID(), address: address, chores: chores{held: true},
		working: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{}), cleared: make(chan struct{}),
	}
	w.out = newQueue(h.limits.QueueFrames, h.limits.QueueBytes, func() { w.call(replying) })
	return w
}

// serve reads, and does what there is to do, until the connection is over.
func (w *wire) serve(ctx context.Context, read func(context.Context), do func(ctx context.Context, todo chore) error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.do = func(todo chore) error { return do(ctx, todo) }
	w.pings = time.AfterFunc(w.hub.times.Ping, func() { w.call(pinging) })
	defer w.pings.Stop()
	w.chores.release()
	w.call(0) // what came before
	func() {
		defer close(w.gone)
		defer w.survive()
		w.ws.SetReadLimit(w.hub.limits.Frame)
		read(ctx)
	}()
	<-w.cleared
}

// call leaves a chore to the writer. It never blocks.
func (w *wire) call(what chore) {
	if w.chores.add(what) {
		w.hub.running.Go(w.write) // the reader is still counted there
	}
}

// write is the writer: the only goroutine that sends data, and the one that ends the
// connection. It lasts as long as there is something to do.
func (w *wire) write() {
	defer func() {
		if v := recover(); v != nil {
			w.failed(v)
			w.cut() // lets the reader return
			close(w.cleared)
		}
	}()
	for todo := w.chores.take(); todo != 0; todo = w.chores.take() {
		if todo&finishing != 0 {
			w.farewell()
			w.cut()
			close(w.cleared) // and the chores stay held
			return
		}
		if err := w.do(todo); err != nil {
			w.lost(err)
		}
	}
}

func (w *wire) from() string { return w.address }

// survive keeps a mistake in handling one connection from ending all of them.
func (w *wire) survive() {
	if v := recover(); v != nil {
		w.failed(v)
	}
}

func (w *wire) failed(panicked any) {
	w.hub.log.Error("chat connection failed", "sid", w.sid, "panic", fmt.Sprint(panicked))
	w.end(CloseInternal, "internal")
}

// end lets the writer finish the connection with a close code; zero means that
// the peer is gone already. Only the first call counts.
func (w *wire) end(code int, reason string) {
	w.ending.Do(func() {
		w.code, w.reason = code, reason
		close(w.done)
		w.call(finishing)
	})
}

func (w *wire) ended() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// cut closes the socket without a word.
func (w *wire) cut() { _ = w.ws.Close() }

// goAway ends the connection because the hub stops. Clients come back spread
// over time, each at the moment its own id gives.
func (w *wire) goAway() {
	h := fnv.New32a()
	_, _ = h.Write([]byte(w.sid)) // a hash never fails to write
	spread := w.hub.times.Spread.Milliseconds()
	w.reply(goawayFrame{T: "goaway", AfterMS: 500 + int64(h.Sum32())%max(1, spread), Reason: "restart"})
	w.end(CloseRestart, "restart")
}

// reply queues a frame for the writer. A client that does not take its replies
// is not served any further; it may resume.
func (w *wire) reply(v any) { w.queue(encode(v)) }

func (w *wire) queue(frame []byte) {
	if !w.out.push(frame) {
		w.end(CloseSlow, "slow consumer")
	}
}

func (w *wire) refuse(ctx context.Context, id int64, err error) {
	if problem.KindOf(err) == problem.Internal {
		w.hub.log.ErrorContext(ctx, "chat frame failed", "sid", w.sid, "error", err)
	}
	w.reply(errorFrame(id, err))
}

// lost ends a connection that could not be written to.
func (w *wire) lost(err error) {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		w.end(CloseSlow, "slow consumer")
		return
	}
	w.end(0, "")
}

func (w *wire) flush() error {
	for _, frame := range w.out.take() {
		if err := w.send(frame); err != nil {
			return err
		}
	}
	return nil
}

func (w *wire) send(frame []byte) error {
	if err := w.ws.SetWriteDeadline(after(w.hub.times.Write)); err != nil {
		return err
	}
	return w.ws.WriteMessage(websocket.TextMessage, frame)
}

// after is a moment as sockets know it: by the machine's clock, whatever the desk's says.
func after(d time.Duration) time.Time {
	return time.Now().Add(d) //nolint:forbidigo // see above
}

// farewell lets the frame under way finish, sends what is queued and the close
// frame, and waits a moment for the client's own: closing earlier could destroy
// what it has not read yet.
func (w *wire) farewell() {
	drain := time.NewTimer(w.hub.times.Drain)
	defer drain.Stop()
	select {
	case w.working <- struct{}{}:
	case <-w.gone:
	case <-drain.C:
	}
	if w.code == 0 {
		return
	}
	if w.code != CloseSlow {
		if err := w.flush(); err != nil {
			return // it is gone, there is nobody to say goodbye to
		}
	}
	deadline := after(w.hub.times.Write)
	if w.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(w.code, w.reason), deadline) != nil {
		return
	}
	linger := time.NewTimer(w.hub.times.Linger)
	defer linger.Stop()
	select {
	case <-w.gone:
	case <-linger.C:
	}
}

// read handles frames until the socket ends. After the connection has ended it
// only reads on, for the client's close frame. Whoever is not known yet has less time.
func (w *wire) read(ctx context.Context, known func() bool, handle func(ctx context.Context, data []byte)) {
	for {
		wait := w.hub.times.Silence
		if !known() {
			wait = w.hub.times.Hello
		}
		if !w.ended() {
			if err := w.ws.SetReadDeadline(after(wait)); err != nil {
				w.end(0, "")
				return
			}
		}
		kind, data, err := w.ws.ReadMessage()
		if err != nil {
			w.unread(err, known())
			return
		}
		select {
		case <-w.done:
			continue
		case w.working <- struct{}{}:
		}
		if kind == websocket.TextMessage {
			w.bounded(ctx, data, handle)
		} else {
			w.end(CloseBadFrame, "text frames only")
		}
		<-w.working
	}
}

// unread ends a connection that could not be read from.
func (w *wire) unread(err error, known bool) {
	timeout, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		w.end(websocket.CloseMessageTooBig, "frame too big")
	case isNet && timeout.Timeout() && !known:
		w.end(ClosePass, "no hello")
	case isNet && timeout.Timeout():
		w.end(CloseSilent, "no pong")
	default:
		w.end(0, "")
	}
}

// bounded hands a frame on, unless there are too many of them.
func (w *wire) bounded(ctx context.Context, data []byte, handle func(ctx context.Context, data []byte)) {
	if d := w.frames.Take(w.hub.now(), w.hub.limits.Frames); !d.Allowed {
		w.reply(errorFrame(0, tooFast(d.RetryAfter)))
		w.end(CloseRate, "too many frames")
		return
	}
	handle(ctx, data)
}
