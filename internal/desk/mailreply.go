package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/webhooks/mailbox"
)

// mostReplies is how many answers are listed at once.
const mostReplies = 500

// MailReply is an answer that is to be entered where its letter came from.
type MailReply struct {
	mailbox.Answer

	Step  string // id; what is entered is said by it
	Title string // as lists show it
}

// MailReplies are answers that wait to be entered.
type MailReplies struct {
	Source  string
	Title   string // of the source
	Replies []MailReply
}

// MailSource is a mailbox as staff see it.
type MailSource struct {
	Name  string
	Title string
	Hook  bool // it calls
	Reply mailbox.ReplyWay
}

// MailSources lists the mailboxes.
func (d *Desk) MailSources(_ context.Context, a Actor) ([]MailSource, error) {
	if !a.keepsMail() {
		return nil, noChannels()
	}
	all := make([]MailSource, len(d.Mailboxes))
	for i := range d.Mailboxes {
		s := &d.Mailboxes[i]
		all[i] = MailSource{Name: s.Name, Title: s.Title, Hook: s.Auth.Way != mailbox.NoHook, Reply: s.Reply.Way}
	}
	return all, nil
}

// answersMail reports whether a move says what the other side waits for.
func answersMail(m ticket.Move) bool {
	return slices.Contains([]ticket.Move{ticket.Release, ticket.AnswerWith, ticket.Decline, ticket.TransferTo, ticket.Lapse}, m)
}

// followMail lets an answer go back to the mailbox its letter came from: posted,
// or for staff to enter there. Of a report nothing leaves by itself.
func (d *Desk) followMail(ctx context.Context, tx Tx, _, t *ticket.Ticket, e ticket.Event) error {
	if t.Origin.ID == "" || !answersMail(e.Move) && e.Move != ticket.Redo {
		return nil
	}
	i := slices.IndexFunc(d.Mailboxes, func(s mailbox.Source) bool { return s.Origin() == t.Origin.Platform && s.Reply.Way != mailbox.NoReply })
	if i < 0 {
		return nil
	}
	s := &d.Mailboxes[i]
	if s.Reply.Way == mailbox.PushReply && !t.Restricted() {
		return d.pushMail(ctx, tx, s, t, &e)
	}
	m, err := mailOf(ctx, tx, t.ID, s)
	if err != nil {
		return err
	}
	was := m.Version
	if m.Waiting, m.Version = e.ID, was+1; e.Move == ticket.Redo {
		m.Waiting = "" // what was not entered is no longer the answer
	}
	return tx.SaveMail(ctx, m, was)
}

func (d *Desk) pushMail(ctx context.Context, tx Tx, s *mailbox.Source, t *ticket.Ticket, e *ticket.Event) error {
	if e.Move == ticket.Redo {
		return nil
	}
	answer, err := d.mailAnswer(ctx, tx, t, e)
	if err != nil {
		return err
	}
	body, err := s.Body(answer)
	if err != nil {
		return err
	}
	v := Delivery{Route: MailCarrier + "/" + s.Name, Lane: t.ID, Kind: "ticket." + string(e.Move), Ticket: t.Number, Body: body}
	if t.DueAt.After(e.At) {
		v.AlarmAt = t.DueAt
	}
	return d.send(ctx, tx, v)
}

// mailAnswer is what a step tells the other side.
func (d *Desk) mailAnswer(ctx context.Context, r TicketReader, t *ticket.Ticket, e *ticket.Event) (mailbox.Answer, error) {
	a := mailbox.Answer{ID: t.Origin.ID, Number: t.Number, Status: string(t.Status), Text: e.Public, Unit: d.shownUnit(t), At: e.At}
	if a.Text == "" {
		a.Text = e.Move.Public()
	}
	if e.Move != ticket.Release && e.Move != ticket.AnswerWith {
		return a, nil
	}
	reply, err := d.replyTo(ctx, r, t)
	if err == nil && reply != nil {
		a.Text, a.Outcome = reply.Text, string(reply.Outcome)
	}
	return a, err
}

// MailReplies lists the answers that staff are to enter at a source.
func (d *Desk) MailReplies(ctx context.Context, a Actor, source string) (MailReplies, error) {
	s, err := d.mailboxFor(&a, source)
	if err != nil {
		return MailReplies{}, err
	}
	found := MailReplies{Source: s.Name, Title: s.Title}
	waiting, err := d.Store.WaitingMail(ctx, s.Name, mostReplies)
	if err != nil {
		return found, err
	}
	for _, m := range waiting {
		t, err := d.Store.TicketByID(ctx, m.Ticket)
		if err != nil {
			return found, err
		}
		if !a.MaySee(&t) {
			continue
		}
		r, err := d.mailReply(ctx, &t, m.Waiting)
		if err != nil {
			return found, err
		}
		found.Replies = append(found.Replies, r)
	}
	return found, nil
}

func (d *Desk) mailReply(ctx context.Context, t *ticket.Ticket, step string) (MailReply, error) {
	events, err := d.Store.Events(ctx, t.ID)
	if err != nil {
		return MailReply{}, err
	}
	i := slices.IndexFunc(events, func(e ticket.Event) bool { return e.ID == step })
	if i < 0 {
		return MailReply{}, problem.New(problem.Internal, "mailbox.step", "找不到这一步。")
	}
	answer, err := d.mailAnswer(ctx, d.Store, t, &events[i])
	return MailReply{Answer: answer, Step: step, Title: seal.Mask(t.Title)}, err
}

// EnteredReply is an answer somebody has entered at its source.
type EnteredReply struct {
	Number string
	Step   string // that was shown
}

// EnterReplies notes that answers were entered at their source. An answer that was
// given anew meanwhile is to be entered anew, and stays.
func (d *Desk) EnterReplies(ctx context.Context, a Actor, source string, entered []EnteredReply) error {
	s, err := d.mailboxFor(&a, source)
	if err != nil {
		return err
	}
	if len(entered) == 0 || len(entered) > mostReplies {
		return problem.New(problem.Invalid, "mailbox.entered", "请选择已经录入的答复。")
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		for _, one := range entered {
			if err := d.enterReply(ctx, tx, &a, s, one, d.at()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Desk) enterReply(ctx context.Context, tx Tx, a *Actor, s *mailbox.Source, one EnteredReply, at time.Time) error {
	t, err := tx.TicketByNumber(ctx, ticket.NormaliseNumber(one.Number))
	if err != nil {
		return unseen(err)
	}
	if err := a.sees(ctx, tx, &t); err != nil {
		return err
	}
	m, err := tx.Mail(ctx, t.ID)
	switch {
	case err != nil && problem.KindOf(err) != problem.NotFound:
		return err
	case err != nil, m.Source != s.Name:
		return problem.New(problem.NotFound, "mailbox.reply_not_found", "没有这件要录入的答复。")
	case m.Waiting == "":
		return nil // somebody has noted it before
	case m.Waiting != one.Step:
		return problem.New(problem.Conflict, "mailbox.answered_anew", "编号 "+t.Number+" 已经另行答复，请录入新的答复。")
	}
	was := m.Version
	m.Waiting, m.EnteredBy, m.EnteredAt, m.Version = "", a.ID, at, was+1
	if err := tx.SaveMail(ctx, m, was); err != nil {
		return err
	}
	return tx.Record(ctx, audit.Entry{At: at, Actor: a.ID, Action: "mailbox.entered", Object: "ticket/" + t.ID, Detail: map[string]string{"source": s.Name, "step": one.Step}})
}
