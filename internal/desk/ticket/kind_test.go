package ticket_test

import (
	"slices"
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

// TestProfilesNameWhatThereIs ties the data of the kinds to the machine.
func TestProfilesNameWhatThereIs(t *testing.T) {
	t.Parallel()
	moves := append(ticket.Moves(), ticket.Following()...)
	for _, k := range channel.Kinds() {
		p := k.Profile()
		for _, bar := range p.Bars {
			if !slices.Contains(moves, ticket.Move(bar)) {
				t.Errorf("%s bars %q, which is no move", k, bar)
			}
		}
		for _, o := range slices.Concat(p.Outcomes, p.Refusals) {
			if reply.Outcome(o).Name() == "" {
				t.Errorf("%s has the outcome %q, which is none", k, o)
			}
		}
		for _, o := range p.Refusals {
			if !slices.Contains(p.Outcomes, o) {
				t.Errorf("%s refuses with %q, which it cannot say", k, o)
			}
		}
		for _, w := range p.RemedyWords {
			if !strings.Contains(p.Remedy, w) {
				t.Errorf("%s: the sentence for the clerk lacks %s", k, w)
			}
		}
	}
}

func request(s ticket.Status) ticket.Ticket {
	tk := inState(s)
	tk.Kind = channel.Disclosure
	return tk
}

func TestKindsBarMoves(t *testing.T) {
	t.Parallel()
	tk := request(ticket.Handling)
	_, err := tk.Apply(command(&tk, ticket.Merge))
	refused(t, err, problem.Conflict, "ticket.kind_move")
	help := inState(ticket.Handling)
	c := command(&help, ticket.ConsultThird)
	help.Kind = channel.Help
	_, err = help.Apply(c)
	refused(t, err, problem.Conflict, "ticket.kind_move")
	if tk.Allows(ticket.Merge) || !tk.Allows(ticket.ConsultThird) || help.Allows(ticket.ConsultThird) {
		t.Error("what is offered is not what is allowed")
	}
}

func TestARequestIsCompletedOnce(t *testing.T) {
	t.Parallel()
	tk := request(ticket.Accepted)
	e, err := tk.Apply(command(&tk, ticket.Ask))
	if err != nil {
		t.Fatal(err)
	}
	if c := e.Clocks(tk.Kind); !slices.Contains(c.Stops, deadline.Inform) || slices.Contains(c.Pauses, deadline.Inform) {
		t.Errorf("asking in time stops %v and pauses %v", c.Stops, c.Pauses)
	}
	if e, err = tk.Apply(command(&tk, ticket.Supply)); err != nil {
		t.Fatal(err)
	}
	if c := e.Clocks(tk.Kind); !slices.Equal(c.Renews, []deadline.Purpose{deadline.Answer}) || len(c.Resumes) != 0 {
		t.Errorf("supplying renews %v and resumes %v", c.Renews, c.Resumes)
	}
	_, err = tk.Apply(command(&tk, ticket.Ask))
	refused(t, err, problem.Conflict, "ticket.asks")
}

func TestAThirdPartyHoldsARequestUp(t *testing.T) {
	t.Parallel()
	tk := request(ticket.Handling)
	_, err := tk.Apply(ticket.Command{Move: ticket.ThirdReplied, Note: "无", At: at()})
	refused(t, err, problem.Conflict, "ticket.no_third")
	c := command(&tk, ticket.ConsultThird)
	c.Reason = "hearsay"
	_, err = tk.Apply(c)
	refused(t, err, problem.Invalid, "ticket.reason")
	if _, err := tk.Apply(command(&tk, ticket.ConsultThird)); err != nil || tk.Third != string(deadline.ThirdParty) {
		t.Fatalf("waits for %q, %v", tk.Third, err)
	}
	for _, m := range []ticket.Move{ticket.ConsultThird, ticket.Ask, ticket.Submit, ticket.Return, ticket.Reassign, ticket.Reclassify} {
		_, err := tk.Apply(command(&tk, m))
		refused(t, err, problem.Conflict, "ticket.third_pending")
	}
	if _, err := tk.Apply(ticket.Command{Move: ticket.ThirdSilent, At: at()}); err != nil || tk.Third != "" {
		t.Errorf("still waits for %q, %v", tk.Third, err)
	}
}

func TestAHearingHoldsAPetitionUp(t *testing.T) {
	t.Parallel()
	tk := inState(ticket.Handling)
	tk.Kind = channel.Petition
	_, err := tk.Apply(ticket.Command{Move: ticket.Resume, Note: "无", At: at()})
	refused(t, err, problem.Conflict, "ticket.not_suspended")
	if _, err := tk.Apply(command(&tk, ticket.Suspend)); err != nil || !tk.Suspended() {
		t.Fatalf("waits for %q, %v", tk.Third, err)
	}
	for _, m := range []ticket.Move{ticket.Suspend, ticket.Ask, ticket.Submit, ticket.Reassign, ticket.Reclassify} {
		_, err := tk.Apply(command(&tk, m))
		refused(t, err, problem.Conflict, "ticket.third_pending")
	}
	_, err = tk.Apply(ticket.Command{Move: ticket.ThirdSilent, At: at()})
	refused(t, err, problem.Conflict, "ticket.no_third")
	tk.Holder = "somebody"
	_, err = tk.Apply(ticket.Command{Move: ticket.Resume, Actor: "another", Note: "听证结束", At: at()})
	refused(t, err, problem.Conflict, "ticket.held")
	if _, err := tk.Apply(ticket.Command{Move: ticket.Resume, Note: "期满", At: at()}); err != nil || tk.Third != "" {
		t.Errorf("time running out does not let it go on: waits for %q, %v", tk.Third, err)
	}
}

func TestOnlySomeKindsHaveMovesOfTheirOwn(t *testing.T) {
	t.Parallel()
	for kind, moves := range map[channel.Kind][]ticket.Move{
		channel.Disclosure: {ticket.ConsultThird, ticket.ThirdReplied},
		channel.Petition:   {ticket.Suspend, ticket.Resume},
		channel.Complaint:  {ticket.Suspend, ticket.Resume},
		channel.Signal:     {ticket.Brief},
		channel.Help:       nil,
	} {
		for _, m := range []ticket.Move{ticket.ConsultThird, ticket.ThirdReplied, ticket.Suspend, ticket.Resume, ticket.Brief} {
			if kind.Bars(string(m)) == slices.Contains(moves, m) {
				t.Errorf("%s is barred with %s: %t", m, kind, kind.Bars(string(m)))
			}
		}
	}
}

func TestOutcomesOfARequest(t *testing.T) {
	t.Parallel()
	const remedy = "可以依法申请行政复议，对复议决定不服的，可以提起行政诉讼。"
	for _, test := range []struct {
		kind    channel.Kind
		outcome reply.Outcome
		text    string
		code    string
	}{
		{channel.Disclosure, reply.Provided, "见附件。", ""},
		{channel.Disclosure, reply.Resolved, "已解决。", "reply.outcome"},
		{channel.Complaint, reply.Withheld, "不予公开。" + remedy, "reply.outcome"},
		{channel.Disclosure, reply.Withheld, "涉及国家秘密，不予公开。", "reply.remedy"},
		{channel.Disclosure, reply.PartlyProvided, "部分公开，可以申请行政复议。", "reply.remedy"},
		{channel.Disclosure, reply.PartlyProvided, "部分公开。" + remedy, ""},
	} {
		tk := inState(ticket.Handling)
		tk.Kind = test.kind
		c := command(&tk, ticket.Submit)
		c.Draft.Text, c.Draft.Outcome = test.text, test.outcome
		_, err := tk.Apply(c)
		if (test.code == "") != (err == nil) || test.code != "" && !problem.HasCode(err, test.code) {
			t.Errorf("%s %s: got %v, want %q", test.kind, test.outcome, err, test.code)
		}
	}
}

func TestReclassify(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*ticket.Ticket, *ticket.Command)
		code   string
	}{
		"no kind":        {func(_ *ticket.Ticket, c *ticket.Command) { c.Kind = "" }, "ticket.kind"},
		"the same kind":  {func(_ *ticket.Ticket, c *ticket.Command) { c.Kind = channel.Disclosure }, "ticket.kind"},
		"to a report":    {func(_ *ticket.Ticket, c *ticket.Command) { c.Kind = channel.Report }, "ticket.kind"},
		"from a report":  {func(tk *ticket.Ticket, _ *ticket.Command) { tk.Kind = channel.Report }, "ticket.kind_move"},
		"without words":  {func(_ *ticket.Ticket, c *ticket.Command) { c.Public = "" }, "ticket.public"},
		"without reason": {func(_ *ticket.Ticket, c *ticket.Command) { c.Reason = "" }, "ticket.reason"},
		"about the unit that handles it": {func(tk *ticket.Ticket, c *ticket.Command) {
			tk.Lead, tk.LeadPath, c.Avoid = "traffic", "bureau/traffic", []string{"traffic"}
		}, "ticket.avoid"},
	} {
		tk := request(ticket.Handling)
		c := command(&tk, ticket.Reclassify)
		test.change(&tk, &c)
		if _, err := tk.Apply(c); !problem.HasCode(err, test.code) {
			t.Errorf("%s: got %v, want %s", name, err, test.code)
		}
	}

	tk := request(ticket.Received)
	tk.Lead, tk.LeadPath = "traffic", "bureau/traffic"
	tk.Extension = &ticket.Extension{N: 5, By: "handler", At: at()}
	c := command(&tk, ticket.Reclassify)
	c.Avoid, c.Reason, c.At = []string{"traffic"}, "not_disclosure", at().Add(time.Hour)
	e, err := tk.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	if tk.Kind != channel.Petition || tk.Lead != assignment.TaskForce || !tk.Avoids("bureau/traffic") || tk.Extension != nil || tk.Status != ticket.Received {
		t.Errorf("got %+v", tk)
	}
	if e.Note != "由“依申请公开”改为“信访”。内部备注" || e.Public != c.Public || e.Reason != "not_disclosure" {
		t.Errorf("got %+v", e)
	}
	if clocks := e.Clocks(tk.Kind); !slices.Equal(clocks.Renews, []deadline.Purpose{deadline.Answer, deadline.Inform}) {
		t.Errorf("renews %v", clocks.Renews)
	}
}

func TestStagesOfARequest(t *testing.T) {
	t.Parallel()
	order := []ticket.Stage{ticket.Registered, ticket.Examined, ticket.Processed, ticket.Replied, ticket.Archived}
	for _, st := range order {
		var states []string
		for _, s := range ticket.Statuses() {
			if s.Stage() == st {
				states = append(states, string(s))
			}
		}
		row := "| " + string(st) + " " + st.Name() + " | " + strings.Join(states, ", ") + " |"
		if st.Name() == "" || !strings.Contains(drawing, row+"\n") {
			t.Errorf("lifecycle.md lacks %s", row)
		}
	}
	last := -1
	for _, s := range []ticket.Status{ticket.Received, ticket.Accepted, ticket.Dispatched, ticket.Handling, ticket.Reviewing, ticket.Answered, ticket.Closed} {
		at := slices.Index(order, s.Stage())
		if at < last {
			t.Errorf("%s goes back to %s", s, s.Stage())
		}
		last = at
	}
}
