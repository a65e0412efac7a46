package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
)

type chatStepRow struct {
	bun.BaseModel `bun:"table:chat_step"`

	ID           string `bun:",pk"`
	Conversation string
	At           stamp
	Move         conversation.Move
	ByWhom       string
	Clerk        string
	Skill        string
	Waited       int64 // microseconds
	SealedNote   []byte
}

type clerkRow struct {
	bun.BaseModel `bun:"table:clerk"`

	UserID string `bun:",pk"`
	Number int
	SeenAt stamp
}

// LiveChats implements [desk.LiveReader].
func (v view) LiveChats(ctx context.Context) ([]conversation.Conversation, error) {
	rows, err := all[conversationRow](ctx, v, "WHERE state IN ('queued', 'person') ORDER BY again DESC, since, taken, id")
	if err != nil {
		return nil, failure("read live chats", err)
	}
	chats := make([]conversation.Conversation, len(rows))
	for i := range rows {
		chats[i] = rows[i].conversation()
	}
	return chats, nil
}

// InsertChatStep implements [desk.LiveWriter].
func (t *tx) InsertChatStep(ctx context.Context, s desk.ChatStep) error {
	_, err := insert(ctx, t, "", chatStepRow{
		ID: s.ID, Conversation: s.Conversation, At: at(s.At), Move: s.Move, ByWhom: s.By, Clerk: s.Clerk, Skill: s.Skill,
		Waited: s.Waited.Microseconds(), SealedNote: t.seal(place("chat_step.note", s.ID), clean(s.Note)),
	})
	return failure("keep a step of a chat", err)
}

// ChatSteps implements [desk.LiveReader].
func (v view) ChatSteps(ctx context.Context, conversationID string) ([]desk.ChatStep, error) {
	rows, err := all[chatStepRow](ctx, v, "WHERE conversation = $1 ORDER BY at, id", conversationID)
	if err != nil {
		return nil, failure("read steps of a chat", err)
	}
	steps := make([]desk.ChatStep, len(rows))
	for i, r := range rows {
		note, err := v.open(place("chat_step.note", r.ID), r.SealedNote)
		if err != nil {
			return nil, err
		}
		steps[i] = desk.ChatStep{
			ID: r.ID, Conversation: r.Conversation, At: r.At.Time, Move: r.Move, By: r.ByWhom, Clerk: r.Clerk, Skill: r.Skill,
			Waited: time.Duration(r.Waited) * time.Microsecond, Note: string(note),
		}
	}
	return steps, nil
}

// ChatWaits implements [desk.LiveReader].
func (v view) ChatWaits(ctx context.Context, skill string, since time.Time, limit int) ([]time.Duration, error) {
	rows, err := query[struct{ Waited int64 }](ctx, v, "SELECT waited FROM chat_step WHERE move = 'take' AND skill = $1 AND at >= $2 ORDER BY at DESC, id DESC LIMIT $3",
		skill, at(since), limit)
	waits := make([]time.Duration, len(rows))
	for i, r := range rows {
		waits[i] = time.Duration(r.Waited) * time.Microsecond
	}
	return waits, failure("read how long chats waited", err)
}

// Clerks implements [desk.LiveReader].
func (v view) Clerks(ctx context.Context) ([]desk.Clerk, error) {
	rows, err := all[clerkRow](ctx, v, "ORDER BY number")
	clerks := make([]desk.Clerk, len(rows))
	for i, r := range rows {
		clerks[i] = desk.Clerk{User: r.UserID, Number: r.Number, Seen: r.SeenAt.Time}
	}
	return clerks, failure("read clerks", err)
}

// Attend implements [desk.LiveWriter].
func (t *tx) Attend(ctx context.Context, user string, now time.Time) (desk.Clerk, error) {
	rows, err := query[clerkRow](ctx, t.view, "UPDATE clerk SET seen_at = $1 WHERE user_id = $2 RETURNING user_id, number, seen_at", at(now), user)
	if err == nil && len(rows) == 0 {
		rows, err = t.number(ctx, user, now)
	}
	if err != nil {
		return desk.Clerk{}, failure("note a clerk", t.spoil(err))
	}
	return desk.Clerk{User: rows[0].UserID, Number: rows[0].Number, Seen: rows[0].SeenAt.Time}, nil
}

// number gives a new clerk the next number: one after the other. SQLite has one
// writer anyway.
func (t *tx) number(ctx context.Context, user string, now time.Time) ([]clerkRow, error) {
	if t.postgres {
		if _, err := t.exec(ctx, "LOCK TABLE clerk IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return nil, err
		}
	}
	return query[clerkRow](ctx, t.view, `INSERT INTO clerk (user_id, number, seen_at) VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM clerk), $2)
		ON CONFLICT (user_id) DO UPDATE SET seen_at = excluded.seen_at RETURNING user_id, number, seen_at`, user, at(now))
}
