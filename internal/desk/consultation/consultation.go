package consultation

import (
	"slices"
	"time"

	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// State is where a consultation stands.
type State string

// The states of a consultation, in their order.
const (
	Draft    State = "draft"    // 起草
	Approved State = "approved" // 已审定, opens on its day
	Open     State = "open"     // 征求意见中
	Closed   State = "closed"   // 已截止, its result is being worked out
	Reported State = "reported" // 已公布结果
)

// States returns every state.
func States() []State { return []State{Draft, Approved, Open, Closed, Reported} }

// Public reports whether everybody may read what is in s.
func (s State) Public() bool { return s == Open || s == Closed || s == Reported }

// Name is the Chinese name of s, or empty for an unknown state.
func (s State) Name() string {
	switch s {
	case Draft:
		return "起草中"
	case Approved:
		return "已审定，尚未开始"
	case Open:
		return "正在征求意见"
	case Closed:
		return "已截止，正在研究意见"
	case Reported:
		return "已公布结果"
	}
	return ""
}

// Consultation is one time the public is asked.
type Consultation struct {
	ID       string // UUIDv7
	Unit     string // whose draft it is about: a unit id
	UnitPath string
	State    State
	Content  Content
	Review   Review
	OpensAt  time.Time // zero until it is approved
	Period   Period    // zero until it is approved
	Changes  []Change  // of the period, oldest first
	Result   *Result   // nil until it is drafted
	Reported time.Time // zero until the result is published

	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int64
}

// Period is how long opinions may be sent, and how its end came about.
type Period struct {
	Days     int
	ClosesAt time.Time // the last instant at which an opinion is taken
	Rule     string
	Version  int // of the rules
	Calendar string
	Explain  []deadline.Line
}

// PeriodOf is a counted date as a period of so many days.
func PeriodOf(days int, r deadline.Result) Period {
	return Period{Days: days, ClosesAt: r.Due, Rule: r.Rule, Version: r.Version, Calendar: r.Calendar, Explain: r.Explain}
}

// Change is one lengthening of the period. What it was is kept.
type Change struct {
	At     time.Time
	By     string // user id
	Reason string // shown to the public
	Before Period
	After  time.Time
}

// Review is who wrote a text, and who else has approved it. It is the one place
// where a text of a consultation is approved: a longer chain of reviews comes
// here.
type Review struct {
	Authors    []string // user ids: everybody who wrote since the last approval
	At         time.Time
	ApprovedBy string // empty until approved
	ApprovedAt time.Time
}

// Approved reports whether somebody other than its authors has approved the text.
func (r *Review) Approved() bool { return r.ApprovedBy != "" }

// Write notes that somebody changed the text: it is read anew.
func (r *Review) Write(by string, at time.Time) {
	if r.Approved() {
		r.Authors = nil
	}
	if !slices.Contains(r.Authors, by) {
		r.Authors = append(slices.Clone(r.Authors), by)
	}
	r.At, r.ApprovedBy, r.ApprovedAt = at, "", time.Time{}
}

// Approve notes that somebody who wrote none of it has read the text.
func (r *Review) Approve(by string, at time.Time) error {
	switch {
	case by == "" || len(r.Authors) == 0:
		return problem.New(problem.Internal, "consultation.reviewer", "缺少起草人或者审核人。")
	case slices.Contains(r.Authors, by):
		return problem.New(problem.Denied, "consultation.own", "不能审核自己起草或者修改过的内容，请由其他人审核。")
	case r.Approved():
		return problem.New(problem.Conflict, "consultation.approved", "已经审核通过。")
	}
	r.ApprovedBy, r.ApprovedAt = by, at
	return nil
}

// Takes is nil where an opinion may be sent at a time.
func (c *Consultation) Takes(at time.Time) error {
	if c.State == Open && !at.After(c.Period.ClosesAt) {
		return nil
	}
	if c.State.Public() {
		return problem.New(problem.Conflict, "consultation.closed", "这一期征求意见已经截止，不能再提交意见。您可以把写好的内容作为“建议”提交（类别 suggestion），会有答复。")
	}
	return missing()
}

// missing says the same of what does not exist and of what nobody may know yet.
func missing() error {
	return problem.New(problem.NotFound, "consultation.not_found", "没有这一期征求意见。")
}

// stamp notes a change.
func (c *Consultation) stamp(at time.Time) {
	c.UpdatedAt = at
	c.Version++
}

// in refuses what is not for the state c is in.
func (c *Consultation) in(states ...State) error {
	if slices.Contains(states, c.State) {
		return nil
	}
	return problem.New(problem.Conflict, "consultation.state", "这一期现在是“"+c.State.Name()+"”，不能进行这项操作。")
}
