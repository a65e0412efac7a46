package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
)

// Waiting implements [desk.CountReader]. Each count reads the same runs of an
// index as the list it stands for, and stops early.
func (v view) Waiting(ctx context.Context, w desk.Waiting) (desk.WaitingCounts, error) {
	var all *bun.SelectQuery
	count := func(place int, found *bun.SelectQuery) {
		if found != nil {
			some := v.bun.NewSelect().TableExpr("(?) AS found", found).ColumnExpr("1").Limit(desk.MostCounted + 1)
			all = also(all, v.bun.NewSelect().TableExpr("(?) AS few", some).ColumnExpr("? AS place, count(*) AS n", place))
		}
	}
	calls, gaps := len(w.Tickets), len(w.Tickets)+1
	for i := range w.Tickets {
		f := &w.Tickets[i]
		var found *bun.SelectQuery
		for _, run := range v.runs(f, nil) {
			found = also(found, filtered(run, f).ColumnExpr("1"))
		}
		count(i, found)
	}
	if w.Callbacks != nil {
		count(calls, v.waiting(w.Callbacks).ColumnExpr("1"))
	}
	if w.Gaps != nil {
		count(gaps, v.bun.NewSelect().Model((*gapRow)(nil)).ColumnExpr("1").Where("state = ?", w.Gaps.State).
			Where("(? = '' OR substr(unit_path || '/', 1, length(?) + 1) = ? || '/')", w.Gaps.Scope, w.Gaps.Scope, w.Gaps.Scope))
	}
	counts := make([]int, gaps+1)
	if all != nil {
		var rows []struct{ Place, N int }
		if err := all.Conn(v.built()).Scan(ctx, &rows); err != nil {
			return desk.WaitingCounts{}, failure("count what waits", err)
		}
		for _, r := range rows {
			counts[r.Place] = r.N
		}
	}
	return desk.WaitingCounts{Tickets: counts[:calls], Callbacks: counts[calls], Gaps: counts[gaps]}, nil
}
