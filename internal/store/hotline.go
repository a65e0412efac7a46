package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

type hotlineChangeRow struct {
	bun.BaseModel `bun:"table:hotline_change"`

	ID         string `bun:",pk"`
	Lines      list[[]channel.Listing]
	FromAt     stamp
	Reason     string
	State      channel.ChangeState
	ProposedBy string
	ProposedAt stamp
	DecidedBy  string
	DecidedAt  stamp
	Words      string
	Version    int64
}

// HotlineChanges implements [desk.HotlineReader].
func (v view) HotlineChanges(ctx context.Context) ([]channel.HotlineChange, error) {
	rows, err := all[hotlineChangeRow](ctx, v, "ORDER BY proposed_at, id")
	if err != nil {
		return nil, failure("read changes of hotlines", err)
	}
	changes := make([]channel.HotlineChange, len(rows))
	for i := range rows {
		changes[i] = rows[i].change()
	}
	return changes, nil
}

// HotlineChange implements [desk.HotlineReader].
func (v view) HotlineChange(ctx context.Context, id string) (channel.HotlineChange, error) {
	r, err := one[hotlineChangeRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return channel.HotlineChange{}, missing("hotline", "没有这项热线变更。", err)
	}
	return r.change(), nil
}

// InsertHotlineChange implements [desk.HotlineWriter].
func (t *tx) InsertHotlineChange(ctx context.Context, c channel.HotlineChange) error {
	_, err := insert(ctx, t, "", hotlineChangeRow{
		ID: c.ID, Lines: list[[]channel.Listing]{c.Lines}, FromAt: at(c.From), Reason: c.Reason, State: c.State, ProposedBy: c.ProposedBy,
		ProposedAt: at(c.ProposedAt), DecidedBy: c.DecidedBy, DecidedAt: at(c.DecidedAt), Words: c.Words, Version: c.Version,
	})
	return failure("insert a change of hotlines", err)
}

// DecideHotlineChange implements [desk.HotlineWriter]. What was proposed never
// changes.
func (t *tx) DecideHotlineChange(ctx context.Context, c channel.HotlineChange, was int64) error {
	n, err := t.exec(ctx, `UPDATE hotline_change SET state = $1, decided_by = $2, decided_at = $3, words = $4, version = $5
		WHERE id = $6 AND version = $7 AND state = 'proposed'`, string(c.State), clean(c.DecidedBy), at(c.DecidedAt), clean(c.Words), c.Version, c.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "hotline.stale", "这项变更已经审定，或者刚刚有了变化，请刷新后再试。"))
	}
	return failure("decide a change of hotlines", err)
}

func (r *hotlineChangeRow) change() channel.HotlineChange {
	return channel.HotlineChange{
		ID: r.ID, Lines: r.Lines.V, From: r.FromAt.Time, Reason: r.Reason, State: r.State, ProposedBy: r.ProposedBy, ProposedAt: r.ProposedAt.Time,
		DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt.Time, Words: r.Words, Version: r.Version,
	}
}
