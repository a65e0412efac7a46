package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// ReceiptBody is the wire form of a receipt in a chat.
type ReceiptBody struct {
	Receipt
	Text string `json:"text"`
}

// handedOver is what the citizen is shown to have said.
const handedOver = "留给专班办理"

// HandOver leaves a chat to the task force: it opens a ticket with what the
// citizen asked since the last one and tells number, query code and date in the
// chat. However often it is asked for, the same matter becomes one ticket.
func (d *Desk) HandOver(ctx context.Context, conversationID, clientID string, o Opening) (SaidResult, error) {
	u, err := d.hearHandOver(ctx, conversationID, clientID, o)
	if err != nil {
		return SaidResult{}, err
	}
	return d.append(ctx, u)
}

// hearHandOver works out what is to be handed over. It stores nothing.
func (d *Desk) hearHandOver(ctx context.Context, conversationID, clientID string, o Opening) (utterance, error) {
	if err := checkClientID(clientID); err != nil {
		return utterance{}, err
	}
	asked, err := newMessage(conversationID, conversation.User, clientID, conversation.Text, map[string]string{"text": handedOver}, d.at())
	if err != nil {
		return utterance{}, err
	}
	if _, _, asked.BodyHash, err = o.identity(); err != nil {
		return utterance{}, err
	}
	before, err := d.Store.Conversation(ctx, conversationID)
	if err != nil {
		return utterance{}, err
	}
	said, err := saidSince(ctx, d.Store, before)
	if err != nil {
		return utterance{}, err
	}
	u := utterance{message: asked}
	if !said.anything() {
		// The receipt that ends what was said may be younger than what was read first.
		if before, err = d.Store.Conversation(ctx, conversationID); err != nil {
			return utterance{}, err
		}
		if before.Ticket != "" {
			u.follow = func(context.Context, Tx) ([]conversation.Message, error) { return again(before, asked.At) }
			return u, nil
		}
	}
	if err := d.fromWeChat(ctx, d.Store, conversationID, &o.Letter); err != nil {
		return utterance{}, err
	}
	if err := complete(conversationID, &o.Letter, said); err != nil {
		return utterance{}, err
	}
	n, err := d.prepare(o, consultation.Consultation{})
	if err != nil {
		return utterance{}, err
	}
	u.follow = func(ctx context.Context, tx Tx) ([]conversation.Message, error) {
		c, err := tx.Conversation(ctx, conversationID)
		if err != nil {
			return nil, err
		}
		if c.Ticket != before.Ticket { // somebody else handed the same matter over meanwhile
			return again(c, asked.At)
		}
		return d.openFromChat(ctx, tx, c, n, byCitizen)
	}
	return u, nil
}

// again tells that the conversation has its ticket already.
func again(c conversation.Conversation, at time.Time) ([]conversation.Message, error) {
	m, err := notice(c.ID, "这件事已经转为来信，编号 "+c.Ticket+"。请用编号和查询码查看进度；如有别的事，请先说明再留给专班。", c.Ticket, at)
	return []conversation.Message{m}, err
}

// openFromChat opens a prepared ticket and returns what to tell the citizen. Whoever
// answered before is done: what comes next is another matter.
func (d *Desk) openFromChat(ctx context.Context, tx Tx, c conversation.Conversation, n opened, by string) ([]conversation.Message, error) {
	if err := d.open(ctx, tx, n); err != nil {
		return nil, err
	}
	done := chatMove{Change: conversation.Change{Move: conversation.Register, At: n.event.At, Ticket: n.ticket.Number}, by: cmp.Or(n.event.Actor, by)}
	if _, err := d.moveChat(ctx, tx, c, done); err != nil {
		return nil, err
	}
	if err := tx.SaveThread(ctx, threadKey("chat", c.ID), conversation.Thread{}, n.event.At); err != nil {
		return nil, err
	}
	body := ReceiptBody{Receipt: n.receipt, Text: n.receipt.sentence()}
	m, err := newMessage(c.ID, conversation.System, "", conversation.Receipt, body, n.event.At)
	if err != nil {
		return nil, err
	}
	said := []conversation.Message{m}
	if n.danger != nil {
		first, err := robot(c.ID, *n.danger, n.event.At)
		if err != nil {
			return nil, err
		}
		said = []conversation.Message{first, m}
	}
	if n.letter.Source != channel.WeChat {
		return said, nil
	}
	words, err := d.handMedia(ctx, tx, &n)
	if err != nil || words == "" {
		return said, err
	}
	last, err := notice(c.ID, words, n.ticket.Number, n.event.At)
	return append(said, last), err
}

// matter is what a citizen said in a chat since the last receipt.
type matter struct {
	text  string
	files []string
	from  int64 // number of what came before it
}

func (m matter) anything() bool { return m.text != "" || len(m.files) > 0 }

// dropLost leaves out files that are not kept any more because no letter took them,
// and says so.
func (m *matter) dropLost(ctx context.Context, r QueueReader) error {
	kept := m.files[:0]
	for _, id := range m.files {
		_, err := r.AttachmentInfo(ctx, id)
		switch {
		case err == nil:
			kept = append(kept, id)
		case problem.KindOf(err) != problem.NotFound:
			return err
		}
	}
	if lost := len(m.files) - len(kept); lost > 0 && m.text != "" {
		m.text = clip(m.text+"\n〔有"+strconv.Itoa(lost)+"个文件发送已久，没有保存，不在附件里〕", channel.MaxText)
	}
	m.files = kept
	return nil
}

// complete fills in what a letter from a chat leaves out, and checks it.
func complete(conversationID string, l *channel.Letter, said matter) error {
	l.Conversation = conversationID
	if l.Source != channel.WeChat {
		l.Source = channel.Chat
	}
	if l.Kind == "" {
		l.Kind = channel.Consult
	}
	if strings.TrimSpace(l.Text) == "" {
		l.Text = said.text
	}
	if strings.TrimSpace(l.Text) == "" {
		return problem.New(problem.Invalid, "chat.nothing_asked", "请先说明您的问题，再留给专班办理。")
	}
	if strings.TrimSpace(l.Title) == "" {
		first, _, _ := strings.Cut(strings.TrimSpace(l.Text), "\n")
		l.Title = clip(first, 30)
	}
	l.Attachments = append(l.Attachments, said.files...)
	if len(l.Attachments) > channel.MaxAttachments {
		l.Attachments = l.Attachments[len(l.Attachments)-channel.MaxAttachments:]
	}
	return l.Check()
}

// saidSince reads, before any transaction others would wait for, what the
// citizen said since the last receipt: the newest part, as much as a letter may
// hold, oldest first.
func saidSince(ctx context.Context, r Reader, c conversation.Conversation) (matter, error) {
	const lastMessages = 200
	ms, err := r.Messages(ctx, c.ID, max(0, c.Head-lastMessages), lastMessages)
	if err != nil {
		return matter{}, err
	}
	var lines []string
	m := matter{from: max(0, c.Head-lastMessages)}
	room := channel.MaxText
	for _, said := range slices.Backward(ms) {
		if said.Kind == conversation.Receipt {
			m.from = said.Seq
			break
		}
		var body struct {
			Text       string `json:"text"`
			Attachment string `json:"attachment"`
		}
		if said.Role != conversation.User || json.Unmarshal(said.Body, &body) != nil {
			continue
		}
		if body.Attachment != "" {
			m.files = append(m.files, body.Attachment)
		}
		if body.Text == "" || body.Text == handedOver || body.Text == leftQueue || conversation.AsksPerson(body.Text) {
			continue
		}
		if room -= utf8.RuneCountInString(body.Text) + 1; room >= 0 {
			lines = append(lines, body.Text)
		}
	}
	slices.Reverse(lines)
	slices.Reverse(m.files)
	m.text = strings.Join(lines, "\n")
	return m, m.dropLost(ctx, r)
}

// sentence tells a receipt in words.
func (r Receipt) sentence() string {
	s := "已转给" + r.Unit + "办理。\n编号：" + r.Number + "\n查询码：" + r.QueryCode + "（只显示这一次，请保存）\n答复期限：" + deadline.Date(r.DueAt)
	if r.Provisional {
		s += "（涉及尚未公布放假安排的年份，可能调整）"
	}
	return s
}
