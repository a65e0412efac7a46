package desk

import (
	"context"

	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// textKind is what one kind of texts means to the desk.
type textKind interface {
	// suits refuses what is no text of the kind, or not one to be worked on here.
	suits(ctx context.Context, tx Tx, it *review.Item) error
	// published and withdrawn let the last act take effect, in its transaction.
	published(ctx context.Context, tx Tx, a Actor, it *review.Item) error
	withdrawn(ctx context.Context, tx Tx, a Actor, it *review.Item) error
}

func (d *Desk) textKind(k review.Kind) textKind {
	//nolint:exhaustive // the others have no life outside of what they belong to yet
	switch k {
	case review.Consultation:
		return consultText{d}
	case review.Notice:
		return noticeKind{d}
	case review.Entry:
		return entryKind{d}
	case review.PublishedReply:
		return replyText{d}
	}
	return elsewhere{}
}

// elsewhere are the kinds nobody can work on as texts of their own.
type elsewhere struct{}

func (elsewhere) suits(context.Context, Tx, *review.Item) error {
	return problem.New(problem.Invalid, "review.kind", "这类内容不在这里起草。")
}

func (e elsewhere) published(ctx context.Context, tx Tx, _ Actor, it *review.Item) error {
	return e.suits(ctx, tx, it)
}

func (e elsewhere) withdrawn(ctx context.Context, tx Tx, _ Actor, it *review.Item) error {
	return e.suits(ctx, tx, it)
}
