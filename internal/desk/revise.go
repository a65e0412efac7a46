package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
)

// ReviseEntry begins a text from what an entry says, as the bureau's own.
func (d *Desk) ReviseEntry(ctx context.Context, a Actor, id string) (TextView, error) {
	t, err := d.EntryDraft(id)
	if err != nil {
		return TextView{}, err
	}
	return d.DraftText(ctx, a, t)
}

// EntryDraft is what a text about an entry begins with. What is over and must not
// be said again is left out: the writer has to fill it in.
func (d *Desk) EntryDraft(id string) (TextDraft, error) {
	lib := d.Library()
	e, ok := lib.Entry(id)
	if !ok {
		return TextDraft{}, noEntry()
	}
	e.Basis = slices.DeleteFunc(slices.Clone(e.Basis), func(b knowledge.Basis) bool {
		doc, known := lib.Document(b.Document)
		return !known || doc.Over()
	})
	if dayOver(e.ReviewBy, d.at()) {
		e.ReviewBy = time.Time{}
	}
	if dayOver(e.ValidTo, d.at()) {
		e.ValidTo = time.Time{}
	}
	t := entryText{Entry: e}
	return TextDraft{Kind: review.Entry, Subject: id, Unit: e.Owner, Content: t.content(review.Disclosure{Decision: review.Full, Reason: "concern"})}, nil
}
