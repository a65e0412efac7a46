package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

type idempotencyRow struct {
	bun.BaseModel `bun:"table:idempotency"`

	Scope          string `bun:",pk"`
	Key            []byte `bun:",pk"`
	SealedResponse []byte // with the request's hash
	ExpiresAt      stamp
}

// exchange is the sealed part of an idempotency row.
type exchange struct{ Request, Response []byte }

type attachmentRow struct {
	bun.BaseModel `bun:"table:attachment"`

	ID            string `bun:",pk"`
	SealedName    []byte // people name files after themselves
	Type          string
	Size          int64
	SHA256        string `bun:"sha256"`
	At            stamp
	SealedContent []byte
	Scan          channel.Scan
	ScanAt        stamp
}

// attachmentInfoRow is an attachmentRow without the weight.
type attachmentInfoRow struct {
	bun.BaseModel `bun:"table:attachment"`

	ID         string `bun:",pk"`
	SealedName []byte
	Type       string
	Size       int64
	SHA256     string `bun:"sha256"`
	At         stamp
	Scan       channel.Scan
}

type unansweredRow struct {
	bun.BaseModel `bun:"table:unanswered"`

	Hash       []byte `bun:",pk"`
	SealedText []byte // personal data is masked, as far as a machine sees it
	Count      int
	FirstAt    stamp
	LastAt     stamp
}

func exchangePlace(scope string, key []byte) string {
	return place("idempotency.response", fmt.Sprintf("%s/%x", scope, key))
}

// SaveIdempotency implements [desk.QueueWriter].
func (t *tx) SaveIdempotency(ctx context.Context, i desk.Idempotency) error {
	sealed, err := t.sealJSON(exchangePlace(i.Scope, i.Key), exchange{i.Request, i.Response})
	if err != nil {
		return t.spoil(err)
	}
	n, err := insert(ctx, t, " ON CONFLICT (scope, key) DO NOTHING",
		idempotencyRow{Scope: i.Scope, Key: i.Key, SealedResponse: sealed, ExpiresAt: at(i.ExpiresAt)})
	if err == nil && n == 0 {
		return problem.New(problem.Conflict, "idempotency.taken", "这次提交已经处理过。")
	}
	return failure("save idempotency", err)
}

// Idempotent implements [desk.QueueReader].
func (v view) Idempotent(ctx context.Context, scope string, key []byte) (desk.Idempotency, error) {
	r, err := one[idempotencyRow](ctx, v, "WHERE scope = $1 AND key = $2", scope, key)
	if err != nil {
		return desk.Idempotency{}, missing("idempotency", "没有找到这次提交。", err)
	}
	var e exchange
	if err := v.openJSON(exchangePlace(r.Scope, r.Key), r.SealedResponse, &e); err != nil {
		return desk.Idempotency{}, err
	}
	return desk.Idempotency{Scope: r.Scope, Key: r.Key, Request: e.Request, Response: e.Response, ExpiresAt: r.ExpiresAt.Time}, nil
}

// InsertAttachment implements [desk.FileWriter].
func (t *tx) InsertAttachment(ctx context.Context, a channel.Attachment, content []byte) error {
	_, err := insert(ctx, t, "", attachmentRow{
		ID: a.ID, SealedName: t.seal(place("attachment.name", a.ID), clean(a.Name)), Type: a.Type, Size: a.Size, SHA256: a.SHA256,
		At: at(a.At), SealedContent: t.keys.Seal(place("attachment.content", a.ID), content), Scan: a.Scan, ScanAt: at(a.At),
	})
	return conflict("attachment.taken", "文件已经上传。", err)
}

// Attachment implements [desk.QueueReader].
func (v view) Attachment(ctx context.Context, id string) (channel.Attachment, []byte, error) {
	r, err := one[attachmentRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return channel.Attachment{}, nil, missing("attachment", "没有找到这个文件。", err)
	}
	a, err := v.attachment(attachmentInfoRow{ID: r.ID, SealedName: r.SealedName, Type: r.Type, Size: r.Size, SHA256: r.SHA256, At: r.At, Scan: r.Scan})
	if err != nil {
		return channel.Attachment{}, nil, err
	}
	content, err := v.open(place("attachment.content", r.ID), r.SealedContent)
	return a, content, err
}

// AttachmentInfo implements [desk.QueueReader].
func (v view) AttachmentInfo(ctx context.Context, id string) (channel.Attachment, error) {
	r, err := one[attachmentInfoRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return channel.Attachment{}, missing("attachment", "没有找到这个文件。", err)
	}
	return v.attachment(r)
}

func (v view) attachment(r attachmentInfoRow) (channel.Attachment, error) {
	name, err := v.open(place("attachment.name", r.ID), r.SealedName)
	return channel.Attachment{ID: r.ID, Name: string(name), Type: r.Type, Size: r.Size, SHA256: r.SHA256, At: r.At.Time, Scan: r.Scan}, err
}

// NoteUnanswered implements [desk.QueueWriter].
func (t *tx) NoteUnanswered(ctx context.Context, u desk.Unanswered) error {
	text := clean(u.Text)
	_, err := insert(ctx, t, ` ON CONFLICT (hash) DO UPDATE SET count = unanswered.count + excluded.count, last_at = excluded.last_at`,
		unansweredRow{
			Hash: t.keys.BlindIndex("unanswered", text), SealedText: t.keys.Seal(place("unanswered.text", ""), []byte(text)), Count: max(1, u.Count), FirstAt: at(u.FirstAt), LastAt: at(u.LastAt),
		})
	return failure("note unanswered", err)
}

// Unanswered implements [desk.QueueReader], most asked first.
func (v view) Unanswered(ctx context.Context, limit int) ([]desk.Unanswered, error) {
	rows, err := all[unansweredRow](ctx, v, "ORDER BY count DESC, last_at DESC LIMIT $1", limit)
	if err != nil {
		return nil, failure("read unanswered", err)
	}
	out := make([]desk.Unanswered, len(rows))
	for i, r := range rows {
		text, err := v.open(place("unanswered.text", ""), r.SealedText)
		if err != nil {
			return nil, err
		}
		out[i] = desk.Unanswered{Text: string(text), Count: r.Count, FirstAt: r.FirstAt.Time, LastAt: r.LastAt.Time}
	}
	return out, nil
}
