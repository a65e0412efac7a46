package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// The kinds of jobs the desk works off.
const (
	JobNotifyStaff   = "notify.staff"
	JobNotifyCitizen = "notify.citizen"
	JobRelate        = "ticket.relate"
	JobRecount       = "clocks.recount"
)

// FireClocks fires the steps of at most limit clocks whose time has come and
// returns how many it fired. Step, audit entry and notice are stored together,
// so each step fires once, whoever calls and however often.
func (d *Desk) FireClocks(ctx context.Context, limit int) (fired int, err error) {
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		fired = 0
		at := d.at()
		clocks, err := tx.DueClocks(ctx, at, limit)
		if err != nil {
			return err
		}
		for _, c := range clocks {
			if err := d.fire(ctx, tx, c, at); err != nil {
				return err
			}
			fired++
		}
		return nil
	})
	return fired, err
}

func (d *Desk) fire(ctx context.Context, tx Tx, c deadline.Clock, at time.Time) error {
	was := c.Version
	step, ok := c.Fire(d.Calendar(), at)
	if !ok {
		return nil
	}
	t, err := tx.TicketByID(ctx, c.TicketID)
	if err != nil {
		return err
	}
	if err := tx.UpdateClock(ctx, c, was); err != nil {
		return err
	}
	err = tx.Record(ctx, audit.Entry{
		At: at, Actor: "system", Action: "clock." + step.Name, Object: "ticket/" + t.ID,
		Detail: map[string]string{"clock": c.ID, "rule": c.Rule, "to": step.To, "due": c.DueAt.Format(time.RFC3339)},
	})
	if err != nil {
		return err
	}
	if step.To == toSystem {
		return d.expire(ctx, tx, &t, &c, at)
	}
	unit := cmp.Or(c.Unit, t.Lead)
	switch {
	case step.To == toLeader:
		unit = d.Tree.Root().ID
	case step.To == toTaskForce, !t.Dispatched(): // no unit hears of what it was not given
		unit = screening(&t)
	}
	j := staffJob(&t, "clock."+step.Name, d.unitOf(step.To, unit), step.To, c.ID+"/"+step.At.Format(time.RFC3339), at)
	if step.Tell.After(at) { // people are left alone until then; the clock is not
		j.RunAt = step.Tell
	}
	return tx.Enqueue(ctx, j)
}

// WorkJob carries out one job inside tx; its effect and its end are stored
// together. It returns what to do once tx is committed.
func (d *Desk) WorkJob(ctx context.Context, tx Tx, j Job) (committed func(), err error) {
	switch j.Kind {
	case JobRelate:
		return func() {}, d.relate(ctx, tx, j)
	case JobExpireUnsealing:
		return func() {}, d.expireUnsealing(ctx, tx, j)
	}
	if j.Kind == JobRecount {
		return func() {}, d.workRecount(ctx, tx, j)
	}
	var args noticeArgs
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return nil, problem.New(problem.Internal, "job.args", "任务参数无法读取。").Because(err)
	}
	switch j.Kind {
	case JobNotifyStaff:
		return func() {}, d.tellStaff(ctx, tx, j.ID, args)
	case JobNotifyCitizen:
		return func() { d.waker.Wake(args.Conversation) }, d.tellCitizen(ctx, tx, args)
	default:
		return nil, problem.New(problem.Internal, "job.unknown", "没有这种任务。")
	}
}

// tellCitizen brings the outcome back into the chat the letter came from.
func (d *Desk) tellCitizen(ctx context.Context, tx Tx, args noticeArgs) error {
	t, err := tx.TicketByNumber(ctx, args.Ticket)
	if err != nil {
		return err
	}
	text := citizenText(t.Number, args.What, t.Status)
	r, err := d.replyTo(ctx, tx, &t)
	if err != nil {
		return err
	}
	if r != nil && t.Status == ticket.Answered {
		text = "您的来信（编号 " + t.Number + "）已答复：\n" + r.Text
	}
	m, err := notice(args.Conversation, text, t.Number, d.at())
	if err != nil {
		return err
	}
	_, err = tx.Append(ctx, args.Conversation, m)
	return err
}

// tellStaff notes that something waits for a post of a unit, and for whoever
// else has to hear of it because nobody there can.
func (d *Desk) tellStaff(ctx context.Context, tx Tx, id string, args noticeArgs) error {
	n := Notification{ID: id, Unit: args.Unit, To: args.To, Ticket: args.Ticket, Kind: args.What, Text: noticeText(args), At: d.at()}
	if err := tx.InsertNotification(ctx, n); err != nil {
		return err
	}
	others, err := d.othersTold(ctx, tx, args)
	if err != nil {
		return err
	}
	for _, r := range others {
		n.ID, n.Unit, n.Text = id+"/"+r.User, assignment.AboutUser(r.User), noticeText(args)+"："+r.Reason
		if err := tx.InsertNotification(ctx, n); err != nil {
			return err
		}
	}
	return nil
}
