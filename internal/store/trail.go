package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/uptrace/bun"

	"jiesu/internal/audit"
)

type auditRow struct {
	bun.BaseModel `bun:"table:audit"`

	Lane   int   `bun:",pk"`
	Seq    int64 `bun:",pk"`
	At     stamp
	Actor  string
	Action string
	Object string
	Detail string // JSON; read with care, for somebody may have spoilt it
	Prev   []byte
	Hash   []byte
}

type auditHeadRow struct {
	bun.BaseModel `bun:"table:audit_head"`

	Lane int `bun:",pk"`
	Seq  int64
	Hash []byte
}

// Record implements [desk.QueueWriter]. The entry is linked when the function
// is through: lanes are then locked for the shortest time and always in the
// same order, so that two transactions never wait for each other.
func (t *tx) Record(_ context.Context, e audit.Entry) error {
	e.Actor, e.Action, e.Object = clean(e.Actor), clean(e.Action), clean(e.Object)
	detail := make(map[string]string, len(e.Detail))
	for k, v := range e.Detail {
		detail[clean(k)] = clean(v) // what is hashed must be what can be read back
	}
	e.Detail = detail
	t.acts = append(t.acts, e)
	return nil
}

// link stores the recorded entries. A trigger moves the lanes' heads along.
func (t *tx) link(ctx context.Context) error {
	if len(t.acts) == 0 {
		return nil
	}
	slices.SortStableFunc(t.acts, func(a, b audit.Entry) int { return audit.LaneOf(a.Object) - audit.LaneOf(b.Object) })
	var lanes []int
	for _, e := range t.acts {
		lanes = append(lanes, audit.LaneOf(e.Object))
	}
	heads, err := t.lockLanes(ctx, slices.Compact(lanes))
	if err != nil {
		return failure("lock audit lanes", err)
	}
	rows := make([]auditRow, len(t.acts))
	for i, e := range t.acts {
		head := heads[audit.LaneOf(e.Object)]
		e.Link(head.Seq, head.Hash)
		detail, _ := json.Marshal(e.Detail) // a map of strings always marshals
		rows[i] = auditRow{
			Lane: e.Lane, Seq: e.Seq, At: at(e.At), Actor: e.Actor, Action: e.Action, Object: e.Object,
			Detail: string(detail), Prev: e.Prev, Hash: e.Hash,
		}
		head.Seq, head.Hash = e.Seq, e.Hash
	}
	_, err = insert(ctx, t, "", rows...)
	return failure("record", err)
}

// lockLanes returns the heads of the lanes, which must be in order.
func (t *tx) lockLanes(ctx context.Context, lanes []int) (map[int]*auditHeadRow, error) {
	const columns = "SELECT lane, seq, hash FROM audit_head WHERE lane "
	var found []auditHeadRow
	var err error
	if t.postgres {
		found, err = query[auditHeadRow](ctx, t.view, columns+"= ANY($1) ORDER BY lane FOR UPDATE", lanes)
	} else {
		for _, lane := range lanes {
			var one []auditHeadRow
			if one, err = query[auditHeadRow](ctx, t.view, columns+"= $1", lane); err != nil {
				break
			}
			found = append(found, one...)
		}
	}
	if err == nil && len(found) != len(lanes) {
		err = fmt.Errorf("%d of %d audit lanes have a head", len(found), len(lanes))
	}
	heads := make(map[int]*auditHeadRow, len(found))
	for i := range found {
		heads[found[i].Lane] = &found[i]
	}
	return heads, err
}

// trailPage is how many entries are in memory at once.
const trailPage = 500

// WalkAudit calls fn with every entry of a lane after a number in order, some
// hundred in memory at a time, and stops at its first error.
func (v view) WalkAudit(ctx context.Context, lane int, after int64, fn func(audit.Entry) error) error {
	for {
		rows, err := all[auditRow](ctx, v, "WHERE lane = $1 AND seq > $2 ORDER BY seq LIMIT $3", lane, after, trailPage)
		if err != nil {
			return failure("read audit lane", err)
		}
		for _, r := range rows {
			if err := fn(r.entry()); err != nil {
				return err
			}
			after = r.Seq
		}
		if len(rows) < trailPage {
			return nil
		}
	}
}

// Trail implements [desk.OversightReader].
func (v view) Trail(ctx context.Context, object string) ([]audit.Entry, error) {
	rows, err := all[auditRow](ctx, v, "WHERE lane = $1 AND object = $2 ORDER BY seq", audit.LaneOf(object), clean(object))
	entries := make([]audit.Entry, len(rows))
	for i := range rows {
		entries[i] = rows[i].entry()
	}
	return entries, failure("read the trail", err)
}

func (r *auditRow) entry() audit.Entry {
	e := audit.Entry{Lane: r.Lane, Seq: r.Seq, At: r.At.Time, Actor: r.Actor, Action: r.Action, Object: r.Object, Prev: r.Prev, Hash: r.Hash}
	if err := json.Unmarshal([]byte(r.Detail), &e.Detail); err != nil {
		e.Detail = map[string]string{"unreadable": r.Detail} // never what was hashed
	}
	return e
}

// AuditLane returns one whole chain of the trail in order.
func (s *Store) AuditLane(ctx context.Context, lane int) ([]audit.Entry, error) {
	var entries []audit.Entry
	err := s.WalkAudit(ctx, lane, math.MinInt64, func(e audit.Entry) error { entries = append(entries, e); return nil })
	return entries, err
}

// Heads returns where each chain of the trail ends, in order of the lanes.
func (v view) Heads(ctx context.Context) ([]audit.Head, error) {
	rows, err := all[auditHeadRow](ctx, v, "ORDER BY lane")
	if err != nil {
		return nil, failure("read audit heads", err)
	}
	heads := make([]audit.Head, len(rows))
	for i, r := range rows {
		heads[i] = audit.Head{Lane: r.Lane, Seq: r.Seq, Hash: r.Hash}
	}
	return heads, nil
}

// StrayAudit returns an entry that stands in no lane there is.
func (v view) StrayAudit(ctx context.Context) (audit.Entry, bool, error) {
	rows, err := all[auditRow](ctx, v, "WHERE lane < 0 OR lane >= $1 ORDER BY lane, seq LIMIT 1", audit.Lanes)
	if err != nil || len(rows) == 0 {
		return audit.Entry{}, false, failure("read stray entries", err)
	}
	return rows[0].entry(), true, nil
}

// Verify checks the whole trail: see [audit.Verify].
func (s *Store) Verify(ctx context.Context) (entries int, err error) {
	report, err := audit.Verify(ctx, s, nil)
	if err != nil {
		return 0, err
	}
	if len(report.Findings) > 0 {
		return report.Entries, fmt.Errorf("store: audit trail: %s", report.Findings[0])
	}
	return report.Entries, nil
}
