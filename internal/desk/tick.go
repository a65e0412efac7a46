package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/conversation"
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
	step, ok := c.Fire(at)
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
	unit := t.Lead
	switch step.To {
	case "taskforce":
		unit = screening(&t)
	case "leader":
		unit = d.Tree.Root().ID
	}
	return tx.Enqueue(ctx, staffJob(&t, "clock."+step.Name, unit, step.To, c.ID+"/"+step.At.Format(time.RFC3339), at))
}

// screening is the unit that screens and supervises t: the task force, or the
// lead where the letter is about the task force itself.
func screening(t *ticket.Ticket) string {
	if slices.Contains(t.Avoid, assignment.TaskForce) {
		return t.Lead
	}
	return assignment.TaskForce
}

// noticeArgs are the arguments of both kinds of notices.
type noticeArgs struct {
	Ticket       string `json:"ticket"` // number
	What         string `json:"what"`
	Unit         string `json:"unit,omitempty"`
	To           string `json:"to,omitempty"`
	Conversation string `json:"conversation,omitempty"`
}

// staffJob is the notice that something waits for a unit. cause makes it unique.
func staffJob(t *ticket.Ticket, what, unit, to, cause string, at time.Time) Job {
	return noticeJob(JobNotifyStaff, noticeArgs{Ticket: t.Number, What: what, Unit: unit, To: to}, what+"/"+cause, at)
}

func noticeJob(kind string, args noticeArgs, key string, at time.Time) Job {
	raw, _ := json.Marshal(args) // plain strings always marshal
	return Job{ID: newID(), Kind: kind, Key: kind + "/" + key, Args: raw, State: JobReady, RunAt: at, CreatedAt: at}
}

// jobsAfter lists who hears of a move.
func jobsAfter(t *ticket.Ticket, e ticket.Event) []Job {
	var jobs []Job
	staff := func(unit, to string) {
		jobs = append(jobs, staffJob(t, "ticket."+string(e.Move), unit, to, e.ID, e.At))
	}
	switch e.Move {
	case ticket.Dispatch:
		staff(t.Lead, "handler")
	case ticket.Submit:
		staff(t.Lead, "head")
		staff(screening(t), "taskforce")
	case ticket.SendBack:
		staff(t.Lead, "handler")
	case ticket.Return:
		staff(screening(t), "taskforce")
	case ticket.Release, ticket.Decline, ticket.TransferTo:
		if t.Conversation != "" {
			args := noticeArgs{Ticket: t.Number, What: "ticket." + string(e.Move), Conversation: t.Conversation}
			jobs = append(jobs, noticeJob(JobNotifyCitizen, args, e.ID, e.At))
		}
	case ticket.Open, ticket.Accept, ticket.Sign, ticket.Draft, ticket.Approve, ticket.Close, ticket.Note:
	}
	return jobs
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
	var args noticeArgs
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return nil, problem.New(problem.Internal, "job.args", "任务参数无法读取。").Because(err)
	}
	switch j.Kind {
	case JobNotifyStaff:
		return func() {}, tx.InsertNotification(ctx, Notification{
			ID: j.ID, Unit: args.Unit, To: args.To, Ticket: args.Ticket, Kind: args.What, Text: noticeText(args), At: d.at(),
		})
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
	text := "您的来信（编号 " + t.Number + "）有了结果：" + t.Status.Name() + "。请用编号和查询码查看。"
	drafts, err := tx.Drafts(ctx, t.ID)
	if err != nil {
		return err
	}
	if r := released(drafts); r != nil && t.Status == ticket.Answered {
		text = "您的来信（编号 " + t.Number + "）已答复：\n" + r.Text
	}
	m, err := notice(args.Conversation, text, t.Number, d.at())
	if err != nil {
		return err
	}
	_, err = tx.Append(ctx, args.Conversation, m)
	return err
}

func notice(conversationID, text, number string, at time.Time) (conversation.Message, error) {
	return newMessage(conversationID, conversation.System, "", conversation.Notice, map[string]string{"text": text, "number": number}, at)
}

// noticeText says what happened, without a word of the letter itself.
func noticeText(a noticeArgs) string {
	what := map[string]string{
		"ticket.opened":          "有新来信待受理",
		"ticket.emergency":       "有来信疑似有正在发生的危险，请立即处理",
		"ticket.dispatch":        "有来信派给本单位，请签收",
		"ticket.submit":          "有答复待审核",
		"ticket.send_back":       "答复被退回修改",
		"ticket.return":          "有来信被退回，请重新派单",
		"unsealing.request":      "有查看举报人信息的申请待审批",
		"unsealing.granted":      "查看举报人信息的申请已批准，二十四小时内有效",
		"unsealing.refused":      "查看举报人信息的申请未获批准",
		"clock.warn":             "办理期限临近",
		"clock.due":              "办理期限已到",
		"clock.overdue.notice":   "来信已超期，请催办",
		"clock.overdue.circular": "来信超期五个工作日，请通报",
	}[a.What]
	if what == "" {
		what = "来信有新的动态"
	}
	return what + "（" + a.Ticket + "）"
}
