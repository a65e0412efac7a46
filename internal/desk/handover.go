package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// ReceiptBody is the wire form of a receipt in a chat.
type ReceiptBody struct {
	Receipt
	Text string `json:"text"`
}

// HandOver leaves a chat to the task force: it opens a ticket with what the
// citizen asked, tells number, query code and date in the chat, and does so
// once per conversation, however often it is asked for.
func (d *Desk) HandOver(ctx context.Context, conversationID, clientID string, o Opening) (SaidResult, error) {
	if clientID == "" || len(clientID) > maxClientID {
		return SaidResult{}, problem.New(problem.Invalid, "chat.cid", "消息编号缺失或太长。")
	}
	asked, err := newMessage(conversationID, conversation.User, clientID, conversation.Text, map[string]string{"text": "留给专班办理"}, d.at())
	if err != nil {
		return SaidResult{}, err
	}
	if err := d.complete(ctx, conversationID, &o.Letter); err != nil {
		return SaidResult{}, err
	}
	n, err := d.prepare(o)
	if err != nil {
		return SaidResult{}, err
	}
	return d.append(ctx, asked, func(ctx context.Context, tx Tx) ([]conversation.Message, error) {
		m, err := d.openFromChat(ctx, tx, conversationID, n)
		return []conversation.Message{m}, err
	})
}

// openFromChat opens a prepared ticket unless the conversation has one, and
// returns what to tell the citizen.
func (d *Desk) openFromChat(ctx context.Context, tx Tx, conversationID string, n opened) (conversation.Message, error) {
	at := n.event.At
	c, err := tx.Conversation(ctx, conversationID)
	if err != nil {
		return conversation.Message{}, err
	}
	if c.Ticket != "" {
		return notice(conversationID, "这段对话已经转为来信，编号 "+c.Ticket+"。请用编号和查询码查看进度。", c.Ticket, at)
	}
	if err := d.open(ctx, tx, n); err != nil {
		return conversation.Message{}, err
	}
	c.Ticket, c.State, c.UpdatedAt = n.ticket.Number, conversation.Handed, at
	if err := tx.UpdateConversation(ctx, c); err != nil {
		return conversation.Message{}, err
	}
	body := ReceiptBody{Receipt: n.receipt, Text: n.receipt.sentence()}
	return newMessage(conversationID, conversation.System, "", conversation.Receipt, body, at)
}

// complete fills in what a letter from a chat leaves out, and checks it. It
// reads the conversation before any transaction, which others wait for.
func (d *Desk) complete(ctx context.Context, conversationID string, l *channel.Letter) error {
	l.Source, l.Conversation = channel.Chat, conversationID
	if l.Kind == "" {
		l.Kind = channel.Consult
	}
	asked, files, err := d.whatWasAsked(ctx, conversationID)
	if err != nil {
		return err
	}
	if strings.TrimSpace(l.Text) == "" {
		l.Text = asked
	}
	if strings.TrimSpace(l.Text) == "" {
		return problem.New(problem.Invalid, "chat.nothing_asked", "请先说明您的问题，再留给专班办理。")
	}
	if strings.TrimSpace(l.Title) == "" {
		first, _, _ := strings.Cut(strings.TrimSpace(l.Text), "\n")
		l.Title = clip(first, 30)
	}
	l.Attachments = append(l.Attachments, files...)
	if len(l.Attachments) > channel.MaxAttachments {
		l.Attachments = l.Attachments[len(l.Attachments)-channel.MaxAttachments:]
	}
	return l.Check()
}

// whatWasAsked is what the citizen wrote in the last part of the chat, oldest
// first, as much as a letter may hold, and the files sent with it.
func (d *Desk) whatWasAsked(ctx context.Context, conversationID string) (text string, files []string, err error) {
	const lastMessages = 200
	c, err := d.Store.Conversation(ctx, conversationID)
	if err != nil {
		return "", nil, err
	}
	ms, err := d.Store.Messages(ctx, conversationID, max(0, c.Head-lastMessages), lastMessages)
	if err != nil {
		return "", nil, err
	}
	var lines []string
	room := channel.MaxText
	for _, m := range slices.Backward(ms) {
		var body struct {
			Text       string `json:"text"`
			Attachment string `json:"attachment"`
		}
		if m.Role != conversation.User || json.Unmarshal(m.Body, &body) != nil {
			continue
		}
		if body.Attachment != "" {
			files = append(files, body.Attachment)
		}
		if room -= utf8.RuneCountInString(body.Text) + 1; body.Text != "" && room >= 0 {
			lines = append(lines, body.Text)
		}
	}
	slices.Reverse(lines)
	slices.Reverse(files)
	return strings.Join(lines, "\n"), files, nil
}

// sentence tells a receipt in words.
func (r Receipt) sentence() string {
	s := "已转给" + r.Unit + "办理。\n编号：" + r.Number + "\n查询码：" + r.QueryCode + "（只显示这一次，请保存）\n答复期限：" + r.DueAt.In(deadline.Beijing()).Format("2006年1月2日")
	if r.Provisional {
		s += "（涉及尚未公布放假安排的年份，可能调整）"
	}
	return s
}
