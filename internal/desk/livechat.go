package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// ChatRules bound how people answer in chats.
type ChatRules struct {
	Wait  time.Duration // how long somebody waits for a person before a ticket is opened; 0: nobody answers in chats
	Away  time.Duration // how long a clerk may give no sign of life
	Each  int           // chats one clerk may have at once
	Names bool          // citizens read the clerk's name, not a number
}

// Who acts where nobody has signed in.
const (
	byCitizen = "citizen"
	bySystem  = "system"
)

// ChatStep is a move of a conversation as people behind the screen see it.
type ChatStep struct {
	ID           string
	Conversation string
	At           time.Time
	Move         conversation.Move
	By           string        // user id, "citizen" or "system"
	Clerk        string        // user id of who has the chat from now on
	Skill        string        // category code it was about
	Waited       time.Duration // of Take: since it was queued
	Note         string        // for colleagues; the citizen never reads it
}

// Clerk is somebody who answers in chats.
type Clerk struct {
	User   string
	Number int       // citizens know them by it
	Seen   time.Time // last sign of life at the chat desk
}

// LiveReader reads who talks with whom.
type LiveReader interface {
	// LiveChats returns the conversations that wait for a person or have one, in
	// the order they are to be taken.
	LiveChats(ctx context.Context) ([]conversation.Conversation, error)
	ChatSteps(ctx context.Context, conversationID string) ([]ChatStep, error) // oldest first
	// ChatWaits returns how long those waited that were taken last for a skill,
	// since a moment, at most limit.
	ChatWaits(ctx context.Context, skill string, since time.Time, limit int) ([]time.Duration, error)
	Clerks(ctx context.Context) ([]Clerk, error) // by number
}

// LiveWriter writes it.
type LiveWriter interface {
	InsertChatStep(ctx context.Context, s ChatStep) error
	// Attend notes a sign of life of a clerk, whose row stays locked until the end,
	// and gives them the next number where they have none.
	Attend(ctx context.Context, user string, at time.Time) (Clerk, error)
}

// chatMove is a change of a conversation, by whom, and what colleagues are told.
type chatMove struct {
	conversation.Change

	by   string // user id, or one of those above
	note string
}

// moveChat makes a move of a conversation that is locked by the transaction. Where
// people are concerned it is a step, is audited, and what is due next is looked after.
func (d *Desk) moveChat(ctx context.Context, tx Tx, c conversation.Conversation, m chatMove) (conversation.Conversation, error) {
	next, err := c.Apply(m.Change)
	if err != nil {
		return c, err
	}
	if err := tx.UpdateConversation(ctx, next, c.Version); err != nil {
		return c, err
	}
	if !c.State.Live() && !next.State.Live() {
		return next, nil
	}
	step := ChatStep{ID: d.NewID(), Conversation: c.ID, At: m.At, Move: m.Move, By: m.by, Clerk: next.Clerk, Skill: cmp.Or(next.Skill, c.Skill), Note: m.note}
	if m.Move == conversation.Take {
		step.Waited = m.At.Sub(c.Since)
	}
	if err := tx.InsertChatStep(ctx, step); err != nil {
		return c, err
	}
	err = tx.Record(ctx, audit.Entry{At: m.At, Actor: m.by, Action: "chat." + string(m.Move), Object: "chat/" + c.ID, Detail: map[string]string{
		"clerk": next.Clerk, "before": c.Clerk, "skill": step.Skill, "ticket": m.Ticket,
	}})
	if err != nil || !next.State.Live() {
		return next, err
	}
	return next, tx.Enqueue(ctx, d.tendJob(&next, m.At.Add(d.patience(next.State)), m.At))
}

// registerChat makes a ticket of what was said, and returns what the citizen is
// told: why, number and date. It is "chat.nothing_asked" where nothing was said.
func (d *Desk) registerChat(ctx context.Context, tx Tx, c conversation.Conversation, o Opening, why string) ([]conversation.Message, error) {
	said, err := saidSince(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if err := d.fromWeChat(ctx, tx, c.ID, &o.Letter); err != nil {
		return nil, err
	}
	if err := complete(c.ID, &o.Letter, said); err != nil {
		return nil, err
	}
	o.Avoid = c.Avoid
	n, err := d.prepare(o, consultation.Consultation{})
	if err != nil {
		return nil, err
	}
	told, err := d.openFromChat(ctx, tx, c, n, bySystem)
	if err != nil {
		return nil, err
	}
	first, err := liveNotice(c.ID, why, conversation.Handed, "", d.at())
	return append([]conversation.Message{first}, told...), err
}

// registerAlone is registerChat where nobody asked for a ticket. Where there is
// nothing to make one of, the conversation only ends with otherwise.
func (d *Desk) registerAlone(ctx context.Context, tx Tx, c conversation.Conversation, why string, otherwise conversation.Move) ([]conversation.Message, error) {
	var told []conversation.Message
	o := Opening{Letter: channel.Letter{Category: c.Skill}}
	if d.reported(c.Skill) { // they asked for those who deal with reports (举报): nobody else reads it
		o.Letter.Kind = channel.Report
	}
	err := tx.Try(ctx, func(ctx context.Context, tx Tx) (err error) {
		told, err = d.registerChat(ctx, tx, c, o, why+"已为您登记工单，请保存编号和查询码。")
		return err
	})
	if err == nil || problem.KindOf(err) != problem.Invalid {
		return told, err
	}
	at := d.at()
	next, err := c, error(nil)
	if c.State.Live() {
		next, err = d.moveChat(ctx, tx, c, chatMove{Change: conversation.Change{Move: otherwise, At: at}, by: bySystem})
	}
	if err != nil {
		return nil, err
	}
	m, err := liveNotice(c.ID, why+"请先说明您的问题，再留给专班办理。", next.State, "", at)
	return []conversation.Message{m}, err
}

// noticeBody is the wire form of a notice in a chat.
type noticeBody struct {
	Text   string             `json:"text"`
	Number string             `json:"number"`
	Chat   conversation.State `json:"chat,omitempty"` // who answers from now on
	Name   string             `json:"name,omitempty"` // of the person
}

// liveNotice tells a citizen who answers from now on.
func liveNotice(conversationID, text string, state conversation.State, name string, at time.Time) (conversation.Message, error) {
	return newMessage(conversationID, conversation.System, "", conversation.Notice, noticeBody{Text: text, Chat: state, Name: name}, at)
}

// tellChat stores what a citizen is told outside of an answer to them, and brings it
// to WeChat if they are there.
func (d *Desk) tellChat(ctx context.Context, tx Tx, conversationID string, ms ...conversation.Message) error {
	if _, err := tx.Append(ctx, conversationID, ms...); err != nil {
		return err
	}
	return d.tellWeChat(ctx, tx, conversationID, weChatNews{kind: "chat.told", text: spokenOnWeChat(ms, "")})
}

// wakeQueue tells those who wait in the queues of some skills that these have moved.
func (d *Desk) wakeQueue(ctx context.Context, skills ...string) {
	chats, err := d.Store.LiveChats(ctx)
	if err != nil {
		d.Log.WarnContext(ctx, "those who wait for a person are told later where they stand", "error", err)
		return
	}
	for i := range chats {
		if chats[i].State == conversation.Queued && slices.Contains(skills, chats[i].Skill) {
			d.waker.Wake(chats[i].ID)
		}
	}
}
