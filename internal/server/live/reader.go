package live

import (
	"context"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// maxPageBytes bounds the messages of one page, so that a page fits the queue.
const maxPageBytes = 64 << 10

// handle does what one frame asks for.
func (c *conn) handle(ctx context.Context, data []byte) {
	f, err := parse(data)
	switch {
	case err != nil:
		c.end(CloseBadFrame, "bad frame")
	case c.session.conversation == "":
		c.hello(ctx, f)
	default:
		c.act(ctx, f)
	}
}

// act does what a frame asks for, and tells how that went.
func (c *conn) act(ctx context.Context, f inbound) {
	if !f.asks() {
		c.heed(ctx, f)
		return
	}
	begun := c.hub.now()
	ctx, span := c.hub.tracer.Frame(ctx, Protocol, f.T)
	c.failure = nil
	switch f.T {
	case "send":
		c.say(ctx, f)
	case "handoff":
		c.handOver(ctx, f)
	case "rate":
		c.rate(ctx, f)
	case "person", "leave":
		c.people(ctx, f)
	case "sync":
		c.page(ctx, f)
	}
	span.End(c.failure)
	c.hub.handled(f.T, outcomeOf(c.failure), c.hub.now().Sub(begun))
}

// outcomeOf is one word for how a frame ended.
func outcomeOf(err error) string {
	if err == nil {
		return "ok"
	}
	return string(problem.KindOf(err))
}

// heed takes frames nobody waits for an answer to.
func (c *conn) heed(ctx context.Context, f inbound) {
	switch f.T {
	case "typing":
		c.types(f.On)
	case "ack":
		c.acknowledged(f.Seq)
	case "pong", "read":
		// Any frame keeps the connection alive; that is all these do so far.
	case "hello":
		c.end(CloseBadFrame, "hello again")
	default:
		c.refuse(ctx, f.ID, problem.New(problem.Invalid, "chat.unknown_type", "不认识这种消息。"))
	}
}

// hello lets the connection into the conversation its pass is for.
func (c *conn) hello(ctx context.Context, f inbound) {
	if f.T != "hello" {
		c.end(ClosePass, "hello first")
		return
	}
	if f.V != 1 {
		c.end(CloseBadFrame, "unknown version")
		return
	}
	conv, err := c.hub.desk.Redeem(ctx, f.Pass)
	if err != nil {
		c.refuse(ctx, f.ID, err)
		c.end(closeFor(err), "pass refused")
		return
	}
	if f.Conv != "" && f.Conv != conv.ID {
		c.end(CloseDenied, "the pass is for another conversation")
		return
	}
	if !c.hub.enter(c.hub.conversations, conv.ID, c.hub.limits.PerConversation) {
		c.refuse(ctx, f.ID, problem.New(problem.Limited, "chat.too_many", "这段对话已在太多窗口打开，请关闭一些再试。"))
		c.end(CloseRate, "too many connections")
		return
	}
	c.begin(f, conv)
}

func (c *conn) begin(f inbound, conv conversation.Conversation) {
	s := session{conversation: conv.ID, epoch: conv.Epoch, head: conv.Head, cursor: conv.Head, live: conv.State.Live()}
	recovered := conv.Head == 0
	if f.Last != nil {
		recovered = f.Last.Epoch == conv.Epoch && f.Last.Seq >= 0 && f.Last.Seq <= conv.Head
	}
	if recovered && f.Last != nil {
		s.cursor = f.Last.Seq
	}
	c.mu.Lock()
	c.acked, c.seen = s.cursor, s.cursor
	c.mu.Unlock()
	c.session = s
	c.hub.bell.join(conv.ID, c.news)
	c.hub.rooms.join(citizensOf(conv.ID), c.out)
	c.hub.present(conv.ID)
	c.reply(welcome{
		T: "welcome", ID: f.ID, SID: c.sid, Conv: conv.ID, Epoch: conv.Epoch, Head: conv.Head, Min: 1, Recovered: recovered,
		PingS: int(c.hub.times.Ping.Seconds()), Win: int(c.hub.limits.Window),
		Max: maximum{Frame: c.hub.limits.Frame, Text: conversation.MaxText, Rate: rateText(c.hub.limits.Connection)},
	})
	c.call(beginning)
}

// closeFor is the close code for a refused pass.
func closeFor(err error) int {
	switch problem.KindOf(err) {
	case problem.Unauthenticated, problem.Invalid:
		return ClosePass
	case problem.Denied:
		return CloseDenied
	case problem.NotFound:
		return CloseGone
	case problem.Limited:
		return CloseRate
	case problem.TooLarge, problem.Unsupported, problem.Conflict, problem.Unavailable, problem.Internal:
		return CloseInternal
	}
	return CloseInternal
}

func (c *conn) say(ctx context.Context, f inbound) {
	if !c.admit(ctx, f) {
		return
	}
	said := desk.Said{Conversation: c.session.conversation, ClientID: f.CID, Kind: conversation.MessageKind(f.Kind)}
	if f.Body != nil {
		said.Text, said.Entry, said.Attachment = f.Body.Text, f.Body.Entry, f.Body.Attachment
	}
	result, err := c.hub.Say(ctx, c.address, said)
	c.answer(ctx, f.ID, result, err)
}

func (c *conn) handOver(ctx context.Context, f inbound) {
	if !c.admit(ctx, f) {
		return
	}
	o := desk.Opening{Letter: channel.Letter{
		Source: channel.Chat, Kind: channel.Kind(f.Kind), Title: f.Title, Text: f.Reason, Conversation: c.session.conversation,
	}}
	if f.People != nil {
		o.Letter.Contact = &channel.Contact{Name: f.People.Name, Phone: f.People.Phone}
	}
	result, err := c.hub.HandOver(ctx, c.session.conversation, f.CID, o)
	c.answer(ctx, f.ID, result, err)
}

// types tells whoever answers that the citizen is writing, not too often.
func (c *conn) types(on bool) {
	if now := c.hub.now(); now.Sub(c.typed) >= c.hub.times.Pace {
		c.typed = now
		conv := c.session.conversation
		c.hub.note(clerksOf(conv), noteFrame{T: "note", Chat: conv, Kind: "typing", Body: onBody{on}})
	}
}

// people asks for a person, or does not wait for one any longer.
func (c *conn) people(ctx context.Context, f inbound) {
	if !c.admit(ctx, f) {
		return
	}
	if f.T == "leave" {
		result, err := c.hub.LeaveQueue(ctx, c.session.conversation, f.CID)
		c.answer(ctx, f.ID, result, err)
		return
	}
	result, err := c.hub.AskPerson(ctx, c.address, c.session.conversation, f.CID, f.Skill)
	c.answer(ctx, f.ID, result, err)
}

// rate keeps what the citizen thinks of an answer. The message tells repeats
// apart, so that the client's id only has to be one.
func (c *conn) rate(ctx context.Context, f inbound) {
	if !c.admit(ctx, f) {
		return
	}
	r, err := c.hub.Rate(ctx, c.session.conversation, f.Seq, f.Score)
	c.answer(ctx, f.ID, desk.SaidResult{Seq: r.Seq, At: r.At, Duplicate: r.Duplicate}, err)
}

// refuse remembers why, for what counts how frames end.
func (c *conn) refuse(ctx context.Context, id int64, err error) {
	c.failure = err
	c.wire.refuse(ctx, id, err)
}

// admit checks what every stored message needs: an id, and the rate.
func (c *conn) admit(ctx context.Context, f inbound) bool {
	if !validCID(f.CID) {
		c.refuse(ctx, f.ID, problem.New(problem.Invalid, "chat.cid", "消息编号缺失或不正确。"))
		return false
	}
	if d := c.messages.Take(c.hub.now(), c.hub.limits.Connection); !d.Allowed {
		c.strike(ctx, f.ID, tooFast(d.RetryAfter))
		return false
	}
	return true
}

// answer says ok: the message is stored, whatever happens to this connection.
func (c *conn) answer(ctx context.Context, id int64, r desk.SaidResult, err error) {
	switch {
	case err == nil:
		c.strikes = 0
		c.reply(okFrame{T: "ok", ID: id, Seq: r.Seq, At: shown(r.At), Dup: r.Duplicate})
	case problem.KindOf(err) == problem.Limited:
		c.strike(ctx, id, err)
	default:
		c.refuse(ctx, id, err)
	}
}

func (c *conn) strike(ctx context.Context, id int64, err error) {
	c.refuse(ctx, id, err)
	if c.strikes++; c.strikes >= c.hub.limits.Strikes {
		c.end(CloseRate, "too many messages")
	}
}

// page answers sync with a part of the history.
func (c *conn) page(ctx context.Context, f inbound) {
	limit := f.Limit
	if limit <= 0 || limit > maxBatch {
		limit = maxBatch
	}
	conv, err := c.hub.desk.Conversation(ctx, c.session.conversation)
	if err != nil {
		c.refuse(ctx, f.ID, err)
		return
	}
	messages, err := c.hub.desk.Messages(ctx, conv.ID, max(0, f.After), limit)
	if err != nil {
		c.refuse(ctx, f.ID, err)
		return
	}
	p := pageFrame{T: "page", ID: f.ID, Items: []Message{}, Head: conv.Head}
	last, size := min(max(0, f.After), conv.Head), 0
	for _, m := range messages {
		if size += len(m.Body); size > maxPageBytes && len(p.Items) > 0 {
			break
		}
		p.Items = append(p.Items, NewMessage(m))
		last = m.Seq
	}
	p.More = len(p.Items) > 0 && last < p.Head
	c.sent(last)
	c.reply(p)
}
