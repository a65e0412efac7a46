package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type holdRow struct {
	bun.BaseModel `bun:"table:hold"`

	ID           string `bun:",pk"`
	TicketID     string
	Ticket       string
	SealedReason []byte // may name people
	PlacedBy     string
	PlacedAt     stamp
	UntilAt      stamp
	LiftedBy     string
	LiftedAt     stamp
	Version      int64
}

// InsertHold implements [desk.HoldWriter].
func (t *tx) InsertHold(ctx context.Context, h desk.Hold) error {
	_, err := insert(ctx, t, "", holdRow{
		ID: h.ID, TicketID: h.TicketID, Ticket: h.Ticket, SealedReason: t.seal(place("hold.reason", h.ID), clean(h.Reason)), PlacedBy: h.By, PlacedAt: at(h.At),
		UntilAt: at(h.Until), LiftedBy: h.LiftedBy, LiftedAt: at(h.LiftedAt), Version: h.Version,
	})
	return failure("insert hold", err)
}

// LiftHold implements [desk.HoldWriter].
func (t *tx) LiftHold(ctx context.Context, h desk.Hold, was int64) error {
	n, err := t.exec(ctx, "UPDATE hold SET lifted_by = $1, lifted_at = $2, version = $3 WHERE id = $4 AND version = $5", h.LiftedBy, at(h.LiftedAt), h.Version, h.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "hold.stale", "保全刚刚有了变化，请刷新后再试。"))
	}
	return failure("lift hold", err)
}

// HoldsOf implements [desk.HoldReader].
func (v view) HoldsOf(ctx context.Context, ticketID string) ([]desk.Hold, error) {
	return v.holds(ctx, "WHERE ticket_id = $1 ORDER BY placed_at, id", ticketID)
}

// ActiveHolds implements [desk.HoldReader].
func (v view) ActiveHolds(ctx context.Context, now time.Time, limit int) ([]desk.Hold, error) {
	return v.holds(ctx, "WHERE lifted_at IS NULL AND until_at > $1 ORDER BY until_at, id LIMIT $2", at(now), limit)
}

func (v view) holds(ctx context.Context, tail string, args ...any) ([]desk.Hold, error) {
	rows, err := all[holdRow](ctx, v, tail, args...)
	if err != nil {
		return nil, failure("read holds", err)
	}
	out := make([]desk.Hold, len(rows))
	for i, r := range rows {
		reason, err := v.open(place("hold.reason", r.ID), r.SealedReason)
		if err != nil {
			return nil, err
		}
		out[i] = desk.Hold{
			ID: r.ID, TicketID: r.TicketID, Ticket: r.Ticket, Reason: string(reason), By: r.PlacedBy, At: r.PlacedAt.Time, Until: r.UntilAt.Time,
			LiftedBy: r.LiftedBy, LiftedAt: r.LiftedAt.Time, Version: r.Version,
		}
	}
	return out, nil
}
