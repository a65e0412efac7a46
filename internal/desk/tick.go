package desk

import (
	"context"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// The kinds of jobs the desk works off.
const (
	JobNotifyStaff   = "notify.staff"
	JobNotifyCitizen = "notify.citizen"
	JobRelate        = "ticket.relate"
	JobRecount       = "clocks.recount"
)

// WorkJob carries out one job inside tx; its effect and its end are stored
// together. It returns what to do once tx is committed.
func (d *Desk) WorkJob(ctx context.Context, tx Tx, j Job) (committed func(), err error) {
	switch j.Kind {
	case JobRelate:
		return func() {}, d.relate(ctx, tx, j)
	case JobExpireUnsealing:
		return func() {}, d.expireUnsealing(ctx, tx, j)
	case JobAwait:
		return func() {}, d.await(ctx, tx, j)
	case JobFollow:
		return func() {}, d.follow(ctx, tx, j)
	case JobAcknowledge:
		return func() {}, d.escalate(ctx, tx, j)
	case JobAwaitGap:
		return func() {}, d.awaitGap(ctx, tx, j)
	case JobTake:
		return d.takeLane(ctx, tx, j)
	case JobWeChatLate:
		return func() {}, d.sendLate(ctx, tx, j)
	case JobDigest:
		return func() {}, d.tellDigest(ctx, tx, j)
	case JobDeliveryLate:
		return func() {}, d.tellLate(ctx, tx, j)
	case JobOrderAlarm:
		return func() {}, d.tellOrderAlarm(ctx, tx, j)
	}
	if j.Kind == JobRecall {
		return d.tellRecalled(ctx, tx, j)
	}
	if j.Kind == JobTendChat {
		return d.tendChat(ctx, tx, j)
	}
	if j.Kind == JobRecount {
		return func() {}, d.workRecount(ctx, tx, j)
	}
	args, err := argsOf[noticeArgs](j)
	if err != nil {
		return nil, err
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
	if _, err = tx.Append(ctx, args.Conversation, m); err != nil {
		return err
	}
	if t.Restricted() { // of a report nothing leaves the conversation, not even its number
		return nil
	}
	return d.tellWeChat(ctx, tx, args.Conversation, weChatNews{kind: args.What, text: text, ticket: &t})
}

// tellStaff notes that something waits for a post of a unit, and for whoever
// else has to hear of it because nobody there can.
func (d *Desk) tellStaff(ctx context.Context, tx Tx, id string, args noticeArgs) error {
	n := Notification{ID: id, Unit: args.Unit, To: args.To, Ticket: args.Ticket, Kind: args.What, Text: noticeText(args), At: d.at()}
	if err := tx.InsertNotification(ctx, n); err != nil {
		return err
	}
	if err := d.passOn(ctx, tx, &n); err != nil {
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
