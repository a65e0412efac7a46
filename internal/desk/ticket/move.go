package ticket

import (
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/deadline"
)

// Move is what somebody does with a ticket.
type Move string

// The moves (the wire values of POST …/moves).
const (
	Open       Move = "open" // the letter became a ticket
	Accept     Move = "accept"
	Ask        Move = "ask" // the citizen is asked to complete the letter
	Supply     Move = "supply"
	Lapse      Move = "lapse" // the citizen did not complete what the law wants complete
	Decline    Move = "decline"
	Dispatch   Move = "dispatch"
	Reassign   Move = "reassign"
	Involve    Move = "involve" // further units are asked for their opinion
	Opine      Move = "opine"
	Waive      Move = "waive" // an opinion that did not come in time is waited for no longer
	Sign       Move = "sign"
	Take       Move = "take"
	PutBack    Move = "put_back"
	Return     Move = "return"
	Extend     Move = "extend" // more time is asked for
	Grant      Move = "grant"
	Refuse     Move = "refuse"
	Draft      Move = "draft"
	Submit     Move = "submit"
	Vet        Move = "vet" // one of those who read the reply passes it on to the next
	Approve    Move = "approve"
	SendBack   Move = "send_back"
	Release    Move = "release"
	Rate       Move = "rate"
	Redo       Move = "redo"
	Close      Move = "close"
	Merge      Move = "merge"
	Join       Move = "join" // another ticket was merged into this one
	Unmerge    Move = "unmerge"
	Repeat     Move = "repeat"      // its citizen has written about the matter before
	AnswerWith Move = "answer_with" // the ticket it was merged into has been answered
	Withdraw   Move = "withdraw"

	Reclassify   Move = "reclassify"    // the letter is of another kind than it was sent as
	ConsultThird Move = "consult_third" // somebody else is asked whether something may be disclosed
	ThirdReplied Move = "third_replied"
	ThirdSilent  Move = "third_silent" // whoever was asked has not spoken in time
	Suspend      Move = "suspend"      // a hearing or an examination whose time does not count
	Resume       Move = "resume"
	Brief        Move = "brief" // the press was told (新闻发布会)

	Postpone Move = "postpone" // opinions on what it is about are taken for longer
	Conclude Move = "conclude" // the result of what it is about was published
	Correct  Move = "correct"  // an answer given in the chat it came from was wrong: its citizen reads what is right

	Publish Move = "publish" // the reply to it can be read by everybody
	Retract Move = "retract" // and no longer can

	TransferTo Move = "transfer"
	Urge       Move = "urge"
	Supervise  Move = "supervise"
	Feedback   Move = "feedback" // the unit tells those who supervise how it stands
	Circular   Move = "circular"
	Note       Move = "note"
)

// Moves returns every move that can be asked for. The others follow from
// something else: see [Move.Follows].
func Moves() []Move {
	return []Move{
		Accept, Ask, Supply, Decline, Dispatch, Reassign, Involve, Opine, Sign, Take, PutBack, Return, Extend, Grant, Refuse,
		Draft, Submit, Approve, SendBack, Release, Rate, Redo, Close, Merge, Unmerge, Withdraw, TransferTo,
		Reclassify, ConsultThird, ThirdReplied, Suspend, Resume, Brief, Urge, Supervise, Feedback, Circular, Note,
	}
}

// Following returns the moves nobody asks for: the desk makes them.
func Following() []Move {
	return []Move{Open, Lapse, Waive, Vet, Repeat, Join, AnswerWith, ThirdSilent, Postpone, Conclude, Publish, Retract, Correct}
}

// Clocks is what a move does to the waits of a ticket: clocks are stopped
// first, then paused or resumed, then started. Those that are renewed give way
// to new ones, or end where the rules know none.
type Clocks struct {
	Stops   []deadline.Purpose
	Pauses  []deadline.Purpose
	Resumes []deadline.Purpose
	Starts  []deadline.Purpose
	Renews  []deadline.Purpose
}

// None reports whether no clock is touched.
func (c *Clocks) None() bool {
	return len(c.Stops)+len(c.Pauses)+len(c.Resumes)+len(c.Starts)+len(c.Renews) == 0
}

// rule is everything about a move that does not depend on the ticket.
type rule struct {
	name    string   // Chinese
	from    []Status // where it may be made
	to      Status   // where it leads; empty: nowhere, or where the ticket says
	public  string   // what the citizen reads; empty: not shown, or the clerk's words
	reasons []Reason // one of these codes is needed
	words   bool     // the clerk's words to the citizen are needed
	note    bool     // an internal note is needed
	clocks  Clocks
}

// Name is the Chinese name of m, or empty for an unknown move.
func (m Move) Name() string { return m.rule().name }

// Public is what a citizen reads on the timeline of m; empty: it is not shown,
// or the clerk writes the sentence.
func (m Move) Public() string { return m.rule().public }

// Clocks is what the event's move does to the waits of its ticket, which is of
// the given kind.
func (e *Event) Clocks(k channel.Kind) Clocks {
	c := e.Move.rule().clocks
	restarts := k.Profile().Restarts
	switch {
	case e.Move == Open && e.To == Handling: // nobody has to screen it, or be told that it was taken
		c.Starts = purposes(deadline.Answer, deadline.Handle)
	case e.Move == Ask && restarts: // asking is what had to be done in time
		c.Stops, c.Pauses = append(c.Stops, deadline.Inform), purposes(deadline.Answer, deadline.Handle)
	case e.Move == Supply && restarts: // what counts is the letter as it is now
		c.Resumes, c.Renews = nil, purposes(deadline.Answer)
		if e.To == Handling {
			c.Renews = purposes(deadline.Answer, deadline.Handle)
		}
	case e.Move == Reclassify && (e.To == Received || e.To == Accepted):
		c.Stops, c.Renews = nil, purposes(deadline.Answer, deadline.Inform)
	}
	if e.Move == Supply && e.To != Handling { // screening goes on where it was left
		c.Starts = append(c.Starts, deadline.Screen)
	}
	return c
}

// Reasons lists the codes m is given a reason with; none: it needs no reason.
func (m Move) Reasons() []Reason { return m.rule().reasons }

// purposes shortens the tables below.
func purposes(ps ...deadline.Purpose) []deadline.Purpose { return ps }

// screened are the states before a unit was given the ticket, working those in
// which one has it.
func screened() []Status { return []Status{Received, Accepted} }
func working() []Status  { return []Status{Dispatched, Handling, Reviewing} }

// unanswered are the states in which somebody has to act.
func unanswered() []Status {
	return []Status{Received, Supplement, Accepted, Dispatched, Handling, Reviewing}
}

// waits are the clocks that may run while nobody was answered.
func waits() []deadline.Purpose {
	return purposes(deadline.Answer, deadline.Screen, deadline.SignUp, deadline.Handle, deadline.Opinion, deadline.Supplement, deadline.Review,
		deadline.Inform, deadline.Third, deadline.Supervision)
}

// ends are the clocks that may run when a ticket ends before it was answered.
func ends() []deadline.Purpose { return append(waits(), deadline.Press) }

// rule is the table of the machine; lifecycle.md draws it. A switch, not a map:
// the exhaustive linter names the move that was left out.
//
//nolint:funlen // a table
func (m Move) rule() rule {
	switch m {
	case Open:
		return rule{name: "登记", to: Received, public: "来信已收到并登记。", clocks: Clocks{Starts: purposes(deadline.Answer, deadline.Inform, deadline.Press, deadline.Screen)}}
	case Accept:
		return rule{name: "受理", from: []Status{Received}, to: Accepted, public: "来信已受理，正在分派承办单位。", clocks: Clocks{Stops: purposes(deadline.Inform)}}
	case Ask:
		return rule{name: "要求补充", from: []Status{Received, Accepted, Handling}, to: Supplement, words: true, clocks: Clocks{
			Stops:  purposes(deadline.Screen),
			Pauses: purposes(deadline.Answer, deadline.Handle, deadline.Inform), Starts: purposes(deadline.Supplement),
		}}
	case Supply:
		return rule{name: "补充材料", from: []Status{Supplement}, public: "已收到补充的内容，继续办理。", clocks: Clocks{
			Stops: purposes(deadline.Supplement), Resumes: purposes(deadline.Answer, deadline.Handle, deadline.Inform),
		}}
	case Lapse:
		return rule{name: "逾期未补正", from: []Status{Supplement}, to: Withdrawn, public: "逾期没有补正，视为放弃申请。需要时可以重新提交。", clocks: Clocks{Stops: ends()}}
	case Decline:
		return rule{name: "不予受理", from: screened(), to: Declined, reasons: DeclineReasons(), words: true, clocks: Clocks{Stops: ends()}}
	case Dispatch:
		return rule{name: "派单", from: screened(), to: Dispatched, public: "已交承办单位办理。", clocks: Clocks{
			Stops: purposes(deadline.Screen, deadline.Inform), Starts: purposes(deadline.SignUp, deadline.Handle, deadline.Opinion),
		}}
	case Reassign:
		return rule{name: "改派", from: []Status{Dispatched, Handling}, to: Dispatched, reasons: ReassignReasons(), public: "已改交承办单位办理。", clocks: Clocks{
			Stops:  purposes(deadline.SignUp, deadline.Handle, deadline.Opinion),
			Starts: purposes(deadline.SignUp, deadline.Handle, deadline.Opinion),
		}}
	case Involve:
		return rule{name: "加派会办", from: []Status{Dispatched, Handling}, clocks: Clocks{Starts: purposes(deadline.Opinion)}}
	case Opine:
		return rule{name: "会办意见", from: working(), note: true}
	case Waive:
		return rule{name: "会办逾期", from: unanswered()}
	case Sign:
		return rule{name: "签收", from: []Status{Dispatched}, to: Handling, public: "承办单位已签收，正在办理。", clocks: Clocks{Stops: purposes(deadline.SignUp)}}
	case Take:
		return rule{name: "领办", from: []Status{Handling}}
	case PutBack:
		return rule{name: "放回", from: []Status{Handling}}
	case Return:
		return rule{name: "退单", from: []Status{Dispatched, Handling}, to: Accepted, reasons: ReturnReasons(), public: "正在重新确定承办单位。", clocks: Clocks{
			Stops: purposes(deadline.SignUp, deadline.Handle, deadline.Opinion), Starts: purposes(deadline.Screen),
		}}
	case Extend:
		return rule{name: "申请延期", from: []Status{Dispatched, Handling}, reasons: ExtendReasons()}
	case Grant:
		return rule{name: "同意延期", from: working()}
	case Refuse:
		return rule{name: "不同意延期", from: working(), note: true}
	case Draft:
		return rule{name: "拟稿", from: []Status{Handling}}
	case Submit:
		return rule{name: "送审", from: []Status{Handling}, to: Reviewing, public: "答复已拟好，正在审核。", clocks: Clocks{
			Stops: purposes(deadline.Handle), Starts: purposes(deadline.Review),
		}}
	case Vet:
		return rule{name: "审核", from: []Status{Reviewing}, clocks: Clocks{Stops: purposes(deadline.Review), Starts: purposes(deadline.Review)}}
	case Approve:
		return rule{name: "审核通过", from: []Status{Reviewing}}
	case SendBack:
		return rule{name: "退回修改", from: []Status{Reviewing}, to: Handling, clocks: Clocks{
			Stops: purposes(deadline.Review), Starts: purposes(deadline.Handle),
		}}
	case Release:
		return rule{name: "发出答复", from: []Status{Reviewing}, to: Answered, public: "答复已发出。", clocks: Clocks{Stops: waits(), Starts: purposes(deadline.Rating)}}
	case Rate:
		return rule{name: "评价", from: []Status{Answered, Closed}, public: "已收到您的评价。"}
	case Redo:
		return rule{name: "重办", from: []Status{Answered, Closed}, to: Accepted, reasons: RedoReasons(), public: "本件将重新办理。", clocks: Clocks{
			Stops: purposes(deadline.Rating), Starts: purposes(deadline.Answer, deadline.Screen),
		}}
	case Close:
		return rule{name: "办结", from: []Status{Answered}, to: Closed, public: "本件已办结。", clocks: Clocks{Stops: purposes(deadline.Rating)}}
	case Merge:
		return rule{name: "并单", from: []Status{Received, Accepted, Dispatched, Handling}, to: Merged, public: "与反映同一事项的来信合并办理，答复时一并告知您。", clocks: Clocks{
			Stops: purposes(deadline.Screen, deadline.Inform, deadline.SignUp, deadline.Handle, deadline.Opinion, deadline.Supervision),
		}}
	case Join:
		return rule{name: "并入来信", from: []Status{Received, Accepted, Dispatched, Handling, Reviewing}}
	case Unmerge:
		return rule{name: "取消并单", from: []Status{Merged}, to: Accepted, note: true, public: "改为单独办理，正在分派承办单位。", clocks: Clocks{Starts: purposes(deadline.Screen)}}
	case Repeat:
		return rule{name: "重复来信", from: []Status{Received, Accepted, Dispatched, Handling}, public: "您此前就同一事项的来信正在办理，本件的期限以前一件为准，不重新计算。"}
	case AnswerWith:
		return rule{name: "随主件答复", from: []Status{Merged}, to: Answered, public: "合并办理的来信已答复，答复见下。", clocks: Clocks{Stops: waits(), Starts: purposes(deadline.Rating)}}
	case Withdraw:
		return rule{name: "撤回", from: append(unanswered(), Merged), to: Withdrawn, public: "已按您的要求撤回。", clocks: Clocks{Stops: ends()}}
	case TransferTo:
		return rule{name: "转出", from: screened(), to: Transferred, reasons: TransferReasons(), words: true, clocks: Clocks{Stops: ends()}}
	case Reclassify:
		return rule{name: "更改类别", from: []Status{Received, Accepted, Dispatched, Handling}, reasons: ReclassifyReasons(), words: true, clocks: Clocks{
			Stops: purposes(deadline.Inform), Renews: purposes(deadline.Answer),
		}}
	case ConsultThird:
		return rule{name: "征求意见", from: []Status{Handling}, reasons: ConsultReasons(), public: "正在征求第三方或者其他机关的意见，所需时间不计算在答复期限内。", clocks: Clocks{
			Pauses: purposes(deadline.Answer, deadline.Handle), Starts: purposes(deadline.Third),
		}}
	case ThirdReplied:
		return rule{name: "收到所征求的意见", from: []Status{Handling}, note: true, public: "所征求的意见已收到，继续办理。", clocks: Clocks{
			Stops: purposes(deadline.Third), Resumes: purposes(deadline.Answer, deadline.Handle),
		}}
	case ThirdSilent:
		return rule{name: "逾期未提出意见", from: []Status{Handling}, public: "征求意见的期限已满，继续办理。", clocks: Clocks{
			Stops: purposes(deadline.Third), Resumes: purposes(deadline.Answer, deadline.Handle),
		}}
	case Suspend:
		return rule{name: "暂停计时", from: []Status{Handling}, reasons: SuspendReasons(), note: true, public: "正在进行听证或者检验、鉴定，所需时间不计算在期限内。", clocks: Clocks{
			Pauses: purposes(deadline.Answer, deadline.Handle), Starts: purposes(deadline.Third),
		}}
	case Resume:
		return rule{name: "恢复计时", from: []Status{Handling}, note: true, public: "继续办理，期限恢复计算。", clocks: Clocks{
			Stops: purposes(deadline.Third), Resumes: purposes(deadline.Answer, deadline.Handle),
		}}
	case Brief:
		return rule{name: "新闻发布", from: append(unanswered(), Answered, Closed), note: true, clocks: Clocks{Stops: purposes(deadline.Press)}}
	case Postpone:
		return rule{name: "征求意见延期", from: []Status{Handling}, clocks: Clocks{Renews: purposes(deadline.Answer, deadline.Handle)}}
	case Conclude:
		return rule{name: "公布采纳情况", from: []Status{Handling}, to: Closed, public: "征求意见的结果已经公布，采纳情况见下。", clocks: Clocks{Stops: waits()}}
	case Publish:
		return rule{name: "公开答复", from: []Status{Answered, Closed}, public: "答复已经公开，个人信息已经隐去。"}
	case Retract:
		return rule{name: "撤下公开", from: Statuses(), public: "公开的答复已经撤下。"}
	case Correct:
		return rule{name: "更正告知", from: Statuses(), words: true}
	case Urge:
		return rule{name: "催办", from: unanswered(), note: true}
	case Supervise:
		return rule{name: "督办", from: unanswered(), note: true, clocks: Clocks{Renews: purposes(deadline.Supervision)}}
	case Feedback:
		return rule{name: "督办反馈", from: unanswered(), note: true, clocks: Clocks{Stops: purposes(deadline.Supervision)}}
	case Circular:
		return rule{name: "通报", from: append(unanswered(), Answered, Closed), note: true}
	case Note:
		return rule{name: "备注", from: Statuses(), note: true}
	}
	return rule{}
}
