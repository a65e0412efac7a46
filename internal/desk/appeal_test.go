package desk_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// rated is a letter whose answer its citizen found worst.
func rated(t *testing.T, h *house, l channel.Letter) *story {
	t.Helper()
	s := begin(t, h, desk.Opening{Letter: l})
	s.toHandling()
	s.answer("已修好。")
	_, err := s.RateLetter(t.Context(), s.receipt.Number, s.receipt.QueryCode, desk.LetterRating{Score: 1})
	must(t, err)
	s.force.Calls = true
	return s
}

// appeal files one that must be taken.
func (s *story) appeal() desk.Appeal {
	s.t.Helper()
	ap, err := s.FileAppeal(s.t.Context(), s.head, s.receipt.Number, "mistaken", "来信人来电说点错了。")
	must(s.t, err)
	return ap
}

// TestWhoMayAppealAndWhoDecides: the unit whose work it is, once; and a second
// person, who is neither of the unit nor who took the rating. What is refused is
// in the trail and changes nothing.
func TestWhoMayAppealAndWhoDecides(t *testing.T) {
	t.Parallel()
	s := rated(t, open(t), letter())
	judging := s.head
	judging.Judges = true
	colleague := s.handler
	colleague.Judges = true
	file := func(a desk.Actor, reason, words string) error {
		_, err := s.FileAppeal(t.Context(), a, s.receipt.Number, reason, words)
		return err
	}
	neighbour := s.house.head("neighbour", "patrol")
	neighbour.Scope = "*" // sees it, as a unit does that gives its opinion
	for code, err := range map[string]error{
		"ticket.not_found": file(s.house.head("stranger", "patrol"), "mistaken", "点错了。"),
		"appeal.not_yours": file(neighbour, "mistaken", "点错了。"),
		"appeal.denied":    file(s.force, "mistaken", "点错了。"),
		"appeal.reason":    file(s.head, "unfair", "点错了。"),
		"appeal.words":     file(s.head, "mistaken", "  "),
	} {
		if !problem.HasCode(err, code) {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	if act := lastAct(t, s.house, "ticket/"+s.view().Ticket.ID, "appeal.refused"); act.Detail["code"] != "appeal.not_yours" {
		t.Errorf("the refusal is audited as %+v", act)
	}
	ap := s.appeal()
	if err := file(s.handler, "mistaken", "点错了。"); !problem.HasCode(err, "appeal.twice") {
		t.Errorf("a second appeal: %v", err)
	}
	decide := func(a desk.Actor, version int64, words string) error {
		_, err := s.DecideAppeal(t.Context(), a, ap.ID, version, true, words)
		return err
	}
	avoided := s.taskForce("avoided")
	avoided.Scope = "bureau/patrol" // may not see it
	for code, err := range map[string]error{
		"appeal.denied":    decide(s.head, 1, "属实。"),
		"appeal.own":       decide(judging, 1, "属实。"),
		"appeal.handling":  decide(colleague, 1, "属实。"),
		"appeal.not_found": decide(avoided, 1, "属实。"),
		"appeal.stale":     decide(s.force, 2, "属实。"),
		"appeal.words":     decide(s.force, 1, ""),
	} {
		if !problem.HasCode(err, code) {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	for _, a := range []desk.Actor{s.head, s.force, s.leader} {
		if all, err := s.Appeals(t.Context(), a, desk.AppealWaiting); err != nil || len(all) != 1 || all[0].DueAt.IsZero() {
			t.Errorf("%s sees %+v, %v", a.ID, all, err)
		}
	}
	if all, err := s.Appeals(t.Context(), s.house.head("stranger", "patrol"), desk.AppealWaiting); err != nil || len(all) != 0 {
		t.Errorf("another unit sees %+v, %v", all, err)
	}
	must(t, decide(s.force, 1, "已与来信人核实，确系误选。"))
	if err := decide(s.leader, 2, "属实。"); !problem.HasCode(err, "appeal.stale") {
		t.Errorf("decided twice: %v", err)
	}
	s.upheld()
}

// TestSomebodyCanAlwaysDecide: what the bureau itself has answered is decided by
// whoever does not work in its head office.
func TestSomebodyCanAlwaysDecide(t *testing.T) {
	t.Parallel()
	h := open(t)
	station := h.Tree.Units()[len(h.Tree.Units())-1]
	for _, c := range []struct {
		unit, of string
		may      bool
	}{
		{"bureau", "bureau", false},
		{"bureau", "inspection", true},
		{"mailbox", "mailbox", false},
		{"mailbox", "bureau", true},
		{station.ID, station.ID, false},
		{strings.Split(station.Path, "/")[1], station.ID, false},
	} {
		a := h.as("somebody", c.of, access.TaskForce)
		if may := a.MayDecide(&desk.Appeal{State: desk.AppealWaiting, Unit: c.unit, Appellant: "head"}); may != c.may {
			t.Errorf("somebody of %s decides for %s: %t", c.of, c.unit, may)
		}
	}
}

// upheld: the rating stays where it is, staff see why it does not count, and the
// citizen reads that plainly, without a word of what was written about it.
func (s *story) upheld() {
	s.t.Helper()
	v := s.view()
	if len(v.Appeals) != 1 || !v.Appeals[0].Struck || v.Appeals[0].Decision == "" || v.Ticket.Rating != 1 {
		s.t.Errorf("staff see %+v", v.Appeals)
	}
	if i := slices.IndexFunc(v.Clocks, func(c deadline.Clock) bool { return c.Purpose == deadline.Verdict }); i < 0 || v.Clocks[i].Open() {
		s.t.Errorf("the clock of the decision: %+v", v.Clocks)
	}
	line := s.citizen()
	last := line.Steps[len(line.Steps)-1].Text
	if line.Rating != 1 || !strings.Contains(last, "仍然保留在记录里，但不计入满意度统计") || !strings.Contains(last, "误选") || strings.Contains(last, "核实，确系") {
		s.t.Errorf("the citizen reads %+v", line)
	}
	act := lastAct(s.t, s.house, "ticket/"+v.Ticket.ID, "appeal.upheld")
	if act.Actor != "force" || act.Detail["struck"] != "true" {
		s.t.Errorf("it is audited as %+v", act)
	}
}

// TestWhatCannotBeAppealedAgainst: too late, content, a report (举报), or what the
// judge has taken down on the telephone.
func TestWhatCannotBeAppealedAgainst(t *testing.T) {
	t.Parallel()
	h := open(t)
	late := rated(t, h, letter())
	content := begin(t, h, desk.Opening{Letter: letter()})
	content.toHandling()
	content.answer("已修好。")
	_, err := h.RateLetter(t.Context(), content.receipt.Number, content.receipt.QueryCode, desk.LetterRating{Score: 4, Solved: true})
	must(t, err)
	secret := letter()
	secret.Kind = channel.Report
	tip := rated(t, h, secret)
	_, err = h.FileAppeal(t.Context(), content.head, content.receipt.Number, "mistaken", "点错了。")
	if !problem.HasCode(err, "appeal.no_rating") {
		t.Errorf("a good rating: %v", err)
	}
	if _, err = h.FileAppeal(t.Context(), tip.head, tip.receipt.Number, "mistaken", "点错了。"); !problem.HasCode(err, "appeal.restricted") {
		t.Errorf("a report: %v", err)
	}
	h.pass(8 * 24 * time.Hour)
	_, err = h.FileAppeal(t.Context(), late.head, late.receipt.Number, "mistaken", "点错了。")
	if !problem.HasCode(err, "appeal.late") || !strings.Contains(err.Error(), "2026年6月15日") {
		t.Errorf("too late: %v", err)
	}
	called := begin(t, h, desk.Opening{Letter: letter()})
	called.toHandling()
	called.answer("已修好。")
	called.force.Calls = true
	l, err := h.Callbacks(t.Context(), called.force)
	must(t, err)
	i := slices.IndexFunc(l.Callbacks, func(c desk.Callback) bool { return c.Ticket == called.receipt.Number })
	_, err = h.RecordCall(t.Context(), called.force, l.Callbacks[i].ID, desk.Called{Version: 1, Result: desk.CallAnswered, Score: 2, Then: desk.ThenExplain, Note: "已说明。"})
	must(t, err)
	ap := called.appeal()
	if _, err = h.DecideAppeal(t.Context(), called.force, ap.ID, 1, true, "属实。"); !problem.HasCode(err, "appeal.recorded") {
		t.Errorf("who took the rating decides: %v", err)
	}
	if ap, err = h.DecideAppeal(t.Context(), h.taskForce("second"), ap.ID, 1, false, "录音显示并未误选。"); err != nil || ap.State != desk.AppealDismissed || ap.Struck {
		t.Errorf("a second person: %+v, %v", ap, err)
	}
}

// TestAnAppealNobodyDecidesGoesUp, as whatever is late does.
func TestAnAppealNobodyDecidesGoesUp(t *testing.T) {
	t.Parallel()
	s := rated(t, open(t), letter())
	s.appeal()
	told := func(a desk.Actor, kind string) bool {
		for range 3 {
			s.work(t)
		}
		all, err := s.Notifications(t.Context(), a, 100)
		must(t, err)
		return slices.ContainsFunc(all, func(n desk.Notification) bool { return n.Kind == kind })
	}
	if !told(s.force, "appeal.filed") || told(s.leader, "clock.verdict.overdue") {
		t.Error("who is to decide is not told, or leaders too early")
	}
	s.pass(5 * 24 * time.Hour)
	if !told(s.leader, "clock.verdict.overdue") || !told(s.force, "clock.verdict.due") {
		t.Error("an appeal that is late goes to nobody")
	}
}

// TestAnUpheldAppealChangesOnlyWhatIsOpen: a rating that was found unfair is in no
// figure of a month that is open; a month waits for appeals before it is closed,
// and what is closed counts again to the same, and says what came too late.
func TestAnUpheldAppealChangesOnlyWhatIsOpen(t *testing.T) {
	t.Parallel()
	h := open(t)
	soon, late, plain := rated(t, h, letter()), rated(t, h, letter()), rated(t, h, letter())
	first, second := soon.appeal(), late.appeal()
	_, err := h.DecideAppeal(t.Context(), soon.force, first.ID, 1, true, "属实。")
	must(t, err)
	leader := watcher(h.leader("director"))
	before := digits(t, h, leader, "2026-06")
	h.pass(24 * 24 * time.Hour) // 2 July
	must(t, h.FreezeDue(t.Context()))
	if _, err := h.Scores(t.Context(), leader, "2026-06"); !problem.HasCode(err, "score.not_found") {
		t.Errorf("closed while somebody may appeal: %v", err)
	}
	h.pass(10 * 24 * time.Hour)
	must(t, h.FreezeDue(t.Context()))
	ap, err := h.DecideAppeal(t.Context(), late.force, second.ID, 1, true, "属实。")
	must(t, err)
	if ap.Struck || len(late.citizen().Steps) != len(plain.citizen().Steps) {
		t.Errorf("after the month was closed: %+v", ap)
	}
	s, err := h.Scores(t.Context(), leader, "2026-06")
	must(t, err)
	if p := s.Lines[0].Parts[3]; !s.Intact || p.Of != 2 || p.Cases != 0 {
		t.Errorf("satisfaction: %+v", p)
	}
	if want := []desk.UpheldAppeals{{Unit: "traffic", Struck: 1, Late: 1}}; !slices.Equal(s.Upheld, want) {
		t.Errorf("what came too late: %+v", s.Upheld)
	}
	if s, err = h.Scores(t.Context(), watcher(h.head("chief", "patrol")), "2026-06"); err != nil || len(s.Upheld) != 0 {
		t.Errorf("another unit sees %+v, %v", s.Upheld, err)
	}
	if now := digits(t, h, leader, "2026-06"); now != before {
		t.Errorf("was\n%s\nis\n%s", before, now)
	}
	if months, err := h.RecountReport(t.Context(), leader, "2026-Q2"); err != nil || !months[2].Recounted || !months[2].Intact {
		t.Errorf("counted again: %+v, %v", months, err)
	}
}

// TestCallsThatAreLateGoUp: to the head of the task force at once, to the leaders
// the next working day; as one notice a day, whatever their number.
func TestCallsThatAreLateGoUp(t *testing.T) {
	t.Parallel()
	h, force := answered(t, nil)
	leader := h.leader("director")
	told := func(a desk.Actor) (n int) {
		must(t, h.TellLateCalls(t.Context()))
		must(t, h.TellLateCalls(t.Context()))
		h.work(t)
		all, err := h.Notifications(t.Context(), a, 100)
		must(t, err)
		for _, x := range all {
			if x.Kind == "callback.late" {
				n++
			}
		}
		return n
	}
	if told(force) != 0 {
		t.Error("told before anything is late")
	}
	h.pass(2 * 24 * time.Hour)
	if told(force) != 1 || told(leader) != 0 {
		t.Error("on the first day the head is told, and nobody else")
	}
	h.pass(24 * time.Hour)
	if told(force) != 2 || told(leader) != 1 {
		t.Error("on the second day the leaders are told too")
	}
}

// TestHowOftenIsData: a bureau that calls once and redoes nothing.
func TestHowOftenIsData(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("ticket/deadline/rules.yaml")
	must(t, err)
	strict := strings.NewReplacer("attempts: 3", "attempts: 1", "redos: 2", "redos: 0").Replace(string(text))
	h, force := answered(t, nil)
	h.Profile, err = deadline.ParseProfile([]byte(strict))
	must(t, err)
	l, err := h.Callbacks(t.Context(), force)
	must(t, err)
	_, err = h.move(t, force, l.Callbacks[0].Ticket, desk.Command{Move: ticket.Redo, Reason: "unresolved"})
	if !problem.HasCode(err, "ticket.rounds") {
		t.Errorf("redone: %v", err)
	}
	c, err := h.RecordCall(t.Context(), force, l.Callbacks[0].ID, desk.Called{Version: 1, Result: desk.CallNoAnswer})
	if err != nil || c.State != desk.CallUnreachable {
		t.Errorf("after one attempt: %+v, %v", c, err)
	}
}
