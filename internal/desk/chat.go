package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// PassLife is how long a pass waits for its socket.
const PassLife = time.Minute

const maxClientID = 64 // bytes

// Admit gives a pass for one socket. An empty conversation starts a new one and
// also returns its token; otherwise token must own the conversation.
func (d *Desk) Admit(ctx context.Context, conversationID, token string) (Admission, error) {
	at := d.at()
	pass, err := d.secret()
	if err != nil {
		return Admission{}, err
	}
	a := Admission{Pass: pass, Conversation: conversationID, ExpiresAt: at.Add(PassLife)}
	var started *conversation.Conversation
	if conversationID == "" {
		if a.Token, err = d.secret(); err != nil {
			return Admission{}, err
		}
		started = &conversation.Conversation{
			ID: newID(), Epoch: newID(), State: conversation.Bot, TokenHash: digest(a.Token), CreatedAt: at, UpdatedAt: at,
		}
		a.Conversation = started.ID
	} else if _, err := d.Owned(ctx, conversationID, token); err != nil {
		return Admission{}, err
	}
	greeting, err := d.greeting(ctx, started, at)
	if err != nil {
		return Admission{}, err
	}
	return a, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if started != nil {
			if err := tx.InsertConversation(ctx, *started); err != nil {
				return err
			}
		}
		if len(greeting) > 0 {
			if _, err := tx.Append(ctx, started.ID, greeting...); err != nil {
				return err
			}
		}
		return tx.InsertPass(ctx, Pass{Hash: digest(pass), Conversation: a.Conversation, ExpiresAt: a.ExpiresAt})
	})
}

// greeting are the emergency notices, which a conversation begins with.
func (d *Desk) greeting(ctx context.Context, started *conversation.Conversation, at time.Time) ([]conversation.Message, error) {
	if started == nil {
		return nil, nil
	}
	var said []conversation.Message
	for _, n := range d.Emergencies(ctx) {
		m, err := notice(started.ID, "【紧急公告】"+n.Title+"\n"+n.Text, "", at)
		if err != nil {
			return nil, err
		}
		said = append(said, m)
	}
	return said, nil
}

// Redeem spends a pass. A wrong, late or used one is "chat.pass".
func (d *Desk) Redeem(ctx context.Context, pass string) (conversation.Conversation, error) {
	var c conversation.Conversation
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.TakePass(ctx, digest(pass), d.at())
		if err != nil {
			return err
		}
		c, err = tx.Conversation(ctx, p.Conversation)
		return err
	})
	if err != nil && problem.KindOf(err) == problem.NotFound {
		err = problem.New(problem.Unauthenticated, "chat.pass", "连接凭证无效或已过期，请重新获取。")
	}
	return c, err
}

// Owned returns a conversation to the bearer of its token. Whoever is not gets
// the same "chat.forbidden" whether it exists or not.
func (d *Desk) Owned(ctx context.Context, conversationID, token string) (conversation.Conversation, error) {
	c, err := d.Store.Conversation(ctx, conversationID)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return c, err
	}
	if !hmac.Equal(c.TokenHash, digest(token)) {
		return conversation.Conversation{}, problem.New(problem.Denied, "chat.forbidden", "不能查看这段对话。")
	}
	return c, nil
}

// Conversation returns a conversation by id, for connections already let in.
func (d *Desk) Conversation(ctx context.Context, id string) (conversation.Conversation, error) {
	return d.Store.Conversation(ctx, id)
}

// Messages returns messages after a sequence number, in order.
func (d *Desk) Messages(ctx context.Context, conversationID string, after int64, limit int) ([]conversation.Message, error) {
	return d.Store.Messages(ctx, conversationID, after, limit)
}

// Say stores a citizen's message and the robot's answer in one transaction, so
// that neither is ever there without the other. A repeat of a client id with
// the same body returns the first result; with another body it is
// "chat.cid_conflict".
func (d *Desk) Say(ctx context.Context, s Said) (SaidResult, error) {
	said, err := d.message(ctx, s)
	if err != nil {
		return SaidResult{}, err
	}
	key := threadKey("chat", s.Conversation)
	out, err := d.respond(ctx, key, s)
	if err != nil {
		return SaidResult{}, err
	}
	result, err := d.append(ctx, said, func(ctx context.Context, tx Tx) ([]conversation.Message, error) {
		if out == nil {
			return nil, nil
		}
		if err := d.noteUnanswered(ctx, tx, inChat(s.Conversation), out.notes); err != nil {
			return nil, err
		}
		if out.changed {
			if err := tx.SaveThread(ctx, key, out.thread, said.At.Add(conversation.ThreadLife)); err != nil {
				return nil, err
			}
		}
		if err := d.learn(ctx, tx, s, out.decision); err != nil {
			return nil, err
		}
		m, err := robot(s.Conversation, out.decision, said.At)
		return []conversation.Message{m}, err
	})
	if err == nil && out != nil && !result.Duplicate {
		result.Decision = out.decision.Kind
	}
	return result, err
}

// append stores said, then what follow returns, unless said was stored before.
func (d *Desk) append(ctx context.Context, said conversation.Message, follow func(context.Context, Tx) ([]conversation.Message, error)) (SaidResult, error) {
	var result SaidResult
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		before, err := tx.MessageByClientID(ctx, said.Conversation, said.Role, said.ClientID)
		switch {
		case err == nil && string(before.BodyHash) != string(said.BodyHash):
			return problem.New(problem.Conflict, "chat.cid_conflict", "同一条消息编号已用于内容不同的消息。")
		case err == nil:
			c, err := tx.Conversation(ctx, said.Conversation)
			result = SaidResult{Seq: before.Seq, Head: c.Head, At: before.At, Duplicate: true}
			return err
		case problem.KindOf(err) != problem.NotFound:
			return err
		}
		more, err := follow(ctx, tx)
		if err != nil {
			return err
		}
		stored, err := tx.Append(ctx, said.Conversation, append([]conversation.Message{said}, more...)...)
		if err != nil {
			return err
		}
		result = SaidResult{Seq: stored[0].Seq, Head: stored[len(stored)-1].Seq, At: said.At}
		return nil
	})
	if problem.HasCode(err, "chat.duplicate") { // the same message came in twice at once: the other one won
		return d.append(ctx, said, follow)
	}
	if err == nil && !result.Duplicate {
		d.waker.Wake(said.Conversation)
	}
	return result, err
}

// fileBody is the wire form of a file in a chat.
type fileBody struct {
	Attachment string `json:"attachment"`
	Name       string `json:"name"`
	Type       string `json:"type"`
	Size       int64  `json:"size"`
}

// message checks what a client sent and gives it its stored form.
func (d *Desk) message(ctx context.Context, s Said) (conversation.Message, error) {
	invalid := func(code, text string) (conversation.Message, error) {
		return conversation.Message{}, problem.New(problem.Invalid, code, text)
	}
	if s.ClientID == "" || len(s.ClientID) > maxClientID {
		return invalid("chat.cid", "消息编号缺失或太长。")
	}
	var body any
	switch s.Kind {
	case conversation.Text:
		if f := channel.CheckText("/body/text", "消息", s.Text, conversation.MaxText); f != nil {
			return conversation.Message{}, problem.New(problem.Invalid, "chat.text", f.Message).With(*f)
		}
		body = map[string]string{"text": s.Text}
	case conversation.Choice:
		label := NoneOfThese
		if s.Entry != "" {
			e, err := d.Entry(s.Entry)
			if err != nil {
				return conversation.Message{}, err
			}
			label = e.Entry.Question
		}
		body = map[string]string{"entry": s.Entry, "text": label}
	case conversation.File:
		a, err := d.Store.AttachmentInfo(ctx, s.Attachment)
		if problem.KindOf(err) == problem.NotFound && err != nil {
			return invalid("chat.file", "文件不存在，请重新上传。")
		}
		if err != nil {
			return conversation.Message{}, err
		}
		body = fileBody{Attachment: a.ID, Name: a.Name, Type: a.Type, Size: a.Size}
	case conversation.Answer, conversation.Receipt, conversation.Notice:
		return invalid("chat.kind", "不能发送这种消息。")
	default:
		return invalid("chat.kind", "不认识这种消息。")
	}
	return newMessage(s.Conversation, conversation.User, s.ClientID, s.Kind, body, d.at())
}

// response is what the robot says to a message.
type response struct {
	taken

	changed bool // there is a thread to be kept, or one to be forgotten
}

// respond decides what the robot says to s; nil where it keeps silent.
func (d *Desk) respond(ctx context.Context, key []byte, s Said) (*response, error) {
	var t turn
	switch s.Kind {
	case conversation.Choice:
		t.choice = &s.Entry
	case conversation.Text:
		t.text = seal.Mask(s.Text)
	case conversation.File, conversation.Answer, conversation.Receipt, conversation.Notice:
		return nil, nil //nolint:nilnil // silence is an answer here
	}
	thread, err := d.Store.Thread(ctx, key, d.at())
	if err != nil {
		return nil, err
	}
	out, err := d.take(ctx, thread, t)
	return &response{taken: out, changed: !thread.Empty() || !out.thread.Empty()}, err
}

// robot is the robot's message for a decision; it pins what it rests on.
func robot(conversationID string, decision knowledge.Decision, at time.Time) (conversation.Message, error) {
	m, err := newMessage(conversationID, conversation.Robot, "", conversation.Answer, NewAnswerBody(decision), at)
	if decision.Answer != nil {
		for _, r := range append([]knowledge.Reply{*decision.Answer}, decision.More...) {
			m.Sources = append(m.Sources, conversation.Source{Entry: r.Entry, Version: r.Version})
		}
	}
	return m, err
}

func newMessage(conversationID string, role conversation.Role, clientID string, kind conversation.MessageKind, body any, at time.Time) (conversation.Message, error) {
	raw, err := json.Marshal(body)
	hash := sha256.Sum256(append([]byte(kind+"\n"), raw...))
	return conversation.Message{
		Conversation: conversationID, ClientID: clientID, Role: role, Kind: kind, Body: raw, BodyHash: hash[:], At: at,
	}, err
}

// secret is 256 random bits, URL safe.
func (d *Desk) secret() (string, error) {
	b := make([]byte, 32)
	_, err := io.ReadFull(d.Random, b)
	return base64.RawURLEncoding.EncodeToString(b), err
}

func digest(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}
