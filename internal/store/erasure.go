package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type erasureRow struct {
	bun.BaseModel `bun:"table:erasure"`

	ID             string `bun:",pk"`
	TicketID       string
	Ticket         string
	Requester      string
	SealedReason   []byte // names people
	State          desk.ErasureState
	Ground         string
	RequestedAt    stamp
	DecidedBy      string
	DecidedAt      stamp
	SealedDecision []byte
	Version        int64
}

// InsertErasure implements [desk.ErasureWriter].
func (t *tx) InsertErasure(ctx context.Context, e desk.Erasure) error {
	_, err := insert(ctx, t, "", erasureRow{
		ID: e.ID, TicketID: e.TicketID, Ticket: e.Ticket, Requester: e.Requester, SealedReason: t.seal(place("erasure.reason", e.ID), clean(e.Reason)), State: e.State,
		Ground: e.Ground, RequestedAt: at(e.RequestedAt), DecidedBy: e.DecidedBy, DecidedAt: at(e.DecidedAt),
		SealedDecision: t.seal(place("erasure.decision", e.ID), clean(e.Decision)), Version: e.Version,
	})
	return failure("insert erasure", err)
}

// UpdateErasure implements [desk.ErasureWriter]. What was asked never changes.
func (t *tx) UpdateErasure(ctx context.Context, e desk.Erasure, was int64) error {
	n, err := t.exec(ctx, "UPDATE erasure SET state = $1, ground = $2, decided_by = $3, decided_at = $4, sealed_decision = $5, version = $6 WHERE id = $7 AND version = $8",
		string(e.State), e.Ground, e.DecidedBy, at(e.DecidedAt), t.seal(place("erasure.decision", e.ID), clean(e.Decision)), e.Version, e.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "erasure.stale", "这项请求刚刚有了变化，请刷新后再试。"))
	}
	return failure("update erasure", err)
}

// Erasure implements [desk.ErasureReader].
func (v view) Erasure(ctx context.Context, id string) (desk.Erasure, error) {
	found, err := v.erasures(ctx, "WHERE id = $1", id)
	if err == nil && len(found) == 0 {
		err = problem.New(problem.NotFound, "erasure.not_found", "没有这项请求。")
	}
	if err != nil {
		return desk.Erasure{}, err
	}
	return found[0], nil
}

// Erasures implements [desk.ErasureReader].
func (v view) Erasures(ctx context.Context, s desk.ErasureState, limit int) ([]desk.Erasure, error) {
	return v.erasures(ctx, "WHERE state = $1 ORDER BY requested_at DESC, id DESC LIMIT $2", string(s), limit)
}

// ErasuresOf implements [desk.ErasureReader].
func (v view) ErasuresOf(ctx context.Context, ticketID string) ([]desk.Erasure, error) {
	return v.erasures(ctx, "WHERE ticket_id = $1 ORDER BY requested_at, id", ticketID)
}

func (v view) erasures(ctx context.Context, tail string, args ...any) ([]desk.Erasure, error) {
	rows, err := all[erasureRow](ctx, v, tail, args...)
	if err != nil {
		return nil, failure("read erasures", err)
	}
	out := make([]desk.Erasure, len(rows))
	for i, r := range rows {
		reason, err := v.open(place("erasure.reason", r.ID), r.SealedReason)
		if err != nil {
			return nil, err
		}
		decision, err := v.open(place("erasure.decision", r.ID), r.SealedDecision)
		if err != nil {
			return nil, err
		}
		out[i] = desk.Erasure{
			ID: r.ID, TicketID: r.TicketID, Ticket: r.Ticket, Requester: r.Requester, Reason: string(reason), State: r.State, Ground: r.Ground,
			RequestedAt: r.RequestedAt.Time, DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt.Time, Decision: string(decision), Version: r.Version,
		}
	}
	return out, nil
}
