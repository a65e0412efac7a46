package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

func parking() consultation.Content {
	return consultation.Content{
		Title: "停车管理办法", Text: "第一条 为了规范停车。", Explanation: "起草说明。", How: "在本页填写。", Contact: "010-12345678", Ground: "道路交通安全法", Days: 30,
	}
}

// planner is the handler of the traffic police who drafts consultations.
func (h *house) planner() desk.Actor {
	a := h.handler("planner", "traffic")
	a.Consults = true
	return a
}

// publisher is the leader who approves them.
func (h *house) publisher() desk.Actor {
	a := h.leader("publisher")
	a.Publishes = true
	return a
}

// textOf is the review of a consultation, or of its result.
func (h *house) textOf(t *testing.T, subject string) desk.TextView {
	t.Helper()
	found, err := h.Texts(t.Context(), h.readers()[3], desk.ReviewFilter{Kind: review.Consultation, Subject: subject}, false)
	must(t, err)
	if len(found) != 1 {
		t.Fatalf("%d texts of %s", len(found), subject)
	}
	return found[0]
}

// publish lets a text of a consultation pass all six steps, and publishes it.
func (h *house) publish(t *testing.T, subject string) error {
	t.Helper()
	v := h.textOf(t, subject)
	if _, err := h.takes(t, h.planner(), v.ID, desk.TextCommand{Move: review.Submit}); err != nil {
		return err
	}
	for _, a := range h.readers() {
		if _, err := h.takes(t, a, v.ID, desk.TextCommand{Move: review.Pass}); err != nil {
			return err
		}
	}
	_, err := h.takes(t, h.publisher(), v.ID, desk.TextCommand{Move: review.Publish})
	return err
}

func (h *house) consult(t *testing.T, a desk.Actor, id string, c desk.ConsultationCommand) (desk.ConsultationView, error) {
	t.Helper()
	v, err := h.StaffConsultation(t.Context(), h.publisher(), id)
	must(t, err)
	c.Version = v.Version
	return h.MoveConsultation(t.Context(), a, id, c)
}

// asking is a consultation that is open.
func asking(t *testing.T, h *house) string {
	t.Helper()
	v, err := h.DraftConsultation(t.Context(), h.planner(), "", parking())
	must(t, err)
	must(t, h.publish(t, v.ID))
	return v.ID
}

func opinionOn(id string) channel.Letter {
	return channel.Letter{
		Source: channel.Web, Kind: channel.Opinion, Consultation: id, Title: "对《停车管理办法》的意见", Text: "夜间应当免费，电话13800138000。",
		Fields: map[string]string{"clause": "第八条"},
	}
}

func (h *house) opine(t *testing.T, id string) desk.Receipt {
	t.Helper()
	r, err := h.Open(t.Context(), desk.Opening{Letter: opinionOn(id)})
	must(t, err)
	return r
}

// closed lets the period of a consultation run out.
func (h *house) closed(t *testing.T, id string) {
	t.Helper()
	v, err := h.StaffConsultation(t.Context(), h.publisher(), id)
	must(t, err)
	h.pass(v.Period.ClosesAt.Sub(h.now()) + time.Second)
	h.work(t)
}

func TestNothingIsPublicThatItsAuthorAloneHasRead(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	v, err := h.DraftConsultation(ctx, h.planner(), "", parking())
	must(t, err)
	hidden := func(when string) {
		t.Helper()
		all, err := h.Consultations(ctx)
		must(t, err)
		if _, err := h.Consultation(ctx, v.ID); !problem.HasCode(err, "consultation.not_found") || len(all) != 0 {
			t.Errorf("%s the public reads it: %v, %v", when, err, all)
		}
		if _, err := h.Open(ctx, desk.Opening{Letter: opinionOn(v.ID)}); !problem.HasCode(err, "consultation.not_found") {
			t.Errorf("%s an opinion is taken: %v", when, err)
		}
	}
	hidden("as a draft")
	both := h.planner()
	both.Publishes = true
	text := h.textOf(t, v.ID)
	for name, test := range map[string]struct {
		actor desk.Actor
		move  review.Move
		code  string
	}{
		"unread":            {both, review.Publish, "review.state"},
		"by a handler":      {h.planner(), review.Publish, "review.denied"},
		"by another unit":   {h.handler("n1", "narcotics"), review.Publish, "review.not_found"},
		"beside the review": {h.planner(), review.Edit, "consultation.changed"},
	} {
		if _, err := h.takes(t, test.actor, text.ID, desk.TextCommand{Move: test.move, Content: closure()}); !problem.HasCode(err, test.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	content := parking()
	content.OpensOn = "2026-06-10"
	_, err = h.consult(t, h.planner(), v.ID, desk.ConsultationCommand{Move: desk.EditConsultation, Content: content})
	must(t, err)
	must(t, h.publish(t, v.ID))
	v, err = h.StaffConsultation(ctx, h.publisher(), v.ID)
	must(t, err)
	hidden("before its day")
	h.pass(v.OpensAt.Sub(h.now()))
	h.work(t)
	public, err := h.Consultation(ctx, v.ID)
	must(t, err)
	if public.State != consultation.Open || public.Owner == "" || len(public.Period.Explain) != 31 {
		t.Errorf("on its day: %+v", public)
	}
	chain, err := h.store.AuditLane(ctx, audit.LaneOf("consultation/"+v.ID))
	must(t, err)
	var acts []string
	for _, e := range chain {
		if e.Object == "consultation/"+v.ID {
			acts = append(acts, e.Action)
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(acts), func(a string) bool { return a != "consultation.refused" })); n != 0 || acts[len(acts)-1] != "consultation.open" {
		t.Errorf("the trail tells %v", acts)
	}
	other, err := h.StaffConsultations(ctx, h.as("n2", "narcotics", access.Handler))
	if !problem.HasCode(err, "consultation.denied") {
		t.Errorf("without the right: %v, %v", other, err)
	}
}

func TestAnOpinionIsATicketOfTheUnitWhoseDraftItIs(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	id := asking(t, h)
	r := h.opine(t, id)
	v, err := h.Ticket(ctx, h.planner(), r.Number)
	must(t, err)
	about, err := h.Consultation(ctx, id)
	must(t, err)
	due, err := h.Profile.StartFor(deadline.Answer, h.Calendar(), deadline.Matter{Kind: "opinion"}, about.Period.ClosesAt)
	must(t, err)
	if v.Ticket.Status != ticket.Handling || v.Ticket.Lead != "traffic" || !v.Ticket.DueAt.Equal(due.Due) || r.Rule != "opinion-disposition" {
		t.Errorf("the ticket is %+v, by rule %s", v.Ticket, r.Rule)
	}
	var purposes []deadline.Purpose
	for _, c := range v.Clocks {
		purposes = append(purposes, c.Purpose)
	}
	if !slices.Equal(purposes, []deadline.Purpose{deadline.Answer, deadline.Handle}) {
		t.Errorf("its waits are %v", purposes)
	}
	if health, err := h.NewSelfCheck(0).Diagnose(ctx, desk.Signs{Runs: true}); err != nil || len(health.Findings) != 0 {
		t.Errorf("the self-check finds %+v, %v", health.Findings, err)
	}
	// Lengthened, its dates count from the new end, and the old ones stay known.
	_, err = h.consult(t, h.planner(), id, desk.ConsultationCommand{Move: desk.LengthenConsultation, Days: 29, Reason: "提前结束"})
	if !problem.HasCode(err, "consultation.shorten") {
		t.Errorf("ended early: %v", err)
	}
	_, err = h.consult(t, h.planner(), id, desk.ConsultationCommand{Move: desk.LengthenConsultation, Days: 45, Reason: "意见较多"})
	must(t, err)
	h.work(t)
	v, err = h.Ticket(ctx, h.planner(), r.Number)
	must(t, err)
	if !v.Ticket.DueAt.After(due.Due) || len(v.Clocks) != 4 || v.Clocks[0].SupersededBy == "" {
		t.Errorf("after the lengthening it is due at %s, was %s; %d clocks", v.Ticket.DueAt, due.Due, len(v.Clocks))
	}
	line, err := h.Lookup(ctx, r.Number, r.QueryCode)
	must(t, err)
	if last := line.Steps[len(line.Steps)-1].Text; !strings.Contains(last, "7月23日") {
		t.Errorf("its citizen reads %q", last)
	}
	h.pass(31 * 24 * time.Hour) // the first end has passed, the second has not
	h.work(t)
	h.opine(t, id)
}

func TestLateOpinions(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	id := asking(t, h)
	o := desk.Opening{Letter: opinionOn(id), IdempotencyKey: "0b7c2a9e-key-of-a-client"}
	first, err := h.Open(ctx, o)
	must(t, err)
	about, err := h.Consultation(ctx, id)
	must(t, err)
	h.pass(about.Period.ClosesAt.Sub(h.now()) + time.Second)
	// Nobody has closed it yet; its time is over all the same.
	if _, err := h.Open(ctx, desk.Opening{Letter: opinionOn(id)}); !problem.HasCode(err, "consultation.closed") || !strings.Contains(fmt.Sprint(err), "建议") {
		t.Errorf("a late one: %v", err)
	}
	again, err := h.Open(ctx, o)
	must(t, err)
	if again.Number != first.Number || !again.Repeated {
		t.Errorf("sent again it is %+v, was %+v", again, first)
	}
	h.work(t)
	if c, err := h.Consultation(ctx, id); err != nil || c.State != consultation.Closed {
		t.Errorf("it is %s, %v", c.State, err)
	}
	told, err := h.Notifications(ctx, h.planner(), 10)
	must(t, err)
	if len(told) == 0 || told[0].Kind != "consultation.closed" || !strings.Contains(told[0].Text, "停车管理办法") {
		t.Errorf("its unit hears %+v", told)
	}
	for _, l := range []channel.Letter{
		{Source: channel.Web, Kind: channel.Opinion, Title: "意见", Text: "对什么？"},
		{Source: channel.Web, Kind: channel.Help, Consultation: id, Title: "求助", Text: "请帮忙。"},
	} {
		if _, err := h.Open(ctx, desk.Opening{Letter: l}); !problem.HasCode(err, "letter.invalid") {
			t.Errorf("%s about %q: %v", l.Kind, l.Consultation, err)
		}
	}
}

func TestAResultIsPublishedWithEveryDisposition(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	id := asking(t, h)
	var rs []desk.Receipt
	for range 3 {
		rs = append(rs, h.opine(t, id))
	}
	gone := h.opine(t, id)
	_, err := h.Withdraw(ctx, gone.Number, gone.QueryCode, "")
	must(t, err)
	h.closed(t, id)
	result := desk.ConsultationCommand{Move: desk.DraftResult, Text: "共收到意见4条。"}
	_, err = h.consult(t, h.planner(), id, result)
	must(t, err)
	if err := h.publish(t, id+"/result"); !problem.HasCode(err, "consultation.undecided") {
		t.Errorf("without dispositions: %v", err)
	}
	for name, d := range map[string]desk.Disposal{
		"reply.invalid":         {Numbers: []string{rs[0].Number}, Outcome: reply.NotAdopted},
		"reply.outcome":         {Numbers: []string{rs[0].Number, rs[1].Number}, Outcome: reply.Resolved, Reason: "已办。"},
		"consultation.opinions": {Outcome: reply.NotAdopted, Reason: "无。"},
		"ticket.not_found":      {Numbers: []string{rs[0].Number, "000000-0000-0000"}, Outcome: reply.NotAdopted, Reason: "无。"},
	} {
		if err := h.Dispose(ctx, h.planner(), id, d); !problem.HasCode(err, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, h.Dispose(ctx, h.planner(), id, desk.Disposal{Numbers: []string{rs[0].Number, rs[1].Number}, Outcome: reply.NotAdopted, Reason: "夜间免费没有上位法依据。"}))
	_, err = h.move(t, h.planner(), rs[2].Number, desk.Command{Move: ticket.Draft, Text: "写入第八条。", Outcome: reply.Adopted})
	must(t, err)
	line, err := h.Lookup(ctx, rs[0].Number, rs[0].QueryCode)
	must(t, err)
	if line.Reply != nil {
		t.Errorf("nobody else has read it, and its citizen does: %+v", line.Reply)
	}
	_, err = h.consult(t, h.planner(), id, result)
	must(t, err)
	text := h.textOf(t, id+"/result")
	_, err = h.takes(t, h.planner(), text.ID, desk.TextCommand{Move: review.Submit})
	must(t, err)
	must(t, h.Dispose(ctx, h.planner(), id, desk.Disposal{Numbers: []string{rs[0].Number}, Outcome: reply.PartlyAdopted, Reason: "分路段研究。"}))
	if _, err := h.takes(t, h.readers()[0], text.ID, desk.TextCommand{Move: review.Pass}); !problem.HasCode(err, "consultation.changed") {
		t.Errorf("decided otherwise while it is read: %v", err)
	}
	_, err = h.consult(t, h.planner(), id, result)
	must(t, err)
	must(t, h.publish(t, id+"/result"))
	if _, err := h.move(t, h.planner(), rs[0].Number, desk.Command{Move: ticket.Draft, Text: "又改了。", Outcome: reply.Adopted}); !problem.HasCode(err, "consultation.state") {
		t.Errorf("decided otherwise after the publication: %v", err)
	}
	h.work(t)
	public, err := h.Consultation(ctx, id)
	must(t, err)
	var counts []int
	for _, o := range public.Result.Tally.Outcomes {
		counts = append(counts, o.N)
	}
	if !slices.Equal(counts, []int{1, 1, 1}) || public.Result.Tally.Received != 4 || public.Result.Tally.Withdrawn != 1 {
		t.Errorf("published: %+v", public.Result.Tally)
	}
	if line, err = h.Lookup(ctx, rs[0].Number, rs[0].QueryCode); err != nil || line.Status != ticket.Closed || line.Reply == nil || line.Reply.Text != "分路段研究。" {
		t.Errorf("its citizen finds %+v, %v", line, err)
	}
	if left, err := h.Ticket(ctx, h.planner(), rs[1].Number); err != nil || slices.ContainsFunc(left.Clocks, func(c deadline.Clock) bool { return c.Open() }) {
		t.Errorf("a clock runs on: %+v, %v", left.Clocks, err)
	}
	figures, err := h.YearOfConsultations(ctx, h.planner(), 2026)
	must(t, err)
	if figures != (desk.ConsultationFigures{Opened: 1, Opinions: 4, Reported: 1}) {
		t.Errorf("the year counts %+v", figures)
	}
	os, _, err := h.Opinions(ctx, h.planner(), id, "", 10)
	must(t, err)
	if len(os) != 4 || strings.Contains(os[0].Letter.Text, "13800138000") {
		t.Errorf("listed: %+v", os)
	}
}

// A consultation that nobody answered has no opinion whose clock would remind
// of the result.
func TestALateResultIsNotForgotten(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	id := asking(t, h)
	h.closed(t, id)
	late := func() (n int) {
		t.Helper()
		told, err := h.Notifications(ctx, h.taskForce("clerk"), 100)
		must(t, err)
		for _, n1 := range told {
			if n1.Kind == "consultation.late" {
				n++
			}
		}
		return n
	}
	for _, step := range []struct {
		days, want int
	}{{35, 0}, {20, 1}, {7, 2}} {
		if step.want == 2 { // written is not published
			_, err := h.consult(t, h.planner(), id, desk.ConsultationCommand{Move: desk.DraftResult, Text: "没有收到意见。"})
			must(t, err)
		}
		h.pass(time.Duration(step.days) * 24 * time.Hour)
		h.work(t)
		if got := late(); got != step.want {
			t.Errorf("after %d more days: told %d times, want %d", step.days, got, step.want)
		}
	}
	must(t, h.publish(t, id+"/result"))
	h.pass(14 * 24 * time.Hour)
	h.work(t)
	if got := late(); got != 2 {
		t.Errorf("told %d times although it is published", got)
	}
}
