package live

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/limit"
	"jiesu/internal/trace"
)

// Desk is what the hub asks of the desk.
type Desk interface {
	Redeem(ctx context.Context, pass string) (conversation.Conversation, error)
	Conversation(ctx context.Context, id string) (conversation.Conversation, error)
	Messages(ctx context.Context, conversationID string, after int64, limit int) ([]conversation.Message, error)
	Say(ctx context.Context, s desk.Said) (desk.SaidResult, error)
	HandOver(ctx context.Context, conversationID, clientID string, o desk.Opening) (desk.SaidResult, error)
	Rate(ctx context.Context, conversationID string, seq int64, score int) (desk.Rated, error)
	People
	Clerks
}

// Clerks is what staff see.
type Clerks interface {
	ChatBoard(ctx context.Context, a desk.Actor) (desk.ChatBoard, error)
	Transcript(ctx context.Context, a desk.Actor, id string, after int64, limit int) ([]conversation.Message, error)
	Attend(ctx context.Context, a desk.Actor) error
	// SeesTicket is NotFound for whoever may not see a ticket.
	SeesTicket(ctx context.Context, a desk.Actor, number string) error
}

// People are asked for by citizens.
type People interface {
	AskPerson(ctx context.Context, conversationID, clientID, category string) (desk.SaidResult, error)
	LeaveQueue(ctx context.Context, conversationID, clientID string) (desk.SaidResult, error)
	Standing(ctx context.Context, conversationID string) (desk.ChatStanding, error)
}

// Options make a hub. Desk, Log, Now and Limiter are needed; zero times and
// limits mean the protocol's own.
type Options struct {
	Desk    Desk
	Log     *slog.Logger
	Limiter limit.Limiter // messages per conversation, shared between replicas
	Relay   Relay         // to other replicas; nil: there are none
	// Now is the wall clock. It also sets the deadlines of sockets, so a clock
	// that stands still ends no connection but a clock in the past ends all.
	Now func() time.Time
	// AllowOrigin decides about requests that carry an Origin header; nil allows
	// none but the own host's.
	AllowOrigin func(r *http.Request) bool
	Tracer      *trace.Tracer // of frames; nil: none
	// Decided is told what each question ended in; nil: nobody counts.
	Decided func(decision string)
	// Handled is told how long a frame of a citizen that asks for something took, by
	// its type and what it ended in; nil: nobody counts.
	Handled func(frame, outcome string, took time.Duration)
	Times   Times
	Limits  Limits
}

// Times are how long a connection may take for what.
type Times struct {
	Hello   time.Duration // to say who it is: 5 s
	Ping    time.Duration // between pings: 25 s
	Silence time.Duration // without any frame from the client: 60 s
	Pace    time.Duration // between two times staff are told that lists have changed: 1 s
	Check   time.Duration // between two looks whether staff are still signed in, where no other replica told: 4 s, for they are out within 5
	Write   time.Duration // to take one frame: 10 s
	Linger  time.Duration // to answer a close frame: 1 s
	Drain   time.Duration // for work under way when the hub stops: 20 s
	Spread  time.Duration // over which clients reconnect after a stop: 10 s
}

// DefaultTimes are those of the protocol.
func DefaultTimes() Times { return Times{}.withDefaults() }

func (t Times) withDefaults() Times {
	t.Hello = cmp.Or(t.Hello, 5*time.Second)
	t.Ping = cmp.Or(t.Ping, 25*time.Second)
	t.Silence = cmp.Or(t.Silence, time.Minute)
	t.Pace = cmp.Or(t.Pace, time.Second)
	t.Check = cmp.Or(t.Check, 4*time.Second)
	t.Write = cmp.Or(t.Write, 10*time.Second)
	t.Linger = cmp.Or(t.Linger, time.Second)
	t.Drain = cmp.Or(t.Drain, 20*time.Second)
	t.Spread = cmp.Or(t.Spread, 10*time.Second)
	return t
}

// Limits are how much a connection may take.
type Limits struct {
	Frame           int64      // bytes of one frame: 16 KiB
	Window          int64      // messages sent and not acknowledged: 64
	QueueFrames     int        // replies not written yet: 128
	QueueBytes      int        // 256 KiB
	PerAddress      int        // sockets of one address: 20
	PerConversation int        // sockets and waiting polls of one conversation: 5
	Frames          limit.Rate // of one connection, any type: 300 in 10 s
	Connection      limit.Rate // messages of one connection: 5 in 10 s
	Conversation    limit.Rate // messages of one conversation: 30 a minute
	Asks            limit.Rate // for a person, of one address: 6 in 10 minutes
	Strikes         int        // refused messages in a row before the socket is closed: 3
}

func (l Limits) withDefaults() Limits {
	l.Frame = cmp.Or(l.Frame, 16<<10)
	l.Window = cmp.Or(l.Window, 64)
	l.QueueFrames = cmp.Or(l.QueueFrames, 128)
	l.QueueBytes = cmp.Or(l.QueueBytes, 256<<10)
	l.PerAddress = cmp.Or(l.PerAddress, 20)
	l.PerConversation = cmp.Or(l.PerConversation, 5)
	l.Frames = cmp.Or(l.Frames, limit.Rate{Count: 300, Period: 10 * time.Second})
	l.Connection = cmp.Or(l.Connection, limit.Rate{Count: 5, Period: 10 * time.Second})
	l.Conversation = cmp.Or(l.Conversation, limit.PerMinute(30))
	l.Asks = cmp.Or(l.Asks, limit.Rate{Count: 6, Period: 10 * time.Minute})
	l.Strikes = cmp.Or(l.Strikes, 3)
	return l
}
