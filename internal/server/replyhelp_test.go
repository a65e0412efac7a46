package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
)

// TestEntriesBesideAReply: the nearest of the library with why, for whoever writes the
// reply; nothing of a report is looked up, and nothing of a letter is logged.
func TestEntriesBesideAReply(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	a := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"consult","title":"身份证丢了怎么补办","text":"我叫韩梅梅，身份证丢了，明晚的火车。"}`)
	a.want(t, http.StatusCreated, "")
	number := a.text(t, "number")
	force, handler := h.as(t, "zhuanban"), h.as(t, "jingban")
	h.walk(t, number, []step{{force[1], `"move":"dispatch","unit":"traffic"`}, {handler[1], `"move":"sign"`}})
	entries := func(number string, who []string) *answer {
		return h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+number+"/entries", "", who...)
	}
	var b struct {
		Entries []struct {
			Entry struct {
				ID, Answer string
				Version    int
				Basis      []struct{ Article string }
			}
			Score    float64
			Features []struct{ Words string }
		}
	}
	entries(number, handler).into(t, &b)
	if len(b.Entries) == 0 || b.Entries[0].Entry.ID != "idcard-lost" || b.Entries[0].Score <= 0 || len(b.Entries[0].Features) == 0 || b.Entries[0].Entry.Basis[0].Article != "第十一条" {
		t.Fatalf("beside the reply: %+v", b.Entries)
	}
	entries(number, h.as(t, "linju")).want(t, http.StatusNotFound, "ticket.not_found")
	entries(number, force).want(t, http.StatusForbidden, "ticket.denied") // they write no replies
	report, _ := h.tip(t, force[1], handler[1])
	entries(report, handler).want(t, http.StatusForbidden, "entries.restricted")
	if l := h.log.String(); strings.Contains(l, "韩梅梅") || strings.Contains(l, tipText) {
		t.Error("a letter is in the log")
	}

	h.call(t, http.MethodPost, "/api/v1/staff/phrases", `{"title":"问候","text":"您好。"}`, handler...).want(t, http.StatusCreated, "")
	h.call(t, http.MethodPost, "/api/v1/staff/phrases", `{"title":"问候","text":"您好。","shared":true}`, handler...).want(t, http.StatusForbidden, "phrase.denied")
}

// TestARecallFindsRepliesThatQuote: a reply says which versions stand in it, and
// whoever takes one back is told which letters were answered with it.
func TestARecallFindsRepliesThatQuote(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	number := h.written(t)
	force, handler, head := h.as(t, "zhuanban")[1], h.as(t, "jingban")[1], h.as(t, "fuzeren")[1]
	move := fmt.Sprintf(`{"version":3,"move":"draft","outcome":"resolved","text":"本人到任意派出所申请补领。","quotes":[{"entry":"idcard-lost","version":%d}],"based_on":{"round":1,"revision":0}}`, 9)
	h.call(t, http.MethodPost, "/api/v1/staff/tickets/"+number+"/moves", move, "Authorization", handler).want(t, http.StatusUnprocessableEntity, "reply.quote")
	h.walk(t, number, []step{{handler, `"move":"draft","outcome":"resolved","text":"本人到任意派出所申请补领。","quotes":[{"entry":"idcard-lost","version":3},{"entry":"idcard-lost","version":3}]`}})
	recalled := func() string {
		a := h.call(t, http.MethodGet, "/api/v1/staff/library/idcard-lost/versions/3/recipients", "", "Authorization", force)
		a.want(t, http.StatusOK, "")
		return a.Body
	}
	if strings.Contains(recalled(), number) {
		t.Error("a reply nobody has been given is recalled")
	}
	h.walk(t, number, []step{{handler, `"move":"submit"`}, {head, passes}, {force, passes}, {force, `"move":"release"`}})
	if got := recalled(); strings.Count(got, number) != 1 {
		t.Errorf("the recall shows %s", got)
	}
}

// TestTheChatATicketCameFrom: what was said about its matter and nothing else, to
// whoever may see the ticket, masked as the letter is.
func TestTheChatATicketCameFrom(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	chat, err := h.Admit(t.Context(), "", "")
	check(t, err)
	said := 0
	say := func(text string) {
		said++
		_, err := h.Say(t.Context(), desk.Said{Conversation: chat.Conversation, ClientID: fmt.Sprint("c", said), Kind: conversation.Text, Text: text})
		check(t, err)
	}
	hand := func(l channel.Letter) string {
		said++
		_, err := h.HandOver(t.Context(), chat.Conversation, fmt.Sprint("c", said), desk.Opening{Letter: l})
		check(t, err)
		c, err := h.Conversation(t.Context(), chat.Conversation)
		check(t, err)
		return c.Ticket
	}
	say("我要举报河边有人聚赌，我是" + tipWriter)
	report := hand(channel.Letter{Kind: channel.Report, Category: "vice", Contact: &channel.Contact{Name: tipWriter, Phone: tipPhone}})
	say("身份证丢了怎么补办")
	say("我的电话13800138000，办不了")
	number := hand(channel.Letter{Kind: channel.Consult, Title: "补办身份证"})
	say("后来又说的话")
	force, handler, leader := h.as(t, "zhuanban"), h.as(t, "jingban"), h.as(t, "lingdao")
	talk := func(number string, who []string) *answer {
		return h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+number+"/conversation", "", who...)
	}
	talk(number, handler).want(t, http.StatusNotFound, "ticket.not_found") // not dispatched yet
	got := talk(number, force)
	got.want(t, http.StatusOK, "")
	for _, part := range []string{"身份证丢了怎么补办", "13800138000", `"qa_id":"idcard-lost"`} {
		if !strings.Contains(got.Body, part) {
			t.Errorf("%s is not there: %s", part, got.Body)
		}
	}
	for _, other := range []string{"聚赌", "后来又说的话", report, "query_code"} {
		if strings.Contains(got.Body, other) {
			t.Errorf("%s belongs to another matter: %s", other, got.Body)
		}
	}
	if got := talk(number, leader); strings.Contains(got.Body, "13800138000") { // they may not know who wrote
		t.Errorf("unmasked: %s", got.Body)
	}
	if got := talk(report, force); !strings.Contains(got.Body, "聚赌") || strings.Contains(got.Body, tipWriter) || strings.Contains(got.Body, "补办") {
		t.Errorf("the talk of a report: %s", got.Body)
	}
	talk(report, leader).want(t, http.StatusNotFound, "ticket.not_found")
	talk(h.written(t), force).want(t, http.StatusNotFound, "ticket.no_talk")
}
