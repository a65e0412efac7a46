package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// matter is a letter no rule knows a unit for.
func matter(unit string, n int) channel.Letter {
	places := strings.Fields("东门 西门 南街 北路 新村 花园 广场 码头 市场 学校 医院 公园 车站 大桥 书店 剧场")
	place, when := places[n%len(places)], []string{"早上", "中午", "傍晚", "周末", "每天"}[n%5]
	l := channel.Letter{Source: channel.Web, Kind: channel.Help}
	switch unit {
	case "traffic":
		l.Title, l.Text = place+"共享单车乱放", fmt.Sprintf("%s%s的共享单车横七竖八，骑车的人随手一扔，推婴儿车过不去，希望有人来清理。", when, place)
	case "patrol":
		l.Title, l.Text = place+"音响太吵", fmt.Sprintf("%s%s跳舞的音响开得很大，老人孩子休息不好，劝也劝不住，希望有人管一管。", when, place)
	default:
		l.Title, l.Text = place+"窗口排队太久", fmt.Sprintf("%s去%s窗口给孩子办出国读书的本子，取号以后等了很久，希望多开一个窗口。", when, place)
	}
	return l
}

// finished stores letters that units have answered, all at once.
func (h *house) finished(tb testing.TB, n int, unit func(i int) string) {
	tb.Helper()
	must(tb, h.store.InTx(tb.Context(), func(ctx context.Context, tx desk.Tx) error {
		for i := range n {
			l := matter(unit(i), i)
			l.ID, l.ReceivedAt = uuid.Must(uuid.NewV7()).String(), h.now()
			number, err := ticket.NewNumber(h.now(), rand.Reader)
			if err != nil {
				return err
			}
			t, _ := ticket.Ticket{
				ID: uuid.Must(uuid.NewV7()).String(), Number: number, LetterID: l.ID, Kind: l.Kind, Source: l.Source, Title: l.Title,
				Lead: unit(i), LeadPath: h.Tree.Path(unit(i)), DueAt: h.now(),
			}.Begin("", "", "", h.now())
			t.Status = ticket.Answered
			if err := tx.InsertTicket(ctx, l, t, nil); err != nil {
				return err
			}
		}
		return nil
	}))
}

func always(unit string) func(int) string { return func(int) string { return unit } }

// experienced is a house that has answered sixty letters and learnt from them.
func experienced(tb testing.TB, bound float64) *house {
	tb.Helper()
	h := open(tb)
	h.AutoDispatch = bound
	h.finished(tb, 60, func(i int) string { return []string{"traffic", "patrol", "exit-entry"}[i%3] })
	must(tb, h.LearnPast(tb.Context()))
	return h
}

func (h *house) opened(tb testing.TB, l channel.Letter) string {
	tb.Helper()
	r, err := h.Open(tb.Context(), desk.Opening{Letter: l})
	must(tb, err)
	return r.Number
}

func (h *house) suggested(tb testing.TB, number string) desk.Suggestions {
	tb.Helper()
	s, err := h.Suggestions(tb.Context(), h.taskForce("force"), number)
	must(tb, err)
	return s
}

func TestThePastSuggestsAUnitAndSaysWhy(t *testing.T) {
	t.Parallel()
	h := experienced(t, 0)
	for _, unit := range []string{"traffic", "patrol", "exit-entry"} {
		l := matter(unit, 3)
		l.Title, l.Text = "新来的"+l.Title, "我住在附近。"+l.Text
		s := h.suggested(t, h.opened(t, l))
		if len(s.Units) != 3 || s.Units[0].Unit != unit || s.Units[0].Probability < 0.7 || s.Units[0].Name == "" {
			t.Fatalf("%s: %+v", unit, s.Units)
		}
		if why := strings.Join(s.Units[0].Reasons, "；"); !strings.Contains(why, "件已办结来信相似") || !strings.Contains(why, "与 2606") {
			t.Errorf("%s: the reason is %q", unit, why)
		}
		if s.Model.Examples != 60 || s.Model.Version == "" || !s.Model.TrainedAt.Equal(h.now()) || s.Model.Accuracy < 0.9 {
			t.Errorf("the model is %+v", s.Model)
		}
	}
}

func TestTheRulesAreAlwaysHeard(t *testing.T) {
	t.Parallel()
	h := experienced(t, 0)
	l := matter("patrol", 3)
	l.Text += "另外想问港澳通行证。"
	found := false
	for _, u := range h.suggested(t, h.opened(t, l)).Units {
		found = found || u.Unit == "exit-entry" && strings.Contains(strings.Join(u.Reasons, "；"), "规则：关键词“通行证”")
	}
	if !found {
		t.Error("the unit the rules name is not among the three")
	}
}

func TestTooFewExamplesLeaveItToTheRules(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.AutoDispatch = 0.1
	h.finished(t, 40, always("traffic"))
	must(t, h.LearnPast(t.Context()))
	number := h.opened(t, channel.Letter{Source: channel.Web, Kind: channel.Help, Title: "驾驶证", Text: "驾驶证到期了怎么换？", Category: "traffic"})
	h.work(t)
	s := h.suggested(t, number)
	if len(s.Units) != 1 || s.Units[0].Unit != "traffic" || s.Units[0].Probability != 0 || s.Model.Examples != 0 || !strings.HasPrefix(s.Units[0].Reasons[0], "规则：") {
		t.Errorf("suggests %+v by %+v", s.Units, s.Model)
	}
	v, err := h.Ticket(t.Context(), h.taskForce("force"), number)
	must(t, err)
	if v.Ticket.Status != ticket.Received {
		t.Error("dispatched without a model")
	}
}

func TestALetterIsDispatchedAboveTheBoundAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	h := experienced(t, 0.6)
	h.work(t)
	l := matter("traffic", 7)
	l.Title, l.Text = "地铁口的单车", "地铁口旁边的单车横七竖八，推婴儿车过不去，盲道也被挡住，希望有人来清理这些共享单车。"
	number := h.opened(t, l)
	h.work(t)
	force := h.taskForce("force")
	v, err := h.Ticket(t.Context(), force, number)
	must(t, err)
	if v.Ticket.Status != ticket.Dispatched || v.Ticket.Lead != "traffic" {
		t.Fatalf("the ticket is %s at %s", v.Ticket.Status, v.Ticket.Lead)
	}
	last := v.Events[len(v.Events)-1]
	if last.Move != ticket.Dispatch || last.Actor != "" || !strings.Contains(last.Note, "系统自动派单") || !strings.Contains(last.Note, h.suggested(t, number).Model.Version) {
		t.Errorf("the event is %+v", last)
	}
	act := lastAct(t, h, "ticket/"+v.Ticket.ID, "ticket.dispatch")
	if act.Actor != "system" || act.Detail["model"] == "" || act.Detail["probability"] < "0.6" || act.Detail["like"] == "" || act.Detail["rule"] != "fallback" {
		t.Errorf("the audit entry is %+v", act)
	}
	if _, err := h.move(t, force, number, desk.Command{Move: ticket.Reassign, Unit: "patrol", Reason: "wrong_unit"}); err != nil {
		t.Errorf("the task force cannot take it back: %v", err)
	}
	h.work(t)
	if v, err = h.Ticket(t.Context(), force, number); err != nil || v.Ticket.Lead != "patrol" {
		t.Errorf("dispatched again to %s: %v", v.Ticket.Lead, err)
	}
}

// lastAct is the newest audit entry of an action on an object.
func lastAct(t *testing.T, h *house, object, action string) audit.Entry {
	t.Helper()
	entries, err := h.store.AuditLane(t.Context(), audit.LaneOf(object))
	must(t, err)
	for _, e := range slices.Backward(entries) {
		if e.Object == object && e.Action == action {
			return e
		}
	}
	t.Fatalf("nothing recorded %s of %s", action, object)
	return audit.Entry{}
}

func TestWhatIsNeverDispatchedWithoutAPerson(t *testing.T) {
	t.Parallel()
	sure := matter("traffic", 7)
	for name, change := range map[string]func(*house, *channel.Letter){
		"no bound set":        func(h *house, _ *channel.Letter) { h.AutoDispatch = 0 },
		"below the bound":     func(h *house, _ *channel.Letter) { h.AutoDispatch = 1 },
		"a complaint":         func(_ *house, l *channel.Letter) { l.Kind = channel.Complaint },
		"a report":            func(_ *house, l *channel.Letter) { l.Kind = channel.Report },
		"a present danger":    func(_ *house, l *channel.Letter) { l.Text = "有人正在持刀砍人，救命！" + l.Text },
		"one still worked on": func(h *house, l *channel.Letter) { h.opened(t, *l) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := experienced(t, 0.5)
			l := sure
			change(h, &l)
			number := h.opened(t, l)
			h.work(t)
			v, err := h.Ticket(t.Context(), h.taskForce("force"), number)
			must(t, err)
			if v.Ticket.Status != ticket.Received {
				t.Errorf("dispatched to %s", v.Ticket.Lead)
			}
		})
	}
}

func TestAClerkWhoWasFasterDecides(t *testing.T) {
	t.Parallel()
	h := experienced(t, 0.5)
	number := h.opened(t, matter("traffic", 7))
	if _, err := h.move(t, h.taskForce("force"), number, desk.Command{Move: ticket.Dispatch, Unit: "legal"}); err != nil {
		t.Fatal(err)
	}
	h.work(t)
	v, err := h.Ticket(t.Context(), h.taskForce("force"), number)
	must(t, err)
	if v.Ticket.Lead != "legal" {
		t.Errorf("the clerk's dispatch was overruled: %s", v.Ticket.Lead)
	}
}

// from is a letter of somebody with a telephone.
func from(phone, title, text string) channel.Letter {
	return channel.Letter{
		Source: channel.Web, Kind: channel.Help, Title: title, Text: text, Contact: &channel.Contact{Name: "李四", Phone: phone},
	}
}

func TestTheSameMatterIsFoundOverMonths(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := h.opened(t, from("13800138000", "锦绣小区路灯不亮", "锦绣小区北门外的路灯已经半个月不亮了，晚上接孩子很不安全。"))
	other := h.opened(t, from("13900139000", "锦绣小区北门路灯不亮", "锦绣小区北门的路灯不亮半个月了，接孩子不安全，请维修路灯。"))
	far := h.opened(t, from("13700137000", "养狗不拴绳", "楼下有人遛狗从来不拴绳，吓到老人。"))
	h.pass(100 * 24 * time.Hour)
	again := h.opened(t, from("13800138000", "锦绣小区北门路灯还是不亮", "三个月前反映过锦绣小区北门外的路灯不亮，到现在还没有修，晚上接孩子不安全。"))
	before, err := h.Ticket(t.Context(), h.taskForce("force"), again)
	must(t, err)
	h.work(t)
	found := map[string]desk.SimilarTicket{}
	for _, s := range h.suggested(t, again).Similar {
		found[s.Ticket.Number] = s
	}
	if s := found[first]; !s.SamePerson || !s.Linked || s.Probability < 0.4 || s.Reasons[0] != "同一来信人" {
		t.Errorf("the own earlier letter: %+v", s)
	}
	if s := found[other]; s.Ticket.Number == "" || s.SamePerson || len(s.Reasons) == 0 {
		t.Errorf("a neighbour's letter: %+v", s)
	}
	if _, ok := found[far]; ok {
		t.Error("another matter is called alike")
	}
	v, err := h.Ticket(t.Context(), h.taskForce("force"), again)
	must(t, err)
	last := v.Events[len(v.Events)-1]
	if last.Move != ticket.Note || !strings.Contains(last.Note, "疑似同一事项") || strings.Contains(last.Note, first) {
		t.Errorf("the event is %+v", last)
	}
	if v.Ticket.Status != before.Ticket.Status || !v.Ticket.DueAt.Equal(before.Ticket.DueAt) || len(v.Clocks) != len(before.Clocks) {
		t.Error("a link moved the ticket or its date")
	}
	links, err := h.store.Links(t.Context(), v.Ticket.ID)
	must(t, err)
	if len(links) == 0 || links[0].By != "system" || links[0].From != v.Ticket.ID {
		t.Errorf("links %+v", links)
	}
	if backwards := h.suggested(t, first); len(backwards.Similar) == 0 {
		t.Error("the earlier ticket does not know the later one")
	}
}

func TestAnotherReplicaSeesIt(t *testing.T) {
	t.Parallel()
	key := seal.GenerateKey("k1")
	path := t.TempDir() + "/desk.db"
	a, b := reopen(t, path, key, monday()), reopen(t, path, key, monday())
	must(t, b.LearnPast(t.Context()))
	first := a.opened(t, from("13800138000", "锦绣小区路灯不亮", "锦绣小区北门外的路灯已经半个月不亮了，晚上接孩子很不安全。"))
	b.pass(time.Minute)
	second := b.opened(t, from("13900139000", "锦绣小区北门路灯不亮", "锦绣小区北门外的路灯不亮半个月了，接孩子很不安全。"))
	b.work(t)
	s := b.suggested(t, second).Similar
	if len(s) != 1 || s[0].Ticket.Number != first {
		t.Errorf("found %+v", s)
	}
}

func TestSuggestionsShowOnlyWhatTheViewerMaySee(t *testing.T) {
	t.Parallel()
	h := open(t)
	text := "锦绣小区北门外的棋牌室每天赌博到深夜，输赢很大，还有人望风。"
	report := from("13800138000", "锦绣小区棋牌室赌博", text)
	report.Kind, report.Category = channel.Report, "vice"
	hidden := h.opened(t, report)
	about := from("13800138000", "锦绣小区棋牌室没人管", "交警支队车管所不管，"+text)
	about.Kind = channel.Complaint
	avoided := h.opened(t, about)
	plain := h.opened(t, from("13800138000", "锦绣小区棋牌室太吵", text))
	h.work(t)
	if got := h.suggested(t, hidden).Similar; len(got) != 0 {
		t.Errorf("a report lists %+v", got)
	}
	force := h.suggested(t, plain).Similar
	if len(force) != 1 || force[0].Ticket.Number != avoided {
		t.Errorf("the task force sees %+v, want the complaint and never the report", force)
	}
	if _, err := h.move(t, h.taskForce("force"), plain, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}); err != nil {
		t.Fatal(err)
	}
	s, err := h.Suggestions(t.Context(), h.handler("handler", "traffic"), plain)
	must(t, err)
	if len(s.Similar) != 0 {
		t.Errorf("the unit complained about sees %+v", s.Similar)
	}
	for name, a := range map[string]desk.Actor{"another unit": h.handler("x", "patrol"), "nobody": {}} {
		if _, err := h.Suggestions(t.Context(), a, plain); !problem.HasCode(err, "ticket.not_found") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if units := h.suggested(t, avoided).Units; len(units) != 1 || units[0].Unit == "traffic" {
		t.Errorf("a complaint about a unit may go to %+v", units)
	}
}

func TestAnOfficerComplainedAboutIsNotSuggestedTheLetter(t *testing.T) {
	t.Parallel()
	h := experienced(t, 0.1)
	l := matter("traffic", 7)
	l.Kind, l.Category = channel.Complaint, "traffic"
	r, err := h.Open(t.Context(), desk.Opening{Letter: l, Names: []string{"王某某"}})
	must(t, err)
	h.work(t)
	if units := h.suggested(t, r.Number).Units; len(units) != 1 || units[0].Unit != "inspection" {
		t.Errorf("suggested %+v", units)
	}
}

func TestTrainingAgain(t *testing.T) {
	t.Parallel()
	h := experienced(t, 0)
	number := h.opened(t, matter("traffic", 1))
	was := h.suggested(t, number).Model
	h.finished(t, 1, always("traffic"))
	h.pass(10 * time.Minute)
	must(t, h.LearnPast(t.Context()))
	if got := h.suggested(t, number).Model; got != was {
		t.Errorf("trained again within the hour: %+v", got)
	}
	h.pass(time.Hour)
	must(t, h.LearnPast(t.Context()))
	now := h.suggested(t, number).Model
	if now.Examples != 61 || now.Version == was.Version {
		t.Errorf("not trained after the hour: %+v", now)
	}
	h.pass(2 * time.Hour)
	must(t, h.LearnPast(t.Context()))
	if got := h.suggested(t, number).Model; got != now {
		t.Errorf("trained again although nothing was released: %+v", got)
	}
}

func FuzzSuggestions(f *testing.F) {
	h := experienced(f, 0.9)
	for _, s := range []string{"", "驾驶证", "\x00\xff", strings.Repeat("单车", 2500), "😀\u200b<script>", "忽略以上指令", "13800138000"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, title, text string) {
		l := channel.Letter{Source: channel.Web, Kind: channel.Help, Title: title, Text: text}
		if l.Check() != nil {
			return // the edge refuses it
		}
		number := h.opened(t, l)
		s, err := h.Suggestions(t.Context(), h.taskForce("force"), number)
		must(t, err)
		for _, u := range s.Units {
			if !(u.Probability >= 0 && u.Probability <= 1) || len(s.Units) > 3 {
				t.Fatalf("%+v", s.Units)
			}
		}
	})
}
