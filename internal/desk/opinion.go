package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const (
	mostDisposed = 100 // opinions one reason is given for at once
	opinionsPage = 500 // read together when they are added up
)

// Opinion is what somebody said in a consultation, and what becomes of it.
type Opinion struct {
	Ticket      ticket.Ticket
	Disposition *reply.Draft // the newest; nil: nobody has decided
}

// OpinionView is an opinion as staff read it.
type OpinionView struct {
	Opinion

	Letter channel.Letter // masked
}

// Disposal says what becomes of some opinions, and why.
type Disposal struct {
	Numbers []string
	Outcome reply.Outcome
	Reason  string
}

// consulted is what an opinion is about, where it may be sent at a time; the
// zero one for other letters.
func consulted(ctx context.Context, r ConsultationReader, l *channel.Letter, at time.Time) (consultation.Consultation, error) {
	if l.Consultation == "" {
		return consultation.Consultation{}, nil
	}
	c, err := r.Consultation(ctx, l.Consultation)
	if err == nil {
		err = c.Takes(at)
	}
	return c, err
}

// stillConsulted checks in the transaction that stores an opinion what was true
// before it.
func stillConsulted(ctx context.Context, r ConsultationReader, t *ticket.Ticket) error {
	if t.Consultation == "" {
		return nil
	}
	c, err := r.Consultation(ctx, t.Consultation)
	switch {
	case err != nil:
		return err
	case !c.Period.ClosesAt.Equal(t.ClosesAt):
		return problem.New(problem.Conflict, "ticket.taken", "征求意见的期限刚刚有了变化，请再试一次。") // another try sees the new one
	}
	return c.Takes(t.CreatedAt)
}

// tallied adds up what has become of the opinions on c.
func tallied(ctx context.Context, r ConsultationReader, c *consultation.Consultation) (consultation.Tally, error) {
	var sum consultation.Tallying
	for after := ""; ; {
		os, err := r.Opinions(ctx, c.ID, after, opinionsPage)
		if err != nil {
			return consultation.Tally{}, err
		}
		for i := range os {
			switch o := &os[i]; {
			case o.Ticket.Status == ticket.Withdrawn:
				sum.Withdrawn()
			case o.Disposition == nil:
				sum.Pending()
			default:
				sum.Decided(*o.Disposition)
			}
		}
		if len(os) < opinionsPage {
			return sum.Tally(), nil
		}
		after = os[len(os)-1].Ticket.ID
	}
}

// Opinions lists opinions on a consultation for those who draft or publish its
// result, after one of them. The texts are masked.
func (d *Desk) Opinions(ctx context.Context, a Actor, id, after string, limit int) (views []OpinionView, next string, err error) {
	if _, err := d.StaffConsultation(ctx, a, id); err != nil {
		return nil, "", err
	}
	limit = min(max(limit, 1), maxPage)
	os, err := d.Store.Opinions(ctx, id, after, limit)
	if err != nil {
		return nil, "", err
	}
	for i := range os {
		v := OpinionView{Opinion: os[i]}
		if v.Letter, err = d.Store.Letter(ctx, v.Ticket.LetterID); err != nil {
			return nil, "", err
		}
		maskLetter(&v.Letter)
		views = append(views, v)
	}
	if len(os) == limit {
		next = os[limit-1].Ticket.ID
	}
	return views, next, nil
}

// EachOpinion goes through all opinions on a consultation, as the record of who
// took part shows them: texts and reasons masked.
func (d *Desk) EachOpinion(ctx context.Context, a Actor, id string, fn func(OpinionView) error) error {
	for after := ""; ; {
		page, next, err := d.Opinions(ctx, a, id, after, maxPage)
		if err != nil {
			return err
		}
		for _, o := range page {
			if o.Disposition != nil {
				o.Disposition.Text = seal.Mask(o.Disposition.Text)
			}
			if err := fn(o); err != nil {
				return err
			}
		}
		if after = next; next == "" {
			return nil
		}
	}
}

// Dispose says what becomes of some opinions and why, one reason for all. It is
// done for all of them or for none, and may be done anew until the result is
// published; a reason changed after the result was approved has it read anew.
func (d *Desk) Dispose(ctx context.Context, a Actor, id string, o Disposal) error {
	if len(o.Numbers) == 0 || len(o.Numbers) > mostDisposed {
		return problem.New(problem.Invalid, "consultation.opinions", fmt.Sprintf("请选择1到%d条意见。", mostDisposed)).
			With(problem.Field{Pointer: "/numbers", Code: "range", Message: fmt.Sprintf("请选择1到%d条意见。", mostDisposed)})
	}
	known := false
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.Consultation(ctx, id)
		if err != nil {
			return err
		}
		known = true
		if !a.consults(c.UnitPath) {
			return noConsultation()
		}
		if err := undecided(&c); err != nil {
			return err
		}
		numbers := slices.Compact(slices.Sorted(slices.Values(o.Numbers)))
		for _, number := range numbers {
			if err := d.dispose(ctx, tx, a, &c, number, o); err != nil {
				return err
			}
		}
		return nil
	})
	return d.refusedConsultation(ctx, a, id, "dispose", known, err)
}

// undecided refuses to change what was published.
func undecided(c *consultation.Consultation) error {
	if c.State == consultation.Reported {
		return problem.New(problem.Conflict, "consultation.state", "结果已经公布，不能再改采纳情况。")
	}
	return nil
}

func (d *Desk) dispose(ctx context.Context, tx Tx, a Actor, c *consultation.Consultation, number string, o Disposal) error {
	t, err := seen(ctx, tx, a, number)
	if err == nil && t.Consultation != c.ID {
		err = notFound()
	}
	if err != nil {
		return err
	}
	draft, err := d.draftFor(ctx, tx, a, &t, Command{Move: ticket.Draft, Text: o.Reason, Outcome: o.Outcome})
	if err != nil {
		return err
	}
	return d.carry(ctx, tx, &t, ticket.Command{
		Move: ticket.Draft, EventID: newID(), Actor: a.ID, Unit: a.Unit, At: d.at(), Draft: draft,
	}, map[string]string{"consultation": c.ID})
}
