package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/store"
)

// clients is how many callers wait for their commit at the same time.
const clients = 64

// benchTime stands for the wall clock.
func benchTime() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }

// databases runs a benchmark on SQLite and, where its URL is given, on a
// durable PostgreSQL: the throw-away one of the tests does not flush.
func databases(b *testing.B, run func(b *testing.B, fresh func(*testing.B) string)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) {
		run(b, func(b *testing.B) string { b.Helper(); return filepath.Join(b.TempDir(), "desk.db") })
	})
	b.Run("postgres", func(b *testing.B) {
		if os.Getenv("JIESU_TEST_DATABASE_URL") == "" {
			b.Skip("NOT MEASURED ON POSTGRESQL: JIESU_TEST_DATABASE_URL is not set")
		}
		run(b, func(b *testing.B) string { b.Helper(); return database(b) })
	})
}

func parallel(b *testing.B, op func(ctx context.Context, n int64) error) {
	b.Helper()
	var n atomic.Int64
	b.SetParallelism(clients / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := op(context.Background(), n.Add(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

// opening is everything one new ticket stores.
type opening struct {
	letter channel.Letter
	ticket ticket.Ticket
	event  ticket.Event
	clocks []deadline.Clock
	act    audit.Entry
	jobs   []desk.Job
	answer desk.Idempotency
}

func newOpening(n int64) opening {
	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	at := benchTime()
	l := channel.Letter{
		ID: id(), Source: channel.Web, Kind: channel.Help, Title: "身份证丢失如何补办", Text: strings.Repeat("我的身份证丢了，现在人在外地，", 12),
		Category: "id", District: "east", Contact: &channel.Contact{Name: "张三", Phone: "13800138000"}, ReceivedAt: at,
	}
	k := ticket.Ticket{
		ID: id(), Number: fmt.Sprintf("J20260302-%d", n), LetterID: l.ID, Kind: l.Kind, Source: l.Source, Title: l.Title, Category: "id", District: "east",
		Status: ticket.Received, Lead: "mailbox", LeadPath: "bureau/mailbox", Round: 1, DueAt: at.Add(100 * time.Hour), CreatedAt: at, UpdatedAt: at, Version: 1,
	}
	explain := make([]deadline.Line, 5)
	for i := range explain {
		explain[i] = deadline.Line{Date: "2026-03-03", Text: "第1个工作日"}
	}
	steps := make([]deadline.Step, 4)
	for i := range steps {
		steps[i] = deadline.Step{Name: "warn", To: "handler", At: at}
	}
	clock := func(p deadline.Purpose) deadline.Clock {
		return deadline.Clock{
			ID: id(), TicketID: k.ID, Purpose: p, Round: 1, Unit: k.Lead, Rule: string(p), RuleVersion: 1, Budget: deadline.Budget{N: 5, Unit: deadline.WorkingDay},
			Calendar: "2026", StartedAt: at, DueAt: k.DueAt, Explain: explain, Steps: steps, NextAt: k.DueAt, Version: 1,
		}
	}
	job := func(kind string) desk.Job {
		return desk.Job{ID: id(), Kind: kind, Key: kind + "/" + k.ID, Args: []byte(`{"ticket":"` + k.Number + `"}`), State: desk.JobReady, RunAt: at, CreatedAt: at}
	}
	return opening{
		l, k,
		ticket.Event{ID: id(), TicketID: k.ID, Seq: 1, Move: ticket.Open, To: ticket.Received, Public: "已收到", At: at},
		[]deadline.Clock{clock(deadline.Answer), clock(deadline.Screen)},
		audit.Entry{At: at, Actor: "citizen", Action: "ticket.open", Object: "ticket/" + k.ID},
		[]desk.Job{job(desk.JobNotifyStaff), job(desk.JobRelate)},
		desk.Idempotency{Scope: "letters", Key: []byte(k.ID), Request: []byte(k.ID), Response: make([]byte, 400), ExpiresAt: at},
	}
}

func (o *opening) store(ctx context.Context, tx desk.Tx) error {
	for _, step := range []func() error{
		func() error {
			return tx.InsertTicket(ctx, o.letter, o.ticket, []byte("0123456789abcdef0123456789abcdef"))
		},
		func() error { return tx.InsertEvent(ctx, o.event) },
		func() error { return tx.InsertClock(ctx, o.clocks...) },
		func() error { return tx.Record(ctx, o.act) },
		func() error { return tx.Enqueue(ctx, o.jobs...) },
		func() error { return tx.SaveIdempotency(ctx, o.answer) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkTickets stores new tickets with all that belongs to them.
func BenchmarkTickets(b *testing.B) {
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		s := open(b, fresh(b))
		parallel(b, func(ctx context.Context, n int64) error {
			o := newOpening(n)
			return s.InTx(ctx, o.store)
		})
	})
}

// BenchmarkMessages stores one message a transaction in 64 conversations.
func BenchmarkMessages(b *testing.B) {
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		s := open(b, fresh(b))
		chats(b, s)
		parallel(b, func(ctx context.Context, n int64) error {
			return s.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
				_, err := tx.Append(ctx, fmt.Sprint("c", n%clients), conversation.Message{
					ClientID: strconv.FormatInt(n, 10), Role: conversation.User, Kind: conversation.Text, Body: []byte(`{"text":"身份证丢失如何补办"}`),
					BodyHash: []byte("0123456789abcdef0123456789abcdef"), At: benchTime(),
				})
				return err
			})
		})
	})
}

func chats(b *testing.B, s *store.Store) {
	b.Helper()
	err := s.InTx(b.Context(), func(ctx context.Context, tx desk.Tx) error {
		for n := range clients {
			if err := tx.InsertConversation(ctx, conversation.Conversation{ID: fmt.Sprint("c", n), CreatedAt: benchTime(), UpdatedAt: benchTime()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
