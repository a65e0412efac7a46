package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type callbackRow struct {
	bun.BaseModel `bun:"table:callback"`

	ID        string `bun:",pk"`
	TicketID  string
	Ticket    string
	Round     int
	Unit      string
	Cause     desk.CallbackCause
	State     desk.CallbackState
	CreatedAt stamp
	DueAt     stamp
	RectifyAt stamp
	Attempts  int
	CalledBy  string
	CalledAt  stamp
	Version   int64
}

// InsertCallback implements [desk.CallbackWriter].
func (t *tx) InsertCallback(ctx context.Context, c desk.Callback) error {
	_, err := insert(ctx, t, " ON CONFLICT (ticket_id, round, cause) DO NOTHING", callbackRow{
		ID: c.ID, TicketID: c.TicketID, Ticket: c.Ticket, Round: c.Round, Unit: c.Unit, Cause: c.Cause, State: c.State, CreatedAt: at(c.CreatedAt),
		DueAt: at(c.DueAt), RectifyAt: at(c.RectifyAt), Attempts: c.Attempts, CalledBy: c.CalledBy, CalledAt: at(c.CalledAt), Version: c.Version,
	})
	return failure("insert callback", err)
}

// UpdateCallback implements [desk.CallbackWriter]. Whom and why never change;
// only what became of it does.
func (t *tx) UpdateCallback(ctx context.Context, c desk.Callback, was int64) error {
	n, err := t.exec(ctx, `UPDATE callback SET state = $1, due_at = $2, attempts = $3, called_by = $4, called_at = $5, version = $6
		WHERE id = $7 AND version = $8`, string(c.State), at(c.DueAt), c.Attempts, clean(c.CalledBy), at(c.CalledAt), c.Version, c.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "callback.stale", "这项回访刚刚有了变化，请刷新后再试。"))
	}
	return failure("update callback", err)
}

// Callback implements [desk.CallbackReader].
func (v view) Callback(ctx context.Context, id string) (desk.Callback, error) {
	r, err := one[callbackRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return desk.Callback{}, missing("callback", "没有这项回访。", err)
	}
	return r.callback(), nil
}

// CallbacksOf implements [desk.CallbackReader].
func (v view) CallbacksOf(ctx context.Context, ticketID string) ([]desk.Callback, error) {
	return callbacks(all[callbackRow](ctx, v, "WHERE ticket_id = $1 ORDER BY created_at, id", ticketID))
}

// Callbacks implements [desk.CallbackReader].
func (v view) Callbacks(ctx context.Context, f desk.Filter, limit int) ([]desk.Callback, error) {
	var rows []callbackRow
	err := v.waiting(&f).OrderExpr("due_at, id").Limit(int64(limit)).Scan(ctx, &rows)
	return callbacks(rows, err)
}

// LateCallbacks implements [desk.CallbackReader].
func (v view) LateCallbacks(ctx context.Context, f desk.Filter) (desk.LateCallbacks, error) {
	var late struct {
		N      int
		Oldest stamp
	}
	err := v.waiting(&f).ColumnExpr("count(*) AS n, min(due_at) AS oldest").Where("due_at < ?", f.At.UnixMicro()).Scan(ctx, &late)
	return desk.LateCallbacks{N: late.N, Oldest: late.Oldest.Time}, failure("count late callbacks", err)
}

// waiting finds the calls to be made of tickets a viewer may see. Calls are few and
// tickets many: each call looks its ticket up.
func (v view) waiting(f *desk.Filter) *bun.SelectQuery {
	return v.bun.NewSelect().Conn(v.built()).Model((*callbackRow)(nil)).Where("state = 'waiting'").
		Where("EXISTS (?)", v.visible(f).Where("id = callback_row.ticket_id"))
}

func callbacks(rows []callbackRow, err error) ([]desk.Callback, error) {
	if err != nil {
		return nil, failure("read callbacks", err)
	}
	out := make([]desk.Callback, len(rows))
	for i := range rows {
		out[i] = rows[i].callback()
	}
	return out, nil
}

func (r *callbackRow) callback() desk.Callback {
	return desk.Callback{
		ID: r.ID, TicketID: r.TicketID, Ticket: r.Ticket, Round: r.Round, Unit: r.Unit, Cause: r.Cause, State: r.State, CreatedAt: r.CreatedAt.Time,
		DueAt: r.DueAt.Time, RectifyAt: r.RectifyAt.Time, Attempts: r.Attempts, CalledBy: r.CalledBy, CalledAt: r.CalledAt.Time, Version: r.Version,
	}
}
