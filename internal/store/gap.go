package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/gap"
	"jiesu/internal/problem"
)

type gapRow struct {
	bun.BaseModel `bun:"table:gap"`

	ID          string `bun:",pk"`
	State       gap.State
	Category    string
	Unit        string
	UnitPath    string
	Times       int
	People      int
	FirstAt     stamp
	LastAt      stamp
	Since       stamp
	Bar         int
	OpenedAt    stamp
	DueAt       stamp
	Review      string
	Entry       string
	IntoGap     string
	Reason      string
	SealedWords []byte
	DecidedBy   string
	Version     int64
}

const gapOfReview = "WHERE review = $1 AND review <> ''"

func gapPlace(id string) string { return place("gap.words", id) }

// InsertGap implements [desk.GapWriter].
func (t *tx) InsertGap(ctx context.Context, g gap.Gap) error {
	_, err := insert(ctx, t, "", gapRow{
		ID: g.ID, State: g.State, Category: clean(g.Category), Unit: g.Unit, UnitPath: g.UnitPath, Times: g.Times, People: g.People,
		FirstAt: at(g.FirstAt), LastAt: at(g.LastAt), Since: at(g.Since), Bar: g.Bar, OpenedAt: at(g.OpenedAt), DueAt: at(g.DueAt), Review: g.Review, Entry: g.Entry,
		IntoGap: g.Into, Reason: g.Reason, SealedWords: t.seal(gapPlace(g.ID), clean(g.Words)), DecidedBy: g.DecidedBy, Version: g.Version,
	})
	return failure("insert gap", err)
}

// UpdateGap implements [desk.GapWriter].
func (t *tx) UpdateGap(ctx context.Context, g gap.Gap, was int64) error {
	n, err := t.exec(ctx, `UPDATE gap SET state = $1, unit = $2, unit_path = $3, since = $4, bar = $5, opened_at = $6, due_at = $7, review = $8, entry = $9,
		into_gap = $10, reason = $11, sealed_words = $12, decided_by = $13, version = $14 WHERE id = $15 AND version = $16`,
		string(g.State), g.Unit, g.UnitPath, at(g.Since), g.Bar, at(g.OpenedAt), at(g.DueAt), g.Review, clean(g.Entry),
		g.Into, g.Reason, t.seal(gapPlace(g.ID), clean(g.Words)), g.DecidedBy, g.Version, g.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "gap.stale", "这个问题刚刚有了变化，请刷新后再试。"))
	}
	return failure("update gap", err)
}

// Gap implements [desk.GapReader].
func (v view) Gap(ctx context.Context, id string) (gap.Gap, error) {
	return v.gap(ctx, "WHERE id = $1", clean(id))
}

// Gap implements [desk.Tx]: it stays as read until the end.
func (t *tx) Gap(ctx context.Context, id string) (gap.Gap, error) {
	return t.gap(ctx, "WHERE id = $1"+t.lock(), clean(id))
}

// GapOf implements [desk.GapReader].
func (v view) GapOf(ctx context.Context, reviewID string) (gap.Gap, error) {
	return v.gap(ctx, gapOfReview, reviewID)
}

// GapOf implements [desk.Tx]: it stays as read until the end.
func (t *tx) GapOf(ctx context.Context, reviewID string) (gap.Gap, error) {
	return t.gap(ctx, gapOfReview+t.lock(), reviewID)
}

func (v view) gap(ctx context.Context, tail, key string) (gap.Gap, error) {
	r, err := one[gapRow](ctx, v, tail, key)
	if err != nil {
		return gap.Gap{}, missing("gap", "没有这个问题，或不在您的权限范围内。", err)
	}
	return v.opened(&r)
}

// opened is a row as the desk knows it.
func (v view) opened(r *gapRow) (gap.Gap, error) {
	words, err := v.open(gapPlace(r.ID), r.SealedWords)
	return gap.Gap{
		ID: r.ID, State: r.State, Category: r.Category, Unit: r.Unit, UnitPath: r.UnitPath, Times: r.Times, People: r.People,
		FirstAt: r.FirstAt.Time, LastAt: r.LastAt.Time, Since: r.Since.Time, Bar: r.Bar, OpenedAt: r.OpenedAt.Time, DueAt: r.DueAt.Time, Review: r.Review,
		Entry: r.Entry, Into: r.IntoGap, Reason: r.Reason, Words: string(words), DecidedBy: r.DecidedBy, Version: r.Version,
	}, err
}

// Gaps implements [desk.GapReader].
func (v view) Gaps(ctx context.Context, f desk.GapFilter) ([]gap.Gap, error) {
	rows, err := all[gapRow](ctx, v, `WHERE state = $1 AND ($2 = '' OR substr(unit_path || '/', 1, length($2) + 1) = $2 || '/')
		ORDER BY people DESC, times DESC, id LIMIT $3 OFFSET $4`, string(f.State), f.Scope, f.Limit, f.After)
	if err != nil {
		return nil, failure("read gaps", err)
	}
	gaps := make([]gap.Gap, len(rows))
	for i := range rows {
		if gaps[i], err = v.opened(&rows[i]); err != nil {
			return nil, err
		}
	}
	return gaps, nil
}

// Lately implements [desk.GapReader].
func (v view) Lately(ctx context.Context, gapID string, since time.Time) (gap.Heard, error) {
	rows, err := query[struct{ Times, People int }](ctx, v, `SELECT count(*) AS times, count(DISTINCT person) AS people FROM gap_question
		WHERE gap_id = $1 AND at >= $2`, gapID, since.UnixMicro())
	if err != nil {
		return gap.Heard{}, failure("count questions", err)
	}
	return gap.Heard(rows[0]), nil
}
