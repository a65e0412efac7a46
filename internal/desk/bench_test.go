package desk_test

import (
	"strconv"
	"sync/atomic"
	"testing"

	"jiesu/internal/desk"
)

// clientsPerCore is how many callers the stored benchmarks run at once, for every core.
const clientsPerCore = 32

// BenchmarkOpen is the whole use case: check, route, count the deadline, store
// letter, ticket, event, clocks, audit entry and job durably. internal/store
// prints the same rows written by a bare program.
func BenchmarkOpen(b *testing.B) {
	h := open(b)
	l := letter()
	b.SetParallelism(clientsPerCore)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := h.Open(b.Context(), desk.Opening{Letter: l}); err != nil {
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
