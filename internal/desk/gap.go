package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/gap"
)

// AskedCause is why a question counts as not answered well.
type AskedCause string

// The causes.
const (
	CauseUnanswered AskedCause = "unanswered" // the library had nothing
	CauseDisliked   AskedCause = "disliked"   // what it had was rated badly
	CauseLetter     AskedCause = "letter"     // it was asked in a letter
)

// Asked is a question that was not answered well.
type Asked struct {
	ID      string
	Place   int64  // in the order they were gathered; 0: not yet
	Gap     string // id
	Person  string // what makes two questions those of one; only its blind index is kept
	Text    string // personal data masked
	Channel string // chat, ask, or the source of the letter
	Cause   AskedCause
	Ticket  string // id, of a letter
	At      time.Time
}

// GapFilter selects gaps for a list, those first most people asked about.
type GapFilter struct {
	State gap.State
	Scope string // unit path; only tasks of units there and below. Empty: all
	After int    // how many to pass over
	Limit int
}

// GapReader reads what people ask and the library does not answer well.
type GapReader interface {
	// Gap returns one. Inside a transaction it also locks it until the end.
	Gap(ctx context.Context, id string) (gap.Gap, error)
	// GapOf finds the gap a text was written for, and locks it likewise.
	GapOf(ctx context.Context, reviewID string) (gap.Gap, error)
	Gaps(ctx context.Context, f GapFilter) ([]gap.Gap, error)
	// Lately counts the questions of a gap since a time.
	Lately(ctx context.Context, gapID string, since time.Time) (gap.Heard, error)
	// AskedIn returns at most limit questions of a gap, the newest first.
	AskedIn(ctx context.Context, gapID string, limit int) ([]Asked, error)
	AskedByID(ctx context.Context, ids []string) ([]Asked, error)
	// AskedAfter returns at most limit questions behind a place, in order.
	AskedAfter(ctx context.Context, place int64, limit int) ([]Asked, error)
	// AskedWaiting returns at most limit questions without a place, oldest first.
	AskedWaiting(ctx context.Context, limit int) ([]Asked, error)
}

// GapWriter keeps questions, and gathers them.
type GapWriter interface {
	InsertAsked(ctx context.Context, qs ...Asked) error
	// NextPlace takes the next place. Others who want one wait until the end of the
	// transaction.
	NextPlace(ctx context.Context) (int64, error)
	// PlaceAsked puts a question into a gap, which counts it.
	PlaceAsked(ctx context.Context, id, gapID string, place int64) error
	// DropAsked forgets a question that is none.
	DropAsked(ctx context.Context, id string) error
	// ForgetAsker drops every question of somebody; what was counted stays counted.
	ForgetAsker(ctx context.Context, person string) error
	// MoveAsked gives the questions of one gap to another, which counts them; whoever
	// asked in both counts once.
	MoveAsked(ctx context.Context, from, to string) error
	InsertGap(ctx context.Context, g gap.Gap) error
	// UpdateGap stores what was decided where the row still has version was;
	// otherwise it is a Conflict "gap.stale". Counts stay what they are.
	UpdateGap(ctx context.Context, g gap.Gap, was int64) error
}
