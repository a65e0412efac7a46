package desk_test

import (
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

func request() channel.Letter {
	return channel.Letter{
		Source: channel.Web, Kind: channel.Disclosure, Title: "申请公开事故统计", Text: "需要去年的事故统计。", Category: "traffic",
		Contact: &channel.Contact{Name: "李雷", Phone: "13800138000", IDNumber: "11010519491231002X"},
		Fields:  map[string]string{"description": "去年全市事故统计", "form": "electronic"},
	}
}

func day(at time.Time) string { return at.In(deadline.Beijing()).Format("01-02") }

func TestCompletingARequestStartsItsClockAnew(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: request()})
	first := s.clock(deadline.Answer)
	s.do(s.force, desk.Command{Move: ticket.Ask, Text: "请写明是哪几类事故。"})
	if c := s.clock(deadline.Inform); c.Open() || !c.BreachedAt.IsZero() {
		t.Errorf("asked in time, and yet %+v", c)
	}
	s.pass(48 * time.Hour)
	_, err := s.Supply(t.Context(), s.receipt.Number, s.receipt.QueryCode, desk.Supplied{Text: "有人员伤亡的。"})
	must(t, err)
	again := s.clock(deadline.Answer)
	if again.ID == first.ID || !again.StartedAt.Equal(s.now()) || !again.DueAt.After(first.DueAt) || !s.view().Ticket.DueAt.Equal(again.DueAt) {
		t.Errorf("the request counts from %s until %s, its ticket until %s", again.StartedAt, day(again.DueAt), day(s.view().Ticket.DueAt))
	}
	for _, c := range s.view().Clocks {
		if c.ID == first.ID && c.SupersededBy != again.ID {
			t.Errorf("the old clock gave way to %q", c.SupersededBy)
		}
	}
	s.refused(s.force, desk.Command{Move: ticket.Ask, Text: "再补正一次。"}, "ticket.asks")
}

func TestARequestIsAskedToBeCompletedInTimeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: request()})
	s.toHandling()
	s.pass(12 * 24 * time.Hour)
	s.refused(s.handler, desk.Command{Move: ticket.Ask, Text: "请写明是哪几类事故。"}, "ticket.ask_late")
}

func TestARequestNotCompletedIsGivenUp(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: request()})
	s.do(s.force, desk.Command{Move: ticket.Ask, Text: "请写明是哪几类事故。"})
	s.pass(40 * 24 * time.Hour)
	s.work(t)
	v := s.view()
	if v.Ticket.Status != ticket.Withdrawn || v.Events[len(v.Events)-1].Move != ticket.Lapse {
		t.Errorf("it is %s after %s", v.Ticket.Status, v.Events[len(v.Events)-1].Move)
	}
	if i := slices.IndexFunc(v.Clocks, func(c deadline.Clock) bool { return c.Open() }); i >= 0 {
		t.Errorf("%s still runs", v.Clocks[i].Purpose)
	}
}

func TestTimeOfAThirdPartyDoesNotCount(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: request()})
	s.toHandling()
	was := s.view().Ticket.DueAt
	s.do(s.handler, desk.Command{Move: ticket.ConsultThird, Reason: "third_party"})
	if a, u := s.clock(deadline.Answer), s.clock(deadline.Handle); !a.Standing() || !u.Standing() || a.Pauses[0].Reason != deadline.ThirdParty {
		t.Errorf("the clocks run while a third party is waited for: %+v, %+v", a, u)
	}
	s.pass(30 * 24 * time.Hour) // it keeps silent
	s.work(t)
	v := s.view()
	if v.Ticket.Third != "" || v.Ticket.Status != ticket.Handling || !v.Ticket.DueAt.After(was) {
		t.Errorf("it waits for %q, is %s and due on %s instead of %s", v.Ticket.Third, v.Ticket.Status, day(v.Ticket.DueAt), day(was))
	}
	if a, u := s.clock(deadline.Answer), s.clock(deadline.Handle); a.Standing() || u.Standing() || !u.DueAt.Before(a.DueAt) {
		t.Errorf("they do not go on: %+v, %+v", a, u)
	}
}

func TestTimeOfAHearingDoesNotCount(t *testing.T) {
	t.Parallel()
	l := letter()
	l.Kind, l.Contact.Address, l.Fields = channel.Petition, "", map[string]string{"request": "尽快修好"}
	s := begin(t, open(t), desk.Opening{Letter: l})
	s.toHandling()
	was := s.view().Ticket.DueAt
	s.refused(s.handler, desk.Command{Move: ticket.Suspend, Reason: "examination", Note: "送检"}, "deadline.pause") // no reason of its rule
	s.do(s.handler, desk.Command{Move: ticket.Suspend, Reason: "hearing", Note: "定于下周听证"})
	if a, hearing := s.clock(deadline.Answer), s.clock(deadline.Third); !a.Standing() || a.Pauses[0].Reason != deadline.Hearing || hearing.Rule != "suspension" {
		t.Errorf("got %+v bounded by %+v", a, hearing)
	}
	s.pass(4 * 24 * time.Hour)
	s.do(s.handler, desk.Command{Move: ticket.Resume, Note: "听证结束"})
	if v := s.view(); v.Ticket.Third != "" || !v.Ticket.DueAt.After(was) {
		t.Errorf("waits for %q, due on %s instead of %s", v.Ticket.Third, day(v.Ticket.DueAt), day(was))
	}
	s.do(s.handler, desk.Command{Move: ticket.Suspend, Reason: "hearing", Note: "再次听证"})
	s.pass(60 * 24 * time.Hour) // nobody takes it up again
	s.work(t)
	v := s.view()
	if last := v.Events[len(v.Events)-1]; v.Ticket.Third != "" || last.Move != ticket.Resume {
		t.Errorf("waits for %q after %s", v.Ticket.Third, last.Move)
	}
	if a := s.clock(deadline.Answer); a.Standing() {
		t.Errorf("it does not go on: %+v", a)
	}
}

func TestPublicOpinionIsAnsweredWithinHours(t *testing.T) {
	t.Parallel()
	h := open(t)
	friday := time.Date(2026, 9, 25, 14, 0, 0, 0, time.UTC) // 22:00 on the first day of a holiday
	h.pass(friday.Sub(h.now()))
	l := channel.Letter{Source: channel.Watch, Kind: channel.Signal, Title: "网传警车事故", Text: "多个平台在传，需要回应。", Urgency: channel.Critical}
	public := l
	public.Source = channel.Web
	if _, err := h.Open(t.Context(), desk.Opening{Letter: public}); !problem.HasCode(err, "letter.invalid") {
		t.Errorf("the public enters public opinion: %v", err)
	}
	force := h.taskForce("force")
	s := begin(t, h, desk.Opening{Letter: l, Actor: &force})
	if lead := s.view().Ticket.Lead; lead != "publicity" {
		t.Errorf("answered for by %s", lead)
	}
	answer, press := s.clock(deadline.Answer), s.clock(deadline.Press)
	if answer.DueAt.Sub(friday) != 5*time.Hour || press.DueAt.Sub(friday) != 24*time.Hour {
		t.Errorf("due %s and %s after it was found", answer.DueAt.Sub(friday), press.DueAt.Sub(friday))
	}
	s.pass(4 * time.Hour)
	s.toHandling()
	s.answer("情况通报：……")
	if press = s.clock(deadline.Press); !press.Open() {
		t.Error("what was written ends the wait for the press conference")
	}
	s.do(s.force, desk.Command{Move: ticket.Brief, Note: "上午十时召开新闻发布会"})
	if c := s.clock(deadline.Press); c.Open() || !c.BreachedAt.IsZero() {
		t.Errorf("got %+v", c)
	}
	l.Urgency, l.Title = channel.Ordinary, "网传其他事情"
	if c := begin(t, h, desk.Opening{Letter: l, Actor: &force}).clock(deadline.Answer); c.DueAt.Sub(h.now()) != 48*time.Hour {
		t.Errorf("due %s after it was found", c.DueAt.Sub(h.now()))
	}
}

func TestAPetitionDressedAsARequest(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: request()})
	first, received := s.clock(deadline.Answer), s.now()
	s.pass(24 * time.Hour)
	c := desk.Command{Move: ticket.Reclassify, Kind: channel.Petition, Reason: "not_disclosure", Text: "您反映的属于信访事项。"}
	if s.handler.May(c.Move) {
		t.Error("a handler decides what kind a letter is of")
	}
	v := s.do(s.force, c)
	answer := s.clock(deadline.Answer)
	if v.Ticket.Kind != channel.Petition || answer.Rule != "petition" || !answer.StartedAt.Equal(received) || day(v.Ticket.DueAt) != day(answer.DueAt) {
		t.Errorf("a %s under %s from %s", v.Ticket.Kind, answer.Rule, answer.StartedAt)
	}
	if inform := s.clock(deadline.Inform); inform.Rule != "petition-inform" || !inform.StartedAt.Equal(received) {
		t.Errorf("got %+v", inform)
	}
	for _, c := range s.view().Clocks {
		if c.ID == first.ID && c.SupersededBy != answer.ID {
			t.Errorf("the old clock gave way to %q", c.SupersededBy)
		}
	}
	act := lastAct(t, s.house, "ticket/"+v.Ticket.ID, "ticket.reclassify")
	if act.Detail["was"] != "disclosure" || act.Detail["kind"] != "petition" || act.Detail["reason"] != "not_disclosure" {
		t.Errorf("audited as %+v", act)
	}
	s.do(s.force, desk.Command{Move: ticket.Accept})
	if c := s.clock(deadline.Inform); c.Open() {
		t.Error("the writer was told, and the clock runs on")
	}
	steps := s.citizen().Steps
	if !slices.ContainsFunc(steps, func(st desk.TimelineStep) bool { return st.Text == "您反映的属于信访事项。" }) {
		t.Errorf("the citizen reads %+v", steps)
	}
}

func TestARequestWithoutANameIsNotOpened(t *testing.T) {
	t.Parallel()
	l := request()
	l.Contact = nil
	_, err := open(t).Open(t.Context(), desk.Opening{Letter: l})
	if !problem.HasCode(err, "letter.invalid") {
		t.Errorf("got %v", err)
	}
}
