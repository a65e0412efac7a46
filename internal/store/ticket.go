package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

type ticketRow struct {
	bun.BaseModel `bun:"table:ticket"`

	ID           string `bun:",pk"`
	Number       string
	LetterID     string
	Kind         channel.Kind
	Source       channel.Source
	Title        string
	Category     string
	District     string
	Conversation string
	Status       ticket.Status
	Lead         string
	LeadPath     string
	Scope2       string `bun:"scope2"`
	Scope3       string `bun:"scope3"`
	Avoid        list[[]string]
	Round        int
	Returns      int
	DueAt        stamp
	Provisional  bool
	Reason       string
	CreatedAt    stamp
	UpdatedAt    stamp
	Version      int64
	CodeHash     []byte
}

func newTicketRow(t *ticket.Ticket, codeHash []byte) ticketRow {
	return ticketRow{
		ID: t.ID, Number: t.Number, LetterID: t.LetterID, Kind: t.Kind, Source: t.Source, Title: t.Title,
		Category: t.Category, District: t.District, Conversation: t.Conversation, Status: t.Status,
		Lead: t.Lead, LeadPath: t.LeadPath, Scope2: upTo(t.LeadPath, 2), Scope3: upTo(t.LeadPath, 3),
		Avoid: list[[]string]{t.Avoid}, Round: t.Round, Returns: t.Returns, DueAt: at(t.DueAt), Provisional: t.Provisional,
		Reason: t.Reason, CreatedAt: at(t.CreatedAt), UpdatedAt: at(t.UpdatedAt), Version: t.Version, CodeHash: codeHash,
	}
}

func (r *ticketRow) ticket() ticket.Ticket {
	return ticket.Ticket{
		ID: r.ID, Number: r.Number, LetterID: r.LetterID, Kind: r.Kind, Source: r.Source, Title: r.Title,
		Category: r.Category, District: r.District, Conversation: r.Conversation, Status: r.Status,
		Lead: r.Lead, LeadPath: r.LeadPath, Avoid: r.Avoid.V, Round: r.Round, Returns: r.Returns, DueAt: r.DueAt.Time,
		Provisional: r.Provisional, Reason: r.Reason, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

// upTo is the first n units of a path, or nothing where it has fewer.
func upTo(path string, n int) string {
	parts := strings.SplitN(path, "/", n+1)
	if len(parts) < n {
		return ""
	}
	return strings.Join(parts[:n], "/")
}

// TicketByNumber implements [desk.TicketReader].
func (v view) TicketByNumber(ctx context.Context, number string) (ticket.Ticket, error) {
	t, _, err := v.TicketCode(ctx, number)
	return t, err
}

// TicketCode implements [desk.TicketReader].
func (v view) TicketCode(ctx context.Context, number string) (ticket.Ticket, []byte, error) {
	return v.oneTicket(ctx, "WHERE number = $1", number)
}

// TicketByID implements [desk.TicketWriter].
func (t *tx) TicketByID(ctx context.Context, id string) (ticket.Ticket, error) {
	found, _, err := t.oneTicket(ctx, "WHERE id = $1", id)
	return found, err
}

func (v view) oneTicket(ctx context.Context, tail, key string) (ticket.Ticket, []byte, error) {
	r, err := one[ticketRow](ctx, v, tail, key)
	if err != nil {
		return ticket.Ticket{}, nil, missing("ticket", "没有找到，请核对编号和查询码。", err)
	}
	return r.ticket(), r.CodeHash, nil
}

// InsertTicket implements [desk.TicketWriter].
func (t *tx) InsertTicket(ctx context.Context, l channel.Letter, k ticket.Ticket, codeHash []byte) error {
	letter, err := t.letterRow(&l)
	if err != nil {
		return t.spoil(err)
	}
	if _, err := insert(ctx, t, "", letter); err != nil {
		return conflict("letter.taken", "这封来信已经收到。", err)
	}
	if _, err := insert(ctx, t, "", newTicketRow(&k, codeHash)); err != nil {
		return conflict("ticket.taken", "编号已被使用，请再试一次。", err)
	}
	for _, id := range l.Attachments {
		n, err := t.exec(ctx, "UPDATE attachment SET letter_id = $1 WHERE id = $2 AND letter_id = ''", l.ID, id)
		if err != nil {
			return failure("attach file", err)
		}
		if n == 0 {
			return t.spoil(problem.New(problem.Conflict, "attachment.taken", "附件已用于另一封来信，请重新上传。"))
		}
	}
	return nil
}

// UpdateTicket implements [desk.TicketWriter].
func (t *tx) UpdateTicket(ctx context.Context, k ticket.Ticket, was int64) error {
	row := newTicketRow(&k, nil)
	row.Title, row.Reason = clean(row.Title), clean(row.Reason)
	res, err := t.bun.NewUpdate().Conn(t.built()).Model(&row).WherePK().Where("version = ?", was).
		ExcludeColumn("id", "number", "letter_id", "created_at", "code_hash").Exec(ctx)
	return t.guarded(res, err)
}
