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

// Dispatched is what became of one ticket.
type Dispatched struct {
	Number  string
	Refusal *problem.Error // nil: it was dispatched, now or under the same key before
}

// DispatchAll gives tickets to a unit, each in a transaction of its own: what is
// refused leaves the others as they are. Under a key whoever is not sure what
// became of a request may repeat it.
func (d *Desk) DispatchAll(ctx context.Context, a Actor, numbers []string, c Command, key string) ([]Dispatched, error) {
	a = d.deputed(a)
	switch {
	case len(numbers) == 0 || len(numbers) > MostDispatched:
		return nil, problem.New(problem.Invalid, "dispatch.numbers", "一次可以派1至100件来信。")
	case len(key) > maxKey:
		return nil, problem.New(problem.Invalid, "idempotency.key", "Idempotency-Key 太长。")
	}
	c.Move = ticket.Dispatch
	done := make([]Dispatched, len(numbers))
	for i, number := range numbers {
		err := d.onTicket(ctx, a, number, c.Move, func(ctx context.Context, tx Tx, t *ticket.Ticket) error {
			return d.dispatchOnce(ctx, tx, a, t, c, key)
		})
		done[i].Number = number
		if refusalCode(err) == "" && err != nil {
			return nil, err // ours: what was dispatched stays, and is remembered under the key
		}
		done[i].Refusal, _ = errors.AsType[*problem.Error](err)
	}
	return done, nil
}

// dispatchOnce dispatches t unless it was under the same key.
func (d *Desk) dispatchOnce(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, c Command, key string) error {
	if key == "" {
		c.Version = t.Version
		return d.attempt(ctx, tx, a, t, c)
	}
	done, asked := sha256.Sum256([]byte(key+"\n"+t.ID)), sha256.Sum256(fmt.Appendf(nil, "%q %q %q", c.Unit, c.Co, c.Note))
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
	c.Version = t.Version
	if err := d.attempt(ctx, tx, a, t, c); err != nil {
		return err
	}
	return tx.SaveIdempotency(ctx, Idempotency{Scope: scope, Key: done[:], Request: asked[:], Response: []byte("{}"), ExpiresAt: d.at().Add(idempotencyLife)})
}
