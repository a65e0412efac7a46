package ticket

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// Limits of the moves.
const (
	MaxReturns = 2    // how often units may return a ticket in one round; then the task force decides
	MaxNote    = 2000 // characters of an internal note
	MaxPublic  = 1000 // characters of a sentence written for the citizen
)

// Command asks for one move. Who may ask is decided outside: the machine knows
// states and preconditions, not roles.
type Command struct {
	Move    Move
	EventID string
	Actor   string // user id, empty for the system
	Unit    string // acting unit id
	At      time.Time
	Lead    assignment.Unit // dispatch: the unit that leads from now on; return: the task force
	Reason  string          // decline, return, transfer: a code of the move's list
	Note    string          // internal
	Public  string          // decline, transfer: what the citizen reads
	Draft   *reply.Draft    // draft, submit, approve, send_back, release: the latest revision
}

// Begin returns t as newly opened, and its first event. The caller has filled
// in what the letter says and which unit leads.
func (t Ticket) Begin(eventID, actor, unit string, at time.Time) (Ticket, Event) {
	t.Status, t.Round, t.Returns, t.Version = Received, 1, 0, 1
	t.CreatedAt, t.UpdatedAt = at, at
	return t, Event{
		ID: eventID, TicketID: t.ID, Seq: t.Version, Move: Open, To: Received,
		Actor: actor, Unit: unit, Public: Open.Public(), At: at,
	}
}

// Apply makes the move and returns its event. A refused move is a problem with
// a stable code, and changes neither t nor the command's draft.
func (t *Ticket) Apply(c Command) (Event, error) {
	if err := t.admit(c); err != nil {
		return Event{}, err
	}
	if err := t.review(c); err != nil { // the last that may refuse, for it marks the draft
		return Event{}, err
	}
	e := Event{
		ID: c.EventID, TicketID: t.ID, Seq: t.Version + 1, Move: c.Move,
		From: t.Status, To: t.Status.after(c.Move), Actor: c.Actor, Unit: c.Unit,
		Reason: c.Reason, Note: strings.TrimSpace(c.Note), Public: strings.TrimSpace(t.public(c)), At: c.At,
	}
	switch c.Move {
	case Decline, TransferTo:
		t.Reason = c.Reason
	case Return:
		t.Reason = c.Reason
		t.Returns++
		t.Lead, t.LeadPath = c.Lead.ID, c.Lead.Path
	case Dispatch:
		t.Lead, t.LeadPath = c.Lead.ID, c.Lead.Path
	case Open, Accept, Sign, Draft, Submit, Approve, SendBack, Release, Close, Note:
	}
	t.Status, t.UpdatedAt, t.Version = e.To, c.At, e.Seq
	return e, nil
}

// admit checks everything about c but the reply.
func (t *Ticket) admit(c Command) error {
	if c.Move.Name() == "" || c.Move == Open {
		return problem.New(problem.Invalid, "ticket.unknown_move", "没有这种操作。")
	}
	if !t.Status.allows(c.Move) {
		return problem.New(problem.Conflict, "ticket.move",
			"工单现在是“"+t.Status.Name()+"”，不能转为“"+t.Status.after(c.Move).Name()+"”（"+c.Move.Name()+"）。")
	}
	if utf8.RuneCountInString(c.Note) > MaxNote {
		return problem.New(problem.Invalid, "ticket.note", "备注太长，请控制在2000字以内。")
	}
	if c.Reason != "" && c.Move != Decline && c.Move != TransferTo && c.Move != Return {
		return problem.New(problem.Invalid, "ticket.reason", "这项操作不需要原因代码，说明请写在备注里。")
	}
	switch c.Move {
	case Decline:
		return admitEnd(c, DeclineReasons())
	case TransferTo:
		return admitEnd(c, TransferReasons())
	case Return:
		return t.admitReturn(c)
	case Dispatch:
		return t.admitDispatch(c)
	case Note:
		if strings.TrimSpace(c.Note) == "" {
			return problem.New(problem.Invalid, "ticket.note", "请填写备注内容。")
		}
	case Open, Accept, Sign, Draft, Submit, Approve, SendBack, Release, Close:
	}
	return nil
}

// admitEnd checks a move after which nobody here answers: the citizen must be
// told why, and where to turn.
func admitEnd(c Command, reasons []Reason) error {
	if err := checkReason(c.Reason, reasons); err != nil {
		return err
	}
	text := strings.TrimSpace(c.Public)
	switch {
	case text == "":
		return problem.New(problem.Invalid, "ticket.public", "请写明给来信人的告知内容，说明理由和办理途径。")
	case utf8.RuneCountInString(text) > MaxPublic:
		return problem.New(problem.Invalid, "ticket.public", "告知内容太长，请控制在1000字以内。")
	}
	return nil
}

func (t *Ticket) admitReturn(c Command) error {
	if err := checkReason(c.Reason, ReturnReasons()); err != nil {
		return err
	}
	if t.Returns >= MaxReturns {
		return problem.New(problem.Conflict, "ticket.returns", "这张工单已经退回两次，不能再退，由信箱专班裁定后派单。")
	}
	if c.Lead.ID != assignment.TaskForce {
		return problem.New(problem.Internal, "ticket.return_to", "退单只能退回信箱专班。")
	}
	return t.admitLead(c.Lead)
}

func (t *Ticket) admitDispatch(c Command) error {
	if c.Lead.ID == "" || c.Lead.Path == "" {
		return problem.New(problem.Invalid, "ticket.lead", "请选择承办单位。")
	}
	return t.admitLead(c.Lead)
}

// admitLead keeps a ticket from the units it is about.
func (t *Ticket) admitLead(u assignment.Unit) error {
	// The path names every unit above: below an avoided unit is avoided.
	if slices.ContainsFunc(strings.Split(u.Path, "/"), func(id string) bool { return slices.Contains(t.Avoid, id) }) {
		return problem.New(problem.Conflict, "ticket.avoid", "来信涉及该单位，依照回避规定不能交给它。")
	}
	return nil
}

// review checks the reply a move is about, and marks it.
func (t *Ticket) review(c Command) error {
	switch c.Move {
	case Draft, Submit, Approve, SendBack, Release:
	case Open, Accept, Decline, Dispatch, Sign, Return, Close, TransferTo, Note:
		return nil
	}
	d := c.Draft
	if d == nil || d.Revision == 0 {
		return problem.New(problem.Conflict, "ticket.no_draft", "还没有拟写答复。")
	}
	if d.TicketID != t.ID || d.Round != t.Round {
		return problem.New(problem.Conflict, "ticket.draft", "这份答复不属于这张工单的本轮办理。")
	}
	switch c.Move {
	case Approve:
		return d.Approve(c.Actor, c.At)
	case SendBack:
		return d.SendBack()
	case Release:
		return d.Release(c.At)
	case Draft, Submit:
		return d.Check()
	case Open, Accept, Decline, Dispatch, Sign, Return, Close, TransferTo, Note:
	}
	return nil
}
