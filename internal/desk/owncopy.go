package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

const mostSent = 200 // deliveries a copy lists

// OwnCopy is everything the desk holds about whoever wrote a letter (个人信息保护法第四十
// 五条): what they wrote and were told, and whom it was given to; nothing that staff
// wrote for each other, and nobody else's.
type OwnCopy struct {
	Ticket  ticket.Ticket
	Letter  channel.Letter
	Contact *channel.Contact // nil: nobody gave a name
	Unit    string           // name of the responsible unit, as citizens read it
	Steps   []TimelineStep
	Own     []OwnAct // what the citizen did later
	Replies []reply.Draft
	Said    []conversation.Message
	Cut     bool // more was said than Said holds
	Files   []channel.Attachment
	Given   []Delivery // to other systems, and messages to the citizen; no bodies
	Erased  time.Time
	At      time.Time // of the copy
}

// OwnAct is a supplement, a rating or a withdrawal.
type OwnAct struct {
	At     time.Time
	Move   ticket.Move
	Text   string
	Score  int  // 1 to 5, of a rating
	Solved bool // of a rating
}

// OwnCopy gives the citizen with number and code a copy; it is audited.
func (d *Desk) OwnCopy(ctx context.Context, number, code string) (OwnCopy, error) {
	own, err := d.own(ctx, number, code)
	if err != nil {
		return OwnCopy{}, err
	}
	var c OwnCopy
	return c, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		if c, err = d.ownCopy(ctx, tx, own.ID); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: c.At, Actor: "citizen", Action: "ticket.copy", Object: "ticket/" + own.ID})
	})
}

func (d *Desk) ownCopy(ctx context.Context, tx Tx, id string) (c OwnCopy, err error) {
	c.At = d.at()
	if c.Ticket, err = tx.TicketByID(ctx, id); err != nil {
		return c, err
	}
	t := &c.Ticket
	c.Unit = d.shownUnit(t)
	if c.Letter, err = tx.Letter(ctx, t.LetterID); err != nil {
		return c, err
	}
	contact, err := tx.Contact(ctx, t.LetterID)
	if err == nil {
		c.Contact = &contact
	} else if problem.KindOf(err) != problem.NotFound {
		return c, err
	}
	if c.Files, err = filesOf(ctx, tx, &c.Letter); err != nil {
		return c, err
	}
	if c.Erased, err = tx.Erased(ctx, id); err != nil {
		return c, err
	}
	events, err := tx.Events(ctx, id)
	if err != nil {
		return c, err
	}
	for i := range events {
		c.tell(&events[i])
	}
	if err := c.answered(ctx, tx); err != nil {
		return c, err
	}
	if c.Given, err = given(ctx, tx, t.Number); err != nil || c.Letter.Conversation == "" {
		return c, err
	}
	talk, err := d.talkBefore(ctx, t, c.Letter.Conversation)
	c.Said, c.Cut = talk.Messages, talk.Cut
	return c, err
}

// tell adds what the citizen was told of a step, or did in it.
func (c *OwnCopy) tell(e *ticket.Event) {
	if e.Public != "" {
		c.Steps = append(c.Steps, TimelineStep{At: e.At, Text: e.Public})
	}
	if e.Actor == "" && slices.Contains([]ticket.Move{ticket.Supply, ticket.Rate, ticket.Withdraw}, e.Move) {
		c.Own = append(c.Own, OwnAct{At: e.At, Move: e.Move, Text: e.Note, Score: e.Score, Solved: e.Solved})
	}
}

// answered adds the replies the citizen has read: of the other ticket where this one
// was answered with it, the last alone.
func (c *OwnCopy) answered(ctx context.Context, tx Tx) error {
	drafts, err := tx.Drafts(ctx, answeredBy(&c.Ticket))
	if answeredBy(&c.Ticket) != c.Ticket.ID {
		if last := released(drafts); last != nil {
			c.Replies = []reply.Draft{*last}
		}
		return err
	}
	c.Replies = slices.DeleteFunc(drafts, func(r reply.Draft) bool { return r.ReleasedAt.IsZero() })
	return err
}

// given are the messages about a ticket that have left, but for those to staff.
func given(ctx context.Context, tx Tx, number string) ([]Delivery, error) {
	sent, err := tx.Deliveries(ctx, DeliveryFilter{Ticket: number, States: []DeliveryState{DeliverySent}, Limit: mostSent})
	return slices.DeleteFunc(sent, func(v Delivery) bool {
		carrier, _, _ := strings.Cut(v.Route, "/")
		return carrier == RobotCarrier || carrier == EmailCarrier
	}), err
}

// CopiedFile is the content of the i-th file of a copy; a file in quarantine is in
// none.
func (d *Desk) CopiedFile(ctx context.Context, c *OwnCopy, i int) ([]byte, error) {
	_, content, err := d.usableFile(ctx, d.Store, c.Files[i].ID)
	return content, err
}

// Copied reports whether the content of a file goes with a copy.
func (d *Desk) Copied(a *channel.Attachment) bool { return d.usable(a) == nil }
