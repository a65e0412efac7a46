package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// MostDispatched is how many tickets are dispatched at once.
const MostDispatched = 100

// Dispatch gives one ticket to a unit.
type Dispatch struct {
	Number  string
	Move    ticket.Move // dispatch or reassign
	Version int64       // that was seen
	Unit    string      // the lead unit id
}

// Dispatched is what became of one ticket.
type Dispatched struct {
	Number  string
	Refusal *problem.Error // nil: it was dispatched, now or under the same key before
	Now     *ticket.Ticket // where somebody else was faster: as it is now
}

// DispatchAll gives tickets to units, each in a transaction of its own: what is
// refused leaves the others as they are. Units asked for their opinion, the reason
// and the note are the same for all. Under a key whoever is not sure what became
// of a request may repeat it.
func (d *Desk) DispatchAll(ctx context.Context, a Actor, all []Dispatch, c Command, key string) ([]Dispatched, error) {
	a = d.deputed(a)
	switch {
	case len(all) == 0 || len(all) > MostDispatched:
		return nil, problem.New(problem.Invalid, "dispatch.numbers", "一次可以派1至100件来信。")
	case len(key) > maxKey:
		return nil, problem.New(problem.Invalid, "idempotency.key", "Idempotency-Key 太长。")
	}
	done := make([]Dispatched, len(all))
	for i := range all {
		one := c
		one.Move, one.Version, one.Unit = all[i].Move, all[i].Version, all[i].Unit
		if one.Move == ticket.Dispatch {
			one.Reason = "" // it is the reassignments'
		}
		result := &done[i]
		result.Number = all[i].Number
		err := d.onTicket(ctx, a, result.Number, one.Move, func(ctx context.Context, tx Tx, t *ticket.Ticket) error {
			found := *t
			err := d.dispatchOnce(ctx, tx, a, t, one, key)
			if result.Now = nil; problem.HasCode(err, "ticket.stale") { // said only to whoever sees it
				result.Now = &found
			}
			return err
		})
		if refusalCode(err) == "" && err != nil {
			return nil, err // ours: what was dispatched stays, and is remembered under the key
		}
		result.Refusal, _ = errors.AsType[*problem.Error](err)
	}
	return done, nil
}

// dispatchOnce dispatches t unless it was under the same key.
func (d *Desk) dispatchOnce(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, c Command, key string) error {
	if c.Move != ticket.Dispatch && c.Move != ticket.Reassign {
		return problem.New(problem.Invalid, "dispatch.move", "这里只能派单和改派。")
	}
	if key == "" {
		return d.attempt(ctx, tx, a, t, c)
	}
	done, asked := sha256.Sum256([]byte(key+"\n"+t.ID)), sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", c.Move, c.Unit, c.Co, c.Reason, c.Note))
	scope := "dispatch/" + a.ID
	known, err := tx.Idempotent(ctx, scope, done[:])
	switch {
	case err == nil && string(known.Request) != string(asked[:]):
		return problem.New(problem.Conflict, "idempotency.mismatch", "同一个 Idempotency-Key 已用于内容不同的派单。")
	case err == nil:
		return nil
	case problem.KindOf(err) != problem.NotFound:
		return err
	}
	if err := d.attempt(ctx, tx, a, t, c); err != nil {
		return err
	}
	return tx.SaveIdempotency(ctx, Idempotency{Scope: scope, Key: done[:], Request: asked[:], Response: []byte("{}"), ExpiresAt: d.at().Add(idempotencyLife)})
}
