package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/problem"
)

// counted is what the index of events that are counted says; every query of them
// repeats it, for the index is used only then.
const counted = `e.move IN ('open', 'dispatch', 'reassign', 'release', 'answer_with', 'decline', 'withdraw', 'lapse', 'transfer', 'conclude', 'return', 'redo', 'rate', 'publish')`

// rated leaves ratings out that have no score, and those that were struck.
const rated = `(e.move <> 'rate' OR e.score > 0 AND NOT EXISTS (SELECT 1 FROM appeal AS u WHERE u.ticket_id = e.ticket_id AND u.seq = e.seq AND u.struck))`

// passages is what reports count, one row for each step. Nothing in it changes
// once the step after it was made, so that a month counted again gives the same;
// closing a month, counting it again and listing what is behind a figure all read
// this. Of reports (举报) it tells the kind alone.
const passages = `SELECT ticket_id, number, opened, seq, at, kind, step, code, good, firsts, seconds,
		CASE WHEN kind = 'report' THEN '' ELSE unit END AS unit, CASE WHEN kind = 'report' THEN '' ELSE category END AS category,
		CASE WHEN kind = 'report' THEN '' ELSE source END AS channel, CASE WHEN kind = 'report' THEN '' ELSE district END AS district
	FROM (SELECT e.ticket_id, t.number, t.created_at AS opened, e.seq, e.at, t.category, t.source, t.district,
		CASE WHEN e.kind = '' THEN t.kind ELSE e.kind END AS kind,
		CASE e.move WHEN 'open' THEN 'received' WHEN 'dispatch' THEN 'assigned' WHEN 'reassign' THEN 'assigned' WHEN 'release' THEN 'answered'
			WHEN 'answer_with' THEN 'joined' WHEN 'decline' THEN 'declined' WHEN 'withdraw' THEN 'withdrawn' WHEN 'lapse' THEN 'withdrawn'
			WHEN 'transfer' THEN 'transferred' WHEN 'conclude' THEN 'concluded' WHEN 'return' THEN 'returned' WHEN 'redo' THEN 'redone' WHEN 'publish' THEN 'published' ELSE 'rated' END AS step,
		CASE WHEN e.move IN ('dispatch', 'reassign') THEN coalesce((SELECT n.lead FROM event AS n
				WHERE n.ticket_id = e.ticket_id AND n.seq > e.seq AND n.lead <> '' ORDER BY n.seq LIMIT 1), t.lead)
			WHEN e.lead = '' THEN t.lead ELSE e.lead END AS unit,
		CASE WHEN e.move = 'release' THEN coalesce((SELECT d.outcome FROM draft AS d WHERE d.ticket_id = e.ticket_id AND d.released_at = e.at LIMIT 1), '')
			WHEN e.move = 'rate' THEN CAST(e.score AS TEXT) WHEN e.move = 'lapse' THEN 'lapse' ELSE e.reason END AS code,
		CASE WHEN e.move = 'rate' AND e.solved THEN 1 WHEN e.move IN ('release', 'answer_with') AND EXISTS (SELECT 1 FROM clock AS c
			WHERE c.ticket_id = e.ticket_id AND c.purpose = 'answer' AND c.met_at = e.at AND c.breached_at IS NULL) THEN 1 ELSE 0 END AS good,
		CASE WHEN e.move NOT IN ('open', 'dispatch', 'reassign', 'return', 'redo', 'rate') AND NOT EXISTS (SELECT 1 FROM event AS r
			WHERE r.ticket_id = e.ticket_id AND r.seq < e.seq AND r.move = CASE WHEN e.move = 'publish' THEN 'publish' ELSE 'redo' END) THEN 1 ELSE 0 END AS firsts,
		CASE WHEN e.move IN ('open', 'dispatch', 'reassign', 'return', 'redo', 'rate', 'publish') THEN 0 ELSE (e.at - coalesce((SELECT max(b.at) FROM event AS b
			WHERE b.ticket_id = e.ticket_id AND b.seq < e.seq AND b.move IN ('open', 'redo')), t.created_at)) / 1000000 END AS seconds
	FROM event AS e JOIN ticket AS t ON t.id = e.ticket_id
	WHERE ` + counted + ` AND ` + rated

// cells adds passages of a time up.
const cells = `SELECT unit, category, channel, district, kind, step, code, count(*) AS n, CAST(sum(good) AS BIGINT) AS good,
		CAST(sum(firsts) AS BIGINT) AS firsts, CAST(sum(seconds) AS BIGINT) AS seconds
	FROM (` + passages + ` AND e.at >= $1 AND e.at < $2) AS steps) AS passages GROUP BY unit, category, channel, district, kind, step, code`

type reportMonthRow struct {
	bun.BaseModel `bun:"table:report_month"`

	Month  string `bun:",pk"`
	At     stamp
	Form   string
	Digest string
}

type cellRow struct {
	bun.BaseModel `bun:"table:report_cell"`

	Month    string
	Unit     string
	Category string
	Channel  string
	District string
	Kind     string
	Step     report.Step
	Code     string
	N        int64
	Good     int64
	Firsts   int64
	Seconds  int64
}

func cellsOf(rows []cellRow, err error) ([]report.Cell, error) {
	if err != nil {
		return nil, failure("read report cells", err)
	}
	found := make([]report.Cell, len(rows))
	for i, r := range rows {
		found[i] = report.Cell{
			Unit: r.Unit, Category: r.Category, Channel: r.Channel, District: r.District, Kind: r.Kind, Step: r.Step, Code: r.Code,
			N: r.N, Good: r.Good, Firsts: r.Firsts, Seconds: r.Seconds,
		}
	}
	return report.Sum(found), nil // in an order that no collation decides
}

// ReportMonth implements [desk.ReportReader].
func (v view) ReportMonth(ctx context.Context, month string) (desk.ReportMonth, error) {
	r, err := one[reportMonthRow](ctx, v, "WHERE month = $1", month)
	if err != nil {
		return desk.ReportMonth{}, missing("report", "这个月还没有封存。", err)
	}
	return desk.ReportMonth{Month: r.Month, At: r.At.Time, Form: r.Form, Digest: r.Digest}, nil
}

// ReportCells implements [desk.ReportReader].
func (v view) ReportCells(ctx context.Context, month string) ([]report.Cell, error) {
	return cellsOf(all[cellRow](ctx, v, "WHERE month = $1", month))
}

// CountCells implements [desk.ReportReader].
func (v view) CountCells(ctx context.Context, from, until time.Time) ([]report.Cell, error) {
	return cellsOf(query[cellRow](ctx, v, cells, at(from), at(until)))
}

// passageRow is a step as it is read.
type passageRow struct {
	TicketID string
	Number   string
	Opened   stamp
	Seq      int64
	At       stamp
	Kind     string
	Step     report.Step
	Code     string
	Good     int64
	Firsts   int64
}

// Passages implements [desk.ReportReader]. A ticket counts while it was of the
// kind, and a change to another one is how that ended.
func (v view) Passages(ctx context.Context, kind string, before time.Time) ([]report.Passage, error) {
	rows, err := query[passageRow](ctx, v, `SELECT ticket_id, number, opened, seq, at, kind, step, code, good, firsts
		FROM (`+passages+` AND e.at < $2 AND t.id IN (SELECT id FROM ticket WHERE kind = $1 UNION SELECT ticket_id FROM event WHERE move = 'reclassify' AND kind = $1)
			) AS steps) AS passages
		WHERE kind = $1 OR step = 'received' AND EXISTS (SELECT 1 FROM ticket AS n WHERE n.id = ticket_id AND n.kind = $1)
		UNION ALL SELECT e.ticket_id, t.number, t.created_at, e.seq, e.at, e.kind, 'reclassified', e.reason, 0, 0
		FROM event AS e JOIN ticket AS t ON t.id = e.ticket_id WHERE e.move = 'reclassify' AND e.kind = $1 AND e.at < $2
		ORDER BY 1, 4`, kind, at(before))
	if err != nil {
		return nil, failure("read passages", err)
	}
	found := make([]report.Passage, len(rows))
	for i, r := range rows {
		found[i] = report.Passage{Ticket: r.Number, Opened: r.Opened.Time, Step: r.Step, Code: r.Code, At: r.At.Time}
	}
	return found, nil
}

// CountedTickets implements [desk.ReportReader].
func (v view) CountedTickets(ctx context.Context, f desk.Filter, c desk.Counted) ([]desk.CountedTicket, error) {
	steps := v.bun.NewSelect().TableExpr("(?) AS p", bun.SafeQuery(passages+" AND e.at >= ? AND e.at < ?) AS steps", c.From.UnixMicro(), c.Until.UnixMicro())).
		Where("p.step IN ?", bun.Tuple(c.Steps)).Where("p.kind <> 'report'").Where("(p.at, p.ticket_id, p.seq) > (?, ?, ?)", c.After.At.UnixMicro(), clean(c.After.ID), c.After.Seq)
	for column, value := range map[string]*string{"unit": c.Unit, "category": c.Category, "channel": c.Channel, "district": c.District, "kind": c.Kind} {
		if value != nil {
			steps = steps.Where("p.? = ?", bun.Ident(column), clean(*value))
		}
	}
	if c.Tickets != nil {
		steps = steps.Where("p.ticket_id IN ?", bun.Tuple(c.Tickets))
	}
	if c.Units != nil {
		steps = steps.Where("p.unit IN ?", bun.Tuple(c.Units))
	}
	var rows []passageRow
	err := steps.Conn(v.built()).Column("ticket_id", "number", "opened", "seq", "at", "kind", "step", "code", "good", "firsts").
		Where("p.ticket_id IN (?)", v.seen(&f, "id")).OrderExpr("p.at, p.ticket_id, p.seq").Limit(int64(c.Limit)).Scan(ctx, &rows)
	if err != nil {
		return nil, failure("list what is counted", err)
	}
	found := make([]desk.CountedTicket, len(rows))
	for i, r := range rows {
		found[i] = desk.CountedTicket{
			ID: r.TicketID, Number: r.Number, Seq: r.Seq, At: r.At.Time,
			Cell: report.Cell{Kind: r.Kind, Step: r.Step, Code: r.Code, N: 1, Good: r.Good, Firsts: r.Firsts},
		}
	}
	return found, nil
}

// seen selects one column of the tickets f may show.
func (v view) seen(f *desk.Filter, column string) *bun.SelectQuery {
	return filtered(v.bun.NewSelect().Model((*ticketRow)(nil)).Column(column).Where("status IN ?", bun.Tuple(wanted(f))), f)
}

// Shown implements [desk.ReportReader].
func (v view) Shown(ctx context.Context, f desk.Filter, numbers []string) ([]string, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var shown []string
	err := v.seen(&f, "number").Conn(v.built()).Where("number IN ?", bun.Tuple(numbers)).OrderExpr("number").Scan(ctx, &shown)
	return shown, failure("find what may be shown", err)
}

// InsertCells implements [desk.ReportWriter].
func (t *tx) InsertCells(ctx context.Context, month string, cells []report.Cell) error {
	rows := make([]cellRow, len(cells))
	for i, c := range cells {
		rows[i] = cellRow{
			Month: month, Unit: c.Unit, Category: c.Category, Channel: c.Channel, District: c.District, Kind: c.Kind, Step: c.Step, Code: c.Code,
			N: c.N, Good: c.Good, Firsts: c.Firsts, Seconds: c.Seconds,
		}
	}
	_, err := insert(ctx, t, "", rows...)
	return conflict("score.frozen", "刚刚有人封存了这个月的数据。", err)
}

// InsertReportMonth implements [desk.ReportWriter].
func (t *tx) InsertReportMonth(ctx context.Context, m desk.ReportMonth) error {
	n, err := insert(ctx, t, " ON CONFLICT (month) DO NOTHING", reportMonthRow{Month: m.Month, At: at(m.At), Form: m.Form, Digest: m.Digest})
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "score.frozen", "刚刚有人封存了这个月的数据。"))
	}
	return failure("close month for reports", err)
}
