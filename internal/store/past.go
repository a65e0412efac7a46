package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
)

type linkRow struct {
	bun.BaseModel `bun:"table:ticket_link"`

	FromID      string `bun:",pk"`
	ToID        string `bun:",pk"`
	Kind        desk.LinkKind
	Probability float64
	MadeBy      string
	At          stamp
}

// Past implements [desk.PastReader].
func (v view) Past(ctx context.Context, f desk.PastFilter) ([]desk.PastTicket, error) {
	var rows []ticketRow
	q := v.bun.NewSelect().Conn(v.built()).Model(&rows).Where("kind NOT IN ?", bun.Tuple([]channel.Kind{channel.Report, channel.Opinion})).
		Where("NOT EXISTS (SELECT 1 FROM erased WHERE ticket_id = ticket_row.id)").Limit(int64(f.Limit))
	if f.After != "" {
		q = q.Where("id > ?", clean(f.After))
	}
	if len(f.IDs) > 0 {
		q = q.Where("id IN ?", bun.Tuple(f.IDs))
	}
	if f.Writer != "" {
		index := v.bun.NewSelect().Model((*letterRow)(nil)).Column("phone_index").Where("id = ?", clean(f.Writer))
		letters := v.bun.NewSelect().Model((*letterRow)(nil)).Column("id").Where("phone_index = (?)", index)
		q = q.Where("letter_id IN (?)", letters)
	}
	if f.Released {
		q = q.Where("status IN ?", bun.Tuple([]ticket.Status{ticket.Answered, ticket.Closed}))
	}
	order := "id"
	if f.Newest {
		order = "id DESC"
	}
	if err := q.OrderExpr(order).Scan(ctx); err != nil {
		return nil, failure("read the past", err)
	}
	return v.withLetters(ctx, rows)
}

// Genuine implements [desk.PastReader].
func (v view) Genuine(ctx context.Context) (bool, error) {
	_, err := one[ticketRow](ctx, v, "WHERE origin <> $1", channel.DemoPlatform)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, failure("look for real letters", err)
}

// withLetters opens the letters of tickets, some hundred at a time.
func (v view) withLetters(ctx context.Context, rows []ticketRow) ([]desk.PastTicket, error) {
	const chunk = 500
	out := make([]desk.PastTicket, 0, len(rows))
	for some := range slices.Chunk(rows, chunk) {
		ids := make([]string, len(some))
		for i := range some {
			ids[i] = some[i].LetterID
		}
		var letters []struct {
			ID         string
			SealedText []byte
			PhoneIndex []byte
		}
		err := v.bun.NewSelect().Conn(v.built()).Model((*letterRow)(nil)).Column("id", "sealed_text", "phone_index").Where("id IN ?", bun.Tuple(ids)).Scan(ctx, &letters)
		if err != nil {
			return nil, failure("read past letters", err)
		}
		sealed, writers := make(map[string][]byte, len(letters)), make(map[string]string, len(letters))
		for _, l := range letters {
			sealed[l.ID], writers[l.ID] = l.SealedText, hex.EncodeToString(l.PhoneIndex)
		}
		for i := range some {
			var w wording
			if err := v.openJSON(place("letter.text", some[i].LetterID), sealed[some[i].LetterID], &w); err != nil {
				return nil, err
			}
			out = append(out, desk.PastTicket{Ticket: some[i].ticket(), Title: w.Title, Text: w.Text, Writer: writers[some[i].LetterID]})
		}
	}
	return out, nil
}

// Links implements [desk.PastReader].
func (v view) Links(ctx context.Context, ticketID string) ([]desk.Link, error) {
	rows, err := all[linkRow](ctx, v, "WHERE from_id = $1 OR to_id = $1 ORDER BY probability DESC, from_id, to_id", ticketID)
	if err != nil {
		return nil, failure("read links", err)
	}
	out := make([]desk.Link, len(rows))
	for i, r := range rows {
		out[i] = desk.Link{From: r.FromID, To: r.ToID, Kind: r.Kind, Probability: r.Probability, By: r.MadeBy, At: r.At.Time}
	}
	return out, nil
}

// InsertLink implements [desk.LinkWriter].
func (t *tx) InsertLink(ctx context.Context, l desk.Link) error {
	_, err := insert(ctx, t, " ON CONFLICT (from_id, to_id) DO NOTHING",
		linkRow{FromID: l.From, ToID: l.To, Kind: l.Kind, Probability: l.Probability, MadeBy: l.By, At: at(l.At)})
	return failure("insert link", err)
}
