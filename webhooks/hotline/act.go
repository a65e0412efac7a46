package hotline

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// ActKind is what the platform tells us.
type ActKind string

// The acts of a platform.
const (
	ActDispatch  ActKind = "dispatch"          // an order for us
	ActReceipt   ActKind = "receipt"           // it took, or did not take, an operation of ours
	ActUrge      ActKind = "urge"              // 催办
	ActSupervise ActKind = "supervise"         // 督办
	ActSuppl     ActKind = "supplement"        // more from the appellant
	ActReturn    ActKind = "return_decision"   // about our return
	ActExtend    ActKind = "extend_decision"   // about our extension
	ActComplete  ActKind = "complete_decision" // about our result
	ActVisit     ActKind = "visit"             // the appellant was called back
	ActReopen    ActKind = "reopen"            // 重办
	ActRecall    ActKind = "recall"            // taken back
	ActArchive   ActKind = "archive"           // 归档
)

// ActKinds is their table.
func ActKinds() []Entry[ActKind] {
	return []Entry[ActKind]{
		{ActDispatch, "派单"},
		{ActReceipt, "回执"},
		{ActUrge, "催办"},
		{ActSupervise, "督办"},
		{ActSuppl, "补充"},
		{ActReturn, "退单审核"},
		{ActExtend, "延期审核"},
		{ActComplete, "办结审核"},
		{ActVisit, "回访"},
		{ActReopen, "重办"},
		{ActRecall, "撤回"},
		{ActArchive, "归档"},
	}
}

// Title is what people call k, empty if it is unknown.
func (k ActKind) Title() string { return titleOf(ActKinds(), k) }
func (k ActKind) isEmpty() bool { return k == "" }

// Act is one thing the platform did with an order. Of the parts below Opinion those
// are set that its kind has.
type Act struct {
	ID          ID        `json:"act_id,omitempty"` // the platform's, else a digest of the message: repeats have the same
	Kind        ActKind   `json:"act"`
	OrderNo     ID        `json:"order_no"`
	DispatchNo  ID        `json:"dispatch_no,omitempty"`
	DispatchSeq int       `json:"dispatch_seq,omitempty"` // of a reopening: the new one
	At          time.Time `json:"at,omitzero"`            // by the platform's clock
	Opinion     string    `json:"opinion,omitempty"`      // what it says to it

	Order      *Order     `json:"order,omitempty"`    // dispatch; reopen, if it comes with one
	Decision   *Decision  `json:"decision,omitempty"` // the three decisions
	Visit      *Visit     `json:"visit,omitempty"`
	Receipt    *Receipt   `json:"receipt,omitempty"`
	Supplement *Suppl     `json:"supplement,omitempty"`
	Deadlines  *Deadlines `json:"deadlines,omitempty"` // urge, supervise, reopen: new dates, if it sets some

	unnamed bool // its id is made here
}

// Decision is what the platform said to a return, an extension or a result.
type Decision struct {
	OpID       string    `json:"op_id,omitempty"` // which of ours it is about, if it says so
	Granted    bool      `json:"granted"`
	NewReplyBy time.Time `json:"new_reply_by,omitzero"` // of an extension that is granted
}

// Visit is what the appellant said when called back.
type Visit struct {
	Method             VisitMethod  `json:"method,omitempty"`
	SatisfactionStaff  Satisfaction `json:"satisfaction_staff,omitempty"`
	SatisfactionResult Satisfaction `json:"satisfaction_result,omitempty"`
	Solved             bool         `json:"solved"`
	Reason             string       `json:"reason,omitempty"`
	Content            string       `json:"content,omitempty"`
}

// Receipt is what became of an operation of ours that was not answered at once.
type Receipt struct {
	OpID    string `json:"op_id,omitempty"`
	OrderNo ID     `json:"order_no,omitempty"` // the platform's number for what we pushed
	Taken   bool   `json:"taken"`
	Message string `json:"message,omitempty"`
}

// Suppl is what came later.
type Suppl struct {
	Content     string       `json:"content,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
}

// DispatchKey tells which of the order's dispatches the act is about; empty if the
// platform does not say.
func (a *Act) DispatchKey() string { return dispatchKey(a.DispatchSeq, a.DispatchNo) }

// Key is what makes the act one with its repeats among all of its platform's. An
// order number alone would not do: the same order comes again to be redone. A
// dispatch that has a count or number is known by it, whatever id it comes under.
func (a *Act) Key() string {
	id := string(a.ID)
	if a.Kind == ActDispatch && a.DispatchKey() != "" {
		id = ""
	}
	return strings.Join([]string{string(a.OrderNo), a.DispatchKey(), string(a.Kind), id}, "|")
}

// complete fills in what a platform says once or not at all.
func (a *Act) complete() {
	if a.Order != nil && a.Kind != ActDispatch && a.Order.Content == "" {
		a.Order = nil // what comes with a reopening may be the number only
	}
	if a.Order != nil {
		a.Order.OrderNo = cmp.Or(a.Order.OrderNo, a.OrderNo)
		a.Order.DispatchNo = cmp.Or(a.Order.DispatchNo, a.DispatchNo)
		a.Order.DispatchSeq = cmp.Or(a.Order.DispatchSeq, a.DispatchSeq)
	}
	if a.ID != "" {
		return
	}
	if text, err := json.Marshal(a); err == nil {
		a.ID, a.unnamed = ID(digest(text)), true
	}
}

// On stamps an act that says neither its id nor its time with the day it came:
// urging twice in the same words on two days is urging twice. A dispatch is one
// however often it comes.
func (a *Act) On(received time.Time) {
	if a.unnamed && a.At.IsZero() && a.Kind != ActDispatch {
		a.ID, a.unnamed = ID(digest([]byte(string(a.ID)+received.In(beijing()).Format(time.DateOnly)))), false
	}
}

// Check reports every rule the act breaks, as [FieldErrors].
func (a *Act) Check() error {
	var c check
	c.code("act", a.Kind, true)
	c.number("act_id", string(a.ID), false)
	c.number("order_no", string(a.OrderNo), true)
	c.dispatch("", a.DispatchSeq, a.DispatchNo)
	c.time("at", a.At, false)
	c.text("opinion", a.Opinion, maxText, false)
	a.parts(&c)
	if a.Deadlines != nil {
		a.Deadlines.check(&c, "deadlines.")
	}
	return c.faults.err()
}

// parts checks that what the kind needs is there, and all that is.
func (a *Act) parts(c *check) {
	need := func(field string, there, needed bool) bool {
		if needed && !there {
			c.add(field, "缺少")
		}
		return there
	}
	decides := a.Kind == ActReturn || a.Kind == ActExtend || a.Kind == ActComplete
	if need("order", a.Order != nil, a.Kind == ActDispatch) {
		a.Order.check(c, "order.")
		if a.Order.OrderNo != a.OrderNo || a.Order.DispatchKey() != a.DispatchKey() {
			c.add("order.order_no", "与消息的工单号或派单次数不一致")
		}
	}
	if need("decision", a.Decision != nil, decides) {
		c.number("decision.op_id", a.Decision.OpID, false)
		c.time("decision.new_reply_by", a.Decision.NewReplyBy, false)
	}
	if need("visit", a.Visit != nil, a.Kind == ActVisit) {
		a.Visit.check(c, "visit.")
	}
	if need("receipt", a.Receipt != nil, a.Kind == ActReceipt) {
		c.number("receipt.op_id", a.Receipt.OpID, false)
		c.number("receipt.order_no", string(a.Receipt.OrderNo), false)
		c.text("receipt.message", a.Receipt.Message, maxText, false)
	}
	if need("supplement", a.Supplement != nil, a.Kind == ActSuppl) {
		a.Supplement.check(c, "supplement.")
	}
}

func (v *Visit) check(c *check, at string) {
	c.code(at+"method", v.Method, false)
	c.within(at+"satisfaction_staff", float64(v.SatisfactionStaff), 0, 5)
	c.within(at+"satisfaction_result", float64(v.SatisfactionResult), 0, 5)
	c.text(at+"reason", v.Reason, maxText, false)
	c.text(at+"content", v.Content, maxText, false)
}

func (s *Suppl) check(c *check, at string) {
	c.text(at+"content", s.Content, maxText, len(s.Attachments) == 0)
	c.count(at+"attachments", len(s.Attachments))
	for i := range s.Attachments {
		s.Attachments[i].check(c, at+"attachments.")
	}
}
