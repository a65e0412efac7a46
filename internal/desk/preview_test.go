package desk_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// foretold previews a move, sees that nothing has changed, makes it and compares.
func (s *story) foretold(a desk.Actor, c desk.Command) desk.MovePreview {
	s.t.Helper()
	s.pass(time.Minute)
	before := s.view()
	c.Version = before.Ticket.Version
	p, err := s.PreviewMove(s.t.Context(), a, s.receipt.Number, c)
	if err != nil {
		s.t.Fatalf("the preview of %s: %v", c.Move, err)
	}
	if after := s.view(); !reflect.DeepEqual(before, after) {
		s.t.Errorf("the preview of %s changed the ticket", c.Move)
	}
	_, err = s.Move(s.t.Context(), a, s.receipt.Number, c)
	must(s.t, err)
	if got := s.view().Ticket; !reflect.DeepEqual(got, p.After) {
		s.t.Errorf("%s was to end as %+v, and ended as %+v", c.Move, p.After, got)
	}
	told := s.told()
	s.work(s.t)
	var want, got []string
	want = append(want, s.told()[len(told):]...)
	for _, t := range p.Tells {
		if t.Channel == "desk" {
			got = append(got, t.Unit+" "+t.To)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		s.t.Errorf("%s was to tell %v, and told %v", c.Move, got, want)
	}
	return p
}

// told lists the notices of the ticket's moves, oldest first.
func (s *story) told() []string {
	s.t.Helper()
	var units []string
	for _, u := range s.Tree.Units() {
		units = append(units, u.ID)
	}
	ns, err := s.store.Notifications(s.t.Context(), units, 100)
	must(s.t, err)
	var all []string
	for _, n := range slices.Backward(ns) {
		u, _ := s.Tree.ByID(n.Unit)
		all = append(all, u.Name+" "+n.To)
	}
	return all
}

func TestAPreviewIsWhatTheMoveDoes(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.ReachWith(desk.Reach{SMS: "aliyun", Mail: true})
	s := begin(t, h, desk.Opening{Letter: letter()})
	s.work(t)

	p := s.foretold(s.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic", Co: []string{"legal"}})
	if p.Lead != "交警支队" || p.Before.Status != ticket.Received {
		t.Errorf("dispatching leads to %q from %s", p.Lead, p.Before.Status)
	}
	var starts, stops []deadline.Purpose
	for _, c := range p.Clocks {
		if c.Before == nil {
			starts = append(starts, c.After.Purpose)
		} else if !c.After.Open() {
			stops = append(stops, c.After.Purpose)
		}
	}
	if !slices.Contains(starts, deadline.SignUp) || !slices.Contains(stops, deadline.Screen) {
		t.Errorf("dispatching starts %v and stops %v", starts, stops)
	}
	s.foretold(s.handler, desk.Command{Move: ticket.Sign})
	s.foretold(s.handler, desk.Command{Move: ticket.Extend, Days: 2, Reason: "complex"})
	if p := s.foretold(s.force, desk.Command{Move: ticket.Grant}); len(p.Clocks) == 0 || !p.After.DueAt.After(p.Before.DueAt) {
		t.Errorf("granting time moves %v to %v", p.Before.DueAt, p.After.DueAt)
	}
	s.foretold(s.handler, desk.Command{Move: ticket.Draft, Text: "信号灯已经修好。", Outcome: reply.Resolved})
	p = s.foretold(s.handler, desk.Command{Move: ticket.Ask, Text: "请补充路口的名称。"})
	sms := slices.IndexFunc(p.Tells, func(t desk.Telling) bool { return t.Channel == "sms" })
	if sms < 0 || p.Tells[sms].Why == "" {
		t.Errorf("who wrote did not ask for messages, and the preview says %+v", p.Tells)
	}
	_, err := h.store.Verify(t.Context())
	must(t, err)
}

func TestAPreviewRefusesWhatTheMoveWould(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := begin(t, h, desk.Opening{Letter: letter()})
	s.toHandling()
	v := s.view()
	for name, c := range map[string]struct {
		who  desk.Actor
		c    desk.Command
		code string
	}{
		"another unit":   {h.head("neighbour", "patrol"), desk.Command{Move: ticket.Note, Note: "看一看"}, "ticket.not_found"},
		"not theirs":     {s.handler, desk.Command{Move: ticket.Release}, "ticket.denied"},
		"not now":        {s.force, desk.Command{Move: ticket.Close}, "ticket.move"},
		"an old version": {s.force, desk.Command{Move: ticket.Note, Note: "旧", Version: 1}, "ticket.stale"},
		"no reason":      {s.force, desk.Command{Move: ticket.Reassign, Unit: "patrol"}, "ticket.reason"},
	} {
		if c.c.Version == 0 {
			c.c.Version = v.Ticket.Version
		}
		if _, err := h.PreviewMove(t.Context(), c.who, s.receipt.Number, c.c); !problem.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if n := len(h.trail(t, v.Ticket.ID)); n != 0 || !reflect.DeepEqual(v, s.view()) {
		t.Errorf("previews left %d acts", n)
	}
}

func TestAPreviewWarns(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := begin(t, h, desk.Opening{Letter: letter()})
	twin := begin(t, h, desk.Opening{Letter: letter()})
	h.work(t)
	p, err := h.PreviewMove(t.Context(), s.force, s.receipt.Number, desk.Command{Move: ticket.Dispatch, Unit: "traffic", Version: s.view().Ticket.Version})
	must(t, err)
	if len(p.Warnings) == 0 || p.Warnings[0].Code != desk.WarnTwin || !slices.Contains(p.Warnings[0].Tickets, twin.receipt.Number) {
		t.Errorf("two letters about one matter, and the preview warns of %+v", p.Warnings)
	}
}

func TestFormsSayWhatMovesNeed(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := begin(t, h, desk.Opening{Letter: letter()})
	s.toHandling()
	v, err := h.Ticket(t.Context(), s.handler, s.receipt.Number)
	must(t, err)
	if len(v.Forms) != len(v.Moves) {
		t.Fatalf("%d forms of %d moves", len(v.Forms), len(v.Moves))
	}
	for i, f := range v.Forms {
		if f.Move != v.Moves[i] {
			t.Errorf("the form of %s stands where %s does", f.Move, v.Moves[i])
		}
		required := map[string]ticket.Field{}
		for _, x := range f.Fields {
			if x.Required {
				required[x.Name] = x
			}
		}
		switch {
		case f.Move == ticket.Extend:
			if required["days"].Most == 0 || len(required["reason"].Choices) == 0 {
				t.Errorf("more time is asked for with %+v", required)
			}
			if f.Left == nil || *f.Left == 0 {
				t.Error("nobody says how often more time may be asked for")
			}
		case f.Move == ticket.Return:
			if f.Left == nil || *f.Left != ticket.MaxReturns {
				t.Error("nobody says how often it may be returned")
			}
		case f.Move == ticket.Draft:
			if required["text"].Most != reply.MaxText || len(required["outcome"].Choices) == 0 {
				t.Errorf("a reply is drafted with %+v", required)
			}
		case slices.Contains([]ticket.Move{ticket.Sign, ticket.Submit, ticket.Take, ticket.PutBack}, f.Move):
			if len(required) > 0 || f.Irreversible {
				t.Errorf("%s needs %+v", f.Move, required)
			}
		}
	}
}
