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
	Urgency      channel.Urgency
	Origin       string
	OriginID     string `bun:"origin_id"`
	OriginDue    stamp
	Title        string
	Category     string
	District     string
	Conversation string
	Status       ticket.Status
	Resume       ticket.Status
	Lead         string
	LeadPath     string
	Scope2       string `bun:"scope2"`
	Scope3       string `bun:"scope3"`
	Holder       string
	Co           list[[]ticket.CoHandler]
	Avoid        list[[]string]
	Parent       string
	Round        int
	Returns      int
	Asks         int
	Urges        int
	Supervised   bool
	Supervisions int
	FeedbackDue  stamp
	Extension    list[*ticket.Extension]
	Consultation string
	ClosesAt     stamp
	Third        string
	Rating       int
	Solved       bool
	DueAt        stamp
	Standing     bool
	CircularAt   stamp
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
		Urgency: t.Urgency, Origin: t.Origin.Platform, OriginID: t.Origin.ID, OriginDue: at(t.Origin.Due),
		Category: t.Category, District: t.District, Conversation: t.Conversation, Status: t.Status, Resume: t.Resume,
		Lead: t.Lead, LeadPath: t.LeadPath, Scope2: upTo(t.LeadPath, 2), Scope3: upTo(t.LeadPath, 3),
		Holder: t.Holder, Co: list[[]ticket.CoHandler]{t.Co}, Avoid: list[[]string]{t.Avoid}, Parent: t.Parent,
		Round: t.Round, Returns: t.Returns, Asks: t.Asks, Urges: t.Urges, Supervised: t.Supervised, Supervisions: t.Supervisions, FeedbackDue: at(t.FeedbackDue),
		Extension: list[*ticket.Extension]{t.Extension}, Consultation: t.Consultation, ClosesAt: at(t.ClosesAt), Third: t.Third, Rating: t.Rating, Solved: t.Solved, DueAt: at(t.DueAt), Provisional: t.Provisional,
		Standing: t.Standing, CircularAt: at(t.CircularAt), Reason: t.Reason, CreatedAt: at(t.CreatedAt), UpdatedAt: at(t.UpdatedAt), Version: t.Version, CodeHash: codeHash,
	}
}

func (r *ticketRow) ticket() ticket.Ticket {
	return ticket.Ticket{
		ID: r.ID, Number: r.Number, LetterID: r.LetterID, Kind: r.Kind, Source: r.Source, Title: r.Title,
		Urgency: r.Urgency, Origin: channel.Origin{Platform: r.Origin, ID: r.OriginID, Due: r.OriginDue.Time},
		Category: r.Category, District: r.District, Conversation: r.Conversation, Status: r.Status, Resume: r.Resume,
		Lead: r.Lead, LeadPath: r.LeadPath, Holder: r.Holder, Co: r.Co.V, Avoid: r.Avoid.V, Parent: r.Parent,
		Round: r.Round, Returns: r.Returns, Asks: r.Asks, Urges: r.Urges, Supervised: r.Supervised, Supervisions: r.Supervisions, FeedbackDue: r.FeedbackDue.Time, Extension: r.Extension.V,
		Consultation: r.Consultation, ClosesAt: r.ClosesAt.Time, Third: r.Third, Rating: r.Rating, Solved: r.Solved, DueAt: r.DueAt.Time, Provisional: r.Provisional,
		Standing: r.Standing, CircularAt: r.CircularAt.Time, Reason: r.Reason, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
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

// TicketByID implements [desk.MergeReader].
func (v view) TicketByID(ctx context.Context, id string) (ticket.Ticket, error) {
	found, _, err := v.oneTicket(ctx, "WHERE id = $1", id)
	return found, err
}

// TicketByOrigin implements [desk.MergeReader].
func (v view) TicketByOrigin(ctx context.Context, platform, id string) (ticket.Ticket, error) {
	found, _, err := v.oneTicket(ctx, "WHERE origin = $1 AND origin_id = $2 AND origin_id <> ''", platform, id)
	return found, err
}

func (v view) oneTicket(ctx context.Context, tail string, keys ...any) (ticket.Ticket, []byte, error) {
	r, err := one[ticketRow](ctx, v, tail, keys...)
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
	if err := t.addCo(ctx, &k); err != nil {
		return err
	}
	if err := t.saveLetter(ctx, &k, &l); err != nil {
		return err
	}
	return t.attach(ctx, l.ID, l.Attachments)
}

// attach gives files that belong to no letter yet to one.
func (t *tx) attach(ctx context.Context, letterID string, attachments []string) error {
	for _, id := range attachments {
		n, err := t.exec(ctx, "UPDATE attachment SET letter_id = $1 WHERE id = $2 AND letter_id = ''", letterID, id)
		if err != nil {
			return failure("attach file", err)
		}
		if n == 0 {
			return t.spoil(problem.New(problem.Conflict, "attachment.taken", "附件已用于另一封来信，请重新上传。"))
		}
	}
	return nil
}

// AddFiles implements [desk.TicketWriter].
func (t *tx) AddFiles(ctx context.Context, letterID string, attachments ...string) error {
	r, err := one[letterRow](ctx, t.view, "WHERE id = $1", letterID)
	if err != nil {
		return missing("letter", "没有找到这封来信。", err)
	}
	all, err := list[[]string]{append(r.Attachments.V, attachments...)}.Value()
	if err != nil {
		return t.spoil(err)
	}
	if _, err := t.exec(ctx, "UPDATE letter SET attachments = $1 WHERE id = $2", all, letterID); err != nil {
		return failure("list files", err)
	}
	return t.attach(ctx, letterID, attachments)
}

// UpdateTicket implements [desk.TicketWriter].
func (t *tx) UpdateTicket(ctx context.Context, k ticket.Ticket, was int64) error {
	row := newTicketRow(&k, nil)
	row.Title, row.Reason = clean(row.Title), clean(row.Reason)
	res, err := t.bun.NewUpdate().Conn(t.built()).Model(&row).WherePK().Where("version = ?", was).
		ExcludeColumn("id", "number", "letter_id", "created_at", "code_hash").Exec(ctx)
	if err := t.guarded(res, err); err != nil {
		return err
	}
	return t.saveCo(ctx, &k)
}

// saveCo repeats who is asked for an opinion for the lists of those units.
func (t *tx) saveCo(ctx context.Context, k *ticket.Ticket) error {
	if _, err := t.exec(ctx, "DELETE FROM ticket_co WHERE ticket_id = $1", k.ID); err != nil {
		return failure("forget co-handlers", err)
	}
	return t.addCo(ctx, k)
}

func (t *tx) addCo(ctx context.Context, k *ticket.Ticket) error {
	for _, co := range k.Co {
		if _, err := t.exec(ctx, "INSERT INTO ticket_co (unit, ticket_id) VALUES ($1, $2)", clean(co.Unit), k.ID); err != nil {
			return failure("save co-handlers", err)
		}
	}
	return nil
}

// Children implements [desk.MergeReader].
func (v view) Children(ctx context.Context, ticketID string) ([]ticket.Ticket, error) {
	rows, err := all[ticketRow](ctx, v, "WHERE parent = $1 AND parent <> '' AND status = $2 ORDER BY id", ticketID, ticket.Merged)
	if err != nil {
		return nil, failure("read merged tickets", err)
	}
	found := make([]ticket.Ticket, len(rows))
	for i := range rows {
		found[i] = rows[i].ticket()
	}
	return found, nil
}
