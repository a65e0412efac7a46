package store

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
)

type askedRow struct {
	bun.BaseModel `bun:"table:gap_question"`

	ID         string `bun:",pk"`
	Place      *int64 // NULL: it waits for one
	GapID      string
	Person     []byte // blind index of who asked
	SealedText []byte // personal data is masked, as far as a machine sees it
	Channel    string
	Cause      desk.AskedCause
	TicketID   string
	At         stamp
}

func askedPlace(id string) string { return place("gap.question", id) }

// InsertAsked implements [desk.GapWriter].
func (t *tx) InsertAsked(ctx context.Context, qs ...desk.Asked) error {
	rows := make([]askedRow, len(qs))
	for i, q := range qs {
		rows[i] = askedRow{
			ID: q.ID, Person: t.keys.BlindIndex("gap.person", q.Person), SealedText: t.keys.Seal(askedPlace(q.ID), []byte(clean(q.Text))),
			Channel: q.Channel, Cause: q.Cause, TicketID: q.Ticket, At: at(q.At),
		}
	}
	_, err := insert(ctx, t, "", rows...)
	return failure("keep questions", err)
}

// NextPlace implements [desk.GapWriter].
func (t *tx) NextPlace(ctx context.Context) (int64, error) {
	rows, err := query[struct{ N int64 }](ctx, t.view, "UPDATE gap_place SET n = n + 1 WHERE id = 1 RETURNING n")
	if err != nil {
		return 0, failure("take a place", t.spoil(err))
	}
	return rows[0].N, nil
}

// PlaceAsked implements [desk.GapWriter].
func (t *tx) PlaceAsked(ctx context.Context, id, gapID string, place int64) error {
	counted := `UPDATE gap SET times = times + 1,
		people = people + CASE WHEN EXISTS (SELECT 1 FROM gap_question AS q WHERE q.gap_id = $2 AND q.person = n.person) THEN 0 ELSE 1 END,
		first_at = CASE WHEN n.at < first_at THEN n.at ELSE first_at END, last_at = CASE WHEN n.at > last_at THEN n.at ELSE last_at END
		FROM (SELECT person, at FROM gap_question WHERE id = $1) AS n WHERE gap.id = $2`
	if _, err := t.exec(ctx, counted, id, gapID); err != nil {
		return failure("count a question", err)
	}
	_, err := t.exec(ctx, "UPDATE gap_question SET gap_id = $1, place = $2 WHERE id = $3", gapID, place, id)
	return failure("place a question", err)
}

// DropAsked implements [desk.GapWriter].
func (t *tx) DropAsked(ctx context.Context, id string) error {
	_, err := t.exec(ctx, "DELETE FROM gap_question WHERE id = $1", id)
	return failure("drop a question", err)
}

// ForgetAsker implements [desk.GapWriter].
func (t *tx) ForgetAsker(ctx context.Context, person string) error {
	_, err := t.exec(ctx, "DELETE FROM gap_question WHERE person = $1", t.keys.BlindIndex("gap.person", person))
	return failure("forget an asker", err)
}

// MoveAsked implements [desk.GapWriter].
func (t *tx) MoveAsked(ctx context.Context, from, to string) error {
	_, err := t.exec(ctx, `UPDATE gap SET times = gap.times + o.times, people = gap.people + o.people - o.both,
		first_at = CASE WHEN o.first_at < gap.first_at THEN o.first_at ELSE gap.first_at END,
		last_at = CASE WHEN o.last_at > gap.last_at THEN o.last_at ELSE gap.last_at END
		FROM (SELECT times, people, first_at, last_at, (SELECT count(*) FROM (SELECT person FROM gap_question WHERE gap_id = $1
			INTERSECT SELECT person FROM gap_question WHERE gap_id = $2) AS b) AS both FROM gap WHERE id = $1) AS o
		WHERE gap.id = $2`, from, to)
	if err != nil {
		return failure("count questions of both", err)
	}
	_, err = t.exec(ctx, "UPDATE gap_question SET gap_id = $1 WHERE gap_id = $2", to, from)
	return failure("move questions", err)
}

// AskedIn implements [desk.GapReader].
func (v view) AskedIn(ctx context.Context, gapID string, limit int) ([]desk.Asked, error) {
	return v.asked(ctx, "WHERE gap_id = $1 ORDER BY at DESC, id DESC LIMIT $2", gapID, limit)
}

// AskedByID implements [desk.GapReader].
func (v view) AskedByID(ctx context.Context, ids []string) ([]desk.Asked, error) {
	text, err := json.Marshal(ids)
	if err != nil {
		return nil, failure("read questions", err)
	}
	return v.asked(ctx, "WHERE id IN (SELECT value FROM "+v.each()+") ORDER BY id", string(text))
}

// AskedAfter implements [desk.GapReader].
func (v view) AskedAfter(ctx context.Context, place int64, limit int) ([]desk.Asked, error) {
	return v.asked(ctx, "WHERE place > $1 ORDER BY place LIMIT $2", place, limit)
}

// AskedWaiting implements [desk.GapReader].
func (v view) AskedWaiting(ctx context.Context, limit int) ([]desk.Asked, error) {
	return v.asked(ctx, "WHERE place IS NULL ORDER BY at, id LIMIT $1", limit)
}

func (v view) asked(ctx context.Context, tail string, args ...any) ([]desk.Asked, error) {
	rows, err := all[askedRow](ctx, v, tail, args...)
	if err != nil {
		return nil, failure("read questions", err)
	}
	out := make([]desk.Asked, len(rows))
	for i := range rows {
		r := &rows[i]
		text, err := v.open(askedPlace(r.ID), r.SealedText)
		if err != nil {
			return nil, err
		}
		out[i] = desk.Asked{ID: r.ID, Gap: r.GapID, Text: string(text), Channel: r.Channel, Cause: r.Cause, Ticket: r.TicketID, At: r.At.Time}
		if r.Place != nil {
			out[i].Place = *r.Place
		}
	}
	return out, nil
}
