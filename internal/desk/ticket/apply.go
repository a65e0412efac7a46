package ticket

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
)

// Command asks for one move. Who may ask is decided outside: the machine knows
// states and preconditions, not roles.
type Command struct {
	Move      Move
	EventID   string
	Actor     string // user id, empty for the citizen and the system
	Unit      string // acting unit id
	At        time.Time
	Lead      assignment.Unit   // dispatch, reassign, answer_with: the unit that leads from now on; return, redo, unmerge, reclassify: who screens
	Co        []assignment.Unit // dispatch, reassign, involve: units asked for their opinion; waive: whose is waited for no longer
	Reason    string            // a code of the move's list
	Note      string            // internal
	Public    string            // ask, decline, transfer, reclassify, correct: what the citizen reads
	Draft     *reply.Draft      // draft, submit, approve, send_back, release: the latest revision
	Other     *Ticket           // merge: the ticket to be answered with; join: the one that was merged
	Children  int               // merge: how many tickets were merged into this one
	Days      int               // extend: how much more, in the unit of the rule's bound
	Kind      channel.Kind      // reclassify: the kind it is from now on
	Avoid     []string          // reclassify: units that must never see a letter of that kind
	Score     int               // rate: 1 (很差) to 5 (很好)
	Solved    bool              // rate: whether the matter is solved, as the citizen sees it
	Reasons   []string          // rate: codes of [RatingReasons]
	Rounds    int               // redo: how often a ticket may be handled; 0: [MaxRounds]
	Until     time.Time         // postpone: until when opinions are taken now; supervise: the end of the day by which the unit reports, zero: what the rules say
	Overruled bool              // put_back: by the head of the unit, whoever holds the ticket
}

// Begin returns t as newly opened, and its first event. The caller has filled
// in what the letter says and which unit leads. An opinion on a consultation is
// with the unit it is for from the beginning.
func (t Ticket) Begin(eventID, actor, unit string, at time.Time) (Ticket, Event) {
	t.Status, t.Round, t.Returns, t.Version = Received, 1, 0, 1
	if t.Kind.Profile().Consulted {
		t.Status = Handling
	}
	t.CreatedAt, t.UpdatedAt = at, at
	return t, Event{
		ID: eventID, TicketID: t.ID, Seq: t.Version, Move: Open, To: t.Status,
		Actor: actor, Unit: unit, Lead: t.Lead, Kind: t.Kind, Public: Open.Public(), At: at,
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
		From: t.Status, To: t.after(c.Move), Actor: c.Actor, Unit: c.Unit,
		Reason: c.Reason, Note: strings.TrimSpace(c.Note), Public: strings.TrimSpace(t.public(c)), At: c.At,
		Lead: t.Lead, Kind: t.Kind,
	}
	if c.Move == Rate {
		e.Score, e.Solved, e.Reason = c.Score, c.Solved, strings.Join(c.Reasons, ",")
	}
	if c.Move == Reclassify {
		e.Note = strings.TrimSpace("由“" + t.Kind.Name() + "”改为“" + c.Kind.Name() + "”。" + e.Note)
	}
	t.take(c)
	t.Status, t.UpdatedAt, t.Version = e.To, c.At, e.Seq
	if !t.Status.Allows(Feedback) {
		t.FeedbackDue = time.Time{}
	}
	return e, nil
}

// after is the state m leads to.
func (t *Ticket) after(m Move) Status {
	if m == Supply {
		return t.Resume
	}
	return cmp.Or(m.rule().to, t.Status)
}

// take changes what a move changes beside the state.
//
//nolint:funlen // a table
func (t *Ticket) take(c Command) {
	switch c.Move {
	case Ask:
		t.Resume = t.Status
		t.Asks++
	case Supply, Lapse, Withdraw:
		t.Resume, t.Third = "", ""
	case Decline, TransferTo:
		t.Reason = c.Reason
	case Return:
		t.Reason = c.Reason
		t.Returns++
		t.given(c)
	case Dispatch, Reassign, Unmerge:
		t.Parent = ""
		t.given(c)
	case Involve:
		t.Co = append(slices.Clone(t.Co), coHandlers(c.Co)...)
	case Opine:
		t.heard(c.Unit, func(co *CoHandler) { co.Given, co.Waived = true, false })
	case Waive:
		t.heard(c.Co[0].ID, func(co *CoHandler) { co.Waived = true })
	case Sign, Take:
		t.Holder = c.Actor
	case PutBack:
		t.Holder = ""
	case Extend:
		t.Extension = &Extension{N: c.Days, Reason: c.Reason, By: c.Actor, At: c.At}
	case Grant, Refuse:
		t.Extension = nil
	case Release:
		t.Extension = nil // it is not needed any more
	case Rate:
		t.Rating, t.Solved = c.Score, c.Solved
	case Redo:
		t.Round++
		t.Returns, t.Asks, t.Rating, t.Solved, t.Parent = 0, 0, 0, false, ""
		t.Supervisions = 0
		t.given(c)
	case Merge:
		t.Parent, t.Holder, t.Co, t.Extension = c.Other.ID, "", nil, nil
	case AnswerWith:
		t.Lead, t.LeadPath = c.Lead.ID, c.Lead.Path
	case Join:
		t.Avoid = slices.Compact(slices.Sorted(slices.Values(slices.Concat(t.Avoid, c.Other.Avoid))))
	case Reclassify:
		t.reclassified(c)
	case ConsultThird, Suspend:
		t.Third = c.Reason
	case ThirdReplied, ThirdSilent, Resume:
		t.Third = ""
	case Postpone:
		t.ClosesAt = c.Until
	case Urge:
		t.Urges++
	case Supervise:
		t.Supervised, t.FeedbackDue = true, c.Until
		t.Supervisions++
	case Feedback:
		t.FeedbackDue = time.Time{}
	case Open, Accept, Draft, Submit, Vet, Approve, SendBack, Close, Repeat, Conclude, Publish, Retract, Circular, Note, Brief, Correct:
	}
}

// given hands t to the units of c: nobody there has taken it yet.
func (t *Ticket) given(c Command) {
	t.Lead, t.LeadPath = c.Lead.ID, c.Lead.Path
	t.Co, t.Holder, t.Extension = coHandlers(c.Co), "", nil
}

// reclassified makes t a ticket of another kind. What was asked for under the
// rules of the old one is void.
func (t *Ticket) reclassified(c Command) {
	t.Kind, t.Extension = c.Kind, nil
	t.Avoid = slices.Compact(slices.Sorted(slices.Values(slices.Concat(t.Avoid, c.Avoid))))
	if t.Avoids(t.LeadPath) {
		t.given(c)
	}
}

func coHandlers(units []assignment.Unit) []CoHandler {
	var co []CoHandler
	for _, u := range units {
		co = append(co, CoHandler{Unit: u.ID, Path: u.Path})
	}
	return co
}

// heard marks the co-handler of a unit.
func (t *Ticket) heard(unit string, mark func(*CoHandler)) {
	t.Co = slices.Clone(t.Co)
	for i := range t.Co {
		if t.Co[i].Unit == unit {
			mark(&t.Co[i])
		}
	}
}

// public is the sentence for c. Who handles a report is told to nobody.
func (t *Ticket) public(c Command) string {
	switch {
	case c.Move.rule().words:
		return c.Public
	case c.Move == Dispatch && c.Lead.Name != "" && !t.Restricted():
		return "已交" + c.Lead.Name + "办理。"
	case c.Move == Reassign && c.Lead.Name != "" && !t.Restricted():
		return "已改交" + c.Lead.Name + "办理。"
	case c.Move == Postpone:
		return "征求意见的截止日期延至" + deadline.Date(c.Until) + "，采纳情况反馈的期限相应顺延。"
	}
	return c.Move.Public()
}

// Extended is what the citizen reads of a granted extension.
func Extended(due time.Time, provisional bool, code string) string {
	reason, mark := "", ""
	if provisional { // the holidays of that year are not published yet
		mark = "（暂定）"
	}
	for _, r := range ExtendReasons() {
		if r.Code == code {
			reason = "，因" + r.Name
		}
	}
	return "经批准" + reason + "，办理期限延长至" + deadline.Date(due) + mark + "。"
}
