package desk_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
)

func TestAskAnswersVerbatimOrSaysItCannot(t *testing.T) {
	t.Parallel()
	h := open(t)
	for question, want := range map[string]knowledge.Kind{
		"身份证丢了怎么补办":                          knowledge.Answer,
		"请问身份證掉了怎麼辦啊？":                       knowledge.Answer,
		"我的身份证丢了，号码是11010519491231002X，怎么补办": knowledge.Answer,
		"有人正在砸我家的门，救命":                       knowledge.Emergency,
		"你好":                                 knowledge.SmallTalk,
		"红烧肉怎么做才好吃":                          knowledge.None,
		"帮我查一下我前女友住在哪里":                      knowledge.Restricted,
		"养犬登记怎么办":                            knowledge.None, // its only entry has expired
		"<script>alert(1)</script>":          knowledge.None,
	} {
		d, err := h.Ask(t.Context(), desk.Question{Text: question})
		must(t, err)
		if d.Kind != want && (want != knowledge.None || d.Kind == knowledge.Answer) {
			t.Errorf("%q: %s with confidence %.2f, wanted %s", question, d.Kind, d.Confidence, want)
		}
		if d.Kind == knowledge.Answer && (d.Answer.Version != 2 || len(d.Answer.Basis) == 0 || d.Answer.Text != "带户口簿到派出所申请补领。") {
			t.Errorf("%q is answered with %+v", question, d.Answer)
		}
		if d.Kind == knowledge.Emergency && (len(d.Hotlines) == 0 || !strings.Contains(d.Answer.Text[:30], d.Hotlines[0])) {
			t.Errorf("the emergency wording does not begin with a number: %+v", d.Answer)
		}
	}
}

func TestUnansweredQuestionsAreKeptWithoutPersonalData(t *testing.T) {
	t.Parallel()
	h := open(t)
	for range 2 {
		_, err := h.Ask(t.Context(), desk.Question{Text: "红烧肉怎么做？我电话13800138000"})
		must(t, err)
	}
	rows, err := h.store.Unanswered(t.Context(), 10)
	must(t, err)
	if len(rows) != 1 || rows[0].Count != 2 || strings.Contains(rows[0].Text, "138") {
		t.Errorf("kept %+v", rows)
	}
}

func TestAskRefusesWhatIsNoText(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, text := range map[string]string{"empty": "", "NUL": "a\x00", "not UTF-8": "\xff", "endless": strings.Repeat("问", 5001)} {
		if _, err := h.Ask(t.Context(), desk.Question{Text: text}); !problem.HasCode(err, "ask.invalid") {
			t.Errorf("%s says %v", name, err)
		}
	}
}

// admitted starts a conversation.
func admitted(t *testing.T, h *house) desk.Admission {
	t.Helper()
	a, err := h.Admit(t.Context(), "", "")
	must(t, err)
	return a
}

func TestAPassWorksOnceAndOnlyForAMinute(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	c, err := h.Redeem(t.Context(), a.Pass)
	must(t, err)
	if c.ID != a.Conversation {
		t.Errorf("the pass leads to %s", c.ID)
	}
	if _, err := h.Redeem(t.Context(), a.Pass); !problem.HasCode(err, "chat.pass") {
		t.Errorf("the second time says %v", err)
	}
	late, err := h.Admit(t.Context(), a.Conversation, a.Token)
	must(t, err)
	h.pass(desk.PassLife + 1)
	if _, err := h.Redeem(t.Context(), late.Pass); !problem.HasCode(err, "chat.pass") {
		t.Errorf("a late pass says %v", err)
	}
}

func TestNobodyElseEntersAConversation(t *testing.T) {
	t.Parallel()
	h := open(t)
	mine, other := admitted(t, h), admitted(t, h)
	for name, token := range map[string]string{"no token": "", "somebody else's": other.Token, "nonsense": "x"} {
		if _, err := h.Admit(t.Context(), mine.Conversation, token); !problem.HasCode(err, "chat.forbidden") {
			t.Errorf("%s says %v", name, err)
		}
	}
	if _, err := h.Owned(t.Context(), "no such conversation", mine.Token); !problem.HasCode(err, "chat.forbidden") {
		t.Errorf("a conversation that is not there says %v", err)
	}
}

func say(h *house, conversationID, cid, text string) desk.Said {
	return desk.Said{Conversation: conversationID, ClientID: cid, Kind: conversation.Text, Text: text}
}

func TestMessageAndAnswerAreStoredTogether(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	got, err := h.Say(t.Context(), say(h, a.Conversation, "c1", "身份证丢了怎么补办"))
	must(t, err)
	if got.Seq != 1 || got.Head != 2 {
		t.Errorf("stored at %+v", got)
	}
	ms, err := h.Messages(t.Context(), a.Conversation, 0, 10)
	must(t, err)
	if len(ms) != 2 || ms[1].Role != conversation.Robot || ms[1].Kind != conversation.Answer {
		t.Fatalf("messages %+v", ms)
	}
	if len(ms[1].Sources) != 1 || ms[1].Sources[0] != (conversation.Source{Entry: "id-card-lost", Version: 2}) {
		t.Errorf("the answer pins %+v", ms[1].Sources)
	}
	if body := bodyOf(t, ms[1]); body["decision"] != "answer" || body["text"] != "带户口簿到派出所申请补领。" {
		t.Errorf("the answer reads %v", body)
	}
	if len(h.woken) != 1 || h.woken[0] != a.Conversation {
		t.Errorf("woken %v", h.woken)
	}
}

func TestARepeatedMessageIsStoredOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	results := make([]desk.SaidResult, 50)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			var err error
			if results[i], err = h.Say(t.Context(), say(h, a.Conversation, "same", "身份证丢了怎么补办")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	duplicates := 0
	for _, r := range results {
		if r.Seq != 1 {
			t.Errorf("stored at %d", r.Seq)
		}
		if r.Duplicate {
			duplicates++
		}
	}
	ms, err := h.Messages(t.Context(), a.Conversation, 0, 100)
	must(t, err)
	if duplicates != 49 || len(ms) != 2 {
		t.Errorf("%d duplicates, %d messages", duplicates, len(ms))
	}
	if _, err := h.Say(t.Context(), say(h, a.Conversation, "same", "别的话")); !problem.HasCode(err, "chat.cid_conflict") {
		t.Errorf("the same id with other words says %v", err)
	}
}

func TestSequenceNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if _, err := h.Say(t.Context(), say(h, a.Conversation, fmt.Sprint("c", i), "你好")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	ms, err := h.Messages(t.Context(), a.Conversation, 0, 200)
	must(t, err)
	for i, m := range ms {
		if m.Seq != int64(i+1) {
			t.Fatalf("message %d has number %d", i+1, m.Seq)
		}
	}
	if len(ms) != 80 {
		t.Errorf("%d messages", len(ms))
	}
}

func TestChoosingAnOfferedEntry(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	choose := func(cid, entry string) (map[string]any, error) {
		_, err := h.Say(t.Context(), desk.Said{Conversation: a.Conversation, ClientID: cid, Kind: conversation.Choice, Entry: entry})
		if err != nil {
			return nil, err
		}
		ms, err := h.Messages(t.Context(), a.Conversation, 0, 100)
		must(t, err)
		return bodyOf(t, ms[len(ms)-1]), nil
	}
	if body, err := choose("c1", "passport-first"); err != nil || body["text"] != "带身份证到出入境窗口办理。" {
		t.Errorf("answered %v, %v", body, err)
	}
	if body, err := choose("c2", ""); err != nil || body["decision"] != "none" {
		t.Errorf("none of these: %v, %v", body, err)
	}
	for _, entry := range []string{"dog-old", "no-such-entry"} {
		if _, err := choose("c3", entry); !problem.HasCode(err, "library.not_found") {
			t.Errorf("choosing %s says %v", entry, err)
		}
	}
}

func TestMessagesThatAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	for name, s := range map[string]desk.Said{
		"no id":           say(h, a.Conversation, "", "你好"),
		"endless id":      say(h, a.Conversation, strings.Repeat("c", 65), "你好"),
		"empty":           say(h, a.Conversation, "c", ""),
		"too long":        say(h, a.Conversation, "c", strings.Repeat("问", 2001)),
		"control":         say(h, a.Conversation, "c", "\x00"),
		"robot's kind":    {Conversation: a.Conversation, ClientID: "c", Kind: conversation.Answer},
		"unknown kind":    {Conversation: a.Conversation, ClientID: "c", Kind: "poem"},
		"file without id": {Conversation: a.Conversation, ClientID: "c", Kind: conversation.File},
	} {
		if _, err := h.Say(t.Context(), s); problem.KindOf(err) != problem.Invalid {
			t.Errorf("%s says %v", name, err)
		}
	}
	if _, err := h.Say(t.Context(), say(h, "no such conversation", "c", "你好")); problem.KindOf(err) != problem.NotFound {
		t.Errorf("a conversation that is not there says %v", err)
	}
}

func TestHandingOverOpensOneTicketWithWhatWasAsked(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	_, err := h.Say(t.Context(), say(h, a.Conversation, "c1", "我家楼下夜里总有人飙车，能管管吗"))
	must(t, err)
	o := desk.Opening{Letter: channel.Letter{Kind: channel.Help, Contact: &channel.Contact{Phone: "13800138000"}}}
	first, err := h.HandOver(t.Context(), a.Conversation, "h1", o)
	must(t, err)
	again, err := h.HandOver(t.Context(), a.Conversation, "h1", o)
	must(t, err)
	if !again.Duplicate || again.Seq != first.Seq {
		t.Errorf("the repeat got %+v after %+v", again, first)
	}
	ms, err := h.Messages(t.Context(), a.Conversation, 0, 100)
	must(t, err)
	var receipt desk.ReceiptBody
	must(t, json.Unmarshal(ms[len(ms)-1].Body, &receipt))
	if ms[len(ms)-1].Kind != conversation.Receipt || !strings.Contains(receipt.Text, receipt.QueryCode) {
		t.Fatalf("the last message is %s", ms[len(ms)-1].Body)
	}
	v, err := h.Ticket(t.Context(), h.taskForce("u1"), receipt.Number)
	must(t, err)
	if v.Letter.Text != "我家楼下夜里总有人飙车，能管管吗" || v.Ticket.Source != channel.Chat || !v.HasContact {
		t.Errorf("the ticket holds %+v", v.Letter)
	}
	_, err = h.HandOver(t.Context(), a.Conversation, "h2", o)
	must(t, err)
	page, err := h.Tickets(t.Context(), h.taskForce("u1"), desk.Filter{})
	must(t, err)
	if len(page.Tickets) != 1 {
		t.Errorf("%d tickets for one conversation", len(page.Tickets))
	}
}

func TestANewMatterInAChatBecomesATicketOfItsOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	hand := func(cid string, o desk.Opening) string {
		_, err := h.HandOver(t.Context(), a.Conversation, cid, o)
		must(t, err)
		c, err := h.Conversation(t.Context(), a.Conversation)
		must(t, err)
		return c.Ticket
	}
	_, err := h.Say(t.Context(), say(h, a.Conversation, "c1", "小区车位纠纷没人管"))
	must(t, err)
	first := hand("h1", desk.Opening{})
	if again := hand("h2", desk.Opening{}); again != first {
		t.Errorf("the same matter became %s and %s", first, again)
	}
	if again := hand("h3", desk.Opening{}); again != first {
		t.Errorf("asking three times made %s", again)
	}
	_, err = h.Say(t.Context(), say(h, a.Conversation, "c2", "另外楼下有人贩毒"))
	must(t, err)
	second := hand("h4", desk.Opening{Letter: channel.Letter{Kind: channel.Report}})
	if second == first {
		t.Fatal("the second matter was swallowed")
	}
	v, err := h.Ticket(t.Context(), h.taskForce("u1"), second)
	must(t, err)
	if v.Letter.Text != "另外楼下有人贩毒" {
		t.Errorf("the second ticket holds %q", v.Letter.Text)
	}
	if _, err := h.HandOver(t.Context(), a.Conversation, "h4", desk.Opening{Letter: channel.Letter{Kind: channel.Help}}); !problem.HasCode(err, "chat.cid_conflict") {
		t.Errorf("another request under the same id says %v", err)
	}
}

func TestTwentyHandOversAtOnceAreOneTicket(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	_, err := h.Say(t.Context(), say(h, a.Conversation, "c1", "路灯坏了很久"))
	must(t, err)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if _, err := h.HandOver(t.Context(), a.Conversation, fmt.Sprint("h", i), desk.Opening{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	page, err := h.Tickets(t.Context(), h.taskForce("u1"), desk.Filter{})
	must(t, err)
	if len(page.Tickets) != 1 {
		t.Errorf("%d tickets for one conversation", len(page.Tickets))
	}
}

func TestALongChatIsHandedOverWithItsLastPartAndItsFiles(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	file, err := h.Upload(t.Context(), "现场.txt", []byte("现场情况"))
	must(t, err)
	_, err = h.Say(t.Context(), desk.Said{Conversation: a.Conversation, ClientID: "f", Kind: conversation.File, Attachment: file.ID})
	must(t, err)
	long := strings.Repeat("长", conversation.MaxText-10)
	for i := range 6 {
		_, err := h.Say(t.Context(), say(h, a.Conversation, fmt.Sprint("c", i), fmt.Sprint("第", i, "段", long)))
		must(t, err)
	}
	_, err = h.HandOver(t.Context(), a.Conversation, "h", desk.Opening{})
	must(t, err)
	c, err := h.Conversation(t.Context(), a.Conversation)
	must(t, err)
	v, err := h.Ticket(t.Context(), h.taskForce("u1"), c.Ticket)
	must(t, err)
	if strings.Contains(v.Letter.Text, "第3段") || !strings.HasPrefix(v.Letter.Text, "第4段") || !strings.Contains(v.Letter.Text, "第5段") {
		t.Errorf("the letter begins %.20s", v.Letter.Text)
	}
	if len(v.Files) != 1 || v.Files[0].ID != file.ID {
		t.Errorf("files %+v", v.Files)
	}
	if _, err := h.Say(t.Context(), desk.Said{Conversation: a.Conversation, ClientID: "g", Kind: conversation.File, Attachment: "nothing"}); !problem.HasCode(err, "chat.file") {
		t.Errorf("a file that is not there says %v", err)
	}
}

func TestHandingOverNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	if _, err := h.HandOver(t.Context(), a.Conversation, "h1", desk.Opening{}); !problem.HasCode(err, "chat.nothing_asked") {
		t.Errorf("says %v", err)
	}
	ms, err := h.Messages(t.Context(), a.Conversation, 0, 10)
	must(t, err)
	if len(ms) != 0 {
		t.Errorf("%d messages were left behind", len(ms))
	}
}
