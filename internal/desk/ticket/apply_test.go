package ticket_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

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
	case ticket.Ask, ticket.Decline, ticket.TransferTo:
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
	case ticket.Draft, ticket.Submit, ticket.Approve, ticket.SendBack, ticket.Release:
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
		ticket.Withdraw, ticket.Urge, ticket.Note:
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
	want := ticket.Event{ID: "e1", TicketID: "t1", Seq: 1, Move: ticket.Open, To: ticket.Received, Actor: "clerk", Unit: "mailbox", Public: "来信已收到并登记。", At: at()}
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

// TestAnyMovesInAnyOrder lets everybody try everything, with commands that are
// right or wrong in every part.
func TestAnyMovesInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tk := opened()
		tk.Avoid, tk.DueAt = []string{"legal"}, at().Add(30*time.Minute)
		draft := reply.First(tk.ID, tk.Round)
		now, version := at(), int64(1)
		for range rapid.IntRange(1, 60).Draw(t, "moves") {
			now = now.Add(time.Minute)
			if draft.Round != tk.Round {
				draft = reply.First(tk.ID, tk.Round)
			}
			c := anyCommand(t, &tk, now)
			before, was := tk, draft
			next := draft
			c.Draft = &next
			if c.Move == ticket.Draft {
				var err error
				if next, err = draft.Revise("d", c.Actor, "答复。", reply.Partly, now); err != nil {
					t.Fatal(err)
				}
			}
			offered := next
			e, err := tk.Apply(c)
			if err != nil {
				if !reflect.DeepEqual(tk, before) || next != offered {
					t.Fatalf("%s was refused (%v), yet %+v became %+v", c.Move, err, before, tk)
				}
				if problem.KindOf(err) == problem.Internal {
					t.Fatalf("%s: a client's mistake is reported as ours: %v", c.Move, err)
				}
				continue
			}
			version++
			draft = next
			checkStep(t, &before, &tk, e, &draft)
			checkHands(t, &before, &tk, c)
			if tk.Version != version {
				t.Fatalf("version %d after %d changes", tk.Version, version)
			}
			if was.Revision > draft.Revision {
				t.Fatalf("revision %d after %d", draft.Revision, was.Revision)
			}
		}
	})
}

// anyMove is one that can be asked for or follows by itself.
func anyMove(t *rapid.T) ticket.Move {
	return rapid.SampledFrom(append(ticket.Moves(), ticket.Following()...)).Draw(t, "move")
}

// anyCommand leaves the ticket as it is, unlike [command].
func anyCommand(t *rapid.T, tk *ticket.Ticket, now time.Time) ticket.Command {
	as := *tk
	c := command(&as, anyMove(t))
	c.At = now
	c.Actor = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "actor")
	c.Unit = rapid.SampledFrom([]string{"mailbox", "tech", "traffic"}).Draw(t, "unit")
	switch rapid.IntRange(0, 9).Draw(t, "flaw") {
	case 0:
		c.Reason = "tired"
	case 1:
		c.Public = ""
	case 2:
		c.Note = ""
	case 3:
		if c.Move == ticket.Dispatch || c.Move == ticket.Reassign {
			c.Lead = unit("legal")
		}
	case 4:
		c.Co = []assignment.Unit{unit("tech")}
	case 5:
		if c.Other != nil {
			c.Other.LeadPath = "bureau/legal"
		}
	default:
	}
	return c
}

func checkStep(t *rapid.T, before, after *ticket.Ticket, e ticket.Event, d *reply.Draft) {
	alone := e.Move != ticket.AnswerWith // what was merged is answered with the other one's reply
	switch {
	case before.Status.Final() && after.Status != before.Status:
		t.Fatalf("left the end %s for %s", before.Status, after.Status)
	case e.From != before.Status || e.To != after.Status || e.Seq != after.Version:
		t.Fatalf("the event %+v does not tell %s → %s", e, before.Status, after.Status)
	case after.Returns > ticket.MaxReturns || after.Round > ticket.MaxRounds || after.Asks > 2:
		t.Fatalf("returned %d times, asked %d times, in round %d", after.Returns, after.Asks, after.Round)
	case after.Round < before.Round || after.Round > before.Round && e.Move != ticket.Redo:
		t.Fatalf("%s leads from round %d to %d", e.Move, before.Round, after.Round)
	case strings.Contains(e.Public, "内部"):
		t.Fatalf("an internal note leaves the house: %s", e.Public)
	case alone && before.Status == ticket.Reviewing && after.Status == ticket.Answered && (d.ReleasedAt.IsZero() || d.ApprovedBy == "" || d.ApprovedBy == d.Author):
		t.Fatalf("answered with what nobody else has approved: %+v", d)
	case after.Status.Open() && d.Round == after.Round && !d.ReleasedAt.IsZero():
		t.Fatalf("released, and yet %s", after.Status)
	case (after.Status == ticket.Supplement) != (after.Resume != ""):
		t.Fatalf("%s goes on from %q", after.Status, after.Resume)
	}
}

// checkHands checks whose hands a ticket is in.
func checkHands(t *rapid.T, before, after *ticket.Ticket, c ticket.Command) {
	pending := slices.ContainsFunc(after.Co, ticket.CoHandler.Pending)
	switch {
	case after.Avoids(after.LeadPath) || slices.ContainsFunc(after.Co, func(co ticket.CoHandler) bool { return after.Avoids(co.Path) }):
		t.Fatalf("%s: lies with the unit it is about: %+v", c.Move, after)
	case after.Status == ticket.Reviewing && pending && before.Status != ticket.Reviewing:
		t.Fatal("submitted without the opinions asked for")
	case before.Holder != "" && after.Holder != "" && before.Holder != after.Holder:
		t.Fatalf("%s: %s took what %s holds", c.Move, after.Holder, before.Holder)
	case before.Extension != nil && c.Move == ticket.Grant && before.Extension.By == c.Actor:
		t.Fatal("granted the own request")
	case (after.Status == ticket.Merged) != (after.Parent != "") && c.Move != ticket.AnswerWith && before.Parent == "":
		t.Fatalf("%s: merged into %q", after.Status, after.Parent)
	}
}

// TestNoWaitIsLeftRunning follows the clocks a ticket stops, pauses and starts:
// those of its state run, and no others.
func TestNoWaitIsLeftRunning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tk := opened()
		tk.DueAt = at().AddDate(1, 0, 0)
		runs := map[deadline.Purpose]string{}
		follow := func(e ticket.Event) {
			clocks := e.Clocks(tk.Kind)
			for _, p := range clocks.Renews {
				runs[p] = "running"
			}
			for _, p := range clocks.Stops {
				delete(runs, p)
			}
			for _, p := range clocks.Pauses {
				if runs[p] != "" {
					runs[p] = "paused"
				}
			}
			for _, p := range clocks.Resumes {
				if runs[p] != "" {
					runs[p] = "running"
				}
			}
			for _, p := range clocks.Starts {
				runs[p] = "running"
			}
		}
		follow(ticket.Event{Move: ticket.Open, To: ticket.Received})
		for range rapid.IntRange(1, 40).Draw(t, "moves") {
			as := tk // what a move needs of the ticket counts only if it is made
			c := command(&as, anyMove(t))
			if c.Draft != nil {
				c.Draft.Round = tk.Round
			}
			e, err := as.Apply(c)
			if err != nil {
				continue
			}
			tk = as
			follow(e)
			delete(runs, deadline.Opinion) // follows its co-handler, not the state
			delete(runs, deadline.Inform)  // follows the kind
			want := map[deadline.Purpose]string{}
			for _, p := range tk.Status.Waits() {
				want[p] = "running"
			}
			if tk.Status == ticket.Handling && tk.Third != "" {
				want[deadline.Answer], want[deadline.Handle], want[deadline.Third] = "paused", "paused", "running"
			}
			if !tk.FeedbackDue.IsZero() {
				want[deadline.Supervision] = "running"
			}
			if tk.Status == ticket.Supplement {
				want[deadline.Answer] = "paused"
				if tk.Resume == ticket.Handling {
					want[deadline.Handle] = "paused"
				}
			}
			if !maps.Equal(runs, want) {
				t.Fatalf("%s after %s: %v, want %v", tk.Status, c.Move, runs, want)
			}
		}
	})
}

// TestEveryLetterHasADeadlineAndAUnit ties the rooms together: whatever kind of
// letter comes from whatever source, the shipped data knows what to do.
func TestEveryLetterHasADeadlineAndAUnit(t *testing.T) {
	t.Parallel()
	cal, err := deadline.LoadCalendar()
	if err != nil {
		t.Fatal(err)
	}
	p, err := deadline.LoadProfile()
	if err != nil {
		t.Fatal(err)
	}
	r, err := assignment.LoadRouter()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range channel.Kinds() {
		for _, s := range []channel.Source{channel.Web, channel.Chat, channel.WeChat, channel.Phone, channel.Window, channel.Post, channel.H12345} {
			for _, purpose := range []deadline.Purpose{deadline.Answer, deadline.Screen, deadline.SignUp} {
				if res, err := p.StartFor(purpose, cal, deadline.Matter{Kind: string(k), Source: string(s)}, at()); err != nil || !res.Due.After(at()) {
					t.Errorf("%s from %s has no %s deadline: %v", k, s, purpose, err)
				}
			}
		}
		if a := r.Route(assignment.Request{Kind: string(k), Text: "您好"}); r.Tree().Path(a.Unit) == "" {
			t.Errorf("%s goes to nobody: %+v", k, a)
		}
	}
}
