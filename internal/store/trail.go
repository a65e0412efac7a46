package store

import (
	"bytes"
	"context"
	"fmt"
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
	Detail list[map[string]string]
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
		rows[i] = auditRow{
			Lane: e.Lane, Seq: e.Seq, At: at(e.At), Actor: e.Actor, Action: e.Action, Object: e.Object,
			Detail: list[map[string]string]{e.Detail}, Prev: e.Prev, Hash: e.Hash,
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

// AuditLane returns one chain of the trail in order, for [audit.Verify].
func (s *Store) AuditLane(ctx context.Context, lane int) ([]audit.Entry, error) {
	rows, err := all[auditRow](ctx, s.view, "WHERE lane = $1 ORDER BY seq", lane)
	if err != nil {
		return nil, failure("read audit lane", err)
	}
	entries := make([]audit.Entry, len(rows))
	for i, r := range rows {
		entries[i] = audit.Entry{
			Lane: r.Lane, Seq: r.Seq, At: r.At.Time, Actor: r.Actor, Action: r.Action, Object: r.Object,
			Detail: r.Detail.V, Prev: r.Prev, Hash: r.Hash,
		}
	}
	return entries, nil
}

// Verify checks every chain of the trail against its hashes and against its
// head, and returns the number of sound entries. The error names the first
// entry that was changed, removed or moved.
func (s *Store) Verify(ctx context.Context) (entries int, err error) {
	for lane := range audit.Lanes {
		// The head first: entries that come meanwhile only make the chain longer.
		head, err := one[auditHeadRow](ctx, s.view, "WHERE lane = $1", lane)
		if err != nil {
			return entries, failure("read audit head", err)
		}
		chain, err := s.AuditLane(ctx, lane)
		if err != nil {
			return entries, err
		}
		if err := audit.Verify(chain); err != nil {
			return entries, fmt.Errorf("store: audit trail: %w", err)
		}
		if head.Seq > int64(len(chain)) || head.Seq > 0 && !bytes.Equal(head.Hash, chain[head.Seq-1].Hash) {
			return entries, fmt.Errorf("store: audit trail: lane %d: the entries after %d do not reach the head %d", lane, len(chain), head.Seq)
		}
		entries += len(chain)
	}
	return entries, nil
}
