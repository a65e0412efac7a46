package desk

import (
	"context"
	"strconv"
	"strings"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/proof"
	"jiesu/internal/problem"
)

// ChatReply is what a clerk says: words, or an entry of the library as it is.
type ChatReply struct {
	ClientID string // the sender's id for it; a repeat is stored once
	Text     string
	Entry    string
	Override string // why words stay that the machine objects to
}

// moveSay stands for a reply where a refused act is audited; it moves nothing.
const moveSay conversation.Move = "say"

// ReplyInChat says something to the citizen of a conversation that a has: to this one
// person, and kept with who said it. Words that must not go out are refused with what
// is wrong with them, unless there is a reason for them.
func (d *Desk) ReplyInChat(ctx context.Context, a Actor, id string, r ChatReply) (SaidResult, error) {
	a = d.deputed(a)
	m, detail, err := d.replyInChat(id, &r)
	if err != nil {
		return SaidResult{}, d.refusedChat(ctx, a, id, moveSay, err)
	}
	var result SaidResult
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := d.chatHeld(ctx, tx, &a, id, moveSay)
		if err != nil {
			return err
		}
		me, err := tx.Attend(ctx, a.ID, d.at())
		if err != nil {
			return err
		}
		m.Name = d.clerkName(a.Unit, a.Name, me.Number)
		result, _, err = appendIn(ctx, tx, utterance{message: m, follow: func(ctx context.Context, tx Tx) ([]conversation.Message, error) {
			said := merged(map[string]string{"seq": strconv.FormatInt(c.Head+1, 10)}, detail)
			if err := tx.Record(ctx, audit.Entry{At: m.At, Actor: a.ID, Action: actionSay, Object: "chat/" + id, Detail: said}); err != nil {
				return nil, err
			}
			return nil, d.replyOnWeChat(ctx, tx, &m)
		}})
		return err
	})
	if err != nil {
		return result, d.refusedChat(ctx, a, id, moveSay, err)
	}
	if !result.Duplicate {
		d.waker.Wake(id)
	}
	return result, nil
}

// actionSay is what the trail calls a reply.
const actionSay = "chat.say"

// replyInChat makes a message of what a clerk says, and what the trail tells of it.
func (d *Desk) replyInChat(id string, r *ChatReply) (conversation.Message, map[string]string, error) {
	if err := checkClientID(r.ClientID); err != nil {
		return conversation.Message{}, nil, err
	}
	at := d.at()
	if r.Entry != "" {
		e, err := d.Entry(r.Entry)
		if err != nil {
			return conversation.Message{}, nil, err
		}
		m, err := robot(id, knowledge.Decision{Kind: knowledge.Answer, Confidence: 1, Answer: e.Entry.Verbatim()}, at)
		m.Role, m.ClientID = conversation.Staff, r.ClientID
		return m, map[string]string{"entry": e.Entry.ID, "version": strconv.Itoa(e.Entry.Version)}, err
	}
	r.Text = strings.TrimSpace(r.Text)
	if f := channel.CheckText("/text", "消息", r.Text, conversation.MaxText); f != nil {
		return conversation.Message{}, nil, problem.New(problem.Invalid, "chat.text", f.Message).With(*f)
	}
	detail, err := d.heldBack(proof.Text{Text: r.Text}, r.Override, "chat", "这句话中有不能发出的内容。请修改后再发；确需保留的，请写明理由。")
	if err != nil {
		return conversation.Message{}, nil, err
	}
	m, err := newMessage(id, conversation.Staff, r.ClientID, conversation.Text, map[string]string{"text": r.Text}, at)
	return m, detail, err
}

// replyOnWeChat brings a reply to its citizen where they are on WeChat, which lets it
// through for some time after they wrote. Where it does not, nothing is said.
func (d *Desk) replyOnWeChat(ctx context.Context, tx Tx, m *conversation.Message) error {
	who, ok, err := d.onWeChat(ctx, tx, m.Conversation)
	if err != nil || !ok {
		return err
	}
	if !m.At.Before(who.OpenUntil) || who.Left <= 0 {
		return problem.New(problem.Conflict, "chat.wechat_closed", "对方在微信上太久没有说话，现在发不出去。请转为工单，办理结果会通知对方。")
	}
	return d.tellWeChat(ctx, tx, m.Conversation, weChatNews{kind: "chat.reply", text: "【" + m.Name + "】\n" + spokenOnWeChat([]conversation.Message{*m}, "")})
}
