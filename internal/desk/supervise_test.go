package desk_test

import (
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// day is a day of the desk's time, so many days on.
func (s *story) day(on int) string {
	return s.now().AddDate(0, 0, on).In(deadline.Beijing()).Format(time.DateOnly)
}

func TestASupervisedUnitReportsByADate(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()}) // a Monday; seven working days
	s.toHandling()
	s.refused(s.handler, desk.Command{Move: ticket.Feedback, Note: "正在办。"}, "ticket.not_supervised")
	s.refused(s.leader, desk.Command{Move: ticket.Supervise, Note: "请报告。", By: "2026-06-31"}, "deadline.date")
	s.refused(s.leader, desk.Command{Move: ticket.Supervise, Note: "请报告。", By: s.day(-1)}, "ticket.feedback_past")
	s.refused(s.leader, desk.Command{Move: ticket.Supervise, Note: "请报告。", By: s.day(4)}, "ticket.feedback_late")
	s.do(s.leader, desk.Command{Move: ticket.Supervise, Note: "请报告。"})
	if c := s.clock(deadline.Supervision); c.Rule != "supervise" || c.DueAt.In(deadline.Beijing()).Format(time.DateOnly) != s.day(3) {
		t.Errorf("three working days lead to %s by %s", c.DueAt, c.Rule)
	}
	s.do(s.force, desk.Command{Move: ticket.Supervise, Note: "请明天报告。", By: s.day(1)})
	first, c := s.view().Clocks, s.clock(deadline.Supervision)
	if !slices.ContainsFunc(first, func(o deadline.Clock) bool { return o.Purpose == deadline.Supervision && o.SupersededBy == c.ID }) {
		t.Error("supervising again leaves two dates")
	}
	v := s.view().Ticket
	if v.Supervisions != 2 || !v.FeedbackDue.Equal(c.DueAt) || c.DueAt.In(deadline.Beijing()).Format(time.DateOnly) != s.day(1) {
		t.Errorf("the ticket says %d times, by %s; the clock %s", v.Supervisions, v.FeedbackDue, c.DueAt)
	}
	// To another unit, and supervised still; nobody there has reported, and it is red.
	s.do(s.force, desk.Command{Move: ticket.Reassign, Unit: "patrol", Reason: "wrong_unit"})
	s.pass(48 * time.Hour)
	s.work(t)
	told, err := s.Notifications(t.Context(), s.house.head("chief", "patrol"), 20)
	must(t, err)
	if !slices.ContainsFunc(told, func(n desk.Notification) bool { return n.Kind == "clock.supervise.due" }) {
		t.Errorf("the unit hears of %+v", told)
	}
	if got := s.view().Ticket; got.Card(s.now()) != ticket.Red || got.Overdue(s.now()) {
		t.Errorf("supervised twice without an answer: card %q", got.Card(s.now()))
	}
	s.do(s.house.handler("officer", "patrol"), desk.Command{Move: ticket.Feedback, Note: "已联系维修单位，明天修好。"})
	if got, c := s.view().Ticket, s.clock(deadline.Supervision); got.Card(s.now()) != ticket.NoCard || !got.FeedbackDue.IsZero() || !c.BreachedAt.Equal(c.DueAt) {
		t.Errorf("after the feedback: card %q, until %s, breached %s", got.Card(s.now()), got.FeedbackDue, c.BreachedAt)
	}
	s.refused(s.force, desk.Command{Move: ticket.Feedback, Note: "再报一次。"}, "ticket.not_supervised")
	s.do(s.force, desk.Command{Move: ticket.Supervise, Note: "修好后报告。"})
	if c, v := s.clock(deadline.Supervision), s.view().Ticket; c.DueAt.After(v.DueAt) {
		t.Errorf("to be reported by %s, after the answer by %s", c.DueAt, v.DueAt)
	}
	s.handler = s.house.handler("officer", "patrol")
	s.do(s.handler, desk.Command{Move: ticket.Sign})
	s.answer("已修好。")
	if c := s.clock(deadline.Supervision); c.Open() || !s.view().Ticket.FeedbackDue.IsZero() {
		t.Error("answered, and still waited for")
	}
}

func TestFeedbackOnTheDayOfTheAnswerComesBeforeIt(t *testing.T) {
	t.Parallel()
	urgent := letter()
	urgent.Urgency = channel.Urgent // to be answered within 24 hours
	s := begin(t, open(t), desk.Opening{Letter: urgent})
	s.toHandling()
	s.do(s.leader, desk.Command{Move: ticket.Supervise, Note: "请明天报告。", By: s.day(1)})
	if v := s.view().Ticket; !v.FeedbackDue.Equal(v.DueAt) {
		t.Errorf("to be reported by %s, the answer is due %s", v.FeedbackDue, v.DueAt)
	}
	s.refused(s.leader, desk.Command{Move: ticket.Supervise, Note: "请后天报告。", By: s.day(2)}, "ticket.feedback_late")
}

func TestCards(t *testing.T) {
	t.Parallel()
	due := monday()
	late := func(edit func(*ticket.Ticket)) ticket.Ticket {
		tk := ticket.Ticket{Status: ticket.Handling, DueAt: due, CircularAt: due.AddDate(0, 0, 7)}
		edit(&tk)
		return tk
	}
	for name, c := range map[string]struct {
		ticket ticket.Ticket
		after  time.Duration
		want   ticket.Card
	}{
		"on its last instant":             {late(func(*ticket.Ticket) {}), 0, ticket.NoCard},
		"a moment later":                  {late(func(*ticket.Ticket) {}), time.Microsecond, ticket.Yellow},
		"five working days later":         {late(func(*ticket.Ticket) {}), 7 * 24 * time.Hour, ticket.Red},
		"without a circular step":         {late(func(tk *ticket.Ticket) { tk.CircularAt = time.Time{} }), 9000 * time.Hour, ticket.Yellow},
		"standing still":                  {late(func(tk *ticket.Ticket) { tk.Standing = true }), 9000 * time.Hour, ticket.NoCard},
		"answered":                        {late(func(tk *ticket.Ticket) { tk.Status = ticket.Answered }), 9000 * time.Hour, ticket.NoCard},
		"merged":                          {late(func(tk *ticket.Ticket) { tk.Status = ticket.Merged }), 9000 * time.Hour, ticket.NoCard},
		"supervised once, not reported":   {late(func(tk *ticket.Ticket) { tk.Supervisions, tk.FeedbackDue = 1, due.Add(-time.Hour) }), 0, ticket.NoCard},
		"supervised twice, not reported":  {late(func(tk *ticket.Ticket) { tk.Supervisions, tk.FeedbackDue = 2, due.Add(-time.Hour) }), 0, ticket.Red},
		"supervised twice, in time still": {late(func(tk *ticket.Ticket) { tk.Supervisions, tk.FeedbackDue = 2, due }), 0, ticket.NoCard},
	} {
		if got := c.ticket.Card(due.Add(c.after)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
