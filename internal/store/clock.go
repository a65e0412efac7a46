package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/ticket/deadline"
)

type clockRow struct {
	bun.BaseModel `bun:"table:clock"`

	ID           string `bun:",pk"`
	TicketID     string
	Purpose      deadline.Purpose
	Round        int
	Unit         string
	Extra        int
	Extensions   int
	Cap          stamp
	Pauses       list[[]deadline.Pause]
	History      list[[]deadline.Change]
	Rule         string
	RuleVersion  int
	BudgetN      int `bun:"budget_n"`
	BudgetUnit   deadline.Unit
	Calendar     string
	StartedAt    stamp
	DueAt        stamp
	MetAt        stamp
	BreachedAt   stamp
	SupersededBy string
	Provisional  bool
	Explain      list[[]deadline.Line]
	Steps        list[[]deadline.Step]
	NextStep     int
	NextAt       stamp
	Version      int64
}

func newClockRow(c *deadline.Clock) clockRow {
	return clockRow{
		ID: c.ID, TicketID: c.TicketID, Purpose: c.Purpose, Round: c.Round, Unit: c.Unit, Extra: c.Extra, Extensions: c.Extensions, Cap: at(c.Cap),
		Pauses: list[[]deadline.Pause]{c.Pauses}, History: list[[]deadline.Change]{c.History}, Rule: c.Rule, RuleVersion: c.RuleVersion, BudgetN: c.Budget.N, BudgetUnit: c.Budget.Unit,
		Calendar: c.Calendar, StartedAt: at(c.StartedAt), DueAt: at(c.DueAt), MetAt: at(c.MetAt), BreachedAt: at(c.BreachedAt),
		SupersededBy: c.SupersededBy, Provisional: c.Provisional, Explain: list[[]deadline.Line]{c.Explain},
		Steps: list[[]deadline.Step]{c.Steps}, NextStep: c.NextStep, NextAt: at(c.NextAt), Version: c.Version,
	}
}

func (r *clockRow) clock() deadline.Clock {
	return deadline.Clock{
		ID: r.ID, TicketID: r.TicketID, Purpose: r.Purpose, Round: r.Round, Unit: r.Unit, Extra: r.Extra, Extensions: r.Extensions, Cap: r.Cap.Time,
		Pauses: r.Pauses.V, History: r.History.V, Rule: r.Rule, RuleVersion: r.RuleVersion, Budget: deadline.Budget{N: r.BudgetN, Unit: r.BudgetUnit},
		Calendar: r.Calendar, StartedAt: r.StartedAt.Time, DueAt: r.DueAt.Time, MetAt: r.MetAt.Time, BreachedAt: r.BreachedAt.Time,
		SupersededBy: r.SupersededBy, Provisional: r.Provisional, Explain: r.Explain.V, Steps: r.Steps.V,
		NextStep: r.NextStep, NextAt: r.NextAt.Time, Version: r.Version,
	}
}

func clocks(rows []clockRow) []deadline.Clock {
	out := make([]deadline.Clock, len(rows))
	for i := range rows {
		out[i] = rows[i].clock()
	}
	return out
}

// InsertClock implements [desk.TicketWriter].
func (t *tx) InsertClock(ctx context.Context, cs ...deadline.Clock) error {
	rows := make([]clockRow, len(cs))
	for i := range cs {
		rows[i] = newClockRow(&cs[i])
	}
	_, err := insert(ctx, t, "", rows...)
	return failure("insert clock", err)
}

// UpdateClock implements [desk.TicketWriter].
func (t *tx) UpdateClock(ctx context.Context, c deadline.Clock, was int64) error {
	row := newClockRow(&c)
	res, err := t.bun.NewUpdate().Conn(t.built()).Model(&row).WherePK().Where("version = ?", was).
		ExcludeColumn("id", "ticket_id").Exec(ctx)
	return t.guarded(res, err)
}

// Clocks implements [desk.TicketReader].
func (v view) Clocks(ctx context.Context, ticketID string) ([]deadline.Clock, error) {
	rows, err := all[clockRow](ctx, v, "WHERE ticket_id = $1 ORDER BY started_at, id", ticketID)
	if err != nil {
		return nil, failure("read clocks", err)
	}
	return clocks(rows), nil
}

// DueClocks implements [desk.TicketWriter].
func (t *tx) DueClocks(ctx context.Context, now time.Time, limit int) ([]deadline.Clock, error) {
	rows, err := all[clockRow](ctx, t.view, `WHERE next_at IS NOT NULL AND met_at IS NULL AND superseded_by = ''
		AND next_at <= $1 ORDER BY next_at, id LIMIT $2`+t.skipLocked(), at(now), limit)
	if err != nil {
		return nil, failure("read due clocks", err)
	}
	return clocks(rows), nil
}

// skipLocked lets several replicas share a queue. SQLite has one writer.
func (v view) skipLocked() string {
	if v.postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}
