package ticket

import (
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// Outcomes lists what a reply to a kind of letter can state.
func Outcomes(k channel.Kind) []reply.Outcome {
	own := k.Profile().Outcomes
	if len(own) == 0 {
		return reply.Ordinary()
	}
	outcomes := make([]reply.Outcome, len(own))
	for i, o := range own {
		outcomes[i] = reply.Outcome(o)
	}
	return outcomes
}

// suits checks that a reply fits the kind of letter it answers.
func (t *Ticket) suits(m Move, d *reply.Draft) error {
	if d.Outcome.Name() == "" {
		return nil // the reply itself says so
	}
	if !slices.Contains(Outcomes(t.Kind), d.Outcome) {
		return problem.New(problem.Invalid, "reply.outcome", "“"+t.Kind.Name()+"”类来信不能用这种办理结果，请重新选择。").
			With(problem.Field{Pointer: "/outcome", Code: "unknown", Message: "请选择这类来信的办理结果。"})
	}
	if m == Draft || !t.Kind.Refuses(string(d.Outcome)) {
		return nil
	}
	for _, words := range t.Kind.Profile().RemedyWords {
		if !strings.Contains(d.Text, words) {
			return problem.New(problem.Invalid, "reply.remedy", "不予公开或者部分公开的答复，应当写明不服时的救济途径（"+words+"）。").
				With(problem.Field{Pointer: "/text", Code: "remedy", Message: "请写明救济途径。"})
		}
	}
	return nil
}

// admitThird keeps a ticket where it is while somebody outside is asked, and
// knows who is.
func (t *Ticket) admitThird(c Command) error {
	waits := t.Third != ""
	//nolint:exhaustive // the other moves do not depend on it
	switch c.Move {
	case ThirdReplied, ThirdSilent:
		if !waits || t.Suspended() {
			return problem.New(problem.Conflict, "ticket.no_third", "没有在等第三方或者其他机关的意见。")
		}
	case Resume:
		if !t.Suspended() {
			return problem.New(problem.Conflict, "ticket.not_suspended", "没有因听证或者检验、鉴定暂停计时。")
		}
	case ConsultThird, Suspend, Ask, Submit, Return, Reassign, Merge, Reclassify:
		if waits {
			return problem.New(problem.Conflict, "ticket.third_pending",
				"正在"+deadline.PauseReason(t.Third).Name()+"，结束或者期限届满后才能进行这项操作。")
		}
	}
	byHand := c.Actor != "" // time running out ends a wait whoever holds the ticket
	if byHand && slices.Contains([]Move{ConsultThird, ThirdReplied, Suspend, Resume}, c.Move) {
		return t.admitHolder(c)
	}
	return nil
}

// Suspended reports whether a hearing or an examination lets the clocks of t
// stand still.
func (t *Ticket) Suspended() bool {
	return slices.ContainsFunc(SuspendReasons(), func(r Reason) bool { return r.Code == t.Third })
}

// admitReclassify checks the kind a letter is said to be of.
func (t *Ticket) admitReclassify(c Command) error {
	switch {
	case !c.Kind.Profile().Takes || c.Kind == t.Kind:
		return problem.New(problem.Invalid, "ticket.kind", "请选择改为哪一类。").
			With(problem.Field{Pointer: "/kind", Code: "unknown", Message: "不能改为这一类。"})
	case c.Lead.ID == "":
		return problem.New(problem.Internal, "ticket.return_to", "缺少收回来信的单位。")
	}
	changed := *t
	changed.Avoid = slices.Concat(t.Avoid, c.Avoid)
	if t.Status.Dispatched() && changed.Avoids(t.LeadPath) {
		return problem.New(problem.Conflict, "ticket.avoid", "来信涉及承办单位，请先改派或者由承办单位退回，再更改类别。")
	}
	if changed.Avoids(t.LeadPath) {
		return changed.admitUnits(c.Lead)
	}
	return nil
}

// Stage is where a request for information stands in the way its law draws:
// 登记, 审核, 办理, 答复, 归档. lifecycle.md maps the states to it.
type Stage string

// The stages of a request for information.
const (
	Registered Stage = "register"
	Examined   Stage = "review"
	Processed  Stage = "process"
	Replied    Stage = "reply"
	Archived   Stage = "archive"
)

// Stage is the stage of a request for information in s.
func (s Status) Stage() Stage {
	switch s {
	case Received:
		return Registered
	case Supplement, Accepted:
		return Examined
	case Dispatched, Handling:
		return Processed
	case Reviewing, Answered:
		return Replied
	case Closed, Declined, Merged, Withdrawn, Transferred:
		return Archived
	}
	return ""
}

// Name is the Chinese name of s, or empty for an unknown stage.
func (s Stage) Name() string {
	switch s {
	case Registered:
		return "登记"
	case Examined:
		return "审核"
	case Processed:
		return "办理"
	case Replied:
		return "答复"
	case Archived:
		return "归档"
	}
	return ""
}
