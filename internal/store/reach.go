package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type digestLineRow struct {
	bun.BaseModel `bun:"table:digest_line"`

	ID        string `bun:",pk"`
	Recipient string
	Kind      string
	Ticket    string
	At        stamp
	DueAt     stamp
}

type noticeSettingRow struct {
	bun.BaseModel `bun:"table:notice_setting"`

	UserID      string `bun:",pk"`
	SealedEmail []byte
	How         desk.NoticeHow
	Version     int64
}

// AddToDigest implements [desk.ReachWriter].
func (t *tx) AddToDigest(ctx context.Context, lines ...desk.DigestLine) error {
	rows := make([]digestLineRow, len(lines))
	for i, l := range lines {
		rows[i] = digestLineRow{ID: l.ID, Recipient: l.Recipient, Kind: l.Kind, Ticket: l.Ticket, At: at(l.At), DueAt: at(l.DueAt)}
	}
	_, err := insert(ctx, t, " ON CONFLICT (id) DO NOTHING", rows...)
	return failure("keep what is to be told", err)
}

// TakeDigest implements [desk.ReachWriter].
func (t *tx) TakeDigest(ctx context.Context, recipient string, until time.Time) ([]desk.DigestLine, error) {
	rows, err := query[digestLineRow](ctx, t.view, "DELETE FROM digest_line WHERE recipient = $1 AND due_at <= $2 RETURNING *", recipient, at(until))
	if err != nil {
		return nil, failure("take what is to be told", t.spoil(err))
	}
	lines := make([]desk.DigestLine, len(rows))
	for i, r := range rows {
		lines[i] = desk.DigestLine{ID: r.ID, Recipient: r.Recipient, Kind: r.Kind, Ticket: r.Ticket, At: r.At.Time, DueAt: r.DueAt.Time}
	}
	slices.SortFunc(lines, func(a, b desk.DigestLine) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return lines, nil
}

// NoticeSetting implements [desk.ReachReader].
func (v view) NoticeSetting(ctx context.Context, user string) (desk.NoticeSetting, error) {
	said, err := v.NoticeSettings(ctx, []string{user})
	if err != nil || len(said) == 0 {
		return desk.NoticeSetting{User: user, How: desk.NoNotices}, err
	}
	return said[0], nil
}

// NoticeSettings implements [desk.ReachReader].
func (v view) NoticeSettings(ctx context.Context, users []string) ([]desk.NoticeSetting, error) {
	if len(users) == 0 {
		return nil, nil
	}
	ids, err := json.Marshal(users)
	if err != nil {
		return nil, failure("read how people are told", err)
	}
	rows, err := query[noticeSettingRow](ctx, v, "SELECT * FROM notice_setting WHERE user_id IN (SELECT value FROM "+v.each()+") ORDER BY user_id", string(ids))
	if err != nil {
		return nil, failure("read how people are told", err)
	}
	said := make([]desk.NoticeSetting, len(rows))
	for i, r := range rows {
		email, err := v.open(place("notice_setting.email", r.UserID), r.SealedEmail)
		if err != nil {
			return nil, err
		}
		said[i] = desk.NoticeSetting{User: r.UserID, Email: string(email), How: r.How, Version: r.Version}
	}
	return said, nil
}

// SaveNoticeSetting implements [desk.ReachWriter].
func (t *tx) SaveNoticeSetting(ctx context.Context, s desk.NoticeSetting, was int64) error {
	n, err := t.exec(ctx, `INSERT INTO notice_setting (user_id, sealed_email, how, version) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id) DO UPDATE SET sealed_email = excluded.sealed_email, how = excluded.how, version = excluded.version WHERE notice_setting.version = $5`,
		s.User, t.keys.Seal(place("notice_setting.email", s.User), []byte(clean(s.Email))), string(s.How), s.Version, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "notice_setting.stale", "设置刚刚有了变化，请刷新后再试。"))
	}
	return failure("keep how somebody is told", err)
}

// OptedOut implements [desk.ReachReader].
func (v view) OptedOut(ctx context.Context, who []byte) (bool, error) {
	rows, err := query[struct{ N int }](ctx, v, "SELECT count(*) AS n FROM opt_out WHERE who = $1", who)
	if err != nil {
		return false, failure("read who wants no messages", err)
	}
	return rows[0].N > 0, nil
}

// SetOptOut implements [desk.ReachWriter].
func (t *tx) SetOptOut(ctx context.Context, who []byte, out bool, when time.Time) error {
	text, args := "DELETE FROM opt_out WHERE who = $1", []any{who}
	if out {
		text, args = "INSERT INTO opt_out (who, at) VALUES ($1, $2) ON CONFLICT (who) DO NOTHING", append(args, at(when))
	}
	_, err := t.exec(ctx, text, args...)
	return failure("keep who wants no messages", err)
}

// CountMessage implements [desk.ReachWriter].
func (t *tx) CountMessage(ctx context.Context, who []byte, until time.Time) (int, error) {
	rows, err := query[struct{ N int }](ctx, t.view, `INSERT INTO message_count (who, until, n) VALUES ($1, $2, 1) ON CONFLICT (who) DO UPDATE
		SET n = CASE WHEN message_count.until = excluded.until THEN message_count.n + 1 ELSE 1 END, until = excluded.until RETURNING n`, who, at(until))
	if err != nil {
		return 0, failure("count a message", t.spoil(err))
	}
	return rows[0].N, nil
}

// KeepReceipt implements [desk.ReachWriter].
func (t *tx) KeepReceipt(ctx context.Context, receipt []byte, delivery string) error {
	_, err := t.exec(ctx, "INSERT INTO sms_receipt (receipt, delivery_id) VALUES ($1, $2) ON CONFLICT (receipt) DO NOTHING", receipt, delivery)
	return failure("keep a receipt", err)
}

// DeliveryOfReceipt implements [desk.ReachReader].
func (v view) DeliveryOfReceipt(ctx context.Context, receipt []byte) (string, error) {
	rows, err := query[struct{ DeliveryID string }](ctx, v, "SELECT delivery_id FROM sms_receipt WHERE receipt = $1", receipt)
	if err != nil {
		return "", failure("look for a receipt", err)
	}
	if len(rows) == 0 {
		return "", problem.New(problem.NotFound, "delivery.not_found", "没有这条消息。")
	}
	return rows[0].DeliveryID, nil
}
