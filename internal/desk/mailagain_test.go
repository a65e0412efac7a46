package desk_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/webhooks/mailbox"
)

// TestALetterThatSaysAgainWhatItSaidFirst: a mailbox that takes a change back is
// heard, and its repeats are repeats all the same.
func TestALetterThatSaysAgainWhatItSaidFirst(t *testing.T) {
	t.Parallel()
	h := withMailboxes(t)
	first := `{"id":"7","title":"路灯","text":"路灯不亮","kind":"投诉"}`
	for i, c := range []struct {
		body string
		want desk.MailReceived
	}{
		{first, desk.MailReceived{Received: 1}},
		{strings.Replace(first, "不亮", "太亮", 1), desk.MailReceived{Received: 1}},
		{first, desk.MailReceived{Received: 1}},
		{first, desk.MailReceived{Repeated: 1}},
	} {
		h.pass(time.Minute)
		if got := h.call(t, "mayor", c.body); got != c.want {
			t.Errorf("call %d: received %+v", i+1, got)
		}
	}
	v, err := h.Ticket(t.Context(), h.taskForce("u1"), h.mailTicket(t, "mayor", "7").Number)
	must(t, err)
	if len(v.Events) != 3 {
		t.Errorf("%d steps, want the letter and two changes", len(v.Events))
	}
}

// TestALetterThatSaysAgainWhatItSaidFirstBeforeTheChangeIsTaken: what waits counts,
// for the mailbox's last word is the ticket's.
func TestALetterThatSaysAgainWhatItSaidFirstBeforeTheChangeIsTaken(t *testing.T) {
	t.Parallel()
	for name, taken := range map[string]bool{"the first was taken": true, "the first waits as well": false} {
		h := withMailboxes(t)
		first := `{"id":"7","title":"路灯","text":"路灯不亮","kind":"投诉"}`
		other := strings.Replace(first, "不亮", "太亮", 1)
		for i, c := range []struct {
			body string
			want desk.MailReceived
		}{
			{first, desk.MailReceived{Received: 1}},
			{other, desk.MailReceived{Received: 1}},
			{first, desk.MailReceived{Received: 1}},
			{first, desk.MailReceived{Repeated: 1}},
		} {
			h.pass(time.Minute)
			got, err := h.ReceiveMail(t.Context(), "mayor", mailbox.Call{Header: http.Header{"X-Api-Key": {mailKey}}, Body: []byte(c.body)})
			must(t, err)
			if got != c.want {
				t.Errorf("%s: call %d: received %+v", name, i+1, got)
			}
			if i == 0 && taken {
				h.work(t)
			}
		}
		h.work(t)
		v, err := h.Ticket(t.Context(), h.taskForce("u1"), h.mailTicket(t, "mayor", "7").Number)
		must(t, err)
		if len(v.Events) != 3 {
			t.Errorf("%s: %d steps, want the letter and two changes", name, len(v.Events))
		}
	}
}
