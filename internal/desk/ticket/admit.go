package ticket

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// Limits of the moves.
const (
	MaxReturns    = 2    // how often units may return a ticket in one round; then the task force decides
	MaxRounds     = 3    // how often a ticket may be handled, unless a redo names another bound; then it is for the leaders to decide outside
	MaxCoHandlers = 10   // units asked for their opinion
	MaxNote       = 2000 // characters of an internal note
	MaxPublic     = 1000 // characters of a sentence written for the citizen
)

// admit checks everything about c but the reply.
func (t *Ticket) admit(c Command) error {
	r := c.Move.rule()
	if r.name == "" || c.Move == Open {
		return problem.New(problem.Invalid, "ticket.unknown_move", "没有这种操作。")
	}
	if !t.Status.Allows(c.Move) {
		return problem.New(problem.Conflict, "ticket.move",
			"工单现在是“"+t.Status.Name()+"”，不能转为“"+t.after(c.Move).Name()+"”（"+r.name+"）。")
	}
	if t.Kind.Bars(string(c.Move)) {
		return problem.New(problem.Conflict, "ticket.kind_move", "“"+t.Kind.Name()+"”类来信不能进行这项操作（"+r.name+"）。")
	}
	if err := checkWords(c, &r); err != nil {
		return err
	}
	if err := t.admitThird(c); err != nil {
		return err
	}
	return t.admitMove(c)
}

// admitMove checks what a move needs of its own.
func (t *Ticket) admitMove(c Command) error {
	switch c.Move {
	case Ask:
		return t.admitAsk()
	case Return:
		return t.admitReturn(c)
	case Dispatch, Reassign, AnswerWith:
		return t.admitDispatch(c)
	case Redo, Unmerge:
		return t.admitBack(c)
	case Involve:
		return t.admitInvolve(c)
	case Opine:
		return t.admitOpine(c)
	case Waive:
		return t.admitWaive(c)
	case Take, PutBack, Draft, Submit:
		return t.admitHolder(c)
	case Extend, Grant, Refuse:
		return t.admitExtension(c)
	case Rate:
		return t.admitRating(c)
	case Merge, Join:
		return t.admitMerge(c)
	case Withdraw:
		return t.admitWithdraw()
	case Reclassify:
		return t.admitReclassify(c)
	case Supervise, Feedback:
		return t.admitSupervision(c)
	case Circular:
		if !c.At.After(t.DueAt) || t.Standing {
			return problem.New(problem.Conflict, "ticket.not_overdue", "来信没有超期，不能通报。")
		}
	case Open, Accept, Supply, Lapse, Decline, Sign, Vet, Approve, SendBack, Release, Close, Repeat, TransferTo, Urge, Note,
		ConsultThird, ThirdReplied, ThirdSilent, Suspend, Resume, Brief, Postpone, Conclude, Publish, Retract, Correct:
	}
	return nil
}

// checkWords checks the reason code and what is written.
func checkWords(c Command, r *rule) error {
	text := strings.TrimSpace(c.Public)
	switch {
	case utf8.RuneCountInString(c.Note) > MaxNote:
		return problem.New(problem.Invalid, "ticket.note", "备注太长，请控制在2000字以内。")
	case r.note && strings.TrimSpace(c.Note) == "":
		return problem.New(problem.Invalid, "ticket.note", "请在备注里写明内容。")
	case r.reasons == nil && c.Reason != "":
		return problem.New(problem.Invalid, "ticket.reason", "这项操作不需要原因代码，说明请写在备注里。")
	case r.reasons != nil && !slices.ContainsFunc(r.reasons, func(known Reason) bool { return known.Code == c.Reason }):
		return problem.New(problem.Invalid, "ticket.reason", "请从列表中选择原因。")
	case r.words && text == "":
		return problem.New(problem.Invalid, "ticket.public", "请写明给来信人的告知内容，说明理由和办理途径。")
	case r.words && utf8.RuneCountInString(text) > MaxPublic:
		return problem.New(problem.Invalid, "ticket.public", "告知内容太长，请控制在1000字以内。")
	}
	return nil
}

func (t *Ticket) admitAsk() error {
	if t.Asks >= t.Kind.Profile().Asks {
		return problem.New(problem.Conflict, "ticket.asks", "已经要求补充过，不能再次要求；请按现有内容办理。")
	}
	return nil
}

func (t *Ticket) admitReturn(c Command) error {
	if err := t.admitHolder(c); err != nil {
		return err
	}
	if t.Returns >= MaxReturns {
		return problem.New(problem.Conflict, "ticket.returns", "这张工单已经退回两次，不能再退，由信箱专班裁定后派单。")
	}
	return t.admitBack(c)
}

// admitBack checks a move that puts t before those who screen.
func (t *Ticket) admitBack(c Command) error {
	if c.Move == Redo && t.Round >= cmp.Or(c.Rounds, MaxRounds) {
		return problem.New(problem.Conflict, "ticket.rounds", "这件来信已经办理"+strconv.Itoa(t.Round)+"次，不能再次重办，请解释说明，或者报局领导处理。")
	}
	if c.Lead.ID == "" {
		return problem.New(problem.Internal, "ticket.return_to", "缺少收回来信的单位。")
	}
	return t.admitUnits(c.Lead)
}

func (t *Ticket) admitDispatch(c Command) error {
	if c.Lead.ID == "" || c.Lead.Path == "" {
		return problem.New(problem.Invalid, "ticket.lead", "请选择承办单位。")
	}
	if err := t.admitUnits(c.Lead); err != nil {
		return err
	}
	return t.admitCo(c.Lead.ID, nil, c.Co)
}

func (t *Ticket) admitInvolve(c Command) error {
	if len(c.Co) == 0 {
		return problem.New(problem.Invalid, "ticket.co", "请选择会办单位。")
	}
	return t.admitCo(t.Lead, t.Co, c.Co)
}

// admitCo checks units that are asked for their opinion.
func (t *Ticket) admitCo(lead string, asked []CoHandler, more []assignment.Unit) error {
	if len(asked)+len(more) > MaxCoHandlers {
		return problem.New(problem.Invalid, "ticket.co", "会办单位太多，请控制在10个以内。")
	}
	seen := []string{lead}
	for _, c := range asked {
		seen = append(seen, c.Unit)
	}
	for _, u := range more {
		if u.ID == "" || u.Path == "" || slices.Contains(seen, u.ID) {
			return problem.New(problem.Invalid, "ticket.co", "会办单位不存在、重复，或者就是主办单位。")
		}
		seen = append(seen, u.ID)
	}
	return t.admitUnits(more...)
}

// admitUnits keeps a ticket from the units it is about.
func (t *Ticket) admitUnits(units ...assignment.Unit) error {
	for _, u := range units {
		if t.Avoids(u.Path) {
			return problem.New(problem.Conflict, "ticket.avoid", "来信涉及该单位，依照回避规定不能交给它。")
		}
	}
	return nil
}

func (t *Ticket) admitOpine(c Command) error {
	if !slices.ContainsFunc(t.Co, func(co CoHandler) bool { return co.Unit == c.Unit && !co.Given }) {
		return problem.New(problem.Conflict, "ticket.not_asked", "没有请您所在的单位会办，或者意见已经提交。")
	}
	return nil
}

func (t *Ticket) admitWaive(c Command) error {
	if len(c.Co) != 1 || !slices.ContainsFunc(t.Co, func(co CoHandler) bool { return co.Unit == c.Co[0].ID && co.Pending() }) {
		return problem.New(problem.Conflict, "ticket.not_asked", "没有在等这个单位的会办意见。")
	}
	return nil
}

// admitHolder lets nobody work on what somebody else has taken.
func (t *Ticket) admitHolder(c Command) error {
	others := t.Holder != "" && t.Holder != c.Actor
	switch {
	case c.Move == PutBack && t.Holder == "":
		return problem.New(problem.Conflict, "ticket.held", "没有人领办这件来信。")
	case c.Move == Take && t.Holder == c.Actor:
		return problem.New(problem.Conflict, "ticket.held", "您已经领办这件来信。")
	case others && (c.Move != PutBack || !c.Overruled):
		return problem.New(problem.Conflict, "ticket.held", "这件来信已有其他人领办，请等对方放回，或请负责人改派。")
	case c.Move == Submit && slices.ContainsFunc(t.Co, CoHandler.Pending):
		return problem.New(problem.Conflict, "ticket.co_pending", "会办单位的意见还没有到齐，到齐或者逾期后才能送审。")
	}
	return nil
}

func (t *Ticket) admitExtension(c Command) error {
	switch {
	case c.At.After(t.DueAt):
		return problem.New(problem.Conflict, "ticket.expired", "办理期限已过，不能再延期。")
	case c.Move == Extend && t.Extension != nil:
		return problem.New(problem.Conflict, "ticket.extension_pending", "已有延期申请等待审批。")
	case c.Move == Extend && c.Days < 1:
		return problem.New(problem.Invalid, "ticket.days", "请填写需要延长的时间。")
	case c.Move == Extend:
		return t.admitHolder(c)
	case t.Extension == nil:
		return problem.New(problem.Conflict, "ticket.no_extension", "没有等待审批的延期申请。")
	case t.Extension.By == c.Actor:
		return problem.New(problem.Denied, "ticket.own_extension", "不能审批自己提出的延期申请。")
	}
	return nil
}

// admitMerge checks a merge, seen from either ticket: c.Other is the other one.
func (t *Ticket) admitMerge(c Command) error {
	parent, child := t, c.Other
	if c.Move == Merge {
		parent, child = c.Other, t
	}
	switch {
	case parent == nil || child == nil:
		return problem.New(problem.Invalid, "ticket.parent", "请选择并入哪件来信。")
	case parent.ID == child.ID:
		return problem.New(problem.Invalid, "ticket.parent", "不能并入自己。")
	case parent.Restricted() || child.Restricted():
		return problem.New(problem.Conflict, "ticket.merge_report", "举报件单独办理，不能并单。")
	case !parent.Status.Allows(Join):
		return problem.New(problem.Conflict, "ticket.parent", "要并入的来信现在是“"+parent.Status.Name()+"”，不能再并入。")
	case c.Move == Merge && c.Children > 0:
		return problem.New(problem.Conflict, "ticket.children", "已有其他来信并入本件，请先取消并单，或把那几件直接并入。")
	case child.Avoids(parent.LeadPath) || slices.ContainsFunc(parent.Co, func(co CoHandler) bool { return child.Avoids(co.Path) }):
		return problem.New(problem.Conflict, "ticket.avoid", "来信涉及对方的承办单位，依照回避规定不能并单。")
	}
	return nil
}

func (t *Ticket) admitWithdraw() error {
	if t.Restricted() {
		return problem.New(problem.Conflict, "ticket.withdraw_report", "举报线索已经登记，依法需要核查，不能撤回。")
	}
	return nil
}
