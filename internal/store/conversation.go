package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

type conversationRow struct {
	bun.BaseModel `bun:"table:conversation"`

	ID        string `bun:",pk"`
	Epoch     string
	Head      int64
	State     conversation.State
	TokenHash []byte
	Ticket    string
	CreatedAt stamp
	UpdatedAt stamp
	Version   int64
	Skill     string
	Since     stamp
	Again     bool
	Clerk     string
	Taken     stamp
	ReadFrom  int64
	Avoid     list[[]string]
}

func newConversationRow(c *conversation.Conversation) conversationRow {
	return conversationRow{
		ID: c.ID, Epoch: c.Epoch, Head: c.Head, State: c.State, TokenHash: c.TokenHash, Ticket: c.Ticket, CreatedAt: at(c.CreatedAt), UpdatedAt: at(c.UpdatedAt),
		Version: c.Version, Skill: c.Skill, Since: at(c.Since), Again: c.Again, Clerk: c.Clerk, Taken: at(c.Taken), ReadFrom: c.From, Avoid: list[[]string]{c.Avoid},
	}
}

func (r *conversationRow) conversation() conversation.Conversation {
	return conversation.Conversation{
		ID: r.ID, Epoch: r.Epoch, Head: r.Head, State: r.State, TokenHash: r.TokenHash, Ticket: r.Ticket, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
		Version: r.Version, Skill: r.Skill, Since: r.Since.Time, Again: r.Again, Clerk: r.Clerk, Taken: r.Taken.Time, From: r.ReadFrom, Avoid: r.Avoid.V,
	}
}

type passRow struct {
	bun.BaseModel `bun:"table:pass"`

	Hash         []byte `bun:",pk"`
	Conversation string
	ExpiresAt    stamp
}

// Conversation implements [desk.ConversationReader].
func (v view) Conversation(ctx context.Context, id string) (conversation.Conversation, error) {
	return v.conversation(ctx, id, "")
}

// Conversation implements [desk.Tx]: whoever reads it inside a transaction is
// about to change it, so that it stays as read until the end.
func (t *tx) Conversation(ctx context.Context, id string) (conversation.Conversation, error) {
	return t.conversation(ctx, id, t.lock())
}

func (v view) conversation(ctx context.Context, id, lock string) (conversation.Conversation, error) {
	rows, err := all[conversationRow](ctx, v, "WHERE id = $1"+lock, id)
	if err == nil && len(rows) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return conversation.Conversation{}, missing("conversation", "没有找到这个会话。", err)
	}
	return rows[0].conversation(), nil
}

// InsertConversation implements [desk.ConversationWriter].
func (t *tx) InsertConversation(ctx context.Context, c conversation.Conversation) error {
	_, err := insert(ctx, t, "", newConversationRow(&c))
	return conflict("conversation.taken", "会话已存在。", err)
}

// UpdateConversation implements [desk.ConversationWriter]. The head is
// Append's alone: a stale copy of it must not give a number out twice.
func (t *tx) UpdateConversation(ctx context.Context, c conversation.Conversation, was int64) error {
	r := newConversationRow(&c)
	n, err := t.exec(ctx, `UPDATE conversation SET epoch = $1, state = $2, token_hash = $3, ticket = $4, updated_at = $5, version = $6, skill = $7, since = $8,
		again = $9, clerk = $10, taken = $11, read_from = $12, avoid = $13 WHERE id = $14 AND version = $15`,
		r.Epoch, string(r.State), r.TokenHash, r.Ticket, r.UpdatedAt, r.Version, clean(r.Skill), r.Since, r.Again, clean(r.Clerk), r.Taken, r.ReadFrom, r.Avoid, r.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "chat.stale", "这段对话刚刚有了变化，请刷新后再试。"))
	}
	return failure("update conversation", err)
}

// InsertPass implements [desk.ConversationWriter].
func (t *tx) InsertPass(ctx context.Context, p desk.Pass) error {
	_, err := insert(ctx, t, "", passRow{Hash: p.Hash, Conversation: p.Conversation, ExpiresAt: at(p.ExpiresAt)})
	return conflict("pass.taken", "请重新连接。", err)
}

// TakePass implements [desk.ConversationWriter].
func (t *tx) TakePass(ctx context.Context, hash []byte, now time.Time) (desk.Pass, error) {
	rows, err := query[passRow](ctx, t.view, "DELETE FROM pass WHERE hash = $1 AND expires_at > $2 RETURNING hash, conversation, expires_at", hash, at(now))
	if err != nil {
		return desk.Pass{}, failure("take pass", t.spoil(err))
	}
	if len(rows) == 0 {
		return desk.Pass{}, problem.New(problem.NotFound, "pass.not_found", "连接凭证已失效，请重新连接。")
	}
	return desk.Pass{Hash: rows[0].Hash, Conversation: rows[0].Conversation, ExpiresAt: rows[0].ExpiresAt.Time}, nil
}
