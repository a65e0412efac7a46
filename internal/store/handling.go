package store

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
)

type eventRow struct {
	bun.BaseModel `bun:"table:event"`

	TicketID     string `bun:",pk"`
	Seq          int64  `bun:",pk"`
	ID           string
	Move         ticket.Move
	FromStatus   ticket.Status
	ToStatus     ticket.Status
	Actor        string
	Unit         string
	Lead         string
	Reason       string
	SealedNote   []byte // staff write down what a caller said
	SealedPublic []byte // a clerk may have written it, about a person
	Score        int
	Solved       bool
	Kind         channel.Kind
	At           stamp
}

type draftRow struct {
	bun.BaseModel `bun:"table:draft"`

	ID         string `bun:",pk"`
	TicketID   string
	Round      int
	Revision   int
	SealedText []byte
	Outcome    reply.Outcome
	Author     string
	At         stamp
	ApprovedBy string
	ApprovedAt stamp
	ReleasedAt stamp
	Quotes     list[[]reply.Quote]
}

// InsertEvent implements [desk.TicketWriter].
func (t *tx) InsertEvent(ctx context.Context, es ...ticket.Event) error {
	rows := make([]eventRow, len(es))
	for i := range es {
		e := &es[i]
		rows[i] = eventRow{
			TicketID: e.TicketID, Seq: e.Seq, ID: e.ID, Move: e.Move, FromStatus: e.From, ToStatus: e.To, Actor: e.Actor, Unit: e.Unit, Lead: e.Lead, Score: e.Score, Solved: e.Solved, Kind: e.Kind,
			Reason: e.Reason, SealedNote: t.seal(place("event.note", e.ID), clean(e.Note)), SealedPublic: t.seal(place("event.public", e.ID), clean(e.Public)), At: at(e.At),
		}
	}
	_, err := insert(ctx, t, "", rows...)
	if isTaken(err) {
		return stale()
	}
	return failure("insert event", err)
}

// Events implements [desk.TicketReader].
func (v view) Events(ctx context.Context, ticketID string) ([]ticket.Event, error) {
	return v.events(ctx, "WHERE ticket_id = $1 ORDER BY seq", ticketID)
}

func (v view) events(ctx context.Context, tail string, args ...any) ([]ticket.Event, error) {
	rows, err := all[eventRow](ctx, v, tail, args...)
	if err != nil {
		return nil, failure("read events", err)
	}
	events := make([]ticket.Event, len(rows))
	for i, r := range rows {
		note, err := v.open(place("event.note", r.ID), r.SealedNote)
		if err != nil {
			return nil, err
		}
		public, err := v.open(place("event.public", r.ID), r.SealedPublic)
		if err != nil {
			return nil, err
		}
		events[i] = ticket.Event{
			ID: r.ID, TicketID: r.TicketID, Seq: r.Seq, Move: r.Move, From: r.FromStatus, To: r.ToStatus, Actor: r.Actor,
			Unit: r.Unit, Lead: r.Lead, Score: r.Score, Solved: r.Solved, Kind: r.Kind, Reason: r.Reason, Note: string(note), Public: string(public), At: r.At.Time,
		}
	}
	return events, nil
}

// SaveDraft implements [desk.TicketWriter]. The text of a revision never
// changes; only the marks of its review do.
func (t *tx) SaveDraft(ctx context.Context, d reply.Draft) error {
	if err := t.saveReply(ctx, &d); err != nil {
		return err
	}
	_, err := insert(ctx, t, ` ON CONFLICT (id) DO UPDATE SET
		approved_by = excluded.approved_by, approved_at = excluded.approved_at, released_at = excluded.released_at`,
		draftRow{
			ID: d.ID, TicketID: d.TicketID, Round: d.Round, Revision: d.Revision,
			SealedText: t.keys.Seal(place("draft.text", d.ID), []byte(clean(d.Text))), Outcome: d.Outcome, Author: d.Author,
			At: at(d.At), ApprovedBy: d.ApprovedBy, ApprovedAt: at(d.ApprovedAt), ReleasedAt: at(d.ReleasedAt),
			Quotes: list[[]reply.Quote]{d.Quotes},
		})
	if isTaken(err) { // another draft of the same round and revision
		return stale()
	}
	return failure("save draft", err)
}

// Drafts implements [desk.TicketReader].
func (v view) Drafts(ctx context.Context, ticketID string) ([]reply.Draft, error) {
	return v.drafts(ctx, "WHERE ticket_id = $1 ORDER BY round, revision", ticketID)
}

func (v view) drafts(ctx context.Context, tail string, args ...any) ([]reply.Draft, error) {
	rows, err := all[draftRow](ctx, v, tail, args...)
	if err != nil {
		return nil, failure("read drafts", err)
	}
	drafts := make([]reply.Draft, len(rows))
	for i := range rows {
		if drafts[i], err = v.draft(&rows[i]); err != nil {
			return nil, err
		}
	}
	return drafts, nil
}

func (v view) draft(r *draftRow) (reply.Draft, error) {
	text, err := v.open(place("draft.text", r.ID), r.SealedText)
	return reply.Draft{
		ID: r.ID, TicketID: r.TicketID, Round: r.Round, Revision: r.Revision, Text: string(text), Outcome: r.Outcome,
		Author: r.Author, At: r.At.Time, ApprovedBy: r.ApprovedBy, ApprovedAt: r.ApprovedAt.Time, ReleasedAt: r.ReleasedAt.Time, Quotes: r.Quotes.V,
	}, err
}

// guarded reads the outcome of an update that names the version it expects.
func (t *tx) guarded(res sql.Result, err error) error {
	if err != nil {
		return failure("guarded update", t.spoil(err))
	}
	n, err := res.RowsAffected()
	switch {
	case err != nil:
		return failure("guarded update", t.spoil(err))
	case n == 0:
		return stale()
	}
	return nil
}
