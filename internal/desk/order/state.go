package order

// State is where an order stands.
type State string

// The states of an order. New is one that is not here yet. The last four are of what
// we give to a platform: it never is ours to do.
const (
	New         State = ""
	ToSign      State = "to_sign"
	Handling    State = "handling"
	ReturnAsked State = "return_asked"
	ExtendAsked State = "extend_asked"
	Review      State = "review"   // the platform looks at our result
	Visiting    State = "visiting" // it calls the appellant back
	Returned    State = "returned"
	Archived    State = "archived"
	Closed      State = "closed_by_platform"
	Offered     State = "push_offered" // a second person looks at giving it away
	Kept        State = "push_dropped" // it was not given away
	Pushed      State = "pushed"
	Rejected    State = "push_rejected" // the platform does not take it
)

// States returns every state of an order that is here, in the order it meets them.
func States() []State {
	return []State{ToSign, Handling, ReturnAsked, ExtendAsked, Review, Visiting, Returned, Archived, Closed, Offered, Kept, Pushed, Rejected}
}

// Name is the Chinese name of s, or empty for an unknown state.
func (s State) Name() string {
	switch s {
	case New:
		return "未派单"
	case ToSign:
		return "待签收"
	case Handling:
		return "办理中"
	case ReturnAsked:
		return "已申请退单"
	case ExtendAsked:
		return "已申请延期"
	case Review:
		return "办结待审"
	case Visiting:
		return "回访中"
	case Returned:
		return "已退单"
	case Archived:
		return "已归档"
	case Closed:
		return "平台已撤回"
	case Offered:
		return "待确认推送"
	case Kept:
		return "不再推送"
	case Pushed:
		return "已推送"
	case Rejected:
		return "平台不接收"
	}
	return ""
}

// Open reports whether the platform may still say something about an order in s
// that is more than a late receipt.
func (s State) Open() bool {
	switch s {
	case ToSign, Handling, ReturnAsked, ExtendAsked, Review, Visiting, Offered, Pushed:
		return true
	case New, Returned, Archived, Closed, Kept, Rejected:
		return false
	}
	return false
}

// Ours reports whether it is the bureau that has to act in s.
func (s State) Ours() bool {
	switch s {
	case ToSign, Handling, ReturnAsked, ExtendAsked:
		return true
	case New, Review, Visiting, Returned, Archived, Closed, Offered, Kept, Pushed, Rejected:
		return false
	}
	return false
}
