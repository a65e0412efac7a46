package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/conversation"
)

type threadRow struct {
	bun.BaseModel `bun:"table:thread"`

	Key         []byte `bun:",pk"`
	SealedState []byte
	ExpiresAt   stamp
}

func threadPlace(key []byte) string { return place("thread.state", hex.EncodeToString(key)) }

// Thread implements [desk.ConversationReader].
func (v view) Thread(ctx context.Context, key []byte, now time.Time) (conversation.Thread, error) {
	r, err := one[threadRow](ctx, v, "WHERE key = $1 AND expires_at > $2", key, at(now))
	if errors.Is(err, sql.ErrNoRows) {
		return conversation.Thread{}, nil
	}
	if err != nil {
		return conversation.Thread{}, failure("read thread", err)
	}
	var t conversation.Thread
	err = v.openJSON(threadPlace(key), r.SealedState, &t)
	return t, err
}

// SaveThread implements [desk.ConversationWriter].
func (t *tx) SaveThread(ctx context.Context, key []byte, thread conversation.Thread, until time.Time) error {
	if thread.Empty() {
		_, err := t.exec(ctx, "DELETE FROM thread WHERE key = $1", key)
		return failure("forget thread", err)
	}
	sealed, err := t.sealJSON(threadPlace(key), thread)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, " ON CONFLICT (key) DO UPDATE SET sealed_state = excluded.sealed_state, expires_at = excluded.expires_at",
		threadRow{Key: key, SealedState: sealed, ExpiresAt: at(until)})
	return failure("save thread", err)
}
