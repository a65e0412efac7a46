package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type weChatMediaRow struct {
	bun.BaseModel `bun:"table:wechat_media"`

	ID           string `bun:",pk"`
	Account      string
	Conversation string
	TicketID     string
	Type         desk.WeChatType
	SealedMedia  []byte
	State        desk.FileState
	Attachment   string
	Reason       string
	Tries        int
	NextAt       stamp
	At           stamp
}

// InsertWeChatMedia implements [desk.WeChatWriter].
func (t *tx) InsertWeChatMedia(ctx context.Context, m desk.WeChatMedia) error {
	_, err := insert(ctx, t, "", weChatMediaRow{
		ID: m.ID, Account: m.Account, Conversation: m.Conversation, TicketID: m.Ticket, Type: m.Type, SealedMedia: t.seal(place("wechat_media.media", m.ID), m.Media),
		State: m.State, Attachment: m.Attachment, Reason: m.Reason, Tries: m.Tries, NextAt: at(m.NextAt), At: at(m.At),
	})
	return failure("keep what is to be fetched from WeChat", err)
}

// ClaimWeChatMedia implements [desk.WeChatWriter].
func (t *tx) ClaimWeChatMedia(ctx context.Context, now, until time.Time, limit int) ([]desk.WeChatMedia, error) {
	claimed, err := t.weChatMedia(query[weChatMediaRow](ctx, t.view, `UPDATE wechat_media SET next_at = $1, tries = tries + 1 WHERE id IN (
		SELECT id FROM wechat_media WHERE state = 'waiting' AND next_at <= $2 ORDER BY next_at, id LIMIT $3`+t.skipLocked()+`) RETURNING `+modelOf[weChatMediaRow](t.base).columns,
		at(until), at(now), limit))
	slices.SortFunc(claimed, func(a, b desk.WeChatMedia) int { return strings.Compare(a.ID, b.ID) })
	return claimed, t.spoil(err)
}

// UpdateWeChatMedia implements [desk.WeChatWriter].
func (t *tx) UpdateWeChatMedia(ctx context.Context, m desk.WeChatMedia) error {
	n, err := t.exec(ctx, "UPDATE wechat_media SET ticket_id = $1, state = $2, attachment = $3, reason = $4, next_at = $5 WHERE id = $6",
		m.Ticket, string(m.State), m.Attachment, clean(m.Reason), at(m.NextAt), m.ID)
	if err == nil && n == 0 {
		return t.spoil(noWeChatMedia())
	}
	return failure("update what is fetched from WeChat", err)
}

// WeChatMedia implements [desk.WeChatReader].
func (v view) WeChatMedia(ctx context.Context, id string) (desk.WeChatMedia, error) {
	found, err := v.weChatMedia(all[weChatMediaRow](ctx, v, "WHERE id = $1", id))
	switch {
	case err != nil:
		return desk.WeChatMedia{}, err
	case len(found) == 0:
		return desk.WeChatMedia{}, noWeChatMedia()
	}
	return found[0], nil
}

// LooseWeChatMedia implements [desk.WeChatReader].
func (v view) LooseWeChatMedia(ctx context.Context, conversation string) ([]desk.WeChatMedia, error) {
	return v.weChatMedia(all[weChatMediaRow](ctx, v, "WHERE conversation = $1 AND ticket_id = '' ORDER BY at, id", conversation))
}

func noWeChatMedia() error {
	return problem.New(problem.NotFound, "wechat.media", "没有这个微信文件。")
}

func (b *base) weChatMedia(rows []weChatMediaRow, err error) ([]desk.WeChatMedia, error) {
	if err != nil {
		return nil, failure("read what is fetched from WeChat", err)
	}
	found := make([]desk.WeChatMedia, len(rows))
	for i, r := range rows {
		media, err := b.open(place("wechat_media.media", r.ID), r.SealedMedia)
		if err != nil {
			return nil, err
		}
		found[i] = desk.WeChatMedia{
			ID: r.ID, Account: r.Account, Conversation: r.Conversation, Ticket: r.TicketID, Type: r.Type, Media: string(media), State: r.State,
			Attachment: r.Attachment, Reason: r.Reason, Tries: r.Tries, NextAt: r.NextAt.Time, At: r.At.Time,
		}
	}
	return found, nil
}
