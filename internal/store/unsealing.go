package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type unsealingRow struct {
	bun.BaseModel `bun:"table:unsealing"`

	ID             string `bun:",pk"`
	TicketID       string
	Ticket         string
	Requester      string
	RequesterUnit  string
	SealedReason   []byte // names people
	State          desk.UnsealingState
	RequestedAt    stamp
	ExpiresAt      stamp
	DecidedBy      string
	DecidedAt      stamp
	SealedDecision []byte
	Looks          int
	Version        int64
}

// InsertUnsealing implements [desk.UnsealingWriter].
func (t *tx) InsertUnsealing(ctx context.Context, u desk.Unsealing) error {
	_, err := insert(ctx, t, "", unsealingRow{
		ID: u.ID, TicketID: u.TicketID, Ticket: u.Ticket, Requester: u.Requester, RequesterUnit: u.RequesterUnit,
		SealedReason: t.seal(place("unsealing.reason", u.ID), clean(u.Reason)), State: u.State, RequestedAt: at(u.RequestedAt), ExpiresAt: at(u.ExpiresAt),
		DecidedBy: u.DecidedBy, DecidedAt: at(u.DecidedAt), SealedDecision: t.seal(place("unsealing.decision", u.ID), clean(u.Decision)),
		Looks: u.Looks, Version: u.Version,
	})
	return failure("insert unsealing", err)
}

// UpdateUnsealing implements [desk.UnsealingWriter]. What was asked never
// changes; only what became of it does.
func (t *tx) UpdateUnsealing(ctx context.Context, u desk.Unsealing, was int64) error {
	n, err := t.exec(ctx, `UPDATE unsealing SET state = $1, expires_at = $2, decided_by = $3, decided_at = $4, sealed_decision = $5, looks = $6, version = $7
		WHERE id = $8 AND version = $9`,
		string(u.State), at(u.ExpiresAt), clean(u.DecidedBy), at(u.DecidedAt), t.seal(place("unsealing.decision", u.ID), clean(u.Decision)), u.Looks, u.Version,
		u.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "unsealing.stale", "这项申请刚刚有了变化，请刷新后再试。"))
	}
	return failure("update unsealing", err)
}

// Unsealing implements [desk.UnsealingReader].
func (v view) Unsealing(ctx context.Context, id string) (desk.Unsealing, error) {
	r, err := one[unsealingRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return desk.Unsealing{}, missing("unsealing", "没有这项申请。", err)
	}
	return v.unsealing(&r)
}

// Unsealings implements [desk.UnsealingReader].
func (v view) Unsealings(ctx context.Context, state desk.UnsealingState, limit int) ([]desk.Unsealing, error) {
	return v.unsealings(ctx, "WHERE state = $1 ORDER BY requested_at, id LIMIT $2", string(state), limit)
}

// UnsealingsOf implements [desk.UnsealingReader].
func (v view) UnsealingsOf(ctx context.Context, ticketID string) ([]desk.Unsealing, error) {
	return v.unsealings(ctx, "WHERE ticket_id = $1 ORDER BY requested_at, id", ticketID)
}

func (v view) unsealings(ctx context.Context, tail string, args ...any) ([]desk.Unsealing, error) {
	rows, err := all[unsealingRow](ctx, v, tail, args...)
	if err != nil {
		return nil, failure("read unsealings", err)
	}
	out := make([]desk.Unsealing, len(rows))
	for i := range rows {
		if out[i], err = v.unsealing(&rows[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (v view) unsealing(r *unsealingRow) (desk.Unsealing, error) {
	reason, err := v.open(place("unsealing.reason", r.ID), r.SealedReason)
	if err != nil {
		return desk.Unsealing{}, err
	}
	decision, err := v.open(place("unsealing.decision", r.ID), r.SealedDecision)
	if err != nil {
		return desk.Unsealing{}, err
	}
	return desk.Unsealing{
		ID: r.ID, TicketID: r.TicketID, Ticket: r.Ticket, Requester: r.Requester, RequesterUnit: r.RequesterUnit, Reason: string(reason), State: r.State,
		RequestedAt: r.RequestedAt.Time, ExpiresAt: r.ExpiresAt.Time, DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt.Time, Decision: string(decision),
		Looks: r.Looks, Version: r.Version,
	}, nil
}
