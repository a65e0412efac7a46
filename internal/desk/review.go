package desk

import (
	"context"

	"jiesu/internal/desk/review"
)

// PublicationReader reads what becomes public.
type PublicationReader interface {
	ShelfReader
	ConsultationReader
	ReviewReader
	PublicReplyReader
}

// PublicationWriter writes it.
type PublicationWriter interface {
	ShelfWriter
	ConsultationWriter
	ReviewWriter
	PublicReplyWriter
}

// ReviewReader reads texts under review, with their versions and ledgers.
type ReviewReader interface {
	// Review returns one. Inside a transaction it also locks it until the end.
	Review(ctx context.Context, id string) (review.Item, error)
	// Reviews returns those that fit, the ones first that have waited longest unless
	// the newest are wanted.
	Reviews(ctx context.Context, f ReviewFilter) ([]review.Item, error)
}

// ReviewFilter chooses texts under review.
type ReviewFilter struct {
	States   []review.State // any of them
	Audience review.Audience
	Kind     review.Kind // empty: any
	Subject  string      // empty: any
	Live     bool        // only those a version of which the audience has
	Newest   bool        // what changed last comes first
	Limit    int
}

// ReviewWriter writes texts under review. Versions and acts are only added.
type ReviewWriter interface {
	InsertReview(ctx context.Context, it review.Item) error
	// UpdateReview stores what was done since version was, where the row still has
	// it; otherwise it is a Conflict "review.stale".
	UpdateReview(ctx context.Context, it review.Item, was int64) error
}
