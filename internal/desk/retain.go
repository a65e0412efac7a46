package desk

import (
	"context"
	"strconv"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/retention"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// JobRetain does what the retention rules ask for.
const JobRetain = "retention"

const (
	retainTogether  = 200 // rows in one transaction
	ticketsTogether = 10
	retainBatches   = 100 // of one class in one run; the next goes on
)

// ErasureCause is why a ticket was emptied of what people wrote.
type ErasureCause string

// The causes.
const (
	ByRetention ErasureCause = "retention"
	ByRequest   ErasureCause = "request"
)

// ErasedCount is how much of a class has gone so far.
type ErasedCount struct {
	N  int64
	At time.Time // the last went
}

// DueTickets selects tickets that were kept long enough: they have ended, nobody holds
// them, and nothing of them is still to be done.
type DueTickets struct {
	Kinds  []channel.Kind
	Before time.Time // nothing has changed since
	At     time.Time // for holds
	Limit  int
}

// RetentionReader reads what was kept long enough.
type RetentionReader interface {
	// DueRows counts the rows of a class that were kept since before a time.
	DueRows(ctx context.Context, c retention.ID, before, at time.Time) (int64, error)
	// DueTickets returns ids, the longest kept first.
	DueTickets(ctx context.Context, f DueTickets) ([]string, error)
	CountDueTickets(ctx context.Context, f DueTickets) (int64, error)
	ErasedCounts(ctx context.Context) (map[retention.ID]ErasedCount, error)
	// Erased is when a ticket was emptied; zero: it was not.
	Erased(ctx context.Context, ticketID string) (time.Time, error)
	// Unfinished reports whether something of an ended ticket is still to be done: a
	// clock that runs, a message to deliver, an appeal, a call-back, a request.
	Unfinished(ctx context.Context, ticketID string) (bool, error)
}

// RetentionWriter does away with it.
type RetentionWriter interface {
	// ExpireRows deletes or empties at most limit rows of a class, and returns how many.
	ExpireRows(ctx context.Context, c retention.ID, before, at time.Time, limit int) (int64, error)
	// EraseTicket empties a ticket of everything people wrote and of who they are: its
	// letter becomes instead, and what ever came of it in chats, orders, messages,
	// reviews and indexes goes.
	EraseTicket(ctx context.Context, t ticket.Ticket, instead channel.Letter, cause ErasureCause, at time.Time) error
	CountErased(ctx context.Context, c retention.ID, n int64, at time.Time) error
}

// Retain does away with what was kept long enough, in small transactions. What one
// run leaves, the next takes.
func (d *Desk) Retain(ctx context.Context) error {
	for i := range d.Keeping.Classes {
		c := &d.Keeping.Classes[i]
		for batch := 0; batch < retainBatches && c.Does != retention.Keep; batch++ {
			more, err := d.retainSome(ctx, c)
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
	}
	return nil
}

func (d *Desk) retainSome(ctx context.Context, c *retention.Class) (more bool, err error) {
	at := d.at()
	before := c.Keep.Before(at)
	return more, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		var n int64
		together := int64(retainTogether)
		if len(c.Kinds) > 0 {
			together = ticketsTogether
			n, err = d.eraseDue(ctx, tx, DueTickets{Kinds: c.Kinds, Before: before, At: at, Limit: ticketsTogether})
		} else {
			n, err = tx.ExpireRows(ctx, c.ID, before, at, retainTogether)
		}
		if more = n == together; err != nil || n == 0 {
			return err
		}
		if err := tx.CountErased(ctx, c.ID, n, at); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: at, Actor: "system", Action: "retention." + string(c.Does), Object: "retention/" + string(c.ID), Detail: map[string]string{
			"n": strconv.FormatInt(n, 10), "before": before.Format(time.RFC3339), "rules": strconv.Itoa(d.Keeping.Version),
		}})
	})
}

func (d *Desk) eraseDue(ctx context.Context, tx Tx, f DueTickets) (int64, error) {
	ids, err := tx.DueTickets(ctx, f)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		t, err := tx.TicketByID(ctx, id)
		if err == nil {
			err = d.erase(ctx, tx, &t, ByRetention, "system")
		}
		if err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}

// erase empties an ended ticket of what people wrote. Number, states, dates and units
// stay, and so does the query code, so that whoever asks is told.
func (d *Desk) erase(ctx context.Context, tx Tx, t *ticket.Ticket, cause ErasureCause, actor string) error {
	at := d.at()
	l, err := tx.Letter(ctx, t.LetterID)
	if err != nil {
		return err
	}
	why := "按保存期限"
	if cause == ByRequest {
		why = "应来信人的请求"
	}
	instead := channel.Letter{
		ID: l.ID, Source: l.Source, Kind: l.Kind, Category: l.Category, District: l.District, Title: "（已清除）", ReceivedAt: l.ReceivedAt,
		Text: "来信内容和个人信息已于" + dayOf(at) + why + "清除，只保留办理的时间和结果。",
	}
	if err := tx.EraseTicket(ctx, *t, instead, cause, at); err != nil {
		return err
	}
	return tx.Record(ctx, audit.Entry{At: at, Actor: actor, Action: "ticket.erase", Object: "ticket/" + t.ID, Detail: map[string]string{"cause": string(cause)}})
}

// erasable says why a ticket may not be emptied now; nil: it may.
func (d *Desk) erasable(ctx context.Context, r Reader, t *ticket.Ticket) error {
	if t.Status.Open() || t.Status == ticket.Answered {
		return problem.New(problem.Conflict, "erasure.open", "来信还没有办结，办理需要这些信息，现在不能清除。")
	}
	if held, err := d.held(ctx, r, t.ID); err != nil || held != nil {
		if err == nil {
			err = problem.New(problem.Conflict, "erasure.held", "来信已经保全，解除保全以后才能清除。")
		}
		return err
	}
	if err := notErased(ctx, r, t.ID); err != nil {
		return err
	}
	busy, err := r.Unfinished(ctx, t.ID)
	if err == nil && busy {
		err = problem.New(problem.Conflict, "erasure.unfinished", "这件来信还有没做完的事（期限、申诉、回访、待发送的消息或者其他申请），做完以后才能清除。")
	}
	return err
}

func notErased(ctx context.Context, r Reader, ticketID string) error {
	at, err := r.Erased(ctx, ticketID)
	if err == nil && !at.IsZero() {
		err = problem.New(problem.Conflict, "ticket.erased", "来信内容已于"+dayOf(at)+"清除，不能再办理。")
	}
	return err
}

// kept adds to a view what is erased of it, and what keeps the rest.
func (d *Desk) kept(ctx context.Context, r Reader, a *Actor, v *TicketView) (err error) {
	if v.Ticket.Status.Open() {
		v.Hold, err = d.held(ctx, r, v.Ticket.ID)
	} else if v.Erased, err = r.Erased(ctx, v.Ticket.ID); err == nil && v.Erased.IsZero() {
		v.Hold, err = d.held(ctx, r, v.Ticket.ID)
	}
	if v.Hold != nil && !a.Keeps {
		v.Hold.Reason = "" // it may name people
	}
	return err
}

// Keepings is how long everything is kept, and how far that is.
type Keepings struct {
	Version int
	Classes []KeptClass
}

// KeptClass is a class with what is due and what has gone.
type KeptClass struct {
	retention.Class

	Due    int64
	Erased ErasedCount
}

// Keepings previews what the next runs will do away with. Figures only.
func (d *Desk) Keepings(ctx context.Context, a Actor) (Keepings, error) {
	if !a.Keeps && !a.Audits {
		return Keepings{}, problem.New(problem.Denied, "retention.denied", "您的岗位不能查看保存期限。")
	}
	return d.keepings(ctx)
}

// WhatIsKept is Keepings for operators.
func (d *Desk) WhatIsKept(ctx context.Context) (Keepings, error) { return d.keepings(ctx) }

func (d *Desk) keepings(ctx context.Context) (Keepings, error) {
	erased, err := d.Store.ErasedCounts(ctx)
	if err != nil {
		return Keepings{}, err
	}
	k, at := Keepings{Version: d.Keeping.Version}, d.at()
	for _, c := range d.Keeping.Classes {
		before, kept := c.Keep.Before(at), KeptClass{Class: c, Erased: erased[c.ID]}
		switch {
		case c.Does == retention.Keep:
		case len(c.Kinds) > 0:
			kept.Due, err = d.Store.CountDueTickets(ctx, DueTickets{Kinds: c.Kinds, Before: before, At: at})
		default:
			kept.Due, err = d.Store.DueRows(ctx, c.ID, before, at)
		}
		if err != nil {
			return Keepings{}, err
		}
		k.Classes = append(k.Classes, kept)
	}
	return k, nil
}
