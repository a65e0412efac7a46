package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type phraseRow struct {
	bun.BaseModel `bun:"table:phrase"`

	ID        string `bun:",pk"`
	Owner     string
	Category  string
	Title     string
	Text      string
	Retired   bool
	UpdatedBy string
	UpdatedAt stamp
	Version   int64
}

// Phrases implements [desk.PhraseReader].
func (v view) Phrases(ctx context.Context, user string) ([]desk.ChatPhrase, error) {
	rows, err := all[phraseRow](ctx, v, "WHERE owner IN ('', $1) ORDER BY title, id", user)
	phrases := make([]desk.ChatPhrase, len(rows))
	for i := range rows {
		phrases[i] = rows[i].phrase()
	}
	return phrases, failure("read phrases", err)
}

// Phrase implements [desk.PhraseReader].
func (v view) Phrase(ctx context.Context, id string) (desk.ChatPhrase, error) {
	r, err := one[phraseRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return desk.ChatPhrase{}, missing("phrase", "没有这条口径。", err)
	}
	return r.phrase(), nil
}

func (r *phraseRow) phrase() desk.ChatPhrase {
	return desk.ChatPhrase{
		ID: r.ID, Owner: r.Owner, Category: r.Category, Title: r.Title, Text: r.Text, Retired: r.Retired,
		UpdatedBy: r.UpdatedBy, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

// InsertPhrase implements [desk.PhraseWriter].
func (t *tx) InsertPhrase(ctx context.Context, p desk.ChatPhrase) error {
	_, err := insert(ctx, t, "", phraseRow{
		ID: p.ID, Owner: p.Owner, Category: p.Category, Title: p.Title, Text: p.Text, Retired: p.Retired, UpdatedBy: p.UpdatedBy, UpdatedAt: at(p.UpdatedAt), Version: p.Version,
	})
	return failure("keep a phrase", err)
}

// UpdatePhrase implements [desk.PhraseWriter].
func (t *tx) UpdatePhrase(ctx context.Context, p desk.ChatPhrase, was int64) error {
	n, err := t.exec(ctx, "UPDATE phrase SET category = $1, title = $2, text = $3, retired = $4, updated_by = $5, updated_at = $6, version = $7 WHERE id = $8 AND version = $9",
		clean(p.Category), clean(p.Title), clean(p.Text), p.Retired, p.UpdatedBy, at(p.UpdatedAt), p.Version, p.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "phrase.stale", "这条口径刚刚有了变化，请刷新后再试。"))
	}
	return failure("update a phrase", err)
}
