package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

type messageRow struct {
	bun.BaseModel `bun:"table:message"`

	Conversation string `bun:",pk"`
	Seq          int64  `bun:",pk"`
	ClientID     string
	Role         conversation.Role
	Name         string
	Kind         conversation.MessageKind
	SealedBody   []byte
	Sources      list[[]conversation.Source]
	At           stamp
}

type headRow struct{ Head int64 }

// Append implements [desk.ConversationWriter]. Raising the head locks the
// conversation's row until the commit, so that numbers have no gaps.
func (t *tx) Append(ctx context.Context, conversationID string, ms ...conversation.Message) ([]conversation.Message, error) {
	if len(ms) == 0 {
		return nil, nil
	}
	heads, err := query[headRow](ctx, t.view, "UPDATE conversation SET head = head + $1, updated_at = $2 WHERE id = $3 RETURNING head",
		len(ms), at(ms[len(ms)-1].At), conversationID)
	if err != nil {
		return nil, failure("raise head", t.spoil(err))
	}
	if len(heads) == 0 {
		return nil, problem.New(problem.NotFound, "conversation.not_found", "没有找到这个会话。")
	}
	stored := make([]conversation.Message, len(ms))
	rows := make([]messageRow, len(ms))
	for i, m := range ms {
		m.Conversation, m.Seq = conversationID, heads[0].Head-int64(len(ms)-1-i)
		stored[i], rows[i] = m, t.messageRow(&m)
	}
	n, err := insert(ctx, t, " ON CONFLICT (conversation, role, client_id) WHERE client_id <> '' DO NOTHING", rows...)
	if err != nil {
		return nil, failure("append", err)
	}
	if n < int64(len(ms)) { // the head is raised already: nothing of this may stay
		return nil, t.spoil(problem.New(problem.Conflict, "chat.duplicate", "这条消息已经收到。"))
	}
	return stored, nil
}

func bodyPlace(conversationID string, seq int64) string {
	return place("message.body", conversationID+"/"+strconv.FormatInt(seq, 10))
}

func (b *base) messageRow(m *conversation.Message) messageRow {
	// The hash of a short text tells the text to whoever tries: it is sealed too.
	plain := binary.AppendUvarint(nil, uint64(len(m.BodyHash)))
	plain = append(append(plain, m.BodyHash...), m.Body...)
	return messageRow{
		Conversation: m.Conversation, Seq: m.Seq, ClientID: m.ClientID, Role: m.Role, Name: m.Name, Kind: m.Kind,
		SealedBody: b.keys.Seal(bodyPlace(m.Conversation, m.Seq), plain),
		Sources:    list[[]conversation.Source]{m.Sources}, At: at(m.At),
	}
}

func (b *base) message(r *messageRow) (conversation.Message, error) {
	where := bodyPlace(r.Conversation, r.Seq)
	plain, err := b.open(where, r.SealedBody)
	if err != nil {
		return conversation.Message{}, err
	}
	size, n := binary.Uvarint(plain)
	if n <= 0 || size > math.MaxInt16 || n+int(size) > len(plain) {
		return conversation.Message{}, fmt.Errorf("store: %s is cut short", where)
	}
	hash, body := plain[n:n+int(size)], plain[n+int(size):]
	return conversation.Message{
		Conversation: r.Conversation, Seq: r.Seq, ClientID: r.ClientID, Role: r.Role, Name: r.Name, Kind: r.Kind,
		Body: body, BodyHash: hash, Sources: r.Sources.V, At: r.At.Time,
	}, nil
}

// Messages implements [desk.ConversationReader].
func (v view) Messages(ctx context.Context, conversationID string, after int64, limit int) ([]conversation.Message, error) {
	rows, err := all[messageRow](ctx, v, "WHERE conversation = $1 AND seq > $2 ORDER BY seq LIMIT $3", conversationID, after, limit)
	if err != nil {
		return nil, failure("read messages", err)
	}
	messages := make([]conversation.Message, len(rows))
	for i := range rows {
		if messages[i], err = v.message(&rows[i]); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// MessageByClientID implements [desk.ConversationReader].
func (v view) MessageByClientID(ctx context.Context, conversationID string, role conversation.Role, clientID string) (conversation.Message, error) {
	r, err := one[messageRow](ctx, v, "WHERE conversation = $1 AND role = $2 AND client_id = $3 AND client_id <> ''",
		conversationID, role, clientID)
	if err != nil {
		return conversation.Message{}, missing("message", "没有找到这条消息。", err)
	}
	return v.message(&r)
}
