package desk_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/mailbox"
)

const mailKey = "0123456789abcdef"

// withMailboxes is a desk with a mailbox that pushes, and one that exports.
func withMailboxes(t *testing.T) *house {
	t.Helper()
	h := open(t)
	mayor := mailbox.Source{
		Name: "mayor", Title: "市长留言信箱", Channel: string(channel.Mailbox), Auth: mailbox.Auth{Way: mailbox.StaticKey, Secret: mailKey},
		Fields: mailbox.Fields{
			ID: mailbox.Paths{"id", "编号"}, Title: mailbox.Paths{"title", "标题"}, Text: mailbox.Paths{"text", "内容"}, Kind: mailbox.Paths{"kind", "类别"},
			Name: mailbox.Paths{"name"}, Phone: mailbox.Paths{"phone", "电话"}, About: mailbox.Paths{"about"}, Due: mailbox.Paths{"due"},
		},
		Codes: mailbox.Codes{Kind: map[string]string{"咨询": "consult", "投诉": "complaint", "举报": "report"}}, Default: mailbox.Default{Kind: "consult"},
		Extra: map[string]mailbox.Paths{"page": {"page"}},
		Reply: mailbox.Reply{Way: mailbox.PushReply, URL: "https://mayor.example.test/replies"},
	}
	province := mayor
	province.Name, province.Title, province.Reply = "province", "省平台", mailbox.Reply{Way: mailbox.ExportReply}
	for _, s := range []mailbox.Source{mayor, province} {
		must(t, s.Check(desk.MailboxKnown()))
	}
	h.Mailboxes = []mailbox.Source{mayor, province}
	return h
}

// call is a call to the hook of a source, which is then worked off.
func (h *house) call(t *testing.T, source, body string) desk.MailReceived {
	t.Helper()
	got, err := h.ReceiveMail(t.Context(), source, mailbox.Call{Header: http.Header{"X-Api-Key": {mailKey}}, Body: []byte(body)})
	must(t, err)
	h.work(t)
	return got
}

func (h *house) mailTicket(t *testing.T, platform, id string) ticket.Ticket {
	t.Helper()
	got, err := h.store.TicketByOrigin(t.Context(), platform, id)
	must(t, err)
	return got
}

// TestALetterOfAMailboxIsOneTicket: however often it comes, and whatever it says
// later is added to it.
func TestALetterOfAMailboxIsOneTicket(t *testing.T) {
	t.Parallel()
	h := withMailboxes(t)
	boss := h.taskForce("u1")
	first := `{"id":9007199254740993,"title":"路灯","text":"路灯不亮","kind":"投诉","name":"王小明","due":"2026-06-10","page":"/a"}`
	if got := h.call(t, "mayor", "["+first+","+first+"]"); got != (desk.MailReceived{Received: 1, Repeated: 1}) {
		t.Fatalf("received %+v", got)
	}
	k := h.mailTicket(t, "mayor", "9007199254740993")
	v, err := h.Ticket(t.Context(), boss, k.Number)
	must(t, err)
	if v.Letter.Source != channel.Mailbox || v.Letter.Kind != channel.Complaint || !v.HasContact || !strings.HasSuffix(v.Letter.Text, "有错的页面：/a") {
		t.Errorf("the letter is %+v", v.Letter)
	}
	if want := time.Date(2026, 6, 10, 16, 0, 0, 0, time.UTC); v.Ticket.DueAt.After(want) || v.Ticket.DueAt.Before(want.Add(-time.Second)) {
		t.Errorf("due %v, want the mailbox's own stricter date", v.Ticket.DueAt)
	}
	h.call(t, "mayor", `{"id":9007199254740993,"title":"路灯","text":"路灯不亮，第二天还是不亮","kind":"投诉"}`)
	v, err = h.Ticket(t.Context(), boss, k.Number)
	must(t, err)
	if last := v.Events[len(v.Events)-1]; last.Move != ticket.Note || !strings.Contains(last.Note, "第二天还是不亮") || strings.Contains(last.Note, "标题") {
		t.Errorf("what it says now is kept as %+v", last)
	}
	_, err = h.move(t, boss, k.Number, desk.Command{Move: ticket.Ask, Text: "请说明路灯的位置。"})
	must(t, err)
	h.call(t, "mayor", `{"id":9007199254740993,"title":"路灯","text":"路灯不亮，在人民路12号门口","kind":"投诉"}`)
	if k = h.mailTicket(t, "mayor", "9007199254740993"); k.Status == ticket.Supplement {
		t.Error("the letter was completed, and is still waited for")
	}
	h.call(t, "mayor", strings.Repeat("x", 9))
	h.call(t, "mayor", `[{"id":"2","text":"a","kind":"其他"},{"id":"3","text":"`+strings.Repeat("长", channel.MaxText+1)+`"}]`)
	page, err := h.Arrivals(t.Context(), boss, desk.InboundFilter{})
	must(t, err)
	var why []string
	for _, in := range page.Arrivals {
		why = append(why, in.Reason+" "+in.Detail)
	}
	all := strings.Join(why, "\n")
	if len(why) != 3 || !strings.Contains(all, "letter.invalid") || !strings.Contains(all, "类别没有对应关系：其他") || !strings.Contains(all, "不是一封来信的 JSON") {
		t.Errorf("shown to staff: %q", why)
	}
	for name, c := range map[string]mailbox.Call{"mayor": {Header: http.Header{}}, "nobody": {Header: http.Header{"X-Api-Key": {mailKey}}}} {
		_, err := h.ReceiveMail(t.Context(), name, c)
		if !problem.HasCode(err, "hook.denied") {
			t.Errorf("%s: %v, want one refusal for all", name, err)
		}
	}
}

// TestAChangeThatConcernsOthers: what makes a letter a report, or points at a unit
// that has seen it, is not added for them to read.
func TestAChangeThatConcernsOthers(t *testing.T) {
	t.Parallel()
	h := withMailboxes(t)
	boss := h.taskForce("u1")
	h.call(t, "mayor", `{"id":"1","text":"路口秩序混乱","kind":"投诉"}`)
	for name, said := range map[string]string{
		"a report":         `{"id":"1","text":"路口有人收钱放行","kind":"举报"}`,
		"about a unit":     `{"id":"1","text":"路口秩序混乱，交警支队处理不公","kind":"投诉"}`,
		"about it by name": `{"id":"1","text":"路口秩序混乱，处理不公","kind":"投诉","about":"交警支队"}`,
	} {
		h.call(t, "mayor", said)
		page, err := h.Arrivals(t.Context(), boss, desk.InboundFilter{})
		must(t, err)
		if in := page.Arrivals[0]; in.Reason != "mailbox.concerns_others" || in.State != desk.InboundUnprocessable {
			t.Errorf("%s: %+v", name, in)
		}
	}
	v, err := h.Ticket(t.Context(), boss, h.mailTicket(t, "mayor", "1").Number)
	must(t, err)
	if len(v.Events) != 1 {
		t.Errorf("it was added: %+v", v.Events)
	}
	h.call(t, "mayor", `{"id":"1","text":"路口秩序仍然混乱","kind":"投诉"}`)
	v, err = h.Ticket(t.Context(), boss, v.Ticket.Number)
	must(t, err)
	if last := v.Events[len(v.Events)-1]; last.Move != ticket.Note {
		t.Errorf("what concerns nobody else: %+v", last)
	}
}

// TestImport: a dry run changes nothing, what is in order is taken whatever is
// wrong with the rest, and once more it is all known.
func TestImport(t *testing.T) {
	t.Parallel()
	h := withMailboxes(t)
	boss := h.taskForce("u1")
	h.call(t, "province", `{"id":"1","title":"一","text":"第一封","kind":"咨询"}`)
	file := desk.MailFile{Content: []byte("编号,标题,内容,类别,电话\n1,一,第一封,咨询,\n2,二,第二封,投诉,13800138000\n3,三,第三封,未知,\n2,二,又一封,投诉,\n")}
	for _, apply := range []bool{false, true} {
		plan, err := h.ImportMail(t.Context(), boss, "province", file, apply)
		must(t, err)
		var got []desk.MailOutcome
		for _, r := range plan.Rows {
			got = append(got, r.Outcome)
		}
		if len(got) != 4 || got[0] != desk.MailKnown || got[1] != desk.MailNew || got[2] != desk.MailRefused || got[3] != desk.MailChanged {
			t.Fatalf("applied %v: %v", apply, got)
		}
		if refused := plan.Refused(); len(refused) != 2 || refused[1][0] != "4" || refused[1][2] != "3" || !strings.Contains(refused[1][1], "未知") {
			t.Errorf("refused: %v", refused)
		}
		if _, err := h.store.TicketByOrigin(t.Context(), "province", "2"); (err == nil) != apply {
			t.Errorf("applied %v: the ticket is there: %v", apply, err == nil)
		}
	}
	again, err := h.ImportMail(t.Context(), boss, "province", desk.MailFile{Content: file.Content[:strings.Index(string(file.Content), "2,二,又")]}, true)
	must(t, err)
	if again.Counts[desk.MailNew] != 0 || again.Counts[desk.MailKnown] != 1 || again.Counts[desk.MailChanged] != 1 {
		t.Errorf("once more: %v", again.Counts) // the second row is behind what the last one said
	}
	for content, code := range map[string]string{"": "empty", "编号\n1": "missing_column", "{": "json", "\xD0\xCF\x11\xE0x": "format", formulaBook(t): "formula"} {
		_, err := h.ImportMail(t.Context(), boss, "province", desk.MailFile{Content: []byte(content)}, true)
		if e, ok := errors.AsType[*problem.Error](err); !ok || e.Code != "mailbox.file" || e.Fields[0].Code != code {
			t.Errorf("%.9q: %v, want %s", content, err, code)
		}
	}
}

func formulaBook(t *testing.T) string {
	t.Helper()
	book := excelize.NewFile()
	must(t, book.SetCellStr("Sheet1", "A1", "编号"))
	must(t, book.SetCellStr("Sheet1", "B1", "内容"))
	must(t, book.SetCellFormula("Sheet1", "B2", "1+1"))
	var out strings.Builder
	must(t, book.Write(&out))
	return out.String()
}

// TestAnswersGoBack: pushed, or for staff to enter; of a report nothing leaves by
// itself, and whoever must keep away sees nothing.
func TestAnswersGoBack(t *testing.T) {
	t.Parallel()
	h := withMailboxes(t)
	boss := h.taskForce("u1")
	h.call(t, "mayor", `[{"id":"1","text":"路灯不亮"},{"id":"2","text":"有人赌博","kind":"举报"}]`)
	h.call(t, "province", `{"id":"1","text":"路灯不亮"}`)
	pushed, secret, exported := h.mailTicket(t, "mayor", "1"), h.mailTicket(t, "mayor", "2"), h.mailTicket(t, "province", "1")
	for _, k := range []ticket.Ticket{pushed, secret, exported} {
		s := &story{t: t, house: h, receipt: desk.Receipt{Number: k.Number}, force: boss, handler: h.handler("c1", "traffic")}
		s.toHandling()
		s.answer("已经修好，感谢您的来信。")
	}
	sent, err := h.Deliveries(t.Context(), boss, desk.DeliveryFilter{Route: "inbound"})
	must(t, err)
	if len(sent.Deliveries) != 1 || sent.Deliveries[0].Ticket != pushed.Number || sent.Deliveries[0].Route != "inbound/mayor" || sent.Deliveries[0].AlarmAt.IsZero() {
		t.Fatalf("sent: %+v", sent.Deliveries)
	}
	v, err := h.store.Delivery(t.Context(), sent.Deliveries[0].ID)
	must(t, err)
	if body := string(v.Body); !strings.Contains(body, `"id":"1"`) || !strings.Contains(body, "已经修好") || !strings.Contains(body, `"outcome":"resolved"`) {
		t.Errorf("the body is %s", body)
	}
	waiting := func(a desk.Actor, source string) []string {
		found, err := h.MailReplies(t.Context(), a, source)
		must(t, err)
		numbers := []string{}
		for _, r := range found.Replies {
			numbers = append(numbers, r.Number)
		}
		return numbers
	}
	if got := waiting(boss, "mayor"); len(got) != 1 || got[0] != secret.Number {
		t.Errorf("to be entered at the mayor's: %v, want the report alone", got)
	}
	noReports := boss
	noReports.Reports = false
	if got := waiting(noReports, "mayor"); len(got) != 0 {
		t.Errorf("who sees no reports is shown %v", got)
	}
	found, err := h.MailReplies(t.Context(), boss, "province")
	must(t, err)
	if len(found.Replies) != 1 || found.Replies[0].Text != "已经修好，感谢您的来信。" || found.Replies[0].ID != "1" {
		t.Fatalf("to be entered at the province's: %+v", found.Replies)
	}
	one := []desk.EnteredReply{{Number: exported.Number, Step: found.Replies[0].Step}}
	for name, c := range map[string]struct {
		by     desk.Actor
		source string
		number desk.EnteredReply
		code   string
	}{
		"a unit":         {h.handler("c1", "traffic"), "province", one[0], "channel.denied"},
		"another source": {boss, "mayor", one[0], "mailbox.reply_not_found"},
		"another answer": {boss, "province", desk.EnteredReply{Number: exported.Number, Step: "x"}, "mailbox.answered_anew"},
		"a report":       {noReports, "mayor", desk.EnteredReply{Number: secret.Number, Step: "x"}, "ticket.not_found"},
	} {
		if err := h.EnterReplies(t.Context(), c.by, c.source, []desk.EnteredReply{c.number}); !problem.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	for range 2 {
		must(t, h.EnterReplies(t.Context(), boss, "province", one))
	}
	if got := waiting(boss, "province"); len(got) != 0 {
		t.Errorf("after it was entered: %v", got)
	}
	for name, err := range map[string]error{
		"list":    second(h.MailReplies(t.Context(), h.handler("c1", "traffic"), "mayor")),
		"sources": second(h.MailSources(t.Context(), h.handler("c1", "traffic"))),
		"import":  second(h.ImportMail(t.Context(), h.handler("c1", "traffic"), "mayor", desk.MailFile{}, false)),
	} {
		if !problem.HasCode(err, "channel.denied") {
			t.Errorf("%s by a unit: %v", name, err)
		}
	}
}
