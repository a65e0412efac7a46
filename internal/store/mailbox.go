package store

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

type mailRow struct {
	bun.BaseModel `bun:"table:mail"`

	TicketID  string `bun:",pk"`
	Source    string
	Digest    string
	Waiting   string
	EnteredBy string
	EnteredAt stamp
	Version   int64
}

func (r *mailRow) mail() desk.Mail {
	return desk.Mail{
		Ticket: r.TicketID, Source: r.Source, Digest: r.Digest, Waiting: r.Waiting, EnteredBy: r.EnteredBy, EnteredAt: r.EnteredAt.Time, Version: r.Version,
	}
}

// Mail implements [desk.MailReader].
func (v view) Mail(ctx context.Context, ticketID string) (desk.Mail, error) {
	r, err := one[mailRow](ctx, v, "WHERE ticket_id = $1", ticketID)
	if err != nil {
		return desk.Mail{}, missing("mailbox", "这件来信不是从信箱转来的。", err)
	}
	return r.mail(), nil
}

// WaitingSteps implements [desk.MailReader]. Ids of steps grow with time.
func (v view) WaitingSteps(ctx context.Context, source string, limit int) ([]ticket.Event, error) {
	return v.events(ctx, `WHERE (ticket_id, id) IN (SELECT ticket_id, waiting FROM mail WHERE source = $1 AND waiting <> '' ORDER BY waiting LIMIT $2)
		ORDER BY id`, source, limit)
}

// ReleasedDrafts implements [desk.MailReader].
func (v view) ReleasedDrafts(ctx context.Context, ticketIDs []string) ([]reply.Draft, error) {
	text, err := json.Marshal(append([]string{}, ticketIDs...)) // a list, though nobody asks for any
	if err != nil {
		return nil, failure("read drafts", err)
	}
	return v.drafts(ctx, "WHERE released_at IS NOT NULL AND ticket_id IN (SELECT value FROM "+v.each()+")", string(text))
}

// SaveMail implements [desk.MailWriter].
func (t *tx) SaveMail(ctx context.Context, m desk.Mail, was int64) error {
	n, err := insert(ctx, t, ` ON CONFLICT (ticket_id) DO UPDATE SET digest = excluded.digest, waiting = excluded.waiting, entered_by = excluded.entered_by,
		entered_at = excluded.entered_at, version = excluded.version WHERE mail.version = excluded.version - 1`, mailRow{
		TicketID: m.Ticket, Source: m.Source, Digest: m.Digest, Waiting: m.Waiting, EnteredBy: clean(m.EnteredBy), EnteredAt: at(m.EnteredAt), Version: was + 1,
	})
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "mailbox.stale", "这件来信刚刚有了变化，请刷新后再试。"))
	}
	return failure("save mail", err)
}
