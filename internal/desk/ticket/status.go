package ticket

import "slices"

// Status is where a ticket stands. It changes only through [Ticket.Apply].
type Status string

// The states of a ticket; lifecycle.md draws them.
const (
	Received    Status = "received"    // 待受理
	Supplement  Status = "supplement"  // 待补充
	Accepted    Status = "accepted"    // 待派单
	Dispatched  Status = "dispatched"  // 待签收
	Handling    Status = "handling"    // 办理中
	Reviewing   Status = "reviewing"   // 待审核
	Answered    Status = "answered"    // 已答复
	Closed      Status = "closed"      // 办结
	Declined    Status = "declined"    // 不予受理
	Merged      Status = "merged"      // 并单
	Withdrawn   Status = "withdrawn"   // 撤回
	Transferred Status = "transferred" // 转出
)

// Statuses returns every state, in the order a letter meets them.
func Statuses() []Status {
	return []Status{Received, Supplement, Accepted, Dispatched, Handling, Reviewing, Answered, Closed, Declined, Merged, Withdrawn, Transferred}
}

// Moves lists what may be asked for with a ticket in s, notes included.
func (s Status) Moves() []Move {
	var moves []Move
	for _, m := range Moves() {
		if s.Allows(m) {
			moves = append(moves, m)
		}
	}
	return moves
}

// Allows reports whether m may be made in s.
func (s Status) Allows(m Move) bool { return slices.Contains(m.rule().from, s) }

// Allows reports whether m may be made where t stands, with a ticket of its kind.
func (t *Ticket) Allows(m Move) bool { return t.Status.Allows(m) && !t.Kind.Bars(string(m)) }

// Dispatched reports whether units see their tickets in s: only then has
// somebody looked whom a letter is about. One that waits for its citizen is seen
// by the unit that asked, see [Ticket.Dispatched].
func (s Status) Dispatched() bool {
	switch s {
	case Dispatched, Handling, Reviewing, Answered, Closed:
		return true
	case Received, Supplement, Accepted, Declined, Merged, Withdrawn, Transferred:
		return false
	}
	return false
}

// Open reports whether somebody still has to be answered in s. A merged ticket
// is answered with the one it was merged into.
func (s Status) Open() bool {
	switch s {
	case Received, Supplement, Accepted, Dispatched, Handling, Reviewing, Merged:
		return true
	case Answered, Closed, Declined, Withdrawn, Transferred:
		return false
	}
	return false
}

// Final reports whether a ticket in s is over: nothing may follow that changes
// its state.
func (s Status) Final() bool {
	switch s {
	case Declined, Withdrawn, Transferred:
		return true
	case Received, Supplement, Accepted, Dispatched, Handling, Reviewing, Answered, Closed, Merged:
		return false
	}
	return false
}

// Name is the Chinese name of s, or empty for an unknown state.
func (s Status) Name() string {
	switch s {
	case Received:
		return "待受理"
	case Supplement:
		return "待补充"
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
	case Merged:
		return "并单"
	case Withdrawn:
		return "撤回"
	case Transferred:
		return "转出"
	}
	return ""
}
