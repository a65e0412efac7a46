package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// story is one ticket and those who work on it.
type story struct {
	*house

	t       *testing.T
	receipt desk.Receipt
	force   desk.Actor
	handler desk.Actor
	head    desk.Actor
	leader  desk.Actor
}

func begin(t *testing.T, h *house, o desk.Opening) *story {
	t.Helper()
	r, err := h.Open(t.Context(), o)
	must(t, err)
	return &story{
		house: h, t: t, receipt: r, force: h.taskForce("force"), handler: h.handler("handler", "traffic"),
		head: h.head("head", "traffic"), leader: h.leader("director"),
	}
}

// do makes a move that must succeed.
func (s *story) do(a desk.Actor, c desk.Command) desk.TicketView {
	s.t.Helper()
	s.pass(time.Minute)
	v, err := s.move(s.t, a, s.receipt.Number, c)
	if err != nil {
		s.t.Fatalf("%s: %v", c.Move, err)
	}
	return v
}

// refused makes a move that must be refused, and changes nothing.
func (s *story) refused(a desk.Actor, c desk.Command, code string) {
	s.t.Helper()
	before := s.view()
	if _, err := s.move(s.t, a, s.receipt.Number, c); !problem.HasCode(err, code) {
		s.t.Errorf("%s says %v, want %s", c.Move, err, code)
	}
	after := s.view()
	if after.Ticket.Version != before.Ticket.Version || len(after.Events) != len(before.Events) {
		s.t.Errorf("the refused %s changed the ticket", c.Move)
	}
	act := lastAct(s.t, s.house, "ticket/"+before.Ticket.ID, "ticket.refused")
	if act.Actor != a.ID || act.Detail["code"] != code || act.Detail["move"] != string(c.Move) {
		s.t.Errorf("the refused %s is audited as %+v", c.Move, act)
	}
}

func (s *story) view() desk.TicketView {
	s.t.Helper()
	v, err := s.Ticket(s.t.Context(), s.force, s.receipt.Number)
	must(s.t, err)
	return v
}

func (s *story) citizen() desk.Timeline {
	s.t.Helper()
	l, err := s.Lookup(s.t.Context(), s.receipt.Number, s.receipt.QueryCode)
	must(s.t, err)
	return l
}

// clock is the newest clock of a purpose.
func (s *story) clock(p deadline.Purpose) deadline.Clock {
	s.t.Helper()
	var found deadline.Clock
	for _, c := range s.view().Clocks {
		if c.Purpose == p {
			found = c
		}
	}
	if found.ID == "" {
		s.t.Fatalf("no clock of %s", p)
	}
	return found
}

func (s *story) toHandling() {
	s.t.Helper()
	s.do(s.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	s.do(s.handler, desk.Command{Move: ticket.Sign})
}

// passes is what a reader says who has nothing to object to.
func passes() desk.Command { return desk.Command{Move: ticket.Approve, Gates: review.Gates()} }

func (s *story) answer(text string) {
	s.t.Helper()
	s.do(s.handler, desk.Command{Move: ticket.Draft, Text: text, Outcome: reply.Resolved})
	s.do(s.handler, desk.Command{Move: ticket.Submit})
	s.do(s.house.head("head", s.handler.Unit), passes())
	s.do(s.force, passes())
	s.do(s.force, desk.Command{Move: ticket.Release})
}

func TestACitizenCompletesTheLetterAndTheClocksWait(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.toHandling()
	was := s.view().Ticket.DueAt
	s.do(s.handler, desk.Command{Move: ticket.Ask, Text: "请写明是哪一个路口。"})
	if a, u := s.clock(deadline.Answer), s.clock(deadline.Handle); !a.Standing() || !u.Standing() {
		t.Errorf("the clocks run while the citizen is waited for: %+v, %+v", a, u)
	}
	if v, err := s.Ticket(t.Context(), s.handler, s.receipt.Number); err != nil || v.Ticket.Status != ticket.Supplement {
		t.Errorf("the unit that asked does not see it wait: %v", err)
	}
	line := s.citizen()
	if !slices.Contains(line.Moves, ticket.Supply) || line.Steps[len(line.Steps)-1].Text != "请写明是哪一个路口。" {
		t.Errorf("the citizen sees %+v", line)
	}
	if _, err := s.Supply(t.Context(), s.receipt.Number, "0000-0000-0000-0000", desk.Supplied{Text: "别人"}); !problem.HasCode(err, "ticket.not_found") {
		t.Errorf("a wrong code says %v", err)
	}
	s.pass(72 * time.Hour)
	file, err := s.Upload(t.Context(), "路口.txt", []byte("人民路和解放路"))
	must(t, err)
	supplied := desk.Supplied{Text: "人民路和解放路的路口。", Attachments: []string{file.ID, "nothing"}}
	if _, err := s.Supply(t.Context(), s.receipt.Number, s.receipt.QueryCode, supplied); !problem.HasCode(err, "letter.invalid") || s.view().Ticket.Status != ticket.Supplement {
		t.Errorf("a file nobody uploaded says %v", err)
	}
	supplied.Attachments = supplied.Attachments[:1]
	line, err = s.Supply(t.Context(), s.receipt.Number, s.receipt.QueryCode, supplied)
	must(t, err)
	if line.Status != ticket.Handling || !line.DueAt.After(was) {
		t.Errorf("goes on as %s until %s, was %s", line.Status, line.DueAt, was)
	}
	if v := s.view(); len(v.Files) != 1 || v.Files[0].Name != "路口.txt" {
		t.Errorf("the unit sees the files %+v", v.Files)
	}
	if h := s.clock(deadline.Handle); h.Standing() || !h.DueAt.Before(s.clock(deadline.Answer).DueAt) {
		t.Errorf("the unit's date %s is not before that of the answer", h.DueAt)
	}
	if _, err := s.Supply(t.Context(), s.receipt.Number, s.receipt.QueryCode, desk.Supplied{Text: "再补", Attachments: []string{file.ID}}); !problem.HasCode(err, "attachment.taken") {
		t.Errorf("a file that is used says %v", err)
	}
	if _, err := s.Supply(t.Context(), s.receipt.Number, s.receipt.QueryCode, desk.Supplied{Text: "再补"}); !problem.HasCode(err, "ticket.move") {
		t.Errorf("supplying what nobody asked for says %v", err)
	}
}

func TestWhatIsNotCompletedInTimeGoesOnAsItIs(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.do(s.force, desk.Command{Move: ticket.Ask, Text: "请补充。"})
	for range 15 {
		s.pass(24 * time.Hour)
		s.work(t)
	}
	v := s.view()
	if v.Ticket.Status != ticket.Received || v.Events[len(v.Events)-1].Move != ticket.Supply || v.Events[len(v.Events)-1].Actor != "" {
		t.Errorf("after the time it is %s, last %+v", v.Ticket.Status, v.Events[len(v.Events)-1])
	}
	if c := s.clock(deadline.Screen); !c.Open() {
		t.Error("nobody has to screen it any more")
	}
}

func TestMoreTimeIsAskedForAndGrantedByTwoPeople(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.toHandling()
	s.refused(s.handler, desk.Command{Move: ticket.Extend, Days: 5}, "ticket.reason")
	s.refused(s.handler, desk.Command{Move: ticket.Grant}, "ticket.denied")
	s.do(s.handler, desk.Command{Move: ticket.Extend, Days: 9, Reason: "complex"})
	s.refused(s.force, desk.Command{Move: ticket.Grant}, "deadline.extension") // complaints: at most eight working days
	s.do(s.force, desk.Command{Move: ticket.Refuse, Note: "最多八天。"})
	s.do(s.handler, desk.Command{Move: ticket.Extend, Days: 8, Reason: "complex"})
	was := s.view().Ticket.DueAt
	s.do(s.leader, desk.Command{Move: ticket.Grant})
	v := s.view()
	if !v.Ticket.DueAt.After(was) || v.Ticket.Extension != nil {
		t.Errorf("granted, and due %s after %s: %+v", v.Ticket.DueAt, was, v.Ticket.Extension)
	}
	if h := s.clock(deadline.Handle); !h.DueAt.After(was.Add(-24*time.Hour)) || !h.DueAt.Before(v.Ticket.DueAt) {
		t.Errorf("the unit's date is %s", h.DueAt)
	}
	line := s.citizen()
	if last := line.Steps[len(line.Steps)-1].Text; !strings.HasPrefix(last, "经批准，因情况复杂，需要进一步调查核实，办理期限延长至2026年") || !line.DueAt.Equal(v.Ticket.DueAt) {
		t.Errorf("the citizen reads %s, due %s", last, line.DueAt)
	}
	s.do(s.handler, desk.Command{Move: ticket.Extend, Days: 1, Reason: "visit"})
	s.refused(s.force, desk.Command{Move: ticket.Grant}, "deadline.extended")
	s.pass(60 * 24 * time.Hour)
	s.refused(s.force, desk.Command{Move: ticket.Grant}, "ticket.expired")
}

func TestTheLeadWaitsForTheOpinionsOrTheirTime(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.do(s.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic", Co: []string{"legal", "patrol"}})
	s.do(s.handler, desk.Command{Move: ticket.Sign})
	s.do(s.handler, desk.Command{Move: ticket.Draft, Text: "已修好。", Outcome: reply.Resolved})
	s.refused(s.handler, desk.Command{Move: ticket.Submit}, "ticket.co_pending")
	legal, patrol := s.house.handler("lawyer", "legal"), s.house.handler("patroller", "patrol")
	s.work(t)
	told, err := s.Notifications(t.Context(), legal, 10)
	must(t, err)
	if len(told) != 1 || told[0].Kind != "ticket.dispatch" {
		t.Errorf("who is asked for an opinion is told %+v", told)
	}
	page, err := s.Tickets(t.Context(), legal, desk.Filter{Co: true})
	must(t, err)
	if len(page.Tickets) != 1 {
		t.Errorf("who is asked does not find it: %+v", page)
	}
	s.refused(legal, desk.Command{Move: ticket.Draft, Text: "x", Outcome: reply.Resolved}, "ticket.denied")
	s.do(legal, desk.Command{Move: ticket.Opine, Note: "没有不同意见。"})
	s.refused(legal, desk.Command{Move: ticket.Opine, Note: "又想起来了。"}, "ticket.not_asked")
	s.refused(s.handler, desk.Command{Move: ticket.Submit}, "ticket.co_pending")
	for range 6 {
		s.pass(24 * time.Hour)
		s.work(t)
	}
	if co := s.view().Ticket.Co; !co[0].Given || co[0].Waived || co[1].Given || !co[1].Waived {
		t.Errorf("after their time %+v", co)
	}
	s.do(patrol, desk.Command{Move: ticket.Opine, Note: "迟到的意见。"}) // late is better than never
	s.do(s.handler, desk.Command{Move: ticket.Submit})
	if line := s.citizen(); slices.ContainsFunc(line.Steps, func(st desk.TimelineStep) bool { return strings.Contains(st.Text, "意见") }) {
		t.Errorf("an opinion leaves the house: %+v", line.Steps)
	}
}

func TestTwoPeopleDoNotWorkOnTheSameTicket(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.toHandling()
	other := s.house.handler("colleague", "traffic")
	s.refused(other, desk.Command{Move: ticket.Take}, "ticket.held")
	s.refused(other, desk.Command{Move: ticket.Draft, Text: "x", Outcome: reply.Resolved}, "ticket.held")
	s.refused(other, desk.Command{Move: ticket.PutBack}, "ticket.held")
	mine, err := s.Tickets(t.Context(), s.handler, desk.Filter{Mine: true})
	must(t, err)
	none, err := s.Tickets(t.Context(), other, desk.Filter{Mine: true})
	must(t, err)
	if len(mine.Tickets) != 1 || len(none.Tickets) != 0 {
		t.Errorf("mine %d, the colleague's %d", len(mine.Tickets), len(none.Tickets))
	}
	s.do(s.head, desk.Command{Move: ticket.PutBack})
	s.do(other, desk.Command{Move: ticket.Take})
	s.do(other, desk.Command{Move: ticket.Draft, Text: "已修好。", Outcome: reply.Resolved})
}

func TestTwentyPeopleAboutOneMatter(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := begin(t, h, desk.Opening{Letter: letter()})
	var others []*story
	for i := range 20 {
		l := letter()
		l.Title, l.Contact = "信号灯坏了", &channel.Contact{Name: "李四", Phone: "1390000" + string(rune('0'+i/10)) + string(rune('0'+i%10)) + "00"}
		others = append(others, begin(t, h, desk.Opening{Letter: l}))
	}
	for _, o := range others {
		o.do(o.force, desk.Command{Move: ticket.Merge, Into: s.receipt.Number})
	}
	s.refused(s.force, desk.Command{Move: ticket.Merge, Into: others[0].receipt.Number}, "ticket.parent")
	others[0].do(s.force, desk.Command{Move: ticket.Unmerge, Note: "是另一个路口。"})
	if v := others[0].view(); v.Ticket.Status != ticket.Accepted || v.Ticket.Parent != "" {
		t.Errorf("unmerged it is %s of %q", v.Ticket.Status, v.Ticket.Parent)
	}
	s.toHandling()
	v, err := h.Ticket(t.Context(), s.handler, others[1].receipt.Number)
	if err != nil || v.Parent != s.receipt.Number {
		t.Errorf("who answers for all does not see what they write: %v, %+v", err, v.Parent)
	}
	if got := s.view().Children; len(got) != 19 {
		t.Errorf("%d letters are merged, want 19", len(got))
	}
	s.answer("信号灯已经修好。")
	for _, o := range others[1:] {
		line := o.citizen()
		if line.Status != ticket.Answered || line.Reply == nil || line.Reply.Text != "信号灯已经修好。" {
			t.Fatalf("a merged letter is %s, %+v", line.Status, line.Reply)
		}
		if c := o.clock(deadline.Answer); c.Open() || !c.BreachedAt.IsZero() {
			t.Errorf("its clock is %+v", c)
		}
	}
	if others[0].citizen().Reply != nil {
		t.Error("what was taken out again was answered")
	}
	// One of them is not content: the own ticket is handled again, alone.
	o := others[1]
	if _, err := h.RateLetter(t.Context(), o.receipt.Number, o.receipt.QueryCode, desk.LetterRating{Score: 1, Comment: "我说的是另一盏灯。"}); err != nil {
		t.Fatal(err)
	}
	o.do(o.force, desk.Command{Move: ticket.Redo, Reason: "unresolved"})
	if got := o.view().Ticket; got.Round != 2 || got.Parent != "" || got.Status != ticket.Accepted || !got.DueAt.After(o.receipt.DueAt) {
		t.Errorf("handled again: %+v", got)
	}
	if o.citizen().Reply != nil && o.citizen().Status != ticket.Accepted {
		t.Error("the first reply stands as if nothing was to come")
	}
}

func TestARatingIsGivenOnceAndABadOneIsLookedAt(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	number, code := s.receipt.Number, s.receipt.QueryCode
	if _, err := s.RateLetter(t.Context(), number, code, desk.LetterRating{Score: 5}); !problem.HasCode(err, "ticket.move") {
		t.Errorf("rating what is not answered says %v", err)
	}
	s.toHandling()
	s.answer("已修好。")
	if _, err := s.RateLetter(t.Context(), number, code, desk.LetterRating{Score: 6}); !problem.HasCode(err, "ticket.score") {
		t.Errorf("six of five says %v", err)
	}
	line, err := s.RateLetter(t.Context(), number, code, desk.LetterRating{Score: 1, Comment: "还是坏的，电话13800138000。"})
	must(t, err)
	if line.Rating != 1 || slices.Contains(line.Moves, ticket.Rate) {
		t.Errorf("rated, and it says %+v", line)
	}
	if _, err := s.RateLetter(t.Context(), number, code, desk.LetterRating{Score: 5}); !problem.HasCode(err, "ticket.rated") {
		t.Errorf("rating twice says %v", err)
	}
	s.work(t)
	told, err := s.Notifications(t.Context(), s.force, 50)
	must(t, err)
	if !slices.ContainsFunc(told, func(n desk.Notification) bool {
		return n.Kind == "ticket.rate" && strings.Contains(n.Text, "不满意")
	}) {
		t.Errorf("nobody is told of a bad rating: %+v", told)
	}
	for round := 2; round <= ticket.MaxRounds; round++ {
		s.do(s.force, desk.Command{Move: ticket.Redo, Reason: "unresolved"})
		if c := s.clock(deadline.Answer); c.Round != round || !c.Open() {
			t.Errorf("round %d runs on %+v", round, c)
		}
		s.toHandling()
		s.answer("这次修好了。")
	}
	s.refused(s.force, desk.Command{Move: ticket.Redo, Reason: "unresolved"}, "ticket.rounds")
}

func TestWhatIsAnsweredClosesByItself(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.toHandling()
	s.answer("已修好。")
	for range 18 {
		s.pass(24 * time.Hour)
		s.work(t)
	}
	v := s.view()
	last := v.Events[len(v.Events)-1]
	if v.Ticket.Status != ticket.Closed || last.Move != ticket.Close || last.Actor != "" {
		t.Errorf("after weeks it is %s, last %+v", v.Ticket.Status, last)
	}
	if line := s.citizen(); !slices.Contains(line.Moves, ticket.Rate) {
		t.Error("a closed letter can no longer be rated")
	}
}

func TestALetterIsWithdrawnAndAReportIsNot(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := begin(t, h, desk.Opening{Letter: letter()})
	s.toHandling()
	line, err := h.Withdraw(t.Context(), s.receipt.Number, s.receipt.QueryCode, "自己解决了")
	must(t, err)
	if line.Status != ticket.Withdrawn || len(line.Moves) != 0 {
		t.Errorf("withdrawn it is %+v", line)
	}
	for _, c := range s.view().Clocks {
		if c.Open() {
			t.Errorf("clock %s runs on", c.Rule)
		}
	}
	l := letter()
	l.Kind, l.Text = channel.Report, "有人在小区里聚众赌博。"
	report := begin(t, h, desk.Opening{Letter: l})
	if _, err := h.Withdraw(t.Context(), report.receipt.Number, report.receipt.QueryCode, ""); !problem.HasCode(err, "ticket.withdraw_report") {
		t.Errorf("withdrawing a report says %v", err)
	}
	if slices.Contains(report.citizen().Moves, ticket.Withdraw) {
		t.Error("the page offers to withdraw a report")
	}
}

func TestUrgedSupervisedAndNamedInACircular(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.toHandling()
	s.do(s.force, desk.Command{Move: ticket.Urge, Note: "请今天联系来信人。"})
	s.refused(s.leader, desk.Command{Move: ticket.Circular, Note: "超期"}, "ticket.not_overdue")
	s.do(s.leader, desk.Command{Move: ticket.Supervise, Note: "每天报告进展。"})
	if got := s.view().Ticket; got.Urges != 1 || !got.Supervised {
		t.Errorf("urged %d times, supervised %t", got.Urges, got.Supervised)
	}
	page, err := s.Tickets(t.Context(), s.leader, desk.Filter{Supervised: true})
	must(t, err)
	if len(page.Tickets) != 1 {
		t.Errorf("%d are under supervision", len(page.Tickets))
	}
	s.pass(40 * 24 * time.Hour)
	s.do(s.leader, desk.Command{Move: ticket.Circular, Note: "超期一个月未办结。"})
	s.work(t)
	told, err := s.Notifications(t.Context(), s.handler, 50)
	must(t, err)
	for _, kind := range []string{"ticket.urge", "ticket.supervise", "ticket.circular"} {
		if !slices.ContainsFunc(told, func(n desk.Notification) bool { return n.Kind == kind }) {
			t.Errorf("the unit does not hear of %s", kind)
		}
	}
	if line := s.citizen(); slices.ContainsFunc(line.Steps, func(st desk.TimelineStep) bool { return strings.Contains(st.Text, "督办") }) {
		t.Errorf("the house's own business is shown: %+v", line.Steps)
	}
}

func TestAForeignUnitsAttemptIsAudited(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.toHandling()
	v := s.view()
	stranger := s.house.handler("stranger", "patrol")
	_, err := s.Move(t.Context(), stranger, s.receipt.Number, desk.Command{Move: ticket.Return, Reason: "not_our_duty", Version: v.Ticket.Version})
	if !problem.HasCode(err, "ticket.not_found") {
		t.Errorf("a foreign unit is told %v", err)
	}
	if act := lastAct(t, s.house, "ticket/"+v.Ticket.ID, "ticket.refused"); act.Actor != "stranger" || act.Detail["code"] != "ticket.not_found" {
		t.Errorf("the attempt is audited as %+v", act)
	}
	_, err = s.Move(t.Context(), s.handler, s.receipt.Number, desk.Command{Move: "explode'; DROP", Version: v.Ticket.Version})
	if problem.KindOf(err) != problem.Denied {
		t.Errorf("an unknown move says %v", err)
	}
	if act := lastAct(t, s.house, "ticket/"+v.Ticket.ID, "ticket.refused"); act.Detail["move"] != "unknown" {
		t.Errorf("what a client makes up is in the trail: %+v", act)
	}
}

func TestAnUpstreamPlatformsLetterIsOneTicketWithItsDate(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := letter()
	l.Source, l.Origin = channel.Phone, channel.Origin{Platform: "province", ID: "P-1", Due: h.now().Add(30 * time.Hour)}
	s := begin(t, h, desk.Opening{Letter: l})
	if got := s.view().Ticket.DueAt; !got.Equal(l.Origin.Due) {
		t.Errorf("due %s, the platform wants %s", got, l.Origin.Due)
	}
	if _, err := h.Open(t.Context(), desk.Opening{Letter: l}); !problem.HasCode(err, "letter.known") {
		t.Errorf("the same again says %v", err)
	}
}

func TestWritingAgainDoesNotStartTheClockAnew(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := begin(t, h, desk.Opening{Letter: letter()})
	h.pass(3 * 24 * time.Hour)
	again := begin(t, h, desk.Opening{Letter: letter()})
	if !again.view().Ticket.DueAt.After(first.receipt.DueAt) {
		t.Fatal("the second letter has no later date to begin with")
	}
	h.work(t)
	v := again.view()
	if !v.Ticket.DueAt.Equal(first.view().Ticket.DueAt) {
		t.Errorf("the second letter is due %s, the first %s", v.Ticket.DueAt, first.receipt.DueAt)
	}
	if c := again.clock(deadline.Answer); !c.DueAt.Equal(v.Ticket.DueAt) || len(c.History) != 1 {
		t.Errorf("its clock says %s: %+v", c.DueAt, c.History)
	}
	if steps := again.citizen().Steps; !strings.Contains(steps[len(steps)-1].Text, "不重新计算") {
		t.Errorf("the citizen reads %+v", steps)
	}
	l := letter()
	l.Contact = &channel.Contact{Name: "李四", Phone: "13911112222"}
	neighbour := begin(t, h, desk.Opening{Letter: l})
	h.work(t)
	if !neighbour.view().Ticket.DueAt.After(v.Ticket.DueAt) {
		t.Error("somebody else's letter was given the same date")
	}
}
