package desk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
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
