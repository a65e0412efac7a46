package consultation_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

func at() time.Time { return time.Date(2026, 6, 8, 1, 30, 0, 0, time.UTC) } // Monday, 09:30 in Beijing

func content() consultation.Content {
	return consultation.Content{
		Title: "停车管理办法", Text: "第一条 为了规范停车。", Explanation: "起草说明。", How: "在本页填写，或者寄到本局。", Contact: "010-12345678", Ground: "道路交通安全法", Days: 30,
	}
}

// shipped are the calendar and the rules, read once.
var shipped = sync.OnceValues(func() (*deadline.Calendar, *deadline.Profile) {
	cal, errCal := deadline.LoadCalendar()
	p, err := deadline.LoadProfile()
	if err := errors.Join(errCal, err); err != nil {
		panic(err)
	}
	return cal, p
})

func counting(days int, opens time.Time) (consultation.Period, error) {
	cal, p := shipped()
	r, err := p.Period(deadline.Consult, cal, deadline.Matter{Kind: "opinion"}, days, opens)
	return consultation.PeriodOf(days, r), err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if !problem.HasCode(err, code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func draft(t *testing.T) consultation.Consultation {
	t.Helper()
	c, err := consultation.New("c1", "traffic", "bureau/traffic", "author", content(), 30, at())
	must(t, err)
	return c
}

// in brings a new consultation to a state.
func in(t *testing.T, s consultation.State) consultation.Consultation {
	t.Helper()
	c := draft(t)
	if s == consultation.Draft {
		return c
	}
	if s == consultation.Approved {
		c.Content.OpensOn = "2026-06-10"
	}
	must(t, c.Approve("leader", counting, at()))
	if s == consultation.Closed {
		if !c.Turn(c.Next()) {
			t.Fatal("it does not close")
		}
	}
	if c.State != s {
		t.Fatalf("it is %s, not %s", c.State, s)
	}
	return c
}

func TestADraftIsComplete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit func(*consultation.Content)
		want string
	}{
		"29 days without a reason": {func(c *consultation.Content) { c.Days = 29 }, "/short"},
		"29 days with a reason":    {func(c *consultation.Content) { c.Days, c.Short = 29, "防汛急需" }, ""},
		"no days":                  {func(c *consultation.Content) { c.Days = 0 }, "/days"},
		"two years":                {func(c *consultation.Content) { c.Days = 730 }, "/days"},
		"no text":                  {func(c *consultation.Content) { c.Text = " " }, "/text"},
		"no explanation":           {func(c *consultation.Content) { c.Explanation = "" }, "/explanation"},
		"no way to send it":        {func(c *consultation.Content) { c.How = "" }, "/how"},
		"title of two lines":       {func(c *consultation.Content) { c.Title = "一\n二" }, "/title"},
		"a day that is none":       {func(c *consultation.Content) { c.OpensOn = "2026-02-30" }, "/opens_on"},
		"a far day":                {func(c *consultation.Content) { c.OpensOn = "2030-01-01" }, "/opens_on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := content()
			test.edit(&text)
			_, err := consultation.New("c1", "traffic", "bureau/traffic", "author", text, 30, at())
			var got string
			if e, ok := errors.AsType[*problem.Error](err); ok && len(e.Fields) > 0 {
				got = e.Fields[0].Pointer
			}
			if got != test.want {
				t.Errorf("got %q (%v), want %q", got, err, test.want)
			}
		})
	}
}

func TestWhoWroteItDoesNotApproveIt(t *testing.T) {
	t.Parallel()
	c := draft(t)
	must(t, c.Edit("second", content(), 30, at()))
	for _, who := range []string{"author", "second"} {
		refused(t, who, c.Approve(who, counting, at()), "consultation.own")
	}
	if c.State != consultation.Draft || !c.OpensAt.IsZero() {
		t.Errorf("a refusal changed it: %+v", c)
	}
	c.Content.OpensOn = "2026-06-10"
	must(t, c.Approve("leader", counting, at()))
	if c.State != consultation.Approved || !c.OpensAt.Equal(time.Date(2026, 6, 9, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("it is %s and opens at %s", c.State, c.OpensAt)
	}
	must(t, c.Edit("author", content(), 30, at()))
	if c.State != consultation.Draft || c.Review.Approved() || !c.Next().IsZero() {
		t.Errorf("edited, it still is approved: %+v", c)
	}
}

func TestThePeriodIsCountedFromTheDayAfter(t *testing.T) {
	t.Parallel()
	c := in(t, consultation.Open)
	last := time.Date(2026, 7, 8, 15, 59, 59, 999_999_000, time.UTC) // 8 July in Beijing, to its end
	if !c.Period.ClosesAt.Equal(last) || len(c.Period.Explain) != 31 {
		t.Errorf("it closes at %s after %d lines", c.Period.ClosesAt, len(c.Period.Explain))
	}
	if err := c.Takes(last); err != nil {
		t.Errorf("in the last instant: %v", err)
	}
	refused(t, "an instant later", c.Takes(last.Add(time.Microsecond)), "consultation.closed")
	if c.Turn(last) || !c.Turn(last.Add(time.Microsecond)) || c.State != consultation.Closed {
		t.Errorf("it does not close when its time has come: %s", c.State)
	}
	early := in(t, consultation.Draft)
	refused(t, "before it is public", early.Takes(at()), "consultation.not_found")
}

func TestAPeriodIsOnlyLengthened(t *testing.T) {
	t.Parallel()
	c := in(t, consultation.Open)
	before := c.Period
	for _, days := range []int{1, 29, 30, 400} {
		refused(t, "other days", c.Lengthen("author", days, "理由", counting, at()), "consultation.shorten")
	}
	refused(t, "without a reason", c.Lengthen("author", 45, " ", counting, at()), "consultation.reason")
	must(t, c.Lengthen("author", 45, "意见较多", counting, at()))
	if len(c.Changes) != 1 || c.Changes[0].Before.ClosesAt != before.ClosesAt || c.Changes[0].Reason != "意见较多" || !c.Period.ClosesAt.Equal(before.ClosesAt.AddDate(0, 0, 15)) {
		t.Errorf("lengthened to %s, was %+v", c.Period.ClosesAt, c.Changes)
	}
	refused(t, "after its end", c.Lengthen("author", 60, "再延", counting, c.Period.ClosesAt.Add(time.Second)), "consultation.state")
	refused(t, "an edit of what is public", c.Edit("author", content(), 30, at()), "consultation.state")
	refused(t, "a result before the end", c.DraftResult("author", "结果", at()), "consultation.state")
}

func decided(id string, o reply.Outcome, reason, author string) reply.Draft {
	return reply.Draft{ID: id, Outcome: o, Text: reason, Author: author}
}

func TestOpinionsAddUp(t *testing.T) {
	t.Parallel()
	var sum consultation.Tallying
	sum.Withdrawn()
	sum.Pending()
	for i, id := range []string{"d1", "d2", "d3"} {
		sum.Decided(decided(id, reply.NotAdopted, []string{"没有上位法依据。", "没有上位法依据。", "已有规定，请打13800138000。"}[i], "author"))
	}
	got := sum.Tally()
	none := got.Outcomes[slices.IndexFunc(got.Outcomes, func(o consultation.Outcome) bool { return o.Outcome == reply.NotAdopted })]
	if got.Received != 5 || got.Effective() != 4 || got.Pending != 1 || none.N != 3 || len(none.Reasons) != 2 || none.Reasons[0].N != 2 {
		t.Errorf("added up to %+v", got)
	}
	if strings.Contains(none.Reasons[1].Text, "13800138000") {
		t.Errorf("a telephone number would be published: %+v", none.Reasons)
	}
}

func TestAResultNeedsEveryOpinionAndASecondPerson(t *testing.T) {
	t.Parallel()
	c := in(t, consultation.Closed)
	tally := func(ids ...string) consultation.Tally {
		var sum consultation.Tallying
		for _, id := range ids {
			sum.Decided(decided(id, reply.Adopted, "写入第八条。", "decider"))
		}
		return sum.Tally()
	}
	var open consultation.Tallying
	open.Pending()
	refused(t, "no text", c.ApproveResult("leader", tally("d1"), at()), "consultation.no_result")
	must(t, c.DraftResult("author", "感谢参与，请打13800138000。", at()))
	refused(t, "an opinion waits", c.ApproveResult("leader", open.Tally(), at()), "consultation.undecided")
	refused(t, "the author", c.ApproveResult("author", tally("d1"), at()), "consultation.own")
	refused(t, "who decided", c.ApproveResult("decider", tally("d1"), at()), "consultation.own")
	refused(t, "not approved", c.Publish(tally("d1"), at()), "consultation.unapproved")
	must(t, c.ApproveResult("leader", tally("d1"), at()))
	refused(t, "decided otherwise since", c.Publish(tally("d2"), at()), "consultation.changed")
	refused(t, "one waits again", c.Publish(open.Tally(), at()), "consultation.undecided")
	must(t, c.ApproveResult("leader", tally("d2"), at()))
	if got := c.Result.Public(); strings.Contains(got, "13800138000") {
		t.Errorf("published: %s", got)
	}
	edited := c
	must(t, edited.DraftResult("author", "改过的。", at()))
	refused(t, "edited since", edited.Publish(tally("d2"), at()), "consultation.unapproved")
	must(t, c.Publish(tally("d2"), at()))
	if c.State != consultation.Reported || c.Reported.IsZero() {
		t.Errorf("published: %+v", c)
	}
	refused(t, "twice", c.Publish(tally("d2"), at()), "consultation.state")
}

func TestEveryStateHasAName(t *testing.T) {
	t.Parallel()
	for _, s := range consultation.States() {
		if s.Name() == "" {
			t.Errorf("%s has no name", s)
		}
	}
	if consultation.State("lost").Name() != "" || consultation.State("lost").Public() {
		t.Error("what does not exist has no name and is not public")
	}
}

// TestNoWayAroundTheRules makes any moves by any people at any time: what is
// public was approved by somebody who did not write it, an end never comes
// nearer, and a result has a second reader and leaves no opinion out.
func TestNoWayAroundTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		people := rapid.SampledFrom([]string{"a", "b", "c"})
		c, err := consultation.New("c1", "traffic", "bureau/traffic", people.Draw(r, "author"), content(), 30, at())
		if err != nil {
			r.Fatal(err)
		}
		now := at()
		for range rapid.IntRange(1, 25).Draw(r, "moves") {
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(r, "hours")) * time.Hour)
			before, who := c, people.Draw(r, "who")
			step(r, &c, who, now)
			switch {
			case before.State.Public() && before.Period.ClosesAt.After(c.Period.ClosesAt):
				r.Fatalf("the end came nearer: %s, was %s", c.Period.ClosesAt, before.Period.ClosesAt)
			case c.State.Public() && (slices.Contains(c.Review.Authors, c.Review.ApprovedBy) || c.Review.ApprovedBy == ""):
				r.Fatalf("public, written by %v, approved by %q", c.Review.Authors, c.Review.ApprovedBy)
			case before.State.Public() && !c.State.Public():
				r.Fatal("what was public is not any more")
			case c.State == consultation.Reported && (c.Result.Tally.Pending > 0 || slices.Contains(c.Result.Review.Authors, c.Result.Review.ApprovedBy)):
				r.Fatalf("reported with %+v", c.Result)
			case c.Version < before.Version:
				r.Fatal("a version went back")
			}
		}
	})
}

func step(r *rapid.T, c *consultation.Consultation, who string, now time.Time) {
	var sum consultation.Tallying
	if rapid.Bool().Draw(r, "waits") {
		sum.Pending()
	}
	sum.Decided(decided(rapid.SampledFrom([]string{"d1", "d2"}).Draw(r, "draft"), reply.Adopted, "写入。", rapid.SampledFrom([]string{"a", "x"}).Draw(r, "decider")))
	was := *c
	var err error
	switch rapid.SampledFrom([]string{"edit", "approve", "lengthen", "turn", "draft", "approve result", "publish"}).Draw(r, "move") {
	case "edit":
		err = c.Edit(who, content(), 30, now)
	case "approve":
		err = c.Approve(who, counting, now)
	case "lengthen":
		err = c.Lengthen(who, rapid.IntRange(1, 100).Draw(r, "days"), "理由", counting, now)
	case "turn":
		c.Turn(now)
	case "draft":
		err = c.DraftResult(who, "结果。", now)
	case "approve result":
		err = c.ApproveResult(who, sum.Tally(), now)
	case "publish":
		err = c.Publish(sum.Tally(), now)
	}
	if err != nil && (c.State != was.State || c.Version != was.Version) {
		r.Fatalf("a refusal changed it: %v", err)
	}
}
