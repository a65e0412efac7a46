package ticket_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

func at() time.Time { return time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC) }

func unit(id string) assignment.Unit {
	return assignment.Unit{ID: id, Name: "单位" + id, Path: "bureau/" + id}
}

func opened() ticket.Ticket {
	tk, _ := ticket.Ticket{ID: "t1", Kind: channel.Help, Lead: assignment.TaskForce, LeadPath: "bureau/mailbox"}.Begin("e1", "", "", at())
	return tk
}

func inState(s ticket.Status) ticket.Ticket {
	tk := opened()
	tk.Status = s
	tk.DueAt = at().AddDate(0, 0, 7)
	if s == ticket.Supplement {
		tk.Resume = ticket.Received
	}
	return tk
}

// other is a ticket that another one may be merged into, or was.
func other() ticket.Ticket {
	o := opened()
	o.ID, o.Lead, o.LeadPath = "t2", "traffic", "bureau/traffic"
	return o
}

// command is a command that meets every precondition of the move, and sets what
// of the ticket they need.
func command(tk *ticket.Ticket, m ticket.Move) ticket.Command {
	c := ticket.Command{Move: m, EventID: "e", Actor: "reviewer", Unit: "mailbox", At: at().Add(time.Hour), Note: "内部备注"}
	if reasons := m.Reasons(); len(reasons) > 0 {
		c.Reason = reasons[0].Code
	}
	switch m {
	case ticket.Ask, ticket.Decline, ticket.TransferTo, ticket.Correct:
		c.Public = "请向人民法院起诉。"
	case ticket.Reclassify:
		c.Public, c.Kind, c.Lead = "您的来信属于信访事项。", channel.Petition, unit(assignment.TaskForce)
		if tk.Kind == channel.Petition {
			c.Kind = channel.Complaint
		}
	case ticket.ConsultThird:
		tk.Kind = channel.Disclosure
	case ticket.ThirdReplied, ticket.ThirdSilent:
		tk.Kind, tk.Third = channel.Disclosure, string(deadline.ThirdParty)
	case ticket.Suspend:
		tk.Kind = channel.Petition
	case ticket.Resume:
		tk.Kind, tk.Third = channel.Petition, string(deadline.Hearing)
	case ticket.Brief:
		tk.Kind = channel.Signal
	case ticket.Return, ticket.Redo, ticket.Unmerge:
		c.Lead = unit(assignment.TaskForce)
	case ticket.Dispatch, ticket.Reassign, ticket.AnswerWith:
		c.Lead = unit("traffic")
	case ticket.Involve:
		c.Co = []assignment.Unit{unit("tech")}
	case ticket.Opine, ticket.Waive:
		tk.Co = []ticket.CoHandler{{Unit: "mailbox", Path: "bureau/mailbox"}}
		c.Co = []assignment.Unit{unit("mailbox")}
	case ticket.PutBack:
		tk.Holder = c.Actor
	case ticket.Extend:
		c.Days = 5
	case ticket.Grant, ticket.Refuse:
		tk.Extension = &ticket.Extension{N: 5, Reason: "complex", By: "handler", At: at()}
	case ticket.Rate:
		c.Score = 4
	case ticket.Merge, ticket.Join:
		o := other()
		c.Other = &o
	case ticket.Postpone:
		tk.Kind, tk.Consultation, c.Until = channel.Opinion, "c1", at().AddDate(0, 1, 0)
	case ticket.Conclude:
		tk.Kind, tk.Consultation = channel.Opinion, "c1"
		c.Draft = &reply.Draft{TicketID: tk.ID, Round: tk.Round, Revision: 1, Text: "写入第八条。", Outcome: reply.Adopted, Author: "author"}
	case ticket.Draft, ticket.Submit, ticket.Vet, ticket.Approve, ticket.SendBack, ticket.Release:
		c.Draft = &reply.Draft{TicketID: tk.ID, Round: tk.Round, Revision: 1, Text: "答复", Outcome: reply.Resolved, Author: "author"}
		if m == ticket.Release {
			c.Draft.ApprovedBy, c.Draft.ApprovedAt = "reviewer", at()
		}
	case ticket.Supervise:
		c.Until = at().AddDate(0, 0, 3)
	case ticket.Feedback:
		tk.FeedbackDue = at().AddDate(0, 0, 3)
	case ticket.Circular:
		c.At = at().AddDate(0, 0, 8)
	case ticket.Open, ticket.Accept, ticket.Supply, ticket.Lapse, ticket.Sign, ticket.Take, ticket.Close, ticket.Repeat,
		ticket.Withdraw, ticket.Urge, ticket.Note, ticket.Publish, ticket.Retract:
	}
	return c
}

func refused(t *testing.T, err error, kind problem.Kind, code string) {
	t.Helper()
	if !problem.HasCode(err, code) || problem.KindOf(err) != kind {
		t.Errorf("got %s %v, want %s %s", problem.KindOf(err), err, kind, code)
	}
}

func TestBegin(t *testing.T) {
	t.Parallel()
	tk, e := ticket.Ticket{ID: "t1", Kind: channel.Help, Status: ticket.Closed, Version: 9, Returns: 2}.Begin("e1", "clerk", "mailbox", at())
	if tk.Status != ticket.Received || tk.Version != 1 || tk.Round != 1 || tk.Returns != 0 || !tk.CreatedAt.Equal(at()) || !tk.UpdatedAt.Equal(at()) {
		t.Errorf("got %+v", tk)
	}
	want := ticket.Event{ID: "e1", TicketID: "t1", Seq: 1, Move: ticket.Open, To: ticket.Received, Actor: "clerk", Unit: "mailbox", Kind: channel.Help, Public: "来信已收到并登记。", At: at()}
	if e != want {
		t.Errorf("got %+v, want %+v", e, want)
	}
}

// TestOrdinaryLetter walks the way most letters go, and reads what the citizen
// reads on the way.
func TestOrdinaryLetter(t *testing.T) {
	t.Parallel()
	tk := opened()
	d, err := reply.First(tk.ID, tk.Round).Revise("d1", "author", "已办结。", reply.Resolved, at())
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for i, m := range []ticket.Move{
		ticket.Dispatch, ticket.Sign, ticket.Draft, ticket.Submit, ticket.SendBack, ticket.Submit,
		ticket.Approve, ticket.Release, ticket.Note, ticket.Close,
	} {
		c := command(&tk, m)
		c.Draft, c.Note = &d, "  内部 "
		e, err := tk.Apply(c)
		if err != nil {
			t.Fatalf("%s: %v", m, err)
		}
		if e.Seq != int64(i)+2 || tk.Version != e.Seq || e.Note != "内部" || e.TicketID != tk.ID || e.Actor != "reviewer" || !tk.UpdatedAt.Equal(c.At) {
			t.Errorf("%s: got %+v of %+v", m, e, tk)
		}
		if e.Public != "" {
			told = append(told, e.Public)
		}
	}
	want := "已交单位traffic办理。承办单位已签收，正在办理。答复已拟好，正在审核。答复已拟好，正在审核。答复已发出。本件已办结。"
	if got := strings.Join(told, ""); got != want {
		t.Errorf("the citizen reads %s, want %s", got, want)
	}
	if tk.Status != ticket.Closed || tk.Lead != "traffic" || tk.LeadPath != "bureau/traffic" || d.ApprovedBy != "reviewer" || d.ReleasedAt.IsZero() {
		t.Errorf("got %+v and %+v", tk, d)
	}
}

func TestReportDoesNotTellWhoHandlesIt(t *testing.T) {
	t.Parallel()
	tk := opened()
	tk.Kind = channel.Report
	e, err := tk.Apply(command(&tk, ticket.Dispatch))
	if err != nil || e.Public != "已交承办单位办理。" {
		t.Errorf("got %q, %v", e.Public, err)
	}
}

func TestIllegalMoveNamesBothStates(t *testing.T) {
	t.Parallel()
	tk := inState(ticket.Closed)
	_, err := tk.Apply(command(&tk, ticket.Release))
	refused(t, err, problem.Conflict, "ticket.move")
	if err == nil || !strings.Contains(err.Error(), "办结") || !strings.Contains(err.Error(), "已答复") {
		t.Errorf("got %v", err)
	}
	for _, m := range []ticket.Move{"", "open", "explode", "Accept"} {
		_, err := tk.Apply(ticket.Command{Move: m, At: at()})
		refused(t, err, problem.Invalid, "ticket.unknown_move")
	}
}

func TestPreconditions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from   ticket.Status
		move   ticket.Move
		change func(*ticket.Ticket, *ticket.Command)
		kind   problem.Kind
		code   string
	}{
		"decline without reason":     {ticket.Received, ticket.Decline, func(_ *ticket.Ticket, c *ticket.Command) { c.Reason = "" }, problem.Invalid, "ticket.reason"},
		"decline for another's":      {ticket.Received, ticket.Decline, func(_ *ticket.Ticket, c *ticket.Command) { c.Reason = "not_our_duty" }, problem.Invalid, "ticket.reason"},
		"decline in silence":         {ticket.Accepted, ticket.Decline, func(_ *ticket.Ticket, c *ticket.Command) { c.Public = " " }, problem.Invalid, "ticket.public"},
		"decline at length":          {ticket.Accepted, ticket.Decline, func(_ *ticket.Ticket, c *ticket.Command) { c.Public = strings.Repeat("字", 1001) }, problem.Invalid, "ticket.public"},
		"transfer without reason":    {ticket.Received, ticket.TransferTo, func(_ *ticket.Ticket, c *ticket.Command) { c.Reason = "mars" }, problem.Invalid, "ticket.reason"},
		"transfer in silence":        {ticket.Received, ticket.TransferTo, func(_ *ticket.Ticket, c *ticket.Command) { c.Public = "" }, problem.Invalid, "ticket.public"},
		"return without reason":      {ticket.Handling, ticket.Return, func(_ *ticket.Ticket, c *ticket.Command) { c.Reason = "tired" }, problem.Invalid, "ticket.reason"},
		"return what another holds":  {ticket.Handling, ticket.Return, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Holder = "colleague" }, problem.Conflict, "ticket.held"},
		"return a third time":        {ticket.Dispatched, ticket.Return, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Returns = 2 }, problem.Conflict, "ticket.returns"},
		"return to nobody":           {ticket.Dispatched, ticket.Return, func(_ *ticket.Ticket, c *ticket.Command) { c.Lead = assignment.Unit{} }, problem.Internal, "ticket.return_to"},
		"return to the avoided":      {ticket.Dispatched, ticket.Return, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Avoid = []string{assignment.TaskForce} }, problem.Conflict, "ticket.avoid"},
		"dispatch to nobody":         {ticket.Accepted, ticket.Dispatch, func(_ *ticket.Ticket, c *ticket.Command) { c.Lead = assignment.Unit{} }, problem.Invalid, "ticket.lead"},
		"dispatch to the avoided":    {ticket.Accepted, ticket.Dispatch, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Avoid = []string{"legal", "traffic"} }, problem.Conflict, "ticket.avoid"},
		"dispatch below the avoided": {ticket.Accepted, ticket.Dispatch, func(tk *ticket.Ticket, c *ticket.Command) { tk.Avoid, c.Lead.Path = []string{"x"}, "bureau/x/traffic" }, problem.Conflict, "ticket.avoid"},
		"reassign without reason":    {ticket.Handling, ticket.Reassign, func(_ *ticket.Ticket, c *ticket.Command) { c.Reason = "" }, problem.Invalid, "ticket.reason"},
		"a lead who also co-handles": {ticket.Accepted, ticket.Dispatch, func(_ *ticket.Ticket, c *ticket.Command) { c.Co = []assignment.Unit{unit("traffic")} }, problem.Invalid, "ticket.co"},
		"an avoided co-handler": {ticket.Accepted, ticket.Dispatch, func(tk *ticket.Ticket, c *ticket.Command) {
			tk.Avoid, c.Co = []string{"tech"}, []assignment.Unit{unit("tech")}
		}, problem.Conflict, "ticket.avoid"},
		"involve nobody":              {ticket.Handling, ticket.Involve, func(_ *ticket.Ticket, c *ticket.Command) { c.Co = nil }, problem.Invalid, "ticket.co"},
		"involve twice":               {ticket.Handling, ticket.Involve, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Co = []ticket.CoHandler{{Unit: "tech"}} }, problem.Invalid, "ticket.co"},
		"an opinion nobody asked for": {ticket.Handling, ticket.Opine, func(_ *ticket.Ticket, c *ticket.Command) { c.Unit = "legal" }, problem.Conflict, "ticket.not_asked"},
		"a second opinion":            {ticket.Handling, ticket.Opine, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Co[0].Given = true }, problem.Conflict, "ticket.not_asked"},
		"submit before the opinions":  {ticket.Handling, ticket.Submit, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Co = []ticket.CoHandler{{Unit: "tech"}} }, problem.Conflict, "ticket.co_pending"},
		"take what another holds":     {ticket.Handling, ticket.Take, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Holder = "colleague" }, problem.Conflict, "ticket.held"},
		"take twice":                  {ticket.Handling, ticket.Take, func(tk *ticket.Ticket, c *ticket.Command) { tk.Holder = c.Actor }, problem.Conflict, "ticket.held"},
		"put back what another holds": {ticket.Handling, ticket.PutBack, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Holder = "colleague" }, problem.Conflict, "ticket.held"},
		"draft what another holds":    {ticket.Handling, ticket.Draft, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Holder = "colleague" }, problem.Conflict, "ticket.held"},
		"ask a third time":            {ticket.Handling, ticket.Ask, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Asks = 2 }, problem.Conflict, "ticket.asks"},
		"ask in silence":              {ticket.Received, ticket.Ask, func(_ *ticket.Ticket, c *ticket.Command) { c.Public = "" }, problem.Invalid, "ticket.public"},
		"extend after the date":       {ticket.Handling, ticket.Extend, func(tk *ticket.Ticket, c *ticket.Command) { c.At = tk.DueAt.Add(time.Microsecond) }, problem.Conflict, "ticket.expired"},
		"extend by nothing":           {ticket.Handling, ticket.Extend, func(_ *ticket.Ticket, c *ticket.Command) { c.Days = 0 }, problem.Invalid, "ticket.days"},
		"extend while one is asked":   {ticket.Handling, ticket.Extend, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Extension = &ticket.Extension{} }, problem.Conflict, "ticket.extension_pending"},
		"grant what nobody asked":     {ticket.Handling, ticket.Grant, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Extension = nil }, problem.Conflict, "ticket.no_extension"},
		"grant the own request":       {ticket.Handling, ticket.Grant, func(tk *ticket.Ticket, c *ticket.Command) { c.Actor = tk.Extension.By }, problem.Denied, "ticket.own_extension"},
		"grant after the date":        {ticket.Handling, ticket.Grant, func(tk *ticket.Ticket, c *ticket.Command) { c.At = tk.DueAt.Add(time.Hour) }, problem.Conflict, "ticket.expired"},
		"rate with six stars":         {ticket.Answered, ticket.Rate, func(_ *ticket.Ticket, c *ticket.Command) { c.Score = 6 }, problem.Invalid, "ticket.score"},
		"rate twice":                  {ticket.Answered, ticket.Rate, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Rating = 1 }, problem.Conflict, "ticket.rated"},
		"redo for ever":               {ticket.Closed, ticket.Redo, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Round = 3 }, problem.Conflict, "ticket.rounds"},
		"merge into nothing":          {ticket.Accepted, ticket.Merge, func(_ *ticket.Ticket, c *ticket.Command) { c.Other = nil }, problem.Invalid, "ticket.parent"},
		"merge into itself":           {ticket.Accepted, ticket.Merge, func(tk *ticket.Ticket, c *ticket.Command) { c.Other = tk }, problem.Invalid, "ticket.parent"},
		"merge a report":              {ticket.Accepted, ticket.Merge, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Kind = channel.Report }, problem.Conflict, "ticket.merge_report"},
		"merge into a report":         {ticket.Accepted, ticket.Merge, func(_ *ticket.Ticket, c *ticket.Command) { c.Other.Kind = channel.Report }, problem.Conflict, "ticket.merge_report"},
		"merge into what is answered": {ticket.Accepted, ticket.Merge, func(_ *ticket.Ticket, c *ticket.Command) { c.Other.Status = ticket.Answered }, problem.Conflict, "ticket.parent"},
		"merge into what is merged":   {ticket.Accepted, ticket.Merge, func(_ *ticket.Ticket, c *ticket.Command) { c.Other.Status = ticket.Merged }, problem.Conflict, "ticket.parent"},
		"merge what others are in":    {ticket.Accepted, ticket.Merge, func(_ *ticket.Ticket, c *ticket.Command) { c.Children = 1 }, problem.Conflict, "ticket.children"},
		"merge past the avoidance":    {ticket.Accepted, ticket.Merge, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Avoid = []string{"traffic"} }, problem.Conflict, "ticket.avoid"},
		"withdraw a report":           {ticket.Handling, ticket.Withdraw, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Kind = channel.Report }, problem.Conflict, "ticket.withdraw_report"},
		"circular before the date":    {ticket.Handling, ticket.Circular, func(tk *ticket.Ticket, c *ticket.Command) { c.At = tk.DueAt }, problem.Conflict, "ticket.not_overdue"},
		"empty note":                  {ticket.Closed, ticket.Note, func(_ *ticket.Ticket, c *ticket.Command) { c.Note = " \n" }, problem.Invalid, "ticket.note"},
		"endless note":                {ticket.Handling, ticket.Note, func(_ *ticket.Ticket, c *ticket.Command) { c.Note = strings.Repeat("字", 2001) }, problem.Invalid, "ticket.note"},
		"submit nothing":              {ticket.Handling, ticket.Submit, func(_ *ticket.Ticket, c *ticket.Command) { c.Draft = nil }, problem.Conflict, "ticket.no_draft"},
		"submit what was not written": {ticket.Handling, ticket.Submit, func(_ *ticket.Ticket, c *ticket.Command) { c.Draft = &reply.Draft{TicketID: "t1", Round: 1} }, problem.Conflict, "ticket.no_draft"},
		"submit without outcome":      {ticket.Handling, ticket.Submit, func(_ *ticket.Ticket, c *ticket.Command) { c.Draft.Outcome = "" }, problem.Invalid, "reply.invalid"},
		"a reply to another ticket":   {ticket.Handling, ticket.Draft, func(_ *ticket.Ticket, c *ticket.Command) { c.Draft.TicketID = "t2" }, problem.Conflict, "ticket.draft"},
		"a reply of the round before": {ticket.Reviewing, ticket.Approve, func(tk *ticket.Ticket, _ *ticket.Command) { tk.Round = 2 }, problem.Conflict, "ticket.draft"},
		"approve the own text":        {ticket.Reviewing, ticket.Approve, func(_ *ticket.Ticket, c *ticket.Command) { c.Actor = "author" }, problem.Denied, "reply.own"},
		"release unapproved":          {ticket.Reviewing, ticket.Release, func(_ *ticket.Ticket, c *ticket.Command) { c.Draft.ApprovedBy = "" }, problem.Conflict, "reply.unapproved"},
		"release self-approved":       {ticket.Reviewing, ticket.Release, func(_ *ticket.Ticket, c *ticket.Command) { c.Draft.ApprovedBy = "author" }, problem.Conflict, "reply.unapproved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tk := inState(c.from)
			cmd := command(&tk, c.move)
			c.change(&tk, &cmd)
			before := tk
			e, err := tk.Apply(cmd)
			refused(t, err, c.kind, c.code)
			if !reflect.DeepEqual(tk, before) || e != (ticket.Event{}) {
				t.Errorf("a refusal left traces: %+v, %+v", tk, e)
			}
		})
	}
}

// TestArbitration is the end of a ticket nobody wants: returned twice, then the
// task force decides, and the decision stands.
func TestArbitration(t *testing.T) {
	t.Parallel()
	tk := opened()
	must := func(m ticket.Move) {
		t.Helper()
		if _, err := tk.Apply(command(&tk, m)); err != nil {
			t.Fatalf("%s: %v", m, err)
		}
	}
	must(ticket.Dispatch)
	must(ticket.Return)
	if tk.Status != ticket.Accepted || tk.Lead != assignment.TaskForce || tk.LeadPath != "bureau/mailbox" || tk.Reason != "not_our_duty" {
		t.Fatalf("a returned ticket lies with the task force, got %+v", tk)
	}
	must(ticket.Dispatch)
	must(ticket.Sign)
	must(ticket.Return)
	must(ticket.Dispatch)
	_, err := tk.Apply(command(&tk, ticket.Return))
	refused(t, err, problem.Conflict, "ticket.returns")
	must(ticket.Reassign) // arbitration
	must(ticket.Sign)
	_, err = tk.Apply(command(&tk, ticket.Return))
	refused(t, err, problem.Conflict, "ticket.returns")
	must(ticket.Reassign) // even after the unit has signed
	if tk.Returns != ticket.MaxReturns {
		t.Errorf("got %d returns", tk.Returns)
	}
}

func TestSentBackTextNeedsANewApproval(t *testing.T) {
	t.Parallel()
	tk := inState(ticket.Reviewing)
	d, err := reply.First(tk.ID, tk.Round).Revise("d1", "author", "答复。", reply.Resolved, at())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []ticket.Move{ticket.Approve, ticket.SendBack, ticket.Submit} {
		c := command(&tk, m)
		c.Draft = &d
		if _, err := tk.Apply(c); err != nil {
			t.Fatalf("%s: %v", m, err)
		}
	}
	c := command(&tk, ticket.Release)
	c.Draft = &d
	_, err = tk.Apply(c)
	refused(t, err, problem.Conflict, "reply.unapproved")
}
