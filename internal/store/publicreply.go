package store

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

type disclosureRow struct {
	bun.BaseModel `bun:"table:disclosure"`

	TicketID   string `bun:",pk"`
	SealedBody []byte // the letter and the reply are quoted in it
	Version    int64
}

type publicReplyRow struct {
	bun.BaseModel `bun:"table:public_reply"`

	ID          string `bun:",pk"`
	TicketID    string
	Kind        channel.Kind
	Category    string
	Unit        string
	ReceivedAt  stamp
	AnsweredAt  stamp
	PublishedAt stamp
	Version     int
	Redacted    bool
	Title       string
	Asked       string
	Text        string
}

func (r *publicReplyRow) reply() desk.PublicReply {
	return desk.PublicReply{
		ID: r.ID, Ticket: r.TicketID, Kind: r.Kind, Category: r.Category, Unit: r.Unit, Received: r.ReceivedAt.Time, Answered: r.AnsweredAt.Time,
		Published: r.PublishedAt.Time, Version: r.Version, Redacted: r.Redacted, Title: r.Title, Asked: r.Asked, Text: r.Text,
	}
}

// Disclosure implements [desk.DisclosureReader].
func (v view) Disclosure(ctx context.Context, ticketID string) (desk.Disclosure, error) {
	r, err := one[disclosureRow](ctx, v, "WHERE ticket_id = $1", ticketID)
	if err != nil {
		return desk.Disclosure{}, missing("disclosure", "还没有决定是否公开这件来信的答复。", err)
	}
	var d desk.Disclosure
	err = v.openJSON(place("disclosure", ticketID), r.SealedBody, &d)
	return d, err
}

// SaveDisclosure implements [desk.DisclosureWriter].
func (t *tx) SaveDisclosure(ctx context.Context, d desk.Disclosure, was int64) error {
	sealed, err := t.sealJSON(place("disclosure", d.Ticket), d)
	if err != nil {
		return t.spoil(err)
	}
	n, err := insert(ctx, t, " ON CONFLICT (ticket_id) DO UPDATE SET sealed_body = excluded.sealed_body, version = excluded.version WHERE disclosure.version = "+
		"excluded.version - 1", disclosureRow{TicketID: d.Ticket, SealedBody: sealed, Version: was + 1})
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "disclosure.stale", "刚刚有人作出或者修改了决定，请刷新后再操作。"))
	}
	return failure("save disclosure", err)
}

// released keeps the tickets whose reply has left the house, in a stage of being
// disclosed. As CASE, for the reason [inScope] gives.
func released(q *bun.SelectQuery, s desk.DisclosureStage) *bun.SelectQuery {
	q = q.Where("parent = ''").Where("CASE WHEN EXISTS (SELECT 1 FROM draft AS d WHERE d.ticket_id = ?TableAlias.id AND d.round = ?TableAlias.round AND " +
		"d.released_at IS NOT NULL) THEN TRUE ELSE FALSE END")
	const decided = "EXISTS (SELECT 1 FROM disclosure AS o WHERE o.ticket_id = ?TableAlias.id)"
	if s == desk.Undecided {
		return q.Where("CASE WHEN " + decided + " THEN FALSE ELSE TRUE END")
	}
	return q.Where(decided).Where("(round > 1 OR EXISTS (SELECT 1 FROM review AS r WHERE r.kind = ? AND r.subject = ?TableAlias.id AND r.state = ?))",
		review.PublishedReply, review.Draft)
}

// SavePublicReply implements [desk.PublicReplyWriter].
func (t *tx) SavePublicReply(ctx context.Context, p desk.PublicReply) error {
	if _, err := t.RemovePublicReply(ctx, p.ID); err != nil {
		return err
	}
	_, err := insert(ctx, t, "", publicReplyRow{
		ID: p.ID, TicketID: p.Ticket, Kind: p.Kind, Category: p.Category, Unit: p.Unit, ReceivedAt: at(p.Received), AnsweredAt: at(p.Answered),
		PublishedAt: at(p.Published), Version: p.Version, Redacted: p.Redacted, Title: clean(p.Title), Asked: clean(p.Asked), Text: clean(p.Text),
	})
	if err != nil {
		return failure("publish reply", err)
	}
	words := strings.Join(pairs(clean(p.Title+"\n"+p.Asked+"\n"+p.Text)), " ")
	_, err = t.exec(ctx, "INSERT INTO public_reply_words (reply, words) VALUES ($1, $2)", p.ID, words)
	return failure("save words of a reply", err)
}

// RemovePublicReply implements [desk.PublicReplyWriter].
func (t *tx) RemovePublicReply(ctx context.Context, id string) (bool, error) {
	n, err := t.exec(ctx, "DELETE FROM public_reply WHERE id = $1", id)
	if err == nil && n > 0 {
		_, err = t.exec(ctx, "DELETE FROM public_reply_words WHERE reply = $1", id)
	}
	return n > 0, failure("remove published reply", err)
}

func noPublicReply(err error) error {
	return missing("reply", "没有这条公开的答复，可能已经撤回。", err)
}

// PublicReply implements [desk.PublicReplyReader].
func (v view) PublicReply(ctx context.Context, id string) (desk.PublicReply, error) {
	r, err := one[publicReplyRow](ctx, v, "WHERE id = $1", clean(id))
	if err != nil {
		return desk.PublicReply{}, noPublicReply(err)
	}
	return r.reply(), nil
}

// PublicReplyTo implements [desk.PublicReplyReader].
func (v view) PublicReplyTo(ctx context.Context, ticketID string) (desk.PublicReply, error) {
	r, err := one[publicReplyRow](ctx, v, "WHERE ticket_id = $1", ticketID)
	if err != nil {
		return desk.PublicReply{}, noPublicReply(err)
	}
	return r.reply(), nil
}

// PublicReplies implements [desk.PublicReplyReader].
func (v view) PublicReplies(ctx context.Context, f desk.ReplyFilter) ([]desk.PublicReply, error) {
	var rows []publicReplyRow
	q := v.bun.NewSelect().Conn(v.built()).Model(&rows).OrderExpr("published_at DESC, id DESC").Limit(int64(f.Limit))
	if f.Category != "" {
		q = q.Where("category = ?", clean(f.Category))
	}
	if words := pairs(clean(f.Query)); len(words) > 0 {
		q = q.Where("id IN (?)", v.matching("public_reply_words", strings.Join(words, " ")).Column("reply"))
	} else if f.Query != "" {
		return nil, nil // signs alone are in no text
	}
	if !f.Before.IsZero() {
		q = q.Where("(published_at, id) < (?, ?)", f.Before.UnixMicro(), clean(f.BeforeID))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, failure("list published replies", err)
	}
	found := make([]desk.PublicReply, len(rows))
	for i := range rows {
		found[i] = rows[i].reply()
	}
	return found, nil
}

// ReplyCategories implements [desk.PublicReplyReader].
func (v view) ReplyCategories(ctx context.Context) ([]desk.ReplyCategory, error) {
	rows, err := query[struct {
		Code string
		N    int
	}](ctx, v, "SELECT category AS code, count(*) AS n FROM public_reply GROUP BY category ORDER BY n DESC, category")
	if err != nil {
		return nil, failure("count published replies", err)
	}
	found := make([]desk.ReplyCategory, len(rows))
	for i, r := range rows {
		found[i] = desk.ReplyCategory{Code: r.Code, N: r.N}
	}
	return found, nil
}

// messages says of every letter that came in within a time what became of it. The
// kind in CASE keeps SQLite from reading all letters of the kinds there ever were.
const messages = `SELECT count(*) AS received, coalesce(sum(accepted), 0) AS accepted,
	coalesce(sum(CASE WHEN status = 'declined' THEN 1 ELSE 0 END), 0) AS declined,
	coalesce(sum(CASE WHEN status = 'withdrawn' THEN 1 ELSE 0 END), 0) AS withdrawn,
	coalesce(sum(CASE WHEN status = 'transferred' THEN 1 ELSE 0 END), 0) AS transferred,
	count(answered) AS answered,
	coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM clock AS c WHERE c.ticket_id = letters.id AND c.purpose = 'answer' AND c.met_at = letters.answered
		AND c.breached_at IS NULL) THEN 1 ELSE 0 END), 0) AS on_time,
	coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM public_reply AS p WHERE p.ticket_id = letters.id) THEN 1 ELSE 0 END), 0) AS published
	FROM (SELECT t.id, t.status,
		CASE WHEN EXISTS (SELECT 1 FROM event AS a WHERE a.ticket_id = t.id AND a.move IN ('accept', 'dispatch')) THEN 1 ELSE 0 END AS accepted,
		(SELECT min(a.at) FROM event AS a WHERE a.ticket_id = t.id AND a.move IN ('release', 'answer_with')) AS answered
		FROM event AS e JOIN ticket AS t ON t.id = e.ticket_id
		WHERE ` + counted + ` AND e.move = 'open' AND e.at >= ? AND e.at < ? AND CASE WHEN t.kind IN ? THEN 1 ELSE 0 END = 1) AS letters`

// CountMessages implements [desk.PublicReplyReader].
func (v view) CountMessages(ctx context.Context, kinds []channel.Kind, from, until time.Time) (desk.MessageCounts, error) {
	var row struct{ Received, Accepted, Declined, Withdrawn, Transferred, Answered, OnTime, Published int64 }
	err := v.bun.NewRaw(messages, from.UnixMicro(), until.UnixMicro(), bun.Tuple(kinds)).Conn(v.built()).Scan(ctx, &row)
	return desk.MessageCounts(row), failure("count letters", err)
}
