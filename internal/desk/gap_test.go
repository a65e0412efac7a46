package desk_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// wordings are ways to ask about the brakes of electric bicycles.
func wordings() []string {
	return []string{
		"电动自行车刹车坏了能上路吗", "电瓶车刹车失灵被查会罚款吗", "电动自行车刹车不合格要罚多少钱", "骑电动自行车刹车不灵交警管吗",
		"电动自行车没有后刹车能骑吗", "电动自行车刹车坏了还能骑吗", "刹车不合格的电动自行车怎么处理", "电动自行车刹车检验不合格怎么办",
	}
}

// asks lets n people ask, each in a session of their own, and gathers.
func (h *house) asks(t *testing.T, n int, texts ...string) {
	t.Helper()
	for i := range n {
		_, err := h.Ask(t.Context(), desk.Question{Text: texts[i%len(texts)], Session: "s" + strconv.Itoa(i)})
		must(t, err)
	}
	must(t, h.GatherQuestions(t.Context()))
}

func (h *house) gapsIn(t *testing.T, a desk.Actor, s gap.State) []desk.GapView {
	t.Helper()
	found, err := h.GapList(t.Context(), a, desk.GapFilter{State: s, Limit: 50})
	must(t, err)
	return found
}

// inquires sends a letter that asks something.
func (h *house) inquires(t *testing.T, phone, title string) string {
	t.Helper()
	r, err := h.Open(t.Context(), desk.Opening{Letter: channel.Letter{
		Source: channel.Web, Kind: channel.Consult, Title: title, Text: "请问有什么规定，谢谢。", Contact: &channel.Contact{Name: "李四", Phone: phone},
	}})
	must(t, err)
	return r.Number
}

// TestQuestionsBecomeOneTask: people who ask the same in other words, in chats and
// letters, some of them twice, become one task of the unit they mean, once.
func TestQuestionsBecomeOneTask(t *testing.T) {
	t.Parallel()
	h := open(t)
	keeper := h.taskForce("force")
	h.asks(t, 6, wordings()...)
	h.pass(24 * time.Hour)
	h.inquires(t, "13800138001", "电动自行车刹车不合格会被扣车吗")
	h.inquires(t, "13800138001", "电动自行车刹车坏了怎么处罚")
	h.asks(t, 1, "孩子改姓需要什么手续")
	if got := h.gapsIn(t, keeper, gap.Open); len(got) != 0 {
		t.Fatalf("a task of eight questions by seven people: %+v", got)
	}
	number := h.inquires(t, "13800138002", "电动自行车刹车不好使能不能上路")
	h.asks(t, 3, wordings()[6:]...) // s0 to s2 ask again
	h.asks(t, 9, wordings()...)
	got := h.gapsIn(t, keeper, gap.Open)
	if len(got) != 1 {
		t.Fatalf("%d tasks, watched: %+v", len(got), h.gapsIn(t, keeper, gap.Watched))
	}
	g := got[0]
	if g.Times != 21 || g.People != 11 || g.Unit != "traffic" || !g.FirstAt.Equal(monday()) || g.DueAt.IsZero() || len(g.Tickets) != 3 || !slices.Contains(g.Tickets, number) {
		t.Errorf("the task: %+v, watched %+v", g, h.gapsIn(t, keeper, gap.Watched))
	}
	h.work(t)
	notes, err := h.Notifications(t.Context(), h.handler("w", "traffic"), 50)
	must(t, err)
	told := 0
	for _, n := range notes {
		if n.Kind == "gap.open" {
			told++
			if strings.Contains(n.Text, "刹车") {
				t.Errorf("a notice repeats a question: %s", n.Text)
			}
		}
	}
	if told != 2 { // those who work on it, and their head
		t.Errorf("told %d times: %+v", told, notes)
	}
}

// TestGapsAreTheSameAgain: the same questions in the same order make the same gaps,
// gathered at once or one by one, by one process or by one after another.
func TestGapsAreTheSameAgain(t *testing.T) {
	t.Parallel()
	questions := slices.Concat(wordings()[:4], []string{"孩子改姓需要什么手续", "哪些地方不能放烟花", "成年人改姓要什么手续", "哪里可以放烟花"}, wordings()[4:])
	shape := func(h *house) (gaps []string) {
		for _, g := range h.gapsIn(t, h.taskForce("force"), gap.Watched) {
			slices.Sort(g.Wordings)
			gaps = append(gaps, strings.Join(g.Wordings, " "))
		}
		slices.Sort(gaps)
		return gaps
	}
	once := open(t)
	once.asks(t, len(questions), questions...)
	path, key := filepath.Join(t.TempDir(), "desk.db"), seal.GenerateKey("k1")
	var again *house
	for i, q := range questions {
		if i%5 == 0 { // another process goes on
			again = reopen(t, path, key, monday())
		}
		again.asks(t, 1, q)
	}
	if got, want := shape(again), shape(once); !slices.Equal(got, want) || len(want) != 3 {
		t.Errorf("one by one:\n%s\nat once:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTaskIsAwaited: nobody who does nothing is left in peace.
func TestTaskIsAwaited(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.asks(t, 10, wordings()...)
	for range 40 {
		h.work(t)
		h.pass(24 * time.Hour)
	}
	heard := func(a desk.Actor, what string) (n int) {
		notes, err := h.Notifications(t.Context(), a, 500)
		must(t, err)
		for _, note := range notes {
			if note.Kind == what {
				n++
			}
		}
		return n
	}
	unit, force, leader := h.handler("w", "traffic"), h.taskForce("f"), h.leader("l")
	if heard(unit, "gap.remind") != 1 || heard(unit, "gap.late") < 10 || heard(force, "gap.late") < 9 || heard(leader, "gap.late") < 5 {
		t.Errorf("reminded %d, late %d, task force %d, leader %d", heard(unit, "gap.remind"), heard(unit, "gap.late"), heard(force, "gap.late"), heard(leader, "gap.late"))
	}
}

// TestWhatIsNoGap: what the library, a gate or another authority answers, and what
// must not be seen by others, is not gathered.
func TestWhatIsNoGap(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.asks(t, 1, "身份证丢了怎么补办", "你好")
	h.asks(t, 1, "有人拿刀砍人，快来")
	h.inquires(t, "13800138001", "身份证丢了怎么补办")
	for _, k := range []channel.Kind{channel.Report, channel.Complaint} {
		l := letter()
		l.Kind, l.Title = k, wordings()[0]
		_, err := h.Open(t.Context(), desk.Opening{Letter: l})
		must(t, err)
	}
	a, err := h.Admit(t.Context(), "", "")
	must(t, err)
	says := func(id, text string) {
		_, err := h.Say(t.Context(), desk.Said{Conversation: a.Conversation, ClientID: id, Kind: conversation.Text, Text: text})
		must(t, err)
	}
	says("c1", "邻居王小明天天改装电动自行车")
	_, err = h.HandOver(t.Context(), a.Conversation, "h1", desk.Opening{Letter: channel.Letter{
		Source: channel.Chat, Kind: channel.Report, Title: "改装电动自行车", Text: "王小明天天改装。", Conversation: a.Conversation,
	}})
	must(t, err)
	says("c2", "邻居王小明天天改装电动自行车")
	must(t, h.GatherQuestions(t.Context()))
	if got := h.gapsIn(t, h.taskForce("force"), gap.Watched); len(got) != 0 {
		t.Errorf("gathered: %+v", got)
	}
}

// TestGapsAreForWhoMaySeeThem: another unit sees nothing, its own unit the task
// but not the letters it may not see, and nobody but those who look after answers
// decides.
func TestGapsAreForWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	h := open(t)
	keeper := h.taskForce("force")
	secret := "电动自行车刹车坏了撞到王小明家的猫怎么赔"
	h.asks(t, 9, wordings()...)
	h.inquires(t, "13800138001", secret)
	must(t, h.GatherQuestions(t.Context()))
	g := h.gapsIn(t, keeper, gap.Open)[0]
	if !slices.Contains(g.Wordings, secret) || g.Hidden != 0 {
		t.Errorf("the task force: %+v", g)
	}
	unit, other := h.writer(), h.head("x", "patrol")
	own, err := h.Gap(t.Context(), unit, g.ID)
	must(t, err)
	if slices.Contains(own.Wordings, secret) || len(own.Wordings) == 0 || len(own.Tickets) != 0 || own.Hidden != 1 || own.Times != 10 {
		t.Errorf("the unit before the letter was dispatched: %+v", own)
	}
	if got := h.gapsIn(t, other, gap.Open); len(got) != 0 {
		t.Errorf("another unit sees %+v", got)
	}
	_, err = h.Gap(t.Context(), other, g.ID)
	wantCode(t, err, problem.NotFound, "gap.not_found")
	_, err = h.DraftForGap(t.Context(), other, g.ID, desk.GapText{Version: g.Version, Content: brake()})
	wantCode(t, err, problem.NotFound, "gap.not_found")
	_, err = h.MoveGap(t.Context(), unit, g.ID, desk.GapCommand{Move: desk.DeclineGap, Version: g.Version, Reason: "mixed", Words: "不想写。"})
	wantCode(t, err, problem.Denied, "gap.denied")
	_, err = h.GapList(t.Context(), desk.Actor{ID: "nobody"}, desk.GapFilter{State: gap.Open})
	wantCode(t, err, problem.Denied, "gap.denied")
	trail, err := h.store.Trail(t.Context(), "gap/"+g.ID)
	must(t, err)
	refused := 0
	for _, e := range trail {
		if e.Action == "gap.refused" {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("%d refusals in the trail: %+v", refused, trail)
	}
}

// TestOfficersKeepAway: what names an officer is neither given to that officer's
// unit nor shown there, where a person gives the rest of the questions to it.
func TestOfficersKeepAway(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Router.KnowOfficers([]assignment.Officer{{ID: "wang", Name: "王大力", Unit: "traffic"}})
	named := "交警王大力说电动自行车刹车坏了能上路，对吗"
	h.asks(t, 10, append(wordings(), named)...)
	keeper := h.taskForce("force")
	g := h.gapsIn(t, keeper, gap.Open)[0]
	if g.Unit != assignment.TaskForce || !slices.Contains(g.Wordings, named) {
		t.Errorf("the task: %+v", g)
	}
	_, err := h.MoveGap(t.Context(), keeper, g.ID, desk.GapCommand{Move: desk.AssignGap, Version: g.Version, Unit: "traffic"})
	must(t, err)
	seen, err := h.Gap(t.Context(), h.writer(), g.ID)
	must(t, err)
	if slices.Contains(seen.Wordings, named) || len(seen.Wordings) == 0 || seen.Times != 10 {
		t.Errorf("the officer's unit sees %+v", seen)
	}
}

// TestDeclinedGapComesBack: a reason holds until twice as many have asked.
func TestDeclinedGapComesBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	keeper := h.taskForce("force")
	h.asks(t, 10, wordings()...)
	g := h.gapsIn(t, keeper, gap.Open)[0]
	v, err := h.MoveGap(t.Context(), keeper, g.ID, desk.GapCommand{Move: desk.AssignGap, Version: g.Version, Unit: "patrol"})
	must(t, err)
	if v.Unit != "patrol" || !v.DueAt.Equal(g.DueAt) {
		t.Errorf("assigned: %+v", v)
	}
	decline := desk.GapCommand{Move: desk.DeclineGap, Version: v.Version, Reason: "known", Words: "现有问答已经写明。"}
	_, err = h.MoveGap(t.Context(), keeper, g.ID, desk.GapCommand{Move: desk.DeclineGap, Version: g.Version, Reason: "known", Words: "旧。"})
	wantCode(t, err, problem.Conflict, "gap.stale")
	_, err = h.MoveGap(t.Context(), keeper, g.ID, decline)
	must(t, err)
	h.asks(t, 9, wordings()...)
	if got := h.gapsIn(t, keeper, gap.Open); len(got) != 0 {
		t.Fatalf("came back after nineteen: %+v", got)
	}
	h.asks(t, 1, wordings()...)
	if got := h.gapsIn(t, keeper, gap.Open); len(got) != 1 || got[0].ID != g.ID || got[0].Unit != "traffic" || got[0].Reason != "" {
		t.Errorf("after twenty: %+v", got)
	}
}

// TestMergedGaps: two matters a person finds to be one count together.
func TestMergedGaps(t *testing.T) {
	t.Parallel()
	h := open(t)
	keeper := h.taskForce("force")
	h.asks(t, 6, wordings()...)
	h.asks(t, 9, "孩子改姓需要什么手续")
	watched := h.gapsIn(t, keeper, gap.Watched)
	if len(watched) != 2 || watched[0].People != 9 || watched[1].People != 6 {
		t.Fatalf("watched: %+v", watched)
	}
	merge := desk.GapCommand{Move: desk.MergeGap, Version: watched[0].Version, Into: watched[0].ID}
	_, err := h.MoveGap(t.Context(), keeper, watched[0].ID, merge)
	wantCode(t, err, problem.Invalid, "gap.invalid")
	merge.Into = watched[1].ID
	_, err = h.MoveGap(t.Context(), keeper, watched[0].ID, merge)
	must(t, err)
	got := h.gapsIn(t, keeper, gap.Open)
	if len(got) != 1 || got[0].ID != watched[1].ID || got[0].Times != 15 || got[0].People != 9 {
		t.Fatalf("together: %+v", got)
	}
	h.asks(t, 1, "孩子改姓要什么手续")
	if got = h.gapsIn(t, keeper, gap.Open); got[0].Times != 16 {
		t.Errorf("what comes later is lost: %+v", got)
	}
}

// TestReplyBecomesAnEntry: a released reply loses what tells who was answered, and
// says so; the entry answers, and ends the task.
func TestReplyBecomesAnEntry(t *testing.T) {
	t.Parallel()
	h := open(t)
	keeper, writer := h.taskForce("force"), h.writer()
	number := h.inquires(t, "13800138001", "电动自行车刹车不合格会被扣车吗")
	h.asks(t, 10, wordings()...)
	g := h.gapsIn(t, keeper, gap.Open)[0]
	_, err := h.ProposeEntry(t.Context(), keeper, g.ID, number)
	wantCode(t, err, problem.Conflict, "gap.reply")
	h.answered(t, number, "李四先生（电话13800138001）：根据《中华人民共和国居民身份证法》第十一条，刹车不合格的电动自行车不得上路。")
	p, err := h.ProposeEntry(t.Context(), writer, g.ID, number)
	must(t, err)
	if strings.Contains(p.Content.All(), "李四") || strings.Contains(p.Content.All(), "13800138001") || !strings.Contains(p.Content.Body, "不得上路") {
		t.Errorf("proposed: %+v", p.Content)
	}
	var kinds []string
	for _, r := range p.Removed {
		kinds = append(kinds, r.Field+" "+r.Kind+" "+r.Placeholder)
	}
	if !slices.Contains(kinds, "body name 【姓名】") || !slices.Contains(kinds, "body phone 【电话号码】") {
		t.Errorf("removed: %v", p.Removed)
	}
	if !slices.Contains(p.Content.Attributes, review.Attribute{Name: "basis", Value: "law-resident-id-card | 第十一条"}) {
		t.Errorf("basis: %+v", p.Content.Attributes)
	}
	_, err = h.DraftForGap(t.Context(), writer, g.ID, desk.GapText{Version: g.Version, Ticket: number, Content: brake(with("body", "李四先生（电话13800138001）：刹车不合格的电动自行车不得上路，请修好再骑。"))})
	wantCode(t, err, problem.Invalid, "gap.personal")

	text, err := h.DraftForGap(t.Context(), writer, g.ID, desk.GapText{Version: g.Version, Subject: "ebike-brake", Ticket: number, Content: brake()})
	must(t, err)
	_, err = h.takes(t, writer, text.ID, desk.TextCommand{Move: review.Withdraw, Reason: "wrong", Words: "依据有误。"})
	must(t, err)
	again, err := h.Gap(t.Context(), writer, g.ID)
	must(t, err)
	if again.State != gap.Open || !again.DueAt.Equal(g.DueAt) {
		t.Errorf("a text that was withdrawn leaves the task: %+v", again.Gap)
	}
	text, err = h.DraftForGap(t.Context(), writer, g.ID, desk.GapText{Version: again.Version, Subject: "ebike-brakes", Content: brake()})
	must(t, err)
	h.approved(t, text.ID)
	must(t, h.release(t, text.ID))
	done, err := h.Gap(t.Context(), writer, g.ID)
	must(t, err)
	if done.State != gap.Answered || done.Entry != "ebike-brakes" {
		t.Errorf("published: %+v", done.Gap)
	}
	if entry, _ := h.answers(t, "刹车不合格的电动车能骑吗"); entry != "ebike-brakes" {
		t.Errorf("answered by %q", entry)
	}
	must(t, h.GatherQuestions(t.Context()))
	if after, err := h.Gap(t.Context(), writer, g.ID); err != nil || after.Times != g.Times {
		t.Errorf("an answered question counts: %+v %v", after.Gap, err)
	}
}

// answered brings a letter to its released reply.
func (h *house) answered(t *testing.T, number, text string) {
	t.Helper()
	force, writer := h.taskForce("force"), h.handler("writer", "traffic")
	for _, step := range []struct {
		a desk.Actor
		c desk.Command
	}{
		{force, desk.Command{Move: ticket.Accept}},
		{force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}},
		{writer, desk.Command{Move: ticket.Sign}},
		{writer, desk.Command{Move: ticket.Draft, Text: text, Outcome: reply.Explained}},
		{writer, desk.Command{Move: ticket.Submit, Override: "只答复来信人本人。"}},
		{h.head("head", "traffic"), desk.Command{Move: ticket.Approve, Gates: review.Gates()}},
		{force, desk.Command{Move: ticket.Approve, Gates: review.Gates()}},
		{force, desk.Command{Move: ticket.Release}},
	} {
		if _, err := h.move(t, step.a, number, step.c); err != nil {
			t.Fatalf("%s: %v", step.c.Move, err)
		}
	}
}
