package order

import (
	"cmp"
	"slices"

	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// Step is what somebody does with an order.
type Step string

// What the platform does.
const (
	Dispatched     Step = "dispatched"
	Receipted      Step = "receipted"
	Urged          Step = "urged"
	Supervised     Step = "supervised"
	Supplemented   Step = "supplemented"
	ReturnGranted  Step = "return_granted"
	ReturnRefused  Step = "return_refused"
	ExtendGranted  Step = "extend_granted"
	ExtendRefused  Step = "extend_refused"
	ResultAccepted Step = "result_accepted"
	ResultRefused  Step = "result_refused"
	Content        Step = "visited_content"
	Discontent     Step = "visited_discontent"
	Reopened       Step = "reopened" // another dispatch of the same order begins
	Recalled       Step = "recalled"
	Filed          Step = "archived"
	PushRefused    Step = "push_refused"
)

// What we do.
const (
	Sign      Step = "sign"
	AskReturn Step = "return"
	AskExtend Step = "extend"
	Progress  Step = "progress"
	Complete  Step = "complete"
	Withdraw  Step = "withdraw"
	Offer     Step = "offer" // proposes to give a letter to the platform
	Keep      Step = "keep"  // and does not after all
	Push      Step = "push"
)

// Steps returns every step.
func Steps() []Step {
	return []Step{
		Dispatched, Receipted, Urged, Supervised, Supplemented, ReturnGranted, ReturnRefused, ExtendGranted, ExtendRefused,
		ResultAccepted, ResultRefused, Content, Discontent, Reopened, Recalled, Filed, PushRefused,
		Sign, AskReturn, AskExtend, Progress, Complete, Withdraw, Offer, Keep, Push,
	}
}

// rule is a step's row of the table.
type rule struct {
	name string
	from []State
	to   State // empty: it stays where it is
}

// open are the states in which the platform may still act; table tests hold it
// together with [State.Open].
func open() []State {
	return []State{ToSign, Handling, ReturnAsked, ExtendAsked, Review, Visiting, Offered, Pushed}
}

// rule is the table. A switch, not a map: the exhaustive linter names the step that
// was left out.
//
// A reopened order ends, and begins again as the next dispatch of its number.
func (s Step) rule() rule {
	switch s {
	case Dispatched:
		return rule{"派单", []State{New}, ToSign}
	case Receipted:
		return rule{"回执", States(), ""}
	case Urged:
		return rule{"催办", open(), ""}
	case Supervised:
		return rule{"督办", open(), ""}
	case Supplemented:
		return rule{"补充", open(), ""}
	case ReturnGranted:
		return rule{"同意退单", []State{ReturnAsked}, Returned}
	case ReturnRefused:
		return rule{"不同意退单", []State{ReturnAsked}, Handling}
	case ExtendGranted:
		return rule{"同意延期", []State{ExtendAsked}, Handling}
	case ExtendRefused:
		return rule{"不同意延期", []State{ExtendAsked}, Handling}
	case ResultAccepted:
		return rule{"办结审核通过", []State{Review}, Visiting}
	case ResultRefused:
		return rule{"办结审核退回", []State{Review}, Handling}
	case Content: // some platforms call back without saying that they accept the result
		return rule{"回访满意", []State{Review, Visiting}, Archived}
	case Discontent:
		return rule{"回访不满意", []State{Review, Visiting}, Visiting}
	case Reopened:
		return rule{"重办", []State{Review, Visiting, Archived}, Archived}
	case Recalled:
		return rule{"撤回", open(), Closed}
	case Filed:
		return rule{"归档", []State{Review, Visiting, Archived, Pushed}, Archived}
	case PushRefused:
		return rule{"退回推送", []State{Pushed}, Rejected}
	case Sign, AskReturn, AskExtend, Progress, Complete, Withdraw, Offer, Keep, Push:
		return s.ours()
	}
	return rule{}
}

// ours are the rows of the steps this side makes.
func (s Step) ours() rule {
	switch s { //nolint:exhaustive // the others are the platform's
	case Sign:
		return rule{"签收", []State{ToSign}, Handling}
	case AskReturn:
		return rule{"申请退单", []State{ToSign, Handling}, ReturnAsked}
	case AskExtend:
		return rule{"申请延期", []State{Handling}, ExtendAsked}
	case Progress:
		return rule{"初步答复", []State{Handling, ReturnAsked, ExtendAsked}, ""}
	case Complete:
		return rule{"办结", []State{Handling, ExtendAsked}, Review}
	case Withdraw:
		return rule{"撤回申请", []State{ReturnAsked, ExtendAsked}, Handling}
	case Offer:
		return rule{"提出推送", []State{New, Kept}, Offered}
	case Keep:
		return rule{"撤销推送", []State{Offered}, Kept}
	case Push:
		return rule{"推送", []State{Offered}, Pushed}
	}
	return rule{}
}

// Name is the Chinese name of s, or empty for an unknown step.
func (s Step) Name() string { return s.rule().name }

// Allows reports whether s may be made in the state from.
func (s Step) Allows(from State) bool { return slices.Contains(s.rule().from, from) }

// After is where s leads an order that stands in from. What the table does not
// allow is a Conflict "order.step", and from stays.
func (s Step) After(from State) (State, error) {
	r := s.rule()
	if !s.Allows(from) {
		return from, problem.New(problem.Conflict, "order.step", "12345工单现在是“"+from.Name()+"”，不能进行“"+cmp.Or(r.name, "未知操作")+"”。")
	}
	return cmp.Or(r.to, from), nil
}

// Of is the step a platform's act is. An act of an unknown kind is no step, which
// the table refuses.
func Of(a *hotline.Act) Step {
	decided := func(granted, refused Step) Step {
		if a.Decision != nil && a.Decision.Granted {
			return granted
		}
		return refused
	}
	switch a.Kind {
	case hotline.ActDispatch:
		return Dispatched
	case hotline.ActReceipt:
		return Receipted
	case hotline.ActUrge:
		return Urged
	case hotline.ActSupervise:
		return Supervised
	case hotline.ActSuppl:
		return Supplemented
	case hotline.ActReturn:
		return decided(ReturnGranted, ReturnRefused)
	case hotline.ActExtend:
		return decided(ExtendGranted, ExtendRefused)
	case hotline.ActComplete:
		return decided(ResultAccepted, ResultRefused)
	case hotline.ActVisit:
		if Satisfied(a.Visit) {
			return Content
		}
		return Discontent
	case hotline.ActReopen:
		return Reopened
	case hotline.ActRecall:
		return Recalled
	case hotline.ActArchive:
		return Filed
	}
	return ""
}

// fair is the lowest satisfaction (基本满意) that asks for nothing more.
const fair hotline.Satisfaction = 3

// Satisfied reports whether whoever was called back wants nothing more: the matter
// is solved, or the result was found fair.
func Satisfied(v *hotline.Visit) bool {
	if v == nil {
		return false
	}
	if v.SatisfactionResult > 0 {
		return v.SatisfactionResult >= fair
	}
	return v.Solved
}

// By is the step one of our operations is.
func By(k hotline.OpKind) Step {
	switch k {
	case hotline.OpSign:
		return Sign
	case hotline.OpReturn:
		return AskReturn
	case hotline.OpExtend:
		return AskExtend
	case hotline.OpProgress:
		return Progress
	case hotline.OpComplete:
		return Complete
	case hotline.OpWithdraw:
		return Withdraw
	case hotline.OpPush:
		return Push
	}
	return ""
}
