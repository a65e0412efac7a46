package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/problem"
)

// factsRead is how many facts are in memory at once.
const factsRead = 1_000

type frozenRow struct {
	bun.BaseModel `bun:"table:score_month"`

	Month    string `bun:",pk"`
	FrozenAt stamp
	FrozenBy string
	Rules    string
	Facts    int
	Digest   string
	Sheet    string
}

type factRow struct {
	bun.BaseModel `bun:"table:score_fact"`

	Month    string `bun:",pk"`
	TicketID string `bun:",pk"`
	Seq      int64  `bun:",pk"`
	Unit     string
	Kind     report.FactKind
	Reason   string
	Value    int
}

// FrozenMonth implements [desk.ScoreReader].
func (v view) FrozenMonth(ctx context.Context, month string) (desk.FrozenMonth, error) {
	r, err := one[frozenRow](ctx, v, "WHERE month = $1", month)
	if err != nil {
		return desk.FrozenMonth{}, missing("score", "这个月的考核数据还没有封存。", err)
	}
	return desk.FrozenMonth{Month: r.Month, At: r.FrozenAt.Time, By: r.FrozenBy, Rules: r.Rules, Facts: r.Facts, Digest: r.Digest, Sheet: r.Sheet}, nil
}

// LastFrozen implements [desk.ScoreReader].
func (v view) LastFrozen(ctx context.Context) (string, error) {
	rows, err := all[frozenRow](ctx, v, "ORDER BY month DESC LIMIT 1")
	if err != nil || len(rows) == 0 {
		return "", failure("read the last frozen month", err)
	}
	return rows[0].Month, nil
}

// EachFact implements [desk.ScoreReader].
func (v view) EachFact(ctx context.Context, month string, fn func(report.Fact) error) error {
	var ticket string
	var seq int64
	for {
		rows, err := all[factRow](ctx, v, "WHERE month = $1 AND (ticket_id, seq) > ($2, $3) ORDER BY ticket_id, seq LIMIT $4", month, ticket, seq, factsRead)
		if err != nil {
			return failure("read facts", err)
		}
		for _, r := range rows {
			ticket, seq = r.TicketID, r.Seq
			if err := fn(report.Fact{Ticket: r.TicketID, Seq: r.Seq, Unit: r.Unit, Kind: r.Kind, Reason: r.Reason, Value: r.Value}); err != nil {
				return err
			}
		}
		if len(rows) < factsRead {
			return nil
		}
	}
}

// FreezeFacts implements [desk.ScoreWriter]. Whether a reply was in time its
// clock knows: it was met by the very step that released it.
func (t *tx) FreezeFacts(ctx context.Context, month string, from, until time.Time) error {
	// The first condition repeats that of the index, which is used only then.
	_, err := t.exec(ctx, `INSERT INTO score_fact (month, ticket_id, seq, unit, kind, reason, value)
		SELECT $1, e.ticket_id, e.seq, CASE WHEN e.lead = '' THEN t.lead ELSE e.lead END,
			CASE e.move WHEN 'release' THEN 'answered' WHEN 'return' THEN 'returned' WHEN 'redo' THEN 'redone' ELSE 'rated' END,
			CASE WHEN e.move IN ('return', 'redo') THEN e.reason ELSE '' END,
			CASE WHEN e.move = 'rate' THEN e.score WHEN e.move = 'release' AND EXISTS (SELECT 1 FROM clock AS c
				WHERE c.ticket_id = e.ticket_id AND c.purpose = 'answer' AND c.met_at = e.at AND c.breached_at IS NULL) THEN 1 ELSE 0 END
		FROM event AS e JOIN ticket AS t ON t.id = e.ticket_id
		WHERE e.move IN ('release', 'return', 'redo', 'rate', 'circular') AND e.move IN ('release', 'return', 'redo', 'rate')
			AND e.at >= $2 AND e.at < $3 AND t.kind <> 'report' AND `+rated,
		month, at(from), at(until))
	return conflict("score.frozen", "刚刚有人封存了这个月的考核数据。", err)
}

// HoldMonths implements [desk.ScoreWriter]. SQLite has one writer anyway.
func (t *tx) HoldMonths(ctx context.Context) error {
	if !t.postgres {
		return nil
	}
	_, err := t.exec(ctx, "LOCK TABLE score_month IN SHARE ROW EXCLUSIVE MODE")
	return failure("hold months", err)
}

// InsertFrozenMonth implements [desk.ScoreWriter].
func (t *tx) InsertFrozenMonth(ctx context.Context, m desk.FrozenMonth) error {
	n, err := insert(ctx, t, " ON CONFLICT (month) DO NOTHING", frozenRow{
		Month: m.Month, FrozenAt: at(m.At), FrozenBy: m.By, Rules: m.Rules, Facts: m.Facts, Digest: m.Digest, Sheet: m.Sheet,
	})
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "score.frozen", "刚刚有人封存了这个月的考核数据。"))
	}
	return failure("close month", err)
}
