package desk

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// The posts notices go to.
const (
	toHandler   = "handler"
	toHead      = "head"
	toTaskForce = "taskforce"
	toLeader    = "leader"
	toSystem    = "system" // nobody: the desk itself acts
)

// whatRedated is a notice that a ticket's date was counted anew.
const whatRedated = "clock.redated"

// badRating is the best score that still calls for somebody to look.
const badRating = 2

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
	About        string `json:"about,omitempty"` // title of a consultation
}

// staffJob is the notice that something waits for a unit. cause makes it unique.
func staffJob(t *ticket.Ticket, what, unit, to, cause string, at time.Time) Job {
	return noticeJob(JobNotifyStaff, noticeArgs{Ticket: t.Number, What: what, Unit: unit, To: to}, what+"/"+cause, at)
}

func noticeJob(kind string, args noticeArgs, key string, at time.Time) Job {
	return readyJob(kind, key, args, at, at)
}

// readyJob is work to be done from run on. Kind and key together make it unique;
// args are plain values.
func readyJob(kind, key string, args any, run, at time.Time) Job {
	raw, _ := json.Marshal(args) // plain values always marshal
	return Job{ID: newID(), Kind: kind, Key: kind + "/" + key, Args: raw, State: JobReady, RunAt: run, CreatedAt: at}
}

// argsOf reads the args of a job made by [readyJob].
func argsOf[T any](j Job) (args T, err error) {
	if err = json.Unmarshal(j.Args, &args); err != nil {
		err = problem.New(problem.Internal, "job.args", "任务参数无法读取。").Because(err)
	}
	return args, err
}

// jobsAfter lists who hears of a move.
func (d *Desk) jobsAfter(before, t *ticket.Ticket, e ticket.Event) []Job {
	var jobs []Job
	for _, h := range d.hearers(before, t, e) {
		jobs = append(jobs, staffJob(t, "ticket."+string(e.Move), h.unit, h.to, e.ID+"/"+h.unit+"/"+h.to, e.At))
	}
	if tellsCitizen(e.Move) && t.Conversation != "" {
		args := noticeArgs{Ticket: t.Number, What: "ticket." + string(e.Move), Conversation: t.Conversation}
		jobs = append(jobs, noticeJob(JobNotifyCitizen, args, e.ID, e.At))
	}
	return jobs
}

// hearer is a post of a unit.
type hearer struct{ unit, to string }

// hearers are the posts of staff that hear of a move.
func (d *Desk) hearers(before, t *ticket.Ticket, e ticket.Event) []hearer {
	force := hearer{screening(t), toTaskForce}
	working := []hearer{force}
	if t.Dispatched() {
		working = []hearer{{t.Lead, toHandler}}
	}
	switch e.Move {
	case ticket.Dispatch, ticket.Reassign:
		return append([]hearer{{t.Lead, toHandler}}, asked(before, t)...)
	case ticket.Involve:
		return asked(before, t)
	case ticket.Submit:
		return []hearer{{t.Lead, toHead}}
	case ticket.Vet:
		return []hearer{force}
	case ticket.SendBack, ticket.Grant, ticket.Refuse, ticket.Opine, ticket.Waive, ticket.Supply, ticket.Join, ticket.Reclassify,
		ticket.ThirdReplied, ticket.ThirdSilent, ticket.Resume, ticket.Correct:
		return working
	case ticket.Feedback:
		return []hearer{force, {d.Tree.Root().ID, toLeader}} // either may have asked
	case ticket.Return, ticket.Extend, ticket.Redo, ticket.Unmerge, ticket.Lapse:
		return []hearer{force}
	case ticket.Rate:
		if t.Rating <= badRating {
			return []hearer{force, {t.Lead, toHead}}
		}
	case ticket.Withdraw:
		if before.Dispatched() {
			return []hearer{{t.Lead, toHandler}}
		}
	case ticket.Urge, ticket.Supervise:
		if t.Dispatched() {
			return append(working, hearer{t.Lead, toHead})
		}
		return working
	case ticket.Circular:
		return []hearer{{t.Lead, toHead}, {d.Tree.Root().ID, toLeader}}
	case ticket.Open, ticket.Accept, ticket.Ask, ticket.Decline, ticket.Sign, ticket.Take, ticket.PutBack, ticket.Draft, ticket.Approve,
		ticket.Release, ticket.Close, ticket.Merge, ticket.Repeat, ticket.AnswerWith, ticket.TransferTo, ticket.Note, ticket.ConsultThird, ticket.Suspend, ticket.Brief,
		ticket.Postpone, ticket.Conclude, ticket.Publish, ticket.Retract:
	}
	return nil
}

// asked are the units whose opinion is asked for from now on.
func asked(before, t *ticket.Ticket) []hearer {
	var hs []hearer
	for _, c := range newlyAsked(before, t) {
		hs = append(hs, hearer{c.Unit, toHandler})
	}
	return hs
}

func newlyAsked(before, t *ticket.Ticket) []ticket.CoHandler {
	var asked []ticket.CoHandler
	for _, c := range t.Co {
		if c.Pending() && !slices.Contains(before.Co, c) {
			asked = append(asked, c)
		}
	}
	return asked
}

// tellsCitizen reports whether a chat the letter came from hears of a move.
func tellsCitizen(m ticket.Move) bool {
	switch m {
	case ticket.Ask, ticket.Grant, ticket.Release, ticket.AnswerWith, ticket.Decline, ticket.TransferTo, ticket.Redo, ticket.Lapse, ticket.Reclassify,
		ticket.Conclude:
		return true
	case ticket.Open, ticket.Accept, ticket.Supply, ticket.Dispatch, ticket.Reassign, ticket.Involve, ticket.Opine, ticket.Waive, ticket.Sign,
		ticket.Take, ticket.PutBack, ticket.Return, ticket.Extend, ticket.Refuse, ticket.Draft, ticket.Submit, ticket.Vet, ticket.Approve, ticket.SendBack,
		ticket.Rate, ticket.Close, ticket.Merge, ticket.Join, ticket.Unmerge, ticket.Repeat, ticket.Withdraw, ticket.Urge, ticket.Supervise, ticket.Feedback, ticket.Circular, ticket.Note,
		ticket.ConsultThird, ticket.ThirdReplied, ticket.ThirdSilent, ticket.Suspend, ticket.Resume, ticket.Brief, ticket.Postpone, ticket.Publish, ticket.Retract,
		ticket.Correct: // the chat is told by itself
		return false
	}
	return false
}

// citizenText is what a chat reads after a move.
func citizenText(number, what string, s ticket.Status) string {
	news := map[string]string{
		whatOpened:          "已登记，可以用编号和查询码查看进度。",
		"ticket.ask":        "需要补充内容，请用编号和查询码查看并补充。",
		"ticket.grant":      "经批准延长了办理期限，请用编号和查询码查看。",
		"ticket.reclassify": "更改了类别，请用编号和查询码查看说明和期限。",
		"ticket.redo":       "将重新办理，请用编号和查询码查看新的期限。",
		whatRedated:         "因放假安排公布或者调整，最晚答复日期有变化，请用编号和查询码查看。",
	}[what]
	if news == "" {
		news = "有了结果：" + s.Name() + "。请用编号和查询码查看。"
	}
	return "您的来信（编号 " + number + "）" + news
}

func notice(conversationID, text, number string, at time.Time) (conversation.Message, error) {
	return newMessage(conversationID, conversation.System, "", conversation.Notice, noticeBody{Text: text, Number: number}, at)
}

// noticeText says what happened, without a word of the letter itself.
func noticeText(a noticeArgs) string {
	if strings.HasPrefix(a.What, selfCheck) {
		return noticeWhat(a.What)
	}
	return noticeWhat(a.What) + "（" + cmp.Or(a.Ticket, a.About) + "）"
}

// noticeWhat says what happened, and nothing of what it is about.
//
//nolint:funlen // a table
func noticeWhat(happened string) string {
	if kind, ok := strings.CutPrefix(happened, selfCheck); ok {
		return "系统自检：" + FindingKind(kind).Sentence() + "。请联系运维人员处理。"
	}
	what := map[string]string{
		"ticket.opened":           "有新来信待受理",
		"ticket.emergency":        "有来信疑似有正在发生的危险，请立即处理",
		"ticket.dispatch":         "有来信派给本单位，请签收",
		"ticket.reassign":         "有来信改派给本单位，请签收",
		"ticket.involve":          "有来信请本单位会办，请提出意见",
		"ticket.opine":            "会办单位已提出意见",
		"ticket.waive":            "会办单位逾期未提出意见，不再等待",
		"ticket.supply":           "来信人已补充内容，请继续办理",
		"ticket.lapse":            "来信人逾期没有补正，申请已终止",
		"ticket.submit":           "有答复待审核",
		"ticket.vet":              "有答复待审定",
		"ticket.send_back":        "答复被退回修改",
		"ticket.return":           "有来信被退回，请重新派单",
		"ticket.extend":           "有延期申请待审批",
		"ticket.grant":            "延期申请已获同意",
		"ticket.refuse":           "延期申请未获同意",
		"ticket.rate":             "来信人对答复不满意，请核实",
		"ticket.redo":             "来信需要重办，请派单",
		"ticket.join":             "有来信并入本件，请一并答复",
		"ticket.unmerge":          "来信取消并单，请派单",
		"ticket.withdraw":         "来信人已撤回来信",
		"ticket.urge":             "来信被催办，请尽快办理",
		"ticket.supervise":        "来信被督办，请在反馈期限前办理并反馈",
		"ticket.feedback":         "承办单位已反馈督办事项的办理情况",
		"ticket.reclassify":       "来信更改了类别，期限已重新计算",
		"ticket.third_replied":    "所征求的意见已收到，请继续办理",
		"ticket.third_silent":     "征求意见期满未收到意见，请继续办理",
		"ticket.correct":          "来信人此前在对话中收到的答复有更正，请在办理时核对",
		"ticket.resume":           "已恢复计时，请继续办理",
		"clock.third.warn":        "征求意见的期限临近",
		"clock.suspend.warn":      "暂停计时的期限临近，请及时恢复办理",
		"ticket.circular":         "来信超期，已被通报",
		"consultation.closed":     "征求意见已经截止，请写明每条意见的采纳情况并起草反馈",
		"consultation.late":       "征求意见截止后逾期没有公布结果，请处理",
		"review.step":             "有稿件待您审核、校对",
		"review.late":             "稿件审核、校对已超过期限，请尽快办理",
		"review.returned":         "稿件被退回，请修改或者说明",
		"review.approved":         "稿件已审定，可以发布",
		whatInfected:              "来信的附件含病毒，已隔离",
		"mailbox.changed":         "来信在来源信箱有了变化，请查看",
		"hotline.proposed":        "有热线目录的变更待审定",
		"library.revising":        "问答所依据的文件已经废止、失效或者即将废止，到时停止回答，请修订",
		"library.withdrawn":       "问答的一个版本已经撤回或者停用，请修订",
		"library.due":             "问答到了复核日期，请复核",
		"appeal.filed":            "承办单位对评价提出申诉，请审定",
		"appeal.upheld":           "对评价的申诉成立",
		"appeal.dismissed":        "对评价的申诉不成立",
		"callback.late":           "回访已超过期限，请尽快办理",
		"signal.major":            "有重大敏感来信，请立即查看并签收",
		"signal.late":             "重大敏感来信的通报逾期没有签收，请督促并签收",
		"signal.raised":           "发现新的弱信号，请研判",
		"signal.closed":           "通报过的重大敏感来信已经办结",
		"order.said":              "12345平台对工单有新的意见，请查看",
		"order.unsigned":          "12345工单的签收期限临近，请尽快受理",
		"order.unconfirmed":       "报12345平台的内容还没有第二人确认，期限临近，请尽快确认",
		"order.untyped":           "有内容还没有录入12345平台，期限临近，请尽快录入",
		"order.file":              "12345工单的附件没有取回，请在工单页查看",
		"order.unreconciled":      "与12345平台核对没有成功，请查看平台接口",
		"order.differs":           "与12345平台核对发现不一致，请处理",
		"gap.open":                "群众反复询问、问答库没有满意答复的问题需要二次解读，请在期限前起草问答",
		"gap.remind":              "二次解读的期限临近，请尽快起草问答",
		"gap.late":                "二次解读已超过期限，问答还没有发布，请尽快办理",
		"inbox.unprocessable":     "有其他系统发来的消息无法处理，请查看",
		"webhook.failing":         "推送地址连续几天没有收下消息，已停用，请联系对方，恢复后启用并重发",
		"webhook.gone":            "推送地址已被对方撤销，已停用，请核实",
		"delivery.dead":           "发往其他系统的消息没有送达，已停止重试，请处理",
		whatUntold:                "发给工作人员的群消息或者邮件没有送达，请检查通道配置",
		"delivery.late":           "发往其他系统的消息逾时没有送达，请处理",
		"unsealing.request":       "有查看举报人信息的申请待审批",
		"unsealing.granted":       "查看举报人信息的申请已批准，二十四小时内有效",
		"unsealing.refused":       "查看举报人信息的申请未获批准",
		"clock.warn":              "办理期限临近",
		"clock.due":               "办理期限已到",
		"clock.overdue.notice":    "来信已超期，请催办",
		"clock.overdue.circular":  "来信超期五个工作日，请通报",
		"clock.overdue.again":     "来信仍未答复，请处理",
		"clock.refused":           "等待期已满，系统无法自动办理下一步，请人工处理",
		"clock.adoption.warn":     "征求意见已经截止，请尽快写明每条意见的采纳情况并公布结果",
		"clock.adoption.due":      "公布征求意见结果的期限已到",
		"clock.adoption.again":    "征求意见截止后逾期没有公布结果，请处理",
		"clock.unit.warn":         "本单位办理期限临近，请尽快送审",
		"clock.unit.due":          "本单位办理期限已到，还没有送审",
		"clock.unit.overdue":      "承办单位逾期没有送审，请催办",
		"clock.unit.again":        "承办单位仍没有送审，请处理",
		"clock.supervise.warn":    "督办反馈期限临近",
		"clock.supervise.due":     "督办反馈期限已到，还没有反馈",
		"clock.supervise.overdue": "督办逾期没有反馈，请再次督办或者通报",
		"clock.supervise.again":   "督办仍没有反馈，请处理",
		"clock.verdict.warn":      "评价申诉的审定期限临近",
		"clock.verdict.due":       "评价申诉的审定期限已到，还没有审定",
		"clock.verdict.overdue":   "评价申诉逾期没有审定，请督促",
		"clock.verdict.again":     "评价申诉仍没有审定，请处理",
	}[happened]
	if what == "" {
		what = "来信有新的动态"
	}
	return what
}
