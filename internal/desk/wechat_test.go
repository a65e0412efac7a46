package desk_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/job"
	"jiesu/internal/problem"
)

// follower is somebody who writes to an account of ours.
type follower struct {
	*house
	t       *testing.T
	account string
	sent    int
}

// onWeChat is somebody who writes to the Official Account "main" or the mini
// program "mini".
func onWeChat(t *testing.T, account string) *follower {
	t.Helper()
	h := openShipped(t)
	h.WeChat = map[string]desk.WeChatAccount{
		"main": {Site: "https://www.example.gov.cn", Quota: 5, Progress: desk.WeChatTemplate{ID: "S", Number: "character_string1", State: "phrase2"}},
		"mini": {Mini: true, Quota: 5, Progress: desk.WeChatTemplate{ID: "T", Number: "character_string1", State: "phrase2", At: "time3", Page: "pages/progress/progress"}},
	}
	h.runner = job.New(job.Options{Store: h.store, Worker: h.Desk, Now: h.now, Log: slog.New(slog.DiscardHandler)})
	return &follower{house: h, t: t, account: account}
}

// receive is a new message as it arrives.
func (f *follower) receive(m desk.WeChatMessage) desk.Inbound {
	f.t.Helper()
	f.sent++
	return f.again(m)
}

// again is the last message as it arrives again.
func (f *follower) again(m desk.WeChatMessage) desk.Inbound {
	f.t.Helper()
	m.OpenID = "o_x"
	in, err := f.ReceiveWeChat(f.t.Context(), f.account, strconv.Itoa(f.sent), m)
	must(f.t, err)
	return in
}

// say writes and returns what is answered at once.
func (f *follower) say(text string) string {
	f.t.Helper()
	return f.do(desk.WeChatMessage{Type: desk.WeChatText, Text: text})
}

func (f *follower) do(m desk.WeChatMessage) string {
	f.t.Helper()
	in := f.receive(m)
	words, err := f.AnswerWeChat(f.t.Context(), in)
	must(f.t, err)
	if words != "" && f.account == "main" {
		must(f.t, f.WeChatAnswered(f.t.Context(), in))
	}
	return words
}

// parcels are the deliveries of a state, oldest first, with what they bring.
func (f *follower) parcels(state desk.DeliveryState) (vs []desk.Delivery, ps []desk.WeChatParcel) {
	f.t.Helper()
	listed, err := f.store.Deliveries(f.t.Context(), desk.DeliveryFilter{States: []desk.DeliveryState{state}, Route: "wechat", Limit: 99})
	must(f.t, err)
	for _, v := range slices.Backward(listed) {
		whole, err := f.store.Delivery(f.t.Context(), v.ID)
		must(f.t, err)
		var p desk.WeChatParcel
		must(f.t, json.Unmarshal(whole.Body, &p))
		vs, ps = append(vs, whole), append(ps, p)
	}
	return vs, ps
}

// messages are how many the conversation has.
func (f *follower) messages() int64 {
	f.t.Helper()
	who, err := f.store.WeChatPeer(f.t.Context(), f.account, "o_x")
	must(f.t, err)
	c, err := f.store.Conversation(f.t.Context(), who.Conversation)
	must(f.t, err)
	return c.Head
}

// handedOver leaves a question to the task force; it returns number and code.
func (f *follower) handedOver() (number, code string) {
	f.t.Helper()
	f.say("红烧肉怎么做才好吃")
	receipt := f.say("留给专班")
	if f.account == "mini" {
		_, ps := f.parcels(desk.DeliveryWaiting)
		receipt = ps[len(ps)-1].Text
	}
	m := regexp.MustCompile(`编号：(\S+)\n查询码：([0-9A-Z-]+)`).FindStringSubmatch(receipt)
	if m == nil {
		f.t.Fatalf("no receipt: %q", receipt)
	}
	return m[1], m[2]
}

// declined ends a ticket, of which its citizen is told.
func (f *follower) declined(number string) {
	f.t.Helper()
	_, err := f.move(f.t, f.taskForce("u1"), number, desk.Command{Move: ticket.Decline, Reason: "outside_area", Text: "不属于公安机关职责。"})
	must(f.t, err)
	f.work(f.t)
}

// The same gates, answers, choices and tickets as in the chat of the website.
func TestWeChatIsTheChatInWords(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	for _, c := range []struct{ text, want string }{
		{"有人正在砸我家的门，救命", "请马上拨打110"},
		{"留给专班", "已转给"},
		{"身份证丢了怎么补办", "https://www.example.gov.cn/library/"},
		{"驾驶证", "1. "},
		{"1", "（示例内容"},
		{"驾驶证", "都不是"},
		{"红烧肉怎么做才好吃", "回复“留给专班”"},
		{"我要找真人", "回复“留给专班”"},
		{"查进度", "编号和查询码"},
		{strings.Repeat("问", 2001), "消息太长"},
	} {
		got := f.say(c.text)
		if c.want == "https://www.example.gov.cn/library/" && len(got) < 2000 { // short enough to be whole
			c.want = "（示例内容"
		}
		if !strings.Contains(got, c.want) || len(got) > 2048 {
			t.Errorf("%.20q is answered with %q, want %q", c.text, got, c.want)
		}
		f.pass(time.Second)
	}
	number, code := f.handedOver()
	v, err := f.Ticket(t.Context(), f.taskForce("u1"), number)
	must(t, err)
	if v.Ticket.Source != channel.WeChat || !strings.Contains(v.Letter.Text, "红烧肉怎么做才好吃") {
		t.Errorf("the ticket is %+v with %q", v.Ticket, v.Letter.Text)
	}
	for text, want := range map[string]string{
		"编号：" + number + " 查询码：" + strings.ToLower(code):                              "状态：待受理",
		strings.ReplaceAll(number, "-", "") + "，" + strings.ReplaceAll(code, "-", ""): "状态：待受理",
		number + " 0000-0000-0000-0000":                                               "没有查到",
	} {
		before := f.messages()
		if got := f.say(text); !strings.Contains(got, want) {
			t.Errorf("%q is answered with %q, want %q", text, got, want)
		}
		if f.messages() != before {
			t.Errorf("%q is kept in the conversation, with its code", text)
		}
	}
}

func TestWhatIsNoTextOnWeChat(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	for _, c := range []struct {
		m    desk.WeChatMessage
		want string
	}{
		{desk.WeChatMessage{Type: desk.WeChatFollow}, "政策问答机器人"},
		{desk.WeChatMessage{Type: desk.WeChatMenu, Text: "留给专班"}, "请先说明您的问题"},
		{desk.WeChatMessage{Type: desk.WeChatVoice, Media: "M"}, "没有听清"},
		{desk.WeChatMessage{Type: desk.WeChatFilm}, "https://www.example.gov.cn/letters/new"},
		{desk.WeChatMessage{Type: desk.WeChatRemark, Text: "位置：某路（23.1，113.3）"}, "已记下"},
		{desk.WeChatMessage{Type: desk.WeChatOther, Raw: []byte("hologram")}, ""},
		{desk.WeChatMessage{Type: desk.WeChatEnter}, ""},
		{desk.WeChatMessage{Type: desk.WeChatMenu, Text: "留给专班"}, "已转给"},
		{desk.WeChatMessage{Type: desk.WeChatLeave}, ""},
	} {
		if got := f.do(c.m); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s is answered with %q, want %q", c.m.Type, got, c.want)
		}
	}
	page, err := f.Tickets(t.Context(), f.taskForce("u1"), desk.Filter{Limit: 9})
	must(t, err)
	v, err := f.Ticket(t.Context(), f.taskForce("u1"), page.Tickets[0].Number)
	must(t, err)
	if !strings.Contains(v.Letter.Text, "视频") || !strings.Contains(v.Letter.Text, "某路") {
		t.Errorf("the letter says %q", v.Letter.Text)
	}
	f.do(desk.WeChatMessage{Type: desk.WeChatUnreadable, Raw: []byte("<xml")})
	got, err := f.Arrivals(t.Context(), f.taskForce("u1"), desk.InboundFilter{})
	must(t, err)
	if len(got.Arrivals) != 1 || got.Arrivals[0].Reason != "wechat.unreadable" {
		t.Errorf("shown to staff: %+v", got.Arrivals)
	}
}

// However often a message comes, and whoever dies when, there is one answer.
func TestAMessageOnWeChatHasOneAnswer(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	question := desk.WeChatMessage{Type: desk.WeChatText, Text: "你好"}
	f.receive(question) // and the process dies
	f.work(t)
	in := f.again(question)
	words, err := f.AnswerWeChat(t.Context(), in)
	must(t, err)
	if !in.Repeated || words == "" || f.messages() != 2 {
		t.Fatalf("tried again: %+v, %q, %d messages", in, words, f.messages())
	}
	waiting, _ := f.parcels(desk.DeliveryWaiting)
	if len(waiting) != 1 || waiting[0].NextAt.Sub(f.now()) < 15*time.Second {
		t.Fatalf("it is sent while WeChat may still ask: %+v", waiting)
	}
	must(t, f.WeChatAnswered(t.Context(), in))
	if again, err := f.AnswerWeChat(t.Context(), f.again(question)); err != nil || again != words {
		t.Errorf("and again: %q, %v", again, err)
	}
	if waiting, _ := f.parcels(desk.DeliveryWaiting); len(waiting) != 0 {
		t.Errorf("it is sent as well: %+v", waiting)
	}

	in = f.receive(question) // and WeChat never asks again
	f.work(t)
	f.pass(time.Minute)
	waiting, ps := f.parcels(desk.DeliveryWaiting)
	if len(waiting) != 1 || waiting[0].NextAt.After(f.now()) || ps[0].Text != words {
		t.Fatalf("it does not leave: %+v", waiting)
	}
	must(t, f.Settle(t.Context(), waiting[0], desk.Attempt{Delivery: waiting[0].ID, No: 1, At: f.now(), Outcome: desk.Arrived}, 0))
	if late, err := f.AnswerWeChat(t.Context(), in); err != nil || late != "" {
		t.Errorf("asked after it was sent: %q, %v", late, err)
	}
}

// Three tries at once on several replicas, and messages one after the other:
// every one is taken once, in its order.
func TestTriesAtOnceGetTheSame(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	f.say("你好")
	first := f.receive(desk.WeChatMessage{Type: desk.WeChatText, Text: "驾驶证"})
	second := f.receive(desk.WeChatMessage{Type: desk.WeChatText, Text: "1"})
	var mu sync.Mutex
	said := map[string]int{}
	var trying sync.WaitGroup
	for n := range 9 {
		in := second
		if n%3 == 0 {
			in = first
		}
		trying.Go(func() {
			words, err := f.AnswerWeChat(t.Context(), in)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || words == "" {
				t.Errorf("%q, %v", words, err)
			}
			said[words]++
		})
	}
	trying.Wait()
	if len(said) != 2 || f.messages() != 6 || !slices.Contains(slices.Collect(maps.Values(said)), 3) {
		t.Errorf("%d answers, %d messages: %v", len(said), f.messages(), said)
	}
}

// What somebody is told of a letter goes where they may be written to, and says
// no more there than is anybody's business.
func TestNewsOfALetterComeBackToWeChat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		account string
		before  func(f *follower)
		want    func(v desk.Delivery, p desk.WeChatParcel) bool
		state   desk.DeliveryState
	}{
		"soon": {"main", func(*follower) {}, func(v desk.Delivery, p desk.WeChatParcel) bool {
			return v.Kind == "ticket.decline" && strings.Contains(p.Text, v.Ticket)
		}, desk.DeliveryWaiting},
		"after two days": {"main", func(f *follower) { f.pass(49 * time.Hour) }, func(v desk.Delivery, _ desk.WeChatParcel) bool {
			return v.Reason == "wechat.closed"
		}, desk.DeliverySkipped},
		"who has left": {"main", func(f *follower) { f.do(desk.WeChatMessage{Type: desk.WeChatLeave}) }, func(v desk.Delivery, _ desk.WeChatParcel) bool {
			return v.Reason == "wechat.closed"
		}, desk.DeliverySkipped},
		"who agreed to it": {"mini", func(f *follower) {
			f.do(desk.WeChatMessage{Type: desk.WeChatGrants, Grants: []desk.WeChatGrant{{Template: "T", Accepted: true}}})
			f.pass(49 * time.Hour)
		}, func(v desk.Delivery, p desk.WeChatParcel) bool {
			return p.Template == "T" && p.Text == "" && p.Page == "pages/progress/progress?number="+v.Ticket &&
				maps.Equal(p.Data, map[string]string{"character_string1": v.Ticket, "phrase2": "不予受理", "time3": "2026-06-10 10:30"})
		}, desk.DeliveryWaiting},
		"who agreed to it on an Official Account": {"main", func(f *follower) {
			f.do(desk.WeChatMessage{Type: desk.WeChatGrants, Grants: []desk.WeChatGrant{{Template: "S", Accepted: true}, {Template: "other", Accepted: true}}})
			f.pass(49 * time.Hour)
		}, func(v desk.Delivery, p desk.WeChatParcel) bool {
			return p.Official && p.Template == "S" && p.Text == "" && maps.Equal(p.Data, map[string]string{"character_string1": v.Ticket, "phrase2": "不予受理"})
		}, desk.DeliveryWaiting},
		"who agreed and does no longer": {"mini", func(f *follower) {
			f.do(desk.WeChatMessage{Type: desk.WeChatGrants, Grants: []desk.WeChatGrant{{Template: "T", Accepted: true}}})
			f.do(desk.WeChatMessage{Type: desk.WeChatGrants, Grants: []desk.WeChatGrant{{Template: "T"}}})
			f.pass(49 * time.Hour)
		}, func(v desk.Delivery, _ desk.WeChatParcel) bool { return v.Reason == "wechat.closed" }, desk.DeliverySkipped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := onWeChat(t, c.account)
			number, _ := f.handedOver()
			c.before(f)
			f.declined(number)
			vs, ps := f.parcels(c.state)
			if len(vs) == 0 {
				t.Fatal("nothing is told")
			}
			if n := len(vs) - 1; vs[n].Ticket != number || !c.want(vs[n], ps[n]) {
				t.Errorf("told: %+v with %+v", vs[n], ps[n])
			}
		})
	}
}

// WeChat may know better than we do whether somebody may be written to: then
// they are told the other way.
func TestWhoCannotBeWrittenToIsToldOtherwise(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "mini")
	number, _ := f.handedOver()
	f.do(desk.WeChatMessage{Type: desk.WeChatGrants, Grants: []desk.WeChatGrant{{Template: "T", Accepted: true}}})
	f.declined(number)
	refuse := func() desk.WeChatParcel {
		vs, ps := f.parcels(desk.DeliveryWaiting)
		n := len(vs) - 1
		must(t, f.Settle(t.Context(), vs[n], desk.Attempt{Delivery: vs[n].ID, No: 1, At: f.now(), Outcome: desk.NotDelivered, Detail: "wechat.closed"}, 0))
		return ps[n]
	}
	if first, second := refuse(), refuse(); first.Text == "" || second.Template != "T" {
		t.Errorf("first %+v, then %+v", first, second)
	}
	skipped, _ := f.parcels(desk.DeliverySkipped)
	if len(skipped) != 2 || skipped[1].Reason != "wechat.closed" {
		t.Errorf("skipped: %+v", skipped)
	}
}

// What becomes of a report is told where only its writer reads it, and no row is
// left that would tie it to somebody on WeChat.
func TestNothingOfAReportIsSent(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	f.say("有人开设赌场")
	who, err := f.store.WeChatPeer(t.Context(), "main", "o_x")
	must(t, err)
	_, err = f.HandOver(t.Context(), who.Conversation, "c1", desk.Opening{Letter: channel.Letter{Kind: channel.Report, Title: "赌场", Text: "某处有人开设赌场。"}})
	must(t, err)
	c, err := f.store.Conversation(t.Context(), who.Conversation)
	must(t, err)
	said := f.messages()
	f.declined(c.Ticket)
	if f.messages() == said {
		t.Error("the conversation is not told")
	}
	left, err := f.store.Deliveries(t.Context(), desk.DeliveryFilter{Ticket: c.Ticket, Limit: 9})
	must(t, err)
	if _, ps := f.parcels(desk.DeliveryWaiting); len(ps) != 0 || len(left) != 0 {
		t.Errorf("told: %+v, rows: %+v", ps, left)
	}
	v, err := f.Ticket(t.Context(), f.taskForce("u1"), c.Ticket)
	must(t, err)
	if v.HasContact {
		t.Error("it is not anonymous any more")
	}
}

// A person has one conversation with a mini program, whose token is a new one
// with every login; nobody else has a say in it.
func TestAMiniProgramIsEnteredByItsPerson(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "mini")
	ctx := t.Context()
	first, err := f.EnterWeChat(ctx, "mini", "o_x")
	must(t, err)
	f.say("你好") // by its customer-service messages: the same conversation
	later, err := f.EnterWeChat(ctx, "mini", "o_x")
	must(t, err)
	if first.Conversation != later.Conversation || f.messages() != 2 {
		t.Errorf("entered %s, then %s", first.Conversation, later.Conversation)
	}
	if c, err := f.Redeem(ctx, later.Pass); err != nil || c.ID != later.Conversation {
		t.Errorf("the pass: %+v, %v", c, err)
	}
	other := admitted(t, f.house)
	for name, try := range map[string]func() error{
		"an old token":        func() error { return f.AgreeWeChat(ctx, "mini", first.Conversation, first.Token, nil) },
		"another account":     func() error { return f.AgreeWeChat(ctx, "main", first.Conversation, later.Token, nil) },
		"a chat of the pages": func() error { return f.AgreeWeChat(ctx, "mini", other.Conversation, other.Token, nil) },
		"the phone of others": func() error {
			return second(f.KeepWeChatPhone(ctx, "mini", first.Conversation, other.Token, "13800000000"))
		},
	} {
		if err := try(); !problem.HasCode(err, "chat.forbidden") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.KeepWeChatPhone(ctx, "mini", later.Conversation, later.Token, "none"); !problem.HasCode(err, "wechat.phone") {
		t.Errorf("no number: %v", err)
	}
	shown, err := f.KeepWeChatPhone(ctx, "mini", later.Conversation, later.Token, "13800000000")
	must(t, err)
	must(t, f.AgreeWeChat(ctx, "mini", later.Conversation, later.Token, []string{"T", "unknown"}))
	must(t, f.AgreeWeChat(ctx, "mini", later.Conversation, later.Token, []string{"T"}))
	who, err := f.store.WeChatPeer(ctx, "mini", "o_x")
	must(t, err)
	if !maps.Equal(who.Credits, map[string]int{"T": 1}) || shown != "138****0000" {
		t.Errorf("agreed to %v; the phone is shown as %s", who.Credits, shown)
	}
	number, _ := f.handedOver()
	left, err := f.store.TicketByNumber(ctx, number)
	must(t, err)
	if c, err := f.store.Contact(ctx, left.LetterID); err != nil || c.Phone != "13800000000" {
		t.Errorf("the contact: %+v, %v", c, err)
	}
}
