package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
)

// pressed is what the partial index of tickets somebody leans on says.
const pressed = "(urges > 0 OR supervisions > 0 OR returns > 1)"

// aspect is the condition of desk.Aspect.Shows for an unanswered ticket.
func aspect(a desk.Aspect, now time.Time) schema.QueryAppender {
	at := now.UnixMicro()
	late := bun.SafeQuery("(NOT standing AND due_at < ?)", at)
	silent := bun.SafeQuery("(feedback_due IS NOT NULL AND feedback_due < ?)", at)
	red := bun.SafeQuery("(? AND circular_at IS NOT NULL AND circular_at <= ? OR supervisions > 1 AND ?)", late, at, silent)
	switch a {
	case desk.StillOpen:
	case desk.DueToday:
		return bun.SafeQuery("(NOT standing AND due_at >= ? AND due_at <= ?)", at, deadline.EndOfDay(now).UnixMicro())
	case desk.PastDue:
		return late
	case desk.Urged:
		return bun.SafeQuery("urges > 0")
	case desk.Supervised:
		return bun.SafeQuery("supervisions > 0")
	case desk.Silent:
		return silent
	case desk.Returned:
		return bun.SafeQuery("returns >= ?", ticket.MaxReturns)
	case desk.YellowCard:
		return bun.SafeQuery("(? AND NOT ?)", late, red)
	case desk.RedCard:
		return red
	}
	return bun.SafeQuery("TRUE")
}

// shown keeps the tickets of an aspect.
func shown(q *bun.SelectQuery, a desk.Aspect, now time.Time) *bun.SelectQuery {
	switch a {
	case desk.Urged, desk.Supervised, desk.Silent, desk.Returned:
		q = q.Where(pressed) // as the partial index says
	case desk.StillOpen, desk.DueToday, desk.PastDue, desk.YellowCard, desk.RedCard:
	}
	return q.Where("?", aspect(a, now))
}

// owner is the unit that answers for a ticket: its lead once it was dispatched,
// or where whoever screens must not see it.
func owner() schema.QueryAppender {
	return bun.SafeQuery("(CASE WHEN status IN (?, ?, ?) OR status = ? AND resume = ? OR replace(avoid, ?, '') <> avoid THEN lead ELSE ? END)",
		ticket.Dispatched, ticket.Handling, ticket.Reviewing, ticket.Supplement, ticket.Handling, `"`+assignment.TaskForce+`"`, assignment.TaskForce)
}

// countedRow is how a unit does.
type countedRow struct {
	Unit                                                                           string
	Open, DueToday, Overdue, Urged, Supervised, Silent, Returned, Yellow, RedCards int
	Oldest                                                                         stamp
}

func (r *countedRow) counts() map[desk.Aspect]int {
	return map[desk.Aspect]int{
		desk.StillOpen: r.Open, desk.DueToday: r.DueToday, desk.PastDue: r.Overdue, desk.Urged: r.Urged, desk.Supervised: r.Supervised,
		desk.Silent: r.Silent, desk.Returned: r.Returned, desk.YellowCard: r.Yellow, desk.RedCard: r.RedCards,
	}
}

// SupervisionCounts implements [desk.SupervisionReader]. It reads the runs of an
// index that hold unanswered tickets, so that it costs what is open, not what
// was ever written: some 9 ms for every thousand on SQLite, see
// BenchmarkSupervision.
func (v view) SupervisionCounts(ctx context.Context, f desk.Filter) ([]desk.UnitCounts, error) {
	var all *bun.SelectQuery
	for _, run := range v.runs(&f, nil) {
		all = also(all, filtered(run, &f).ColumnExpr("? AS unit", owner()).
			Column("due_at", "standing", "circular_at", "feedback_due", "supervisions", "urges", "returns"))
	}
	if all == nil {
		return nil, nil
	}
	q := v.bun.NewSelect().Conn(v.built()).TableExpr("(?) AS open_tickets", all).Column("unit").GroupExpr("unit").OrderExpr("unit").
		ColumnExpr("min(CASE WHEN ? THEN due_at END) AS oldest", aspect(desk.PastDue, f.At))
	for name, a := range map[string]desk.Aspect{
		"open": desk.StillOpen, "due_today": desk.DueToday, "overdue": desk.PastDue, "urged": desk.Urged, "supervised": desk.Supervised,
		"silent": desk.Silent, "returned": desk.Returned, "yellow": desk.YellowCard, "red_cards": desk.RedCard,
	} {
		q = q.ColumnExpr("sum(CASE WHEN ? THEN 1 ELSE 0 END) AS ?", aspect(a, f.At), bun.Ident(name))
	}
	var rows []countedRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, failure("count for supervision", err)
	}
	counts := make([]desk.UnitCounts, len(rows))
	for i := range rows {
		counts[i] = desk.UnitCounts{Unit: rows[i].Unit, Counts: rows[i].counts(), Oldest: rows[i].Oldest.Time}
	}
	return counts, nil
}

// circularRow is a circular as it is read.
type circularRow struct {
	ID, Number, Unit, Actor string
	SealedNote              []byte
	At                      stamp
}

// Circulars implements [desk.SupervisionReader].
func (v view) Circulars(ctx context.Context, f desk.Filter, from, until time.Time, limit int) ([]desk.Circulated, error) {
	// The conditions repeat that of the index, which is used only then.
	named := v.bun.NewSelect().TableExpr("event").Column("id", "ticket_id", "seq", "lead", "actor", "sealed_note", "at").
		Where("move IN ('release', 'return', 'redo', 'rate', 'circular')").Where("move = ?", ticket.Circular).
		Where("at >= ?", from.UnixMicro()).Where("at < ?", until.UnixMicro())
	seen := permitted(inScope(v.bun.NewSelect().Model((*ticketRow)(nil)).Column("id", "number", "lead"), clean(f.Scope)), &f).
		Where("id IN (SELECT ticket_id FROM (?) AS named)", named)
	var rows []circularRow
	err := v.bun.NewSelect().Conn(v.built()).TableExpr("(?) AS e", named).Join("JOIN (?) AS t ON t.id = e.ticket_id", seen).
		ColumnExpr("e.id, t.number, CASE WHEN e.lead = '' THEN t.lead ELSE e.lead END AS unit, e.actor, e.sealed_note, e.at").
		OrderExpr("e.at, e.ticket_id, e.seq").Limit(int64(limit)).Scan(ctx, &rows)
	if err != nil {
		return nil, failure("read circulars", err)
	}
	found := make([]desk.Circulated, len(rows))
	for i, r := range rows {
		note, err := v.open(place("event.note", r.ID), r.SealedNote)
		if err != nil {
			return nil, err
		}
		found[i] = desk.Circulated{Ticket: r.Number, Unit: r.Unit, By: r.Actor, At: r.At.Time, Note: string(note)}
	}
	return found, nil
}
