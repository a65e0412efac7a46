package desk_test

import (
	"encoding/json"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
)

// Whoever follows a conversation that goes on at two replicas reads the same at both,
// in order and without a gap, whether it was said a moment ago or not.
func TestWhatWasJustSaidReadsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	here, there := desk.New(h.Parts), desk.New(h.Parts)
	a := admitted(t, h)
	for i, d := range []*desk.Desk{here, there, there, here} {
		_, err := d.Say(t.Context(), say(h, a.Conversation, string(rune('a'+i)), "身份证丢了怎么补办"))
		must(t, err)
	}
	read := func(d *desk.Desk, limit int) string {
		t.Helper()
		var all []conversation.Message
		for after := int64(0); ; after = all[len(all)-1].Seq {
			ms, err := d.Messages(t.Context(), a.Conversation, after, limit)
			must(t, err)
			if len(ms) == 0 || len(all) > 20 {
				break
			}
			all = append(all, ms...)
		}
		for i := range all {
			if all[i].Seq != int64(i+1) {
				t.Errorf("message %d has number %d", i+1, all[i].Seq)
			}
			all[i].Sources = append([]conversation.Source{}, all[i].Sources...) // none is none
		}
		raw, err := json.Marshal(all)
		must(t, err)
		if len(all) != 8 {
			t.Errorf("%d messages", len(all))
		}
		return string(raw)
	}
	want := read(desk.New(h.Parts), 100)
	for _, limit := range []int{1, 3, 100} {
		if got := read(here, limit); got != want {
			t.Errorf("%d at a time here:\n%s\nwant\n%s", limit, got, want)
		}
		if got := read(there, limit); got != want {
			t.Errorf("%d at a time there:\n%s", limit, got)
		}
	}
	h.pass(time.Minute)
	if got := read(here, 100); got != want {
		t.Errorf("a minute later:\n%s", got)
	}
}
