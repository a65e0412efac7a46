package hotline

import "time"

// OpKind is what we tell the platform.
type OpKind string

// Our operations.
const (
	OpSign     OpKind = "sign"
	OpReturn   OpKind = "return"   // asks to give it back
	OpExtend   OpKind = "extend"   // asks for more time
	OpProgress OpKind = "progress" // 初步答复
	OpComplete OpKind = "complete"
	OpWithdraw OpKind = "withdraw" // takes a return or an extension back
	OpPush     OpKind = "push"     // an order of ours for the platform
)

// OpKinds is their table.
func OpKinds() []Entry[OpKind] {
	return []Entry[OpKind]{
		{OpSign, "签收"},
		{OpReturn, "退单"},
		{OpExtend, "延期"},
		{OpProgress, "初步答复"},
		{OpComplete, "办结"},
		{OpWithdraw, "撤回申请"},
		{OpPush, "推送"},
	}
}

// Title is what people call k, empty if it is unknown.
func (k OpKind) Title() string { return titleOf(OpKinds(), k) }
func (k OpKind) isEmpty() bool { return k == "" }

// Op is one thing we do with an order at the platform. Of the parts that is set
// which its kind has.
type Op struct {
	ID          string    `json:"op_id"` // constant over attempts: the platform knows a repeat by it
	Kind        OpKind    `json:"op"`
	OrderNo     ID        `json:"order_no,omitempty"` // empty: a push, which has none yet
	DispatchNo  ID        `json:"dispatch_no,omitempty"`
	DispatchSeq int       `json:"dispatch_seq,omitempty"`
	At          time.Time `json:"at"`
	Operator    Operator  `json:"operator"`

	Return   *Return   `json:"return,omitempty"`
	Extend   *Extend   `json:"extend,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
	Complete *Complete `json:"complete,omitempty"`
	Push     *Order    `json:"push,omitempty"`
}

// Operator is in whose name it is done.
type Operator struct {
	Name     string `json:"name,omitempty"`
	Code     ID     `json:"code,omitempty"`
	UnitCode ID     `json:"unit_code,omitempty"`
	UnitName string `json:"unit_name,omitempty"`
}

// Return asks to give an order back.
type Return struct {
	Reason      ReturnReason `json:"reason_code"`
	Text        string       `json:"reason"`
	Basis       string       `json:"basis,omitempty"` // the rule it rests on
	SuggestUnit UnitRef      `json:"suggest_unit,omitzero"`
	Attachments []Evidence   `json:"attachments,omitempty"`
}

// Extend asks for more time.
type Extend struct {
	Reason     string    `json:"reason"`
	Amount     int       `json:"amount"`
	Unit       Unit      `json:"unit"`
	NewReplyBy time.Time `json:"new_reply_by,omitzero"`
}

// Progress tells how far it is.
type Progress struct {
	Content   string    `json:"content"`
	Contacted bool      `json:"contacted"`
	ContactAt time.Time `json:"contact_at,omitzero"`
}

// Complete is the result.
type Complete struct {
	Result         Result     `json:"result"`
	IsTrue         *bool      `json:"is_true,omitempty"` // 诉求属实; nil: nobody has said
	DutyExceeded   bool       `json:"duty_exceeded"`     // 超职责诉求
	Contacted      Contact    `json:"contacted,omitzero"`
	Content        string     `json:"content"`                // 办理情况, for the platform
	PublicReply    string     `json:"public_reply,omitempty"` // 公开答复, for the appellant
	UnsolvedReason string     `json:"unsolved_reason,omitempty"`
	Attachments    []Evidence `json:"attachments,omitempty"`
}

// Contact is whether the appellant was spoken to.
type Contact struct {
	Done        bool      `json:"done"`
	PhoneMasked string    `json:"phone_masked,omitempty"`
	At          time.Time `json:"at,omitzero"`
}

// Evidence is a file that goes with an operation.
type Evidence struct {
	ID     string `json:"id,omitempty"` // ours
	Kind   string `json:"kind"`         // contact, evidence or doc
	Name   string `json:"name"`
	Type   string `json:"type,omitempty"` // of its content
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Data   []byte `json:"data,omitempty"` // in base64
}

// Files are what goes with the operation.
func (o *Op) Files() []Evidence {
	switch {
	case o.Return != nil:
		return o.Return.Attachments
	case o.Complete != nil:
		return o.Complete.Attachments
	}
	return nil
}

// Check reports every rule the operation breaks, as [FieldErrors].
func (o *Op) Check() error {
	var c check
	c.code("op", o.Kind, true)
	c.number("op_id", o.ID, true)
	c.number("order_no", string(o.OrderNo), o.Kind != OpPush)
	c.dispatch("", o.DispatchSeq, o.DispatchNo)
	c.time("at", o.At, true)
	c.text("operator.name", o.Operator.Name, maxName, false)
	c.number("operator.code", string(o.Operator.Code), false)
	c.number("operator.unit_code", string(o.Operator.UnitCode), false)
	c.text("operator.unit_name", o.Operator.UnitName, maxName, false)
	o.parts(&c)
	return c.faults.err()
}

// parts checks the one part that the kind has.
func (o *Op) parts(c *check) {
	need := func(field string, there bool, kind OpKind) bool {
		if there != (o.Kind == kind) {
			c.add(field, "与操作不符")
		}
		return there
	}
	if need("return", o.Return != nil, OpReturn) {
		o.Return.check(c, "return.")
	}
	if need("extend", o.Extend != nil, OpExtend) {
		o.Extend.check(c, "extend.")
	}
	if need("progress", o.Progress != nil, OpProgress) {
		c.text("progress.content", o.Progress.Content, maxText, true)
		c.time("progress.contact_at", o.Progress.ContactAt, o.Progress.Contacted)
	}
	if need("complete", o.Complete != nil, OpComplete) {
		o.Complete.check(c, "complete.")
	}
	if need("push", o.Push != nil, OpPush) {
		o.Push.check(c, "push.")
	}
}

func (r *Return) check(c *check, at string) {
	c.code(at+"reason_code", r.Reason, true)
	c.text(at+"reason", r.Text, maxText, true)
	c.text(at+"basis", r.Basis, maxText, false)
	r.SuggestUnit.check(c, at+"suggest_unit.")
	c.evidence(at+"attachments", r.Attachments)
}

func (e *Extend) check(c *check, at string) {
	c.text(at+"reason", e.Reason, maxText, true)
	c.code(at+"unit", e.Unit, true)
	c.within(at+"amount", float64(e.Amount), 1, 1000)
	c.time(at+"new_reply_by", e.NewReplyBy, false)
}

func (r *Complete) check(c *check, at string) {
	c.code(at+"result", r.Result, true)
	c.text(at+"content", r.Content, maxText, true)
	c.text(at+"public_reply", r.PublicReply, maxText, false)
	c.text(at+"unsolved_reason", r.UnsolvedReason, maxText, r.Result == Unsolved)
	c.text(at+"contacted.phone_masked", r.Contacted.PhoneMasked, maxID, false)
	c.time(at+"contacted.at", r.Contacted.At, false)
	c.evidence(at+"attachments", r.Attachments)
}

func (c *check) evidence(field string, files []Evidence) {
	c.count(field, len(files))
	for _, f := range files {
		c.number(field+".id", f.ID, false)
		c.number(field+".kind", f.Kind, true)
		c.text(field+".name", f.Name, maxTitle, true)
	}
}
