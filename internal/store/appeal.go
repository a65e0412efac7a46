package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type appealRow struct {
	bun.BaseModel `bun:"table:appeal"`

	ID             string `bun:",pk"`
	TicketID       string
	Ticket         string
	Seq            int64
	Unit           string
	Score          int
	Solved         bool
	RatedAt        stamp
	Reason         string
	SealedWords    []byte // may name people
	State          desk.AppealState
	Appellant      string
	FiledAt        stamp
	ClockID        string
	DecidedBy      string
	DecidedAt      stamp
	SealedDecision []byte
	Struck         bool
	Version        int64
}

// datedAppealRow is an appeal with the date of its clock.
type datedAppealRow struct {
	appealRow

	DueAt stamp
}

// appeals reads them with the date their clock has now.
const appeals = `SELECT a.*, c.due_at FROM appeal AS a LEFT JOIN clock AS c ON c.id = a.clock_id `

// InsertAppeal implements [desk.AppealWriter].
func (t *tx) InsertAppeal(ctx context.Context, a desk.Appeal) error {
	_, err := insert(ctx, t, "", appealRow{
		ID: a.ID, TicketID: a.TicketID, Ticket: a.Ticket, Seq: a.Seq, Unit: a.Unit, Score: a.Score, Solved: a.Solved, RatedAt: at(a.RatedAt), Reason: a.Reason,
		SealedWords: t.seal(place("appeal.words", a.ID), clean(a.Words)), State: a.State, Appellant: a.Appellant, FiledAt: at(a.FiledAt), ClockID: a.Clock,
		DecidedBy: a.DecidedBy, DecidedAt: at(a.DecidedAt), SealedDecision: t.seal(place("appeal.decision", a.ID), clean(a.Decision)), Struck: a.Struck, Version: a.Version,
	})
	return conflict("appeal.twice", "这条评价已经提出过申诉，不能再次申诉。", err)
}

// UpdateAppeal implements [desk.AppealWriter]. What was appealed against and why
// never change; only what became of it does.
func (t *tx) UpdateAppeal(ctx context.Context, a desk.Appeal, was int64) error {
	n, err := t.exec(ctx, `UPDATE appeal SET state = $1, decided_by = $2, decided_at = $3, sealed_decision = $4, struck = $5, version = $6
		WHERE id = $7 AND version = $8`,
		string(a.State), clean(a.DecidedBy), at(a.DecidedAt), t.seal(place("appeal.decision", a.ID), clean(a.Decision)), a.Struck, a.Version, a.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "appeal.stale", "这件申诉刚刚有了变化，请刷新后再试。"))
	}
	return failure("update appeal", err)
}

// Appeal implements [desk.AppealReader].
func (v view) Appeal(ctx context.Context, id string) (desk.Appeal, error) {
	found, err := v.appeals(query[datedAppealRow](ctx, v, appeals+"WHERE a.id = $1", id))
	if err == nil && len(found) == 0 {
		err = problem.New(problem.NotFound, "appeal.not_found", "没有这件申诉。")
	}
	if err != nil {
		return desk.Appeal{}, err
	}
	return found[0], nil
}

// AppealsOf implements [desk.AppealReader].
func (v view) AppealsOf(ctx context.Context, ticketID string) ([]desk.Appeal, error) {
	return v.appeals(query[datedAppealRow](ctx, v, appeals+"WHERE a.ticket_id = $1 ORDER BY a.seq", ticketID))
}

// Appeals implements [desk.AppealReader].
func (v view) Appeals(ctx context.Context, f desk.Filter, state desk.AppealState, limit int) ([]desk.Appeal, error) {
	var rows []datedAppealRow
	err := v.bun.NewSelect().Conn(v.built()).TableExpr("appeal AS a").Join("LEFT JOIN clock AS c ON c.id = a.clock_id").
		ColumnExpr("a.*, c.due_at").Where("a.state = ?", state).Where("a.ticket_id IN (?)", v.visible(&f)).
		OrderExpr("a.filed_at, a.id").Limit(int64(limit)).Scan(ctx, &rows)
	return v.appeals(rows, err)
}

// visible are the tickets a viewer may see, whatever became of them.
func (v view) visible(f *desk.Filter) *bun.SelectQuery {
	return permitted(inScope(v.bun.NewSelect().Model((*ticketRow)(nil)).Column("id"), clean(f.Scope)), f)
}

// UpheldAppeals implements [desk.AppealReader].
func (v view) UpheldAppeals(ctx context.Context, from, until time.Time) ([]desk.UpheldAppeals, error) {
	found, err := query[desk.UpheldAppeals](ctx, v, `SELECT unit, CAST(sum(CASE WHEN struck THEN 1 ELSE 0 END) AS BIGINT) AS struck,
			CAST(sum(CASE WHEN struck THEN 0 ELSE 1 END) AS BIGINT) AS late
		FROM appeal WHERE state = 'upheld' AND rated_at >= $1 AND rated_at < $2 GROUP BY unit ORDER BY unit`, at(from), at(until))
	return found, failure("count appeals", err)
}

func (v view) appeals(rows []datedAppealRow, err error) ([]desk.Appeal, error) {
	if err != nil {
		return nil, failure("read appeals", err)
	}
	found := make([]desk.Appeal, len(rows))
	for i := range rows {
		if found[i], err = v.appeal(&rows[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (v view) appeal(r *datedAppealRow) (desk.Appeal, error) {
	words, err := v.open(place("appeal.words", r.ID), r.SealedWords)
	if err != nil {
		return desk.Appeal{}, err
	}
	decision, err := v.open(place("appeal.decision", r.ID), r.SealedDecision)
	if err != nil {
		return desk.Appeal{}, err
	}
	return desk.Appeal{
		ID: r.ID, TicketID: r.TicketID, Ticket: r.Ticket, Seq: r.Seq, Unit: r.Unit, Score: r.Score, Solved: r.Solved, RatedAt: r.RatedAt.Time, Reason: r.Reason,
		Words: string(words), State: r.State, Appellant: r.Appellant, FiledAt: r.FiledAt.Time, Clock: r.ClockID, DueAt: r.DueAt.Time,
		DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt.Time, Decision: string(decision), Struck: r.Struck, Version: r.Version,
	}, nil
}
