package ticket

import "slices"

// Status is where a ticket stands. It changes only through [Ticket.Apply].
type Status string

// The states of a ticket; lifecycle.md draws them.
const (
	Received    Status = "received"    // 待受理
	Accepted    Status = "accepted"    // 待派单
	Dispatched  Status = "dispatched"  // 待签收
	Handling    Status = "handling"    // 办理中
	Reviewing   Status = "reviewing"   // 待审核
	Answered    Status = "answered"    // 已答复
	Closed      Status = "closed"      // 办结
	Declined    Status = "declined"    // 不予受理
	Transferred Status = "transferred" // 转出
)

// Statuses returns every state, in the order a letter meets them.
func Statuses() []Status {
	return []Status{Received, Accepted, Dispatched, Handling, Reviewing, Answered, Closed, Declined, Transferred}
}

// Move is what somebody does with a ticket.
type Move string

// The moves (the wire values of POST …/moves).
const (
	Open       Move = "open" // the letter became a ticket; never asked for through the API
	Accept     Move = "accept"
	Decline    Move = "decline"
	Dispatch   Move = "dispatch"
	Sign       Move = "sign"
	Return     Move = "return"
	Draft      Move = "draft"
	Submit     Move = "submit"
	Approve    Move = "approve"
	SendBack   Move = "send_back"
	Release    Move = "release"
	Close      Move = "close"
	Note       Move = "note"
	TransferTo Move = "transfer"
)

// Moves returns every move that can be asked for.
func Moves() []Move {
	return []Move{Accept, Decline, Dispatch, Sign, Return, Draft, Submit, Approve, SendBack, Release, Close, TransferTo, Note}
}

// Moves lists what may be done with a ticket in s, notes included. A switch,
// not a map: the exhaustive linter names the state that was left out.
func (s Status) Moves() []Move {
	switch s {
	case Received:
		return []Move{Accept, Dispatch, Decline, TransferTo, Note}
	case Accepted:
		return []Move{Dispatch, Decline, TransferTo, Note}
	case Dispatched:
		return []Move{Sign, Return, Dispatch, Note} // dispatched again: the task force arbitrates
	case Handling:
		return []Move{Draft, Submit, Return, Dispatch, Note}
	case Reviewing:
		return []Move{Approve, SendBack, Release, Note}
	case Answered:
		return []Move{Close, Note}
	case Closed, Declined, Transferred:
		return []Move{Note}
	}
	return nil
}

// allows reports whether m may be made in s.
func (s Status) allows(m Move) bool { return slices.Contains(s.Moves(), m) }

// after is the state a ticket in s is in once m was made. Where a move leads
// does not depend on where it began.
func (s Status) after(m Move) Status {
	switch m {
	case Open:
		return Received
	case Accept, Return:
		return Accepted
	case Decline:
		return Declined
	case Dispatch:
		return Dispatched
	case Sign, SendBack:
		return Handling
	case Submit:
		return Reviewing
	case Release:
		return Answered
	case Close:
		return Closed
	case TransferTo:
		return Transferred
	case Draft, Approve, Note:
		return s
	}
	return s
}

// Dispatched reports whether a unit has been given the ticket in s.
func (s Status) Dispatched() bool {
	switch s {
	case Dispatched, Handling, Reviewing, Answered, Closed:
		return true
	case Received, Accepted, Declined, Transferred:
		return false
	}
	return false
}

// Final reports whether a ticket in s is over: nothing but notes may follow.
func (s Status) Final() bool {
	return !slices.ContainsFunc(s.Moves(), func(m Move) bool { return s.after(m) != s })
}

// Name is the Chinese name of s, or empty for an unknown state.
func (s Status) Name() string {
	switch s {
	case Received:
		return "待受理"
	case Accepted:
		return "待派单"
	case Dispatched:
		return "待签收"
	case Handling:
		return "办理中"
	case Reviewing:
		return "待审核"
	case Answered:
		return "已答复"
	case Closed:
		return "办结"
	case Declined:
		return "不予受理"
	case Transferred:
		return "转出"
	}
	return ""
}

// Name is the Chinese name of m, or empty for an unknown move.
func (m Move) Name() string {
	switch m {
	case Open:
		return "登记"
	case Accept:
		return "受理"
	case Decline:
		return "不予受理"
	case Dispatch:
		return "派单"
	case Sign:
		return "签收"
	case Return:
		return "退单"
	case Draft:
		return "拟稿"
	case Submit:
		return "送审"
	case Approve:
		return "审核通过"
	case SendBack:
		return "退回修改"
	case Release:
		return "发出答复"
	case Close:
		return "办结"
	case TransferTo:
		return "转出"
	case Note:
		return "备注"
	}
	return ""
}
