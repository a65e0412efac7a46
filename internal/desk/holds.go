package desk

import (
	"context"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

const (
	maxHold   = 10 * 366 * 24 * time.Hour
	mostHolds = 200 // of one list
)

// Hold keeps a ticket from being erased (保全).
type Hold struct {
	ID       string
	TicketID string
	Ticket   string // number
	Reason   string // sealed at rest
	By       string // user id
	At       time.Time
	Until    time.Time
	LiftedBy string
	LiftedAt time.Time // zero: it was not
	Version  int64
}

// Active reports whether h keeps its ticket at a time.
func (h *Hold) Active(at time.Time) bool { return h.LiftedAt.IsZero() && at.Before(h.Until) }

// HoldReader reads holds.
type HoldReader interface {
	// HoldsOf returns those of a ticket, oldest first.
	HoldsOf(ctx context.Context, ticketID string) ([]Hold, error)
	// ActiveHolds returns at most limit that keep something at a time, those that end
	// first before others.
	ActiveHolds(ctx context.Context, at time.Time, limit int) ([]Hold, error)
}

// HoldWriter writes them.
type HoldWriter interface {
	InsertHold(ctx context.Context, h Hold) error
	// LiftHold is guarded as UpdateTicket is: "hold.stale".
	LiftHold(ctx context.Context, h Hold, was int64) error
}

func (d *Desk) held(ctx context.Context, r HoldReader, ticketID string) (*Hold, error) {
	holds, err := r.HoldsOf(ctx, ticketID)
	at := d.at()
	for i := range holds {
		if holds[i].Active(at) {
			return &holds[i], err
		}
	}
	return nil, err
}

// PlaceHold keeps a ticket from being erased until the end of a day in Beijing.
func (d *Desk) PlaceHold(ctx context.Context, a Actor, number, reason string, until time.Time) (Hold, error) {
	at := d.at()
	if f := channel.CheckText("/reason", "保全理由", reason, maxWhy); f != nil {
		return Hold{}, problem.New(problem.Invalid, "hold.reason", f.Message).With(*f)
	}
	if until = midnight(until).AddDate(0, 0, 1); !until.After(at) || until.Sub(at) > maxHold {
		return Hold{}, problem.New(problem.Invalid, "hold.until", "保全要写明到哪一天，最长十年。").With(problem.Field{Pointer: "/until", Code: "range", Message: "请填写今天以后、十年以内的日期。"})
	}
	h := Hold{ID: newID(), Reason: reason, By: a.ID, At: at, Until: until, Version: 1}
	err := d.keeping(ctx, a, number, func(ctx context.Context, tx Tx, t *ticket.Ticket) error {
		if err := notErased(ctx, tx, t.ID); err != nil {
			return err
		}
		if held, err := d.held(ctx, tx, t.ID); err != nil || held != nil {
			if err == nil {
				err = problem.New(problem.Conflict, "hold.placed", "这件来信已经保全。")
			}
			return err
		}
		h.TicketID, h.Ticket = t.ID, t.Number
		if err := tx.InsertHold(ctx, h); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: at, Actor: a.ID, Action: "hold.place", Object: "ticket/" + t.ID, Detail: map[string]string{"hold": h.ID, "until": until.Format(time.RFC3339)}})
	})
	return h, err
}

// LiftHold ends the hold of a ticket; its time goes on as if there had been none.
func (d *Desk) LiftHold(ctx context.Context, a Actor, number string) (lifted Hold, err error) {
	err = d.keeping(ctx, a, number, func(ctx context.Context, tx Tx, t *ticket.Ticket) error {
		held, err := d.held(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if held == nil {
			return problem.New(problem.Conflict, "hold.none", "这件来信没有保全，或者已经到期。")
		}
		was := held.Version
		held.LiftedBy, held.LiftedAt, held.Version = a.ID, d.at(), was+1
		lifted = *held
		if err := tx.LiftHold(ctx, lifted, was); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "hold.lift", Object: "ticket/" + t.ID, Detail: map[string]string{"hold": held.ID}})
	})
	return lifted, err
}

// keeping does something about a ticket whose keeping a may decide about.
func (d *Desk) keeping(ctx context.Context, a Actor, number string, do func(ctx context.Context, tx Tx, t *ticket.Ticket) error) error {
	if !a.Keeps {
		return problem.New(problem.Denied, "retention.denied", "您的岗位不能办理保全和清除。")
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := seen(ctx, tx, a, number)
		if err != nil {
			return err
		}
		return do(ctx, tx, &t)
	})
}

// Holds lists what keeps tickets a may see.
func (d *Desk) Holds(ctx context.Context, a Actor) ([]Hold, error) {
	if !a.Keeps {
		return nil, problem.New(problem.Denied, "retention.denied", "您的岗位不能查看保全。")
	}
	all, err := d.Store.ActiveHolds(ctx, d.at(), mostHolds)
	return ofSeen(ctx, d.Store, &a, all, err, func(h *Hold) string { return h.TicketID })
}

// ofSeen are those of all that belong to tickets a may see.
func ofSeen[T any](ctx context.Context, r MergeReader, a *Actor, all []T, err error, ticketOf func(*T) string) ([]T, error) {
	mine := make([]T, 0, len(all))
	for i := range all {
		t, failed := r.TicketByID(ctx, ticketOf(&all[i]))
		if failed != nil {
			return nil, failed
		}
		if a.MaySee(&t) {
			mine = append(mine, all[i])
		}
	}
	return mine, err
}
