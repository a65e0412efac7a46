package desk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// TestARecallReachesTheTicketAChatBecame: who left the chat for a letter reads
// the correction where the letter's progress is, once.
func TestARecallReachesTheTicketAChatBecame(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.released(t, "brake", brake())
	c := newChat(t, h)
	c.say(braking)
	_, err := h.HandOver(t.Context(), c.id, "h", desk.Opening{Letter: channel.Letter{Kind: channel.Help}})
	must(t, err)
	said, err := h.Messages(t.Context(), c.id, 0, 100)
	must(t, err)
	var receipt desk.ReceiptBody
	must(t, json.Unmarshal(said[len(said)-1].Body, &receipt))
	r, err := h.StopEntry(t.Context(), h.releaser(), desk.Withdrawal{Entry: "brake", Version: 1, Reason: "wrong", Words: "处理依据引用有误。"})
	must(t, err)
	if r.Total != 1 || r.Cut() || r.Answers[0].Ticket != receipt.Number {
		t.Errorf("it was given to %+v", r)
	}
	n := h.draft(t, closure())
	h.approved(t, n.ID)
	_, err = h.takes(t, h.releaser(), n.ID, desk.TextCommand{Move: review.Publish})
	must(t, err)
	for range 2 {
		_, err := h.TellRecalled(t.Context(), h.releaser(), "brake", 1, n.ID)
		must(t, err)
		h.work(t)
	}
	line, err := h.Lookup(t.Context(), receipt.Number, receipt.QueryCode)
	must(t, err)
	told := 0
	for _, s := range line.Steps {
		if strings.Contains(s.Text, "更正。环城路临时封闭：因抢修") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the progress says %+v", line.Steps)
	}
}

// TestARecallListsCalls: a caller got the same wrong answer, and no notice reaches
// them; whoever took the call can call back.
func TestARecallListsCalls(t *testing.T) {
	t.Parallel()
	h := open(t)
	clerk := h.handler("clerk", "traffic")
	for _, outcome := range []desk.PhoneOutcome{desk.PhoneAnswered, desk.PhoneReferred} {
		p := rings(channel.Consult, "身份证丢了，怎么补办？")
		p.Outcome, p.Entry = outcome, "id-card-lost"
		_, err := h.RegisterCall(t.Context(), clerk, p)
		must(t, err)
	}
	if _, err := h.Recalled(t.Context(), clerk, "id-card-lost", 2); !problem.HasCode(err, "library.denied") {
		t.Errorf("a unit asks who was told what: %v", err)
	}
	r, err := h.Recalled(t.Context(), h.releaser(), "id-card-lost", 2)
	must(t, err)
	if len(r.Calls) != 1 || r.CutCalls || r.Total != 0 {
		t.Fatalf("%d answers, calls: %+v", r.Total, r.Calls)
	}
	if c := r.Calls[0]; c.ID != h.logged(t, clerk)[0].ID && c.ID != h.logged(t, clerk)[1].ID || c.Number != "12345" || c.By != "clerk" || c.Unit != "traffic" || c.UnitName == "" || !c.At.Equal(h.Now()) {
		t.Errorf("the call is %+v", c)
	}
	if raw, err := json.Marshal(r); err != nil || strings.Contains(string(raw), "8000") || strings.Contains(string(raw), "补办") {
		t.Errorf("the list tells of the caller: %s, %v", raw, err)
	}
}
