package desk_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/webhooks"
	"jiesu/webhooks/mailbox"
)

// clientsPerCore is how many callers the stored benchmarks run at once, for every core.
const clientsPerCore = 32

// BenchmarkOpen is the whole use case: check, route, count the deadline, store
// letter, ticket, event, clocks, audit entry and job durably. internal/store
// prints the same rows written by a bare program.
func BenchmarkOpen(b *testing.B) { opens(b, open(b), letter()) }

// BenchmarkOpenFollowed is the same where endpoints, short messages, e-mail and
// mailboxes are set up, and the writer wants to hear by all of them.
func BenchmarkOpenFollowed(b *testing.B) {
	h := open(b)
	h.Reach = func(context.Context, string) error { return nil }
	h.ReachWith(desk.Reach{Site: "https://jiesu.example.gov.cn", SMS: "fake", Mail: true})
	h.Mailboxes = []mailbox.Source{{Name: "mayor", Reply: mailbox.Reply{Way: mailbox.PushReply}}}
	a := h.taskForce("force-1")
	a.Channels = true
	_, err := h.AddEndpoint(b.Context(), a, desk.NewEndpoint{URL: "https://integrator.example/hook", Description: "市政务平台", Types: []webhooks.Type{webhooks.TicketOpened}})
	must(b, err)
	l := letter()
	l.Contact = &channel.Contact{Name: "张三", Phone: "13800138000", Email: "zhang@example.com", BySMS: true, ByMail: true}
	opens(b, h, l)
	sent, err := h.store.Deliveries(b.Context(), desk.DeliveryFilter{Limit: 9})
	must(b, err)
	if len(sent) < 3 {
		b.Errorf("only %d others hear of it", len(sent))
	}
}

// opens has everybody write one letter: who writes again, or writes what others
// have, is looked at for signals, and that is not what is measured.
func opens(b *testing.B, h *house, l channel.Letter) {
	b.Helper()
	var next atomic.Int64
	b.SetParallelism(clientsPerCore)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n, one := next.Add(1), l
			contact := channel.Contact{Name: "张三"}
			if l.Contact != nil {
				contact = *l.Contact
			}
			contact.Phone, one.Contact = fmt.Sprintf("138%08d", n), &contact
			one.Title, one.Text = fmt.Sprintf("第%d号", n*7919), strings.Repeat(fmt.Sprintf("%x", n*7919*104729), 8)
			if _, err := h.Open(b.Context(), desk.Opening{Letter: one}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
}

// BenchmarkSay stores a citizen's message with the robot's answer.
func BenchmarkSay(b *testing.B) {
	h := open(b)
	var next atomic.Int64
	b.SetParallelism(clientsPerCore)
	b.RunParallel(func(pb *testing.PB) {
		a, err := h.Admit(b.Context(), "", "")
		if err != nil {
			b.Error(err)
			return
		}
		for pb.Next() {
			if _, err := h.Say(b.Context(), say(h, a.Conversation, strconv.FormatInt(next.Add(1), 10), "身份证丢了怎么补办")); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
