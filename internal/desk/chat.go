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
	a, err := d.pass(conversationID, at)
	if err != nil {
		return Admission{}, err
	}
	var b *newChat
	if conversationID == "" {
		if b, err = d.begin(ctx, at); err != nil {
			return Admission{}, err
		}
		a.Conversation, a.Token = b.ID, b.token
	} else if _, err := d.Owned(ctx, conversationID, token); err != nil {
		return Admission{}, err
	}
	return a, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if b != nil {
			if err := b.store(ctx, tx); err != nil {
				return err
			}
		}
		return tx.InsertPass(ctx, a.row())
	})
}

// pass makes a pass into a conversation.
func (d *Desk) pass(conversationID string, at time.Time) (Admission, error) {
	pass, err := d.secret()
	return Admission{Pass: pass, Conversation: conversationID, ExpiresAt: at.Add(PassLife)}, err
}

func (a *Admission) row() Pass {
	return Pass{Hash: digest(a.Pass), Conversation: a.Conversation, ExpiresAt: a.ExpiresAt}
}

// newChat is a conversation that is not stored yet, with what it begins with.
type newChat struct {
	conversation.Conversation

	token    string
	greeting []conversation.Message // the emergency notices
}

func (d *Desk) begin(ctx context.Context, at time.Time) (*newChat, error) {
	token, err := d.secret()
	if err != nil {
		return nil, err
	}
	b := &newChat{token: token, Conversation: conversation.Conversation{
		ID: newID(), Epoch: newID(), State: conversation.Bot, TokenHash: digest(token), CreatedAt: at, UpdatedAt: at, Version: 1,
	}}
	for _, n := range d.Emergencies(ctx) {
		m, err := notice(b.ID, "【紧急公告】"+n.Title+"\n"+n.Text, "", at)
		if err != nil {
			return nil, err
		}
		b.greeting = append(b.greeting, m)
	}
	return b, nil
}

func (b *newChat) store(ctx context.Context, tx Tx) error {
	if err := tx.InsertConversation(ctx, b.Conversation); err != nil {
		return err
	}
	_, err := tx.Append(ctx, b.ID, b.greeting...)
	return err
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
	if ms := d.fresh.after(conversationID, after, limit, d.at()); ms != nil {
		return ms, nil
	}
	return d.Store.Messages(ctx, conversationID, after, limit)
}

// Say stores a citizen's message and the robot's answer in one transaction, so
// that neither is ever there without the other. A repeat of a client id with
// the same body returns the first result; with another body it is
// "chat.cid_conflict".
func (d *Desk) Say(ctx context.Context, s Said) (SaidResult, error) {
	u, err := d.hearSaid(ctx, s)
	if err != nil {
		return SaidResult{}, err
	}
	return d.append(ctx, u)
}

// utterance is something a citizen said, and what is to come of it.
type utterance struct {
	message conversation.Message
	decided *knowledge.Kind // by the robot, once it is stored; nil or empty: it keeps silent
	// follow stores what comes of it and returns what is said then.
	follow func(ctx context.Context, tx Tx) ([]conversation.Message, error)
}

// silence follows what nobody answers.
func silence(context.Context, Tx) ([]conversation.Message, error) { return nil, nil }

// hearSaid checks what was said and decides what the robot says to it. It stores
// nothing.
func (d *Desk) hearSaid(ctx context.Context, s Said) (utterance, error) {
	said, err := d.message(ctx, s)
	if err != nil {
		return utterance{}, err
	}
	key := threadKey("chat", s.Conversation)
	out, err := d.respond(ctx, key, s)
	if err != nil {
		return utterance{}, err
	}
	if out == nil {
		return utterance{message: said, follow: silence}, nil
	}
	u := utterance{message: said, decided: new(knowledge.Kind)}
	u.follow = func(ctx context.Context, tx Tx) ([]conversation.Message, error) {
		if ms, people, err := d.withPeople(ctx, tx, &said, out); people || err != nil {
			return ms, err
		}
		*u.decided = out.decision.Kind
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
	}
	return u, nil
}

// append stores what was said, then what follows from it, unless it was stored
// before.
func (d *Desk) append(ctx context.Context, u utterance) (SaidResult, error) {
	var result SaidResult
	var stored []conversation.Message
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		result, stored, err = appendIn(ctx, tx, u)
		return err
	})
	if problem.HasCode(err, "chat.duplicate") { // the same message came in twice at once: the other one won
		return d.append(ctx, u)
	}
	if err == nil && !result.Duplicate {
		d.fresh.keep(stored, d.at())
		u.tell(d.waker)
	}
	return result, err
}

// tell tells of what has been stored.
func (u *utterance) tell(w Waker) {
	w.Wake(u.message.Conversation)
	if u.decided != nil && *u.decided != "" {
		w.Decided(*u.decided)
	}
}

// appendIn is append inside tx; it also returns what was stored: what was said, and
// what is said then.
func appendIn(ctx context.Context, tx Tx, u utterance) (SaidResult, []conversation.Message, error) {
	said := &u.message
	before, err := tx.MessageByClientID(ctx, said.Conversation, said.Role, said.ClientID)
	switch {
	case err == nil && string(before.BodyHash) != string(said.BodyHash):
		return SaidResult{}, nil, problem.New(problem.Conflict, "chat.cid_conflict", "同一条消息编号已用于内容不同的消息。")
	case err == nil:
		c, err := tx.Conversation(ctx, said.Conversation)
		return SaidResult{Seq: before.Seq, Head: c.Head, At: before.At, Duplicate: true}, nil, err
	case problem.KindOf(err) != problem.NotFound:
		return SaidResult{}, nil, err
	}
	more, err := u.follow(ctx, tx)
	if err != nil {
		return SaidResult{}, nil, err
	}
	stored, err := tx.Append(ctx, said.Conversation, append([]conversation.Message{*said}, more...)...)
	if err != nil {
		return SaidResult{}, nil, err
	}
	return SaidResult{Seq: stored[0].Seq, Head: stored[len(stored)-1].Seq, At: said.At}, stored, nil
}

// fileBody is the wire form of a file in a chat.
type fileBody struct {
	Attachment string `json:"attachment"`
	Name       string `json:"name"`
	Type       string `json:"type"`
	Size       int64  `json:"size"`
}

// checkClientID refuses the sender's own id of a message where it is none.
func checkClientID(id string) error {
	if id == "" || len(id) > maxClientID {
		return problem.New(problem.Invalid, "chat.cid", "消息编号缺失或太长。")
	}
	return nil
}

// message checks what a client sent and gives it its stored form.
func (d *Desk) message(ctx context.Context, s Said) (conversation.Message, error) {
	invalid := func(code, text string) (conversation.Message, error) {
		return conversation.Message{}, problem.New(problem.Invalid, code, text)
	}
	if err := checkClientID(s.ClientID); err != nil {
		return conversation.Message{}, err
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
