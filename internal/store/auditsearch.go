package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/uptrace/bun"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type auditCheckRow struct {
	bun.BaseModel `bun:"table:audit_check"`

	ID       int `bun:",pk"`
	Version  int64
	Progress list[desk.AuditCheck]
}

// AuditEntries implements [desk.AuditReader]. Actions are asked for one by one, each
// from its end of an index: together they would be sorted whole.
func (v view) AuditEntries(ctx context.Context, f desk.AuditFilter) ([]audit.Entry, error) {
	actions := f.Actions
	if len(actions) == 0 {
		actions = []string{""}
	}
	var found []auditRow
	for _, action := range actions {
		rows, err := v.auditRows(ctx, &f, action)
		if err != nil {
			return nil, failure("search the trail", err)
		}
		found = append(found, rows...)
	}
	slices.SortFunc(found, func(a, b auditRow) int {
		return cmp.Or(b.At.Compare(a.At.Time), cmp.Compare(b.Lane, a.Lane), cmp.Compare(b.Seq, a.Seq))
	})
	found = found[:min(len(found), f.Limit)]
	entries := make([]audit.Entry, len(found))
	for i := range found {
		entries[i] = found[i].entry()
	}
	return entries, nil
}

// machines are those who act without being somebody of staff.
func machines() []string { return []string{"citizen", "system", "job"} }

// auditRows are the newest rows of one action, or of any.
func (v view) auditRows(ctx context.Context, f *desk.AuditFilter, action string) ([]auditRow, error) {
	var rows []auditRow
	q := v.bun.NewSelect().Conn(v.built()).Model(&rows).OrderExpr("at DESC, lane DESC, seq DESC").Limit(int64(f.Limit))
	if action != "" {
		q = q.Where("action = ?", clean(action))
	}
	if len(f.Objects) > 0 {
		q = q.Where("object IN ?", bun.Tuple(cleaned(f.Objects)))
	}
	switch {
	case f.Actor == desk.ByStaff:
		q = q.Where("actor NOT IN ?", bun.Tuple(machines()))
	case slices.Contains(machines(), f.Actor):
		q = q.Where("actor = ?", f.Actor)
	case f.Actor != "": // the index of people leaves machines out
		q = q.Where("actor = ?", clean(f.Actor)).Where("actor NOT IN ('citizen', 'system', 'job')")
	}
	if !f.From.IsZero() {
		q = q.Where("at >= ?", f.From.UnixMicro())
	}
	if !f.Until.IsZero() {
		q = q.Where("at < ?", f.Until.UnixMicro())
	}
	if !f.After.At.IsZero() {
		q = q.Where("(at, lane, seq) < (?, ?, ?)", f.After.At.UnixMicro(), f.After.Lane, f.After.Seq)
	}
	return rows, q.Scan(ctx)
}

func cleaned(texts []string) []string {
	all := make([]string, len(texts))
	for i, s := range texts {
		all[i] = clean(s)
	}
	return all
}

// AuditCheck implements [desk.AuditReader].
func (v view) AuditCheck(ctx context.Context) (desk.AuditCheck, error) {
	r, err := one[auditCheckRow](ctx, v, "WHERE id = 1")
	if errors.Is(err, sql.ErrNoRows) {
		return desk.AuditCheck{}, nil
	}
	c := r.Progress.V
	c.Version = r.Version
	return c, failure("read the check of the trail", err)
}

// SaveAuditCheck implements [desk.AuditWriter].
func (t *tx) SaveAuditCheck(ctx context.Context, c desk.AuditCheck, was int64) error {
	stale := problem.New(problem.Conflict, "audit.stale", "另一位审计员正在核验，请刷新后查看。")
	row := auditCheckRow{ID: 1, Version: c.Version, Progress: list[desk.AuditCheck]{c}}
	if was == 0 {
		n, err := insert(ctx, t, " ON CONFLICT (id) DO NOTHING", row)
		if err == nil && n == 0 {
			return stale
		}
		return failure("begin to check the trail", err)
	}
	n, err := t.exec(ctx, "UPDATE audit_check SET version = $1, progress = $2 WHERE id = 1 AND version = $3", row.Version, row.Progress, was)
	if err == nil && n == 0 {
		return stale
	}
	return failure("check the trail", err)
}
