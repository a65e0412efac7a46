package hotline

import (
	"net/http"
	"strconv"
	"time"
)

// Outcome is what became of an operation that was sent.
type Outcome int

// The outcomes.
const (
	Unknown Outcome = iota // nobody knows whether it arrived: it is sent again under the same id
	Arrived
	Later   // not now; it is sent again
	Refused // it will not be taken however often it is sent
)

// Answer is what the platform said to an operation. What it says in words is not
// kept: nobody knows what is in them.
type Answer struct {
	Outcome Outcome
	Status  int           // HTTP's; 0: there was no answer
	Code    string        // the platform's own
	OrderNo ID            // its number for what was pushed
	After   time.Duration // when it wants to be asked again; 0: it does not say
}

// answer reads an answer: what the status leaves open is for the dialect.
func (p *Platform) answer(status int, header http.Header, body []byte) Answer {
	a := Answer{Status: status}
	switch {
	case status >= 200 && status < 300:
		a = p.Dialect.Answer(body)
		a.Status = status
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusRequestTimeout,
		status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		a.Outcome = Later // keys and gateways are mended, the operation stays the same
	default:
		a.Outcome = Refused
	}
	if seconds, err := strconv.Atoi(header.Get("Retry-After")); err == nil && seconds > 0 && seconds <= maxPause {
		a.After = time.Duration(seconds) * time.Second
	}
	return a
}

// maxPause is how long a platform can ask for, in seconds.
const maxPause = 24 * 60 * 60

// State is where an order stands.
type State string

// The states of an order.
const (
	ToSign           State = "to_sign"
	Handling         State = "handling"
	ReturnAsked      State = "return_asked"
	ExtendAsked      State = "extend_asked"
	InReview         State = "review"
	Visiting         State = "visiting"
	Returned         State = "returned"
	Archived         State = "archived"
	ClosedByPlatform State = "closed_by_platform"
)

// States is their table.
func States() []Entry[State] {
	return []Entry[State]{
		{ToSign, "待签收"},
		{Handling, "办理中"},
		{ReturnAsked, "退单审核中"},
		{ExtendAsked, "延期审核中"},
		{InReview, "办结审核中"},
		{Visiting, "回访中"},
		{Returned, "已退单"},
		{Archived, "已归档"},
		{ClosedByPlatform, "平台已撤回"},
	}
}

// Title is what people call s, empty if it is unknown.
func (s State) Title() string { return titleOf(States(), s) }
func (s State) isEmpty() bool { return s == "" }

// Listed is an open order as the platform lists it. State and ReplyBy may be left
// out.
type Listed struct {
	OrderNo     ID        `json:"order_no"`
	DispatchNo  ID        `json:"dispatch_no,omitempty"`
	DispatchSeq int       `json:"dispatch_seq,omitempty"`
	State       State     `json:"state,omitempty"`
	ReplyBy     time.Time `json:"reply_by,omitzero"`
}

// DispatchKey tells which of the order's dispatches is open.
func (l *Listed) DispatchKey() string { return dispatchKey(l.DispatchSeq, l.DispatchNo) }

// checkListed reports every rule a list breaks, as [FieldErrors].
func checkListed(list []Listed) error {
	var c check
	for i := range list {
		l, at := &list[i], "orders["+strconv.Itoa(i)+"]."
		c.number(at+"order_no", string(l.OrderNo), true)
		c.dispatch(at, l.DispatchSeq, l.DispatchNo)
		c.code(at+"state", l.State, false)
		c.time(at+"reply_by", l.ReplyBy, false)
	}
	return c.faults.err()
}
