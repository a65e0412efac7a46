package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// sent is a letter of its own sender in words that are given.
func (h *house) sent(t *testing.T, kind channel.Kind, phone, title, text string) desk.Receipt {
	t.Helper()
	l := channel.Letter{Source: channel.Web, Kind: kind, Title: title, Text: text, Category: "traffic"}
	if phone != "" {
		l.Contact = &channel.Contact{Name: "王五", Phone: phone}
	}
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	return r
}

// signals are those somebody sees that are not over.
func (h *house) signals(t *testing.T, a desk.Actor) []desk.SignalView {
	t.Helper()
	vs, err := h.Signals(t.Context(), a, false)
	must(t, err)
	return vs
}

// told are the kinds of signal notices a post of a unit has.
func (h *house) told(t *testing.T, unit, to string) []string {
	t.Helper()
	ns, err := h.store.Notifications(t.Context(), []string{unit}, 100)
	must(t, err)
	var kinds []string
	for _, n := range ns {
		if n.To == to && len(n.Kind) > 7 && n.Kind[:7] == "signal." {
			kinds = append(kinds, n.Kind)
		}
	}
	slices.Reverse(kinds)
	return kinds
}

const gathering = "上百名司机准备明天集体到车管所门口围堵大门，手机13912345678。"

// TestAMajorLetterIsToldAtOnceUntilSomebodyAcknowledges: the notices are there
// with the ticket, before any job has run; the ladder is climbed rung by rung and
// stops where somebody says that they have seen it.
func TestAMajorLetterIsToldAtOnceUntilSomebodyAcknowledges(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.sent(t, channel.Help, "13800138000", "年检排队", gathering)
	head, leader, force := h.head("u2", "traffic"), h.leader("u3"), h.taskForce("u1")
	check := func(when string, want map[string][]string) {
		t.Helper()
		for post, kinds := range want {
			unit, to := "traffic", post
			switch post {
			case "leader":
				unit = "bureau"
			case "taskforce":
				unit = assignment.TaskForce
			}
			if got := h.told(t, unit, to); !slices.Equal(got, kinds) {
				t.Errorf("%s: %s was told %v, want %v", when, post, got, kinds)
			}
		}
	}
	check("at once", map[string][]string{"head": {"signal.major"}, "leader": {"signal.major"}, "taskforce": nil})
	v := h.signals(t, leader)[0]
	if v.Level != signal.Major || v.Pattern != signal.Lexicon || v.CategoryName != "群体聚集" || len(v.Letters) != 1 || !v.Waits || v.Late {
		t.Errorf("the leader sees %+v", v)
	}
	if !strings.Contains(v.Evidence[0].Passage, "围堵大门") || strings.Contains(v.Evidence[0].Passage, "139") || fmt.Sprint(v.Evidence) != fmt.Sprint(h.signals(t, force)[0].Evidence) {
		t.Errorf("because of %+v", v.Evidence)
	}
	// The unit has not been given the letter: its head sees that there is something, and nothing of it.
	if seen := h.signals(t, head); len(seen) != 1 || !seen[0].Waits || len(seen[0].Letters)+len(seen[0].Evidence)+len(seen[0].Tickets) != 0 {
		t.Errorf("the head sees %+v", seen)
	}
	_, err := h.MoveSignal(t.Context(), leader, v.ID, desk.SignalCommand{Move: signal.Acknowledge})
	must(t, err)
	h.pass(2*time.Hour + time.Second)
	h.work(t)
	check("after two hours", map[string][]string{"head": {"signal.major"}, "leader": {"signal.major"}, "taskforce": {"signal.late"}})
	h.pass(2*time.Hour + time.Second)
	h.work(t)
	check("after four", map[string][]string{"leader": {"signal.major", "signal.late"}, "taskforce": {"signal.late"}})
	h.pass(2*time.Hour + time.Second)
	h.work(t)
	check("the last one again", map[string][]string{"leader": {"signal.major", "signal.late", "signal.late"}})
	_, err = h.MoveSignal(t.Context(), force, v.ID, desk.SignalCommand{Move: signal.Assess, Version: 2, Words: "来信人情绪激动"})
	must(t, err)
	seen, err := h.MoveSignal(t.Context(), head, v.ID, desk.SignalCommand{Move: signal.Acknowledge})
	must(t, err)
	if len(seen.Ledger) != 3 || seen.Ledger[1].Words != "" {
		t.Errorf("the head reads what is written about a letter the unit was not given: %+v", seen.Ledger)
	}
	if _, err = h.MoveSignal(t.Context(), head, v.ID, desk.SignalCommand{Move: signal.Acknowledge}); !problem.HasCode(err, "signal.not_told") {
		t.Errorf("acknowledging twice: %v", err)
	}
	h.pass(24 * time.Hour)
	h.work(t)
	check("after the head came back", map[string][]string{"head": {"signal.major"}, "leader": {"signal.major", "signal.late", "signal.late"}, "taskforce": {"signal.late"}})
}

// TestWhoSeesASignal: nobody of another unit, nobody a letter is about, and of a
// report only who may see that; a complaint is not told to the unit it may be about.
func TestWhoSeesASignal(t *testing.T) {
	t.Parallel()
	h := open(t)
	force, leader := h.taskForce("u1"), h.leader("u3")
	head, other, handler := h.head("u2", "traffic"), h.head("u4", "criminal"), h.handler("u5", "traffic")
	count := func(name string, a desk.Actor, want int) {
		t.Helper()
		if got := h.signals(t, a); len(got) != want {
			t.Errorf("%s sees %d signals, want %d", name, len(got), want)
		}
	}
	h.sent(t, channel.Report, "", "线索", "有人私藏炸药雷管在仓库，"+gathering)
	count("the task force", force, 1)
	count("the leader", leader, 0)
	count("the head", head, 0)
	sealed := h.signals(t, force)[0]
	if !sealed.Restricted || len(h.told(t, assignment.TaskForce, "taskforce")) != 1 || len(h.told(t, "bureau", "leader")) != 0 {
		t.Errorf("of a report were told %+v", sealed.Told)
	}
	for name, a := range map[string]desk.Actor{"the leader": leader, "the head": head} {
		if _, err := h.Signal(t.Context(), a, sealed.ID); !problem.HasCode(err, "signal.not_found") {
			t.Errorf("%s reads the signal of a report: %v", name, err)
		}
		if _, err := h.MoveSignal(t.Context(), a, sealed.ID, desk.SignalCommand{Move: signal.Acknowledge}); !problem.HasCode(err, "signal.not_found") {
			t.Errorf("%s acknowledges it: %v", name, err)
		}
	}

	l := channel.Letter{Source: channel.Web, Kind: channel.Complaint, Title: "反映交警支队", Text: "交警支队的民警执法时把老人打伤了。", Category: "traffic"}
	_, err := h.Open(t.Context(), desk.Opening{Letter: l, Names: []string{"交警支队"}})
	must(t, err)
	count("the task force", force, 2)
	count("the leader", leader, 1)
	count("the head of the unit it is about", head, 0)
	count("the head of another unit", other, 0)
	if got := h.told(t, "traffic", "head"); got != nil {
		t.Errorf("the unit a letter is about was told %v", got)
	}
	about := h.signals(t, leader)[0]
	if _, err := h.MoveSignal(t.Context(), leader, about.ID, desk.SignalCommand{Move: signal.Assess, Version: 1, Unit: "traffic", Words: "由交警支队核查"}); !problem.HasCode(err, "signal.avoid") {
		t.Errorf("responsible for a letter about itself: %v", err)
	}

	r := h.sent(t, channel.Help, "13800138000", "年检排队", gathering)
	if _, err := h.move(t, force, r.Number, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}); err != nil {
		t.Fatal(err)
	}
	count("the head", head, 1)
	if mine := h.signals(t, head)[0]; len(mine.Letters) != 1 || len(mine.Evidence) != 1 || len(mine.Allowed) != 1 {
		t.Errorf("the head sees %+v", mine)
	} else if _, err := h.MoveSignal(t.Context(), head, mine.ID, desk.SignalCommand{Move: signal.Assess, Version: 1, Words: "不属实"}); !problem.HasCode(err, "signal.denied") {
		t.Errorf("the head assesses: %v", err)
	}
	count("the head of another unit", other, 0)
	if _, err := h.Signals(t.Context(), handler, false); !problem.HasCode(err, "signal.denied") {
		t.Errorf("a handler lists signals: %v", err)
	}
	trail, err := h.store.Trail(t.Context(), "signal/"+sealed.ID)
	must(t, err)
	if len(trail) != 3 || trail[1].Action != "signal.refused" {
		t.Errorf("the trail of the report's signal: %+v", trail)
	}
}

// TestOneMatterIsOneSignal: letters about the same matter, or of the same person
// about the same, go on with the open signal; others open their own, and what is
// over does not begin again by itself.
func TestOneMatterIsOneSignal(t *testing.T) {
	t.Parallel()
	h := open(t)
	force := h.taskForce("u1")
	h.sent(t, channel.Help, "13800138001", "车管所年检排队三天引发司机不满", gathering)
	h.sent(t, channel.Consult, "13800138002", "车管所年检排队三天引发司机不满", gathering+"请重视。")
	h.sent(t, channel.Help, "13800138001", "还是没人管", "大家说下周就去静坐。")
	if got := h.signals(t, force); len(got) != 1 || len(got[0].Letters) != 3 || got[0].Version != 1 || len(got[0].Told) != 2 {
		t.Fatalf("three letters about one matter: %+v", got)
	}
	h.sent(t, channel.Help, "13800138003", "液化气", "居民楼里存放几十罐液化气。")
	got := h.signals(t, force)
	if len(got) != 2 || got[1].Level != signal.General || got[1].Told != nil {
		t.Fatalf("another matter: %+v", got)
	}
	h.work(t)
	if told := h.told(t, assignment.TaskForce, "taskforce"); !slices.Equal(told, []string{"signal.raised"}) {
		t.Errorf("the task force was told %v", told)
	}
	// People decide that two are one.
	into, from := got[0], got[1]
	if _, err := h.MoveSignal(t.Context(), force, from.ID, desk.SignalCommand{Move: signal.Merge, Version: 1, Into: from.ID, Words: "同一事项"}); !problem.HasCode(err, "signal.merge") {
		t.Errorf("into itself: %v", err)
	}
	v, err := h.MoveSignal(t.Context(), force, from.ID, desk.SignalCommand{Move: signal.Merge, Version: 1, Into: into.ID, Words: "同一事项"})
	must(t, err)
	if got = h.signals(t, force); v.Disposition != signal.Merged || len(got) != 1 || len(got[0].Letters) != 4 {
		t.Errorf("merged: %+v, left %+v", v, got)
	}
}

// TestSomebodyWritesAgainAndAgain: from the fifth letter within thirty days on
// there is a signal of this person, and it stays one.
func TestSomebodyWritesAgainAndAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	force := h.taskForce("u1")
	titles := []string{"路灯不亮", "身份证丢了", "养犬登记", "户口迁移", "护照续签", "居住证到期"}
	h.sent(t, channel.Consult, "13800138000", "停车证", "怎么办？")
	h.pass(31 * 24 * time.Hour)
	for i, title := range titles {
		if got := h.signals(t, force); i < 5 && len(got) != 0 {
			t.Fatalf("after %d letters: %+v", i, got)
		}
		h.sent(t, channel.Consult, "13800138000", title, "怎么办？")
	}
	got := h.signals(t, force)
	if len(got) != 1 || got[0].Pattern != signal.Repeated || got[0].CategoryName != "一人多次来信" || len(got[0].Letters) != 6 || got[0].Evidence[0].Count != 5 {
		t.Errorf("%+v", got)
	}
}

// TestManyPeopleAndASurge: five people about one matter are a signal of the job
// that links letters; the watch for surges finds the same letters and goes on with
// it, however often it begins anew.
func TestManyPeopleAndASurge(t *testing.T) {
	t.Parallel()
	h := open(t)
	force := h.taskForce("u1")
	for i := range 5 {
		h.pass(time.Hour)
		h.sent(t, channel.Help, fmt.Sprintf("1380013800%d", i), "望潮路口的红绿灯一直不亮", fmt.Sprintf("望潮路口的红绿灯不亮已经%d天，上学的孩子过马路很危险。", i+1))
	}
	h.work(t)
	got := h.signals(t, force)
	if len(got) != 1 || got[0].Pattern != signal.ManyPeople || len(got[0].Letters) != 5 || got[0].Evidence[0].Count != 5 {
		t.Fatalf("five people: %+v", got)
	}
	must(t, h.WatchSurges(t.Context()))
	if got = h.signals(t, force); len(got) != 1 || len(got[0].Letters) != 5 {
		t.Fatalf("and a surge: %+v", got)
	}
	h.sent(t, channel.Help, "", "望潮路口的红绿灯一直不亮", "望潮路口的红绿灯还是不亮，孩子过马路很危险。")
	h.pass(2 * time.Second)
	h.work(t)
	if got = h.signals(t, force); len(got) != 1 || len(got[0].Letters) != 6 {
		t.Fatalf("one more: %+v", got)
	}
}

// TestASurgeIsRaisedOnce: by whichever process sees it, and not again after it
// turned out to be nothing. Who sends one text again and again is heard once.
func TestASurgeIsRaisedOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	force := h.taskForce("u1")
	anew := func() { must(t, desk.New(h.Parts).WatchSurges(t.Context())) }
	for range 4 {
		h.pass(time.Hour)
		h.sent(t, channel.Help, "13800138000", "小区门口夜间施工扰民", "每天夜里十二点还在施工，请管一管。")
	}
	anew()
	if got := h.signals(t, force); len(got) != 0 {
		t.Fatalf("one person: %+v", got)
	}
	for i, text := range []string{"孩子过马路很危险。", "昨天差点撞到电动车，什么时候修？", "报修三次没有人来，请交警安排人指挥。", "早高峰堵成一团，希望尽快恢复。", "晚上看不清路，老人不敢走。"} {
		h.pass(time.Hour)
		h.sent(t, channel.Help, fmt.Sprintf("1390013900%d", i), "望潮路口的红绿灯一直不亮", text)
	}
	anew()
	got := h.signals(t, force)
	if len(got) != 1 || got[0].Pattern != signal.Surging || got[0].CategoryName != "来信激增" {
		t.Fatalf("a surge: %+v", got)
	}
	anew()
	v, err := h.MoveSignal(t.Context(), force, got[0].ID, desk.SignalCommand{Move: signal.Assess, Version: 1, Words: "设备检修，已经公告"})
	must(t, err)
	_, err = h.MoveSignal(t.Context(), force, v.ID, desk.SignalCommand{Move: signal.Close, Version: 2, Disposition: signal.FalseAlarm, Words: "设备检修，已经公告"})
	must(t, err)
	anew()
	if got = h.signals(t, force); len(got) != 0 {
		t.Errorf("after it was over: %+v", got)
	}
	if over, err := h.Signals(t.Context(), force, true); err != nil || len(over) != 1 || over[0].Disposition != signal.FalseAlarm {
		t.Errorf("over: %+v, %v", over, err)
	}
	h.pass(5 * 24 * time.Hour)
	anew()
	if got = h.signals(t, force); len(got) != 0 {
		t.Errorf("of the past: %+v", got)
	}
}
