package desk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// released walks a new letter up to the released reply.
func released(t *testing.T, h *house, o desk.Opening) desk.Receipt {
	t.Helper()
	r, err := h.Open(t.Context(), o)
	must(t, err)
	walk(t, h, r.Number)
	return r
}

func walk(t *testing.T, h *house, number string) {
	t.Helper()
	force, handler := h.taskForce("force"), h.handler("handler", "traffic")
	for _, step := range []struct {
		who desk.Actor
		c   desk.Command
	}{
		{force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}},
		{handler, desk.Command{Move: ticket.Sign}},
		{handler, desk.Command{Move: ticket.Draft, Text: "信号灯已经修好。", Outcome: reply.Resolved}},
		{handler, desk.Command{Move: ticket.Submit}},
		{h.head("head", "traffic"), passes()},
		{force, passes()},
		{force, desk.Command{Move: ticket.Release}},
	} {
		h.pass(time.Minute)
		if _, err := h.move(t, step.who, number, step.c); err != nil {
			t.Fatalf("%s: %v", step.c.Move, err)
		}
	}
}

func TestALetterIsAnswered(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := released(t, h, desk.Opening{Letter: letter()})
	line, err := h.Lookup(t.Context(), r.Number, r.QueryCode)
	must(t, err)
	if line.Status != ticket.Answered || line.Reply == nil || line.Reply.Text != "信号灯已经修好。" {
		t.Errorf("the citizen sees %+v", line)
	}
	v, err := h.Ticket(t.Context(), h.taskForce("force"), r.Number)
	must(t, err)
	for _, c := range v.Clocks {
		if c.Open() != (c.Purpose == deadline.Rating) || !c.BreachedAt.IsZero() {
			t.Errorf("clock %s is open or breached after an answer in time", c.Rule)
		}
	}
	if _, err := h.move(t, h.taskForce("force"), r.Number, desk.Command{Move: ticket.Close}); err != nil {
		t.Error(err)
	}
	_, err = h.store.Verify(t.Context())
	must(t, err)
}

func TestNothingLeavesUnapprovedOrApprovedByItsAuthor(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	force := h.taskForce("force")
	author := h.staff("author", "traffic", ticket.Sign, ticket.Draft, ticket.Submit, ticket.Approve)
	for _, step := range []struct {
		who desk.Actor
		c   desk.Command
	}{
		{force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}},
		{author, desk.Command{Move: ticket.Sign}},
		{author, desk.Command{Move: ticket.Draft, Text: "已修好。", Outcome: reply.Resolved}},
		{author, desk.Command{Move: ticket.Submit}},
	} {
		_, err := h.move(t, step.who, r.Number, step.c)
		must(t, err)
	}
	if _, err := h.move(t, author, r.Number, passes()); !problem.HasCode(err, "review.own") {
		t.Errorf("approving the own text says %v", err)
	}
	if _, err := h.move(t, force, r.Number, desk.Command{Move: ticket.Release}); !problem.HasCode(err, "review.state") {
		t.Errorf("releasing without approval says %v", err)
	}
	line, err := h.Lookup(t.Context(), r.Number, r.QueryCode)
	must(t, err)
	if line.Reply != nil {
		t.Error("the citizen sees a text nobody approved")
	}
}

func TestWhoMayNotMove(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	force := h.taskForce("force")
	leader := h.staff("boss", "bureau", ticket.Note)
	leader.Scope = "*"
	for name, try := range map[string]struct {
		who  desk.Actor
		c    desk.Command
		code string
	}{
		"before dispatch":    {h.handler("t", "traffic"), desk.Command{Move: ticket.Sign, Version: 1}, "ticket.not_found"},
		"a needless reason":  {force, desk.Command{Move: ticket.Accept, Version: 1, Reason: "张三说的"}, "ticket.reason"},
		"a foreign unit":     {h.handler("p", "patrol"), desk.Command{Move: ticket.Sign, Version: 1}, "ticket.not_found"},
		"a role without it":  {leader, desk.Command{Move: ticket.Dispatch, Version: 1, Unit: "traffic"}, "ticket.denied"},
		"an old version":     {force, desk.Command{Move: ticket.Accept, Version: 0}, "ticket.stale"},
		"out of order":       {force, desk.Command{Move: ticket.Release, Version: 1}, "ticket.move"},
		"an unknown unit":    {force, desk.Command{Move: ticket.Dispatch, Version: 1, Unit: "nobody"}, "ticket.lead"},
		"a move of its own":  {force, desk.Command{Move: "explode", Version: 1}, "ticket.denied"},
		"no reason":          {force, desk.Command{Move: ticket.Decline, Version: 1, Text: "不予受理"}, "ticket.reason"},
		"nothing to be told": {force, desk.Command{Move: ticket.Decline, Version: 1, Reason: "outside_area"}, "ticket.public"},
	} {
		if _, err := h.Move(t.Context(), try.who, r.Number, try.c); !problem.HasCode(err, try.code) {
			t.Errorf("%s says %v, wanted %s", name, err, try.code)
		}
	}
	v, err := h.Ticket(t.Context(), force, r.Number)
	must(t, err)
	if v.Ticket.Version != 1 || len(v.Events) != 1 {
		t.Errorf("a refused move left version %d and %d events", v.Ticket.Version, len(v.Events))
	}
}

func TestTwoClerksCannotBothWin(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	var all sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 10 {
		unit := []string{"traffic", "patrol"}[i%2]
		all.Go(func() {
			_, err := h.Move(t.Context(), h.taskForce("force"), r.Number, desk.Command{Move: ticket.Dispatch, Version: 1, Unit: unit})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !problem.HasCode(err, "ticket.stale"):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won != 1 {
		t.Errorf("%d clerks won", won)
	}
}

func TestSeeingWhoWroteLeavesATrace(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	force := h.taskForce("force")
	if _, err := h.RevealContact(t.Context(), force, r.Number, ""); !problem.HasCode(err, "contact.reason") {
		t.Errorf("no reason says %v", err)
	}
	nosy := force
	nosy.Contact = false
	if _, err := h.RevealContact(t.Context(), nosy, r.Number, "好奇"); !problem.HasCode(err, "contact.denied") {
		t.Errorf("a role without the right says %v", err)
	}
	before, err := h.store.Verify(t.Context())
	must(t, err)
	c, err := h.RevealContact(t.Context(), force, r.Number, "回访核实")
	must(t, err)
	after, err := h.store.Verify(t.Context())
	must(t, err)
	if c.Phone != "13800138000" || after != before+1 {
		t.Errorf("got %+v, %d acts after %d", c, after, before)
	}
}

func TestTheReplyComesBackIntoTheChat(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	_, err := h.Say(t.Context(), say(h, a.Conversation, "c1", "学校门口的信号灯坏了三天"))
	must(t, err)
	_, err = h.HandOver(t.Context(), a.Conversation, "h1", desk.Opening{Letter: channel.Letter{Kind: channel.Help, Category: "traffic"}})
	must(t, err)
	c, err := h.Conversation(t.Context(), a.Conversation)
	must(t, err)
	walk(t, h, c.Ticket)
	for range 3 { // however often the runner looks
		h.work(t)
	}
	ms, err := h.Messages(t.Context(), a.Conversation, 0, 100)
	must(t, err)
	told := 0
	for _, m := range ms {
		if m.Kind == conversation.Notice && strings.Contains(string(m.Body), "信号灯已经修好") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times: %+v", told, ms)
	}
}

func TestUnitsHearOfTheirWork(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	_, err = h.move(t, h.taskForce("force"), r.Number, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	must(t, err)
	h.work(t)
	h.work(t)
	for unit, want := range map[string]int{"mailbox": 1, "traffic": 1, "patrol": 0} {
		got, err := h.Notifications(t.Context(), h.handler("x", unit), 0)
		must(t, err)
		if len(got) != want {
			t.Errorf("%s hears of %+v", unit, got)
		}
		for _, n := range got {
			if strings.Contains(n.Text, "信号灯") || n.Ticket != r.Number {
				t.Errorf("the notice tells the letter: %+v", n)
			}
		}
	}
}
