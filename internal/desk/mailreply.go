package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
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
	var said *reply.Draft
	if saysReply(e.Move) {
		var err error
		if said, err = d.replyTo(ctx, tx, t); err != nil {
			return err
		}
	}
	body, err := s.Body(d.mailAnswer(t, e, said))
	if err != nil {
		return err
	}
	v := Delivery{Route: MailCarrier + "/" + s.Name, Lane: t.ID, Kind: "ticket." + string(e.Move), Ticket: t.Number, Body: body}
	if t.DueAt.After(e.At) {
		v.AlarmAt = t.DueAt
	}
	return d.send(ctx, tx, v)
}

// saysReply reports whether what a move tells the other side is the reply.
func saysReply(m ticket.Move) bool { return m == ticket.Release || m == ticket.AnswerWith }

// mailAnswer is what a step tells the other side, with the reply where it says that.
func (d *Desk) mailAnswer(t *ticket.Ticket, e *ticket.Event, said *reply.Draft) mailbox.Answer {
	a := mailbox.Answer{ID: t.Origin.ID, Number: t.Number, Status: string(t.Status), Text: e.Public, Unit: d.shownUnit(t), At: e.At}
	if a.Text == "" {
		a.Text = e.Move.Public()
	}
	if said != nil && saysReply(e.Move) {
		a.Text, a.Outcome = said.Text, string(said.Outcome)
	}
	return a
}

// MailReplies lists the answers that staff are to enter at a source.
func (d *Desk) MailReplies(ctx context.Context, a Actor, source string) (MailReplies, error) {
	s, err := d.mailboxFor(&a, source)
	if err != nil {
		return MailReplies{}, err
	}
	found := MailReplies{Source: s.Name, Title: s.Title}
	steps, err := d.Store.WaitingSteps(ctx, s.Name, mostReplies)
	if err != nil {
		return found, err
	}
	ids := make([]string, len(steps))
	for i := range steps {
		ids[i] = steps[i].TicketID
	}
	tickets, err := d.ticketsByID(ctx, ids)
	if err != nil {
		return found, err
	}
	steps = slices.DeleteFunc(steps, func(e ticket.Event) bool { return !a.MaySee(tickets[e.TicketID]) })
	for i := range steps {
		ids[i] = answeredBy(tickets[steps[i].TicketID])
	}
	drafts, err := d.Store.ReleasedDrafts(ctx, ids[:len(steps)])
	if err != nil {
		return found, err
	}
	of := map[string][]reply.Draft{}
	for i := range drafts {
		of[drafts[i].TicketID] = append(of[drafts[i].TicketID], drafts[i])
	}
	for i := range steps {
		e := &steps[i]
		t := tickets[e.TicketID]
		answer := d.mailAnswer(t, e, released(of[answeredBy(t)]))
		found.Replies = append(found.Replies, MailReply{Answer: answer, Step: e.ID, Title: seal.Mask(t.Title)})
	}
	return found, nil
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
