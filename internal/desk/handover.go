package desk

import (
	"context"
	"encoding/json"
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
	return d.append(ctx, asked, func(ctx context.Context, tx Tx) ([]conversation.Message, error) {
		c, err := tx.Conversation(ctx, conversationID)
		if err != nil {
			return nil, err
		}
		if c.Ticket != "" {
			m, err := notice(conversationID, "这段对话已经转为来信，编号 "+c.Ticket+"。请用编号和查询码查看进度。", c.Ticket, asked.At)
			return []conversation.Message{m}, err
		}
		receipt, err := d.openFromChat(ctx, tx, c, o)
		if err != nil {
			return nil, err
		}
		body := ReceiptBody{Receipt: receipt, Text: receipt.sentence()}
		m, err := newMessage(conversationID, conversation.System, "", conversation.Receipt, body, asked.At)
		return []conversation.Message{m}, err
	})
}

func (d *Desk) openFromChat(ctx context.Context, tx Tx, c conversation.Conversation, o Opening) (Receipt, error) {
	o.Letter.Source, o.Letter.Conversation = channel.Chat, c.ID
	if o.Letter.Kind == "" {
		o.Letter.Kind = channel.Consult
	}
	if strings.TrimSpace(o.Letter.Text) == "" {
		asked, err := whatWasAsked(ctx, tx, c.ID)
		if err != nil {
			return Receipt{}, err
		}
		o.Letter.Text = asked
	}
	if strings.TrimSpace(o.Letter.Title) == "" {
		first, _, _ := strings.Cut(o.Letter.Text, "\n")
		o.Letter.Title = clip(first, 30)
	}
	if err := o.Letter.Check(); err != nil {
		return Receipt{}, err
	}
	n, err := d.prepare(o)
	if err != nil {
		return Receipt{}, err
	}
	if err := d.open(ctx, tx, n); err != nil {
		return Receipt{}, err
	}
	c.Ticket, c.State, c.UpdatedAt = n.ticket.Number, conversation.Handed, n.event.At
	return n.receipt, tx.UpdateConversation(ctx, c)
}

// whatWasAsked is what the citizen wrote in the chat, oldest first, the newest
// part where it is too long for a letter.
func whatWasAsked(ctx context.Context, r ConversationReader, conversationID string) (string, error) {
	const page = 200
	var lines []string
	for after := int64(0); ; {
		ms, err := r.Messages(ctx, conversationID, after, page)
		if err != nil {
			return "", err
		}
		for _, m := range ms {
			var body struct {
				Text string `json:"text"`
			}
			if m.Role == conversation.User && json.Unmarshal(m.Body, &body) == nil && body.Text != "" {
				lines = append(lines, body.Text)
			}
			after = m.Seq
		}
		if len(ms) < page {
			break
		}
	}
	if len(lines) == 0 {
		return "", problem.New(problem.Invalid, "chat.nothing_asked", "请先说明您的问题，再留给专班办理。")
	}
	text := strings.Join(lines, "\n")
	for utf8.RuneCountInString(text) > channel.MaxText && len(lines) > 1 {
		lines = lines[1:]
		text = strings.Join(lines, "\n")
	}
	return clip(text, channel.MaxText), nil
}

// sentence tells a receipt in words.
func (r Receipt) sentence() string {
	s := "已转给" + r.Unit + "办理。\n编号：" + r.Number + "\n查询码：" + r.QueryCode + "（只显示这一次，请保存）\n答复期限：" + r.DueAt.In(deadline.Beijing()).Format("2006年1月2日")
	if r.Provisional {
		s += "（涉及尚未公布放假安排的年份，可能调整）"
	}
	return s
}
