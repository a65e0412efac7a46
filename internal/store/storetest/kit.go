package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// kit makes the rows of one test.
type kit struct {
	testing.TB
	Store
	made atomic.Int64
}

// noon is the time of a test: a fraction that only microseconds can hold.
func noon() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 123_456_000, time.UTC) }

// id gives out ascending ids, as UUIDv7 would.
func (k *kit) id() string { return fmt.Sprintf("id-%08d", k.made.Add(1)) }

func (k *kit) letter() channel.Letter {
	id := k.id()
	return channel.Letter{
		ID: id, Source: channel.Web, Kind: channel.Complaint, Title: "门前施工扰民", Text: "每天夜里十二点还在施工。", Category: "noise",
		District: "east", Contact: &channel.Contact{Name: "张三丰", Phone: "13800138000", IDNumber: "11010519491231002X", Address: "幸福路1号", Email: "a@example.com", BySMS: true, ByMail: true},
		Fields:       map[string]string{"description": "去年的统计"},
		Conversation: "c1", ReceivedAt: noon(),
	}
}

func (k *kit) ticket(letterID string) ticket.Ticket {
	id := k.id()
	return ticket.Ticket{
		ID: id, Number: "J" + id, LetterID: letterID, Kind: channel.Complaint, Source: channel.Web, Title: "门前施工扰民",
		Urgency: channel.Urgent, Origin: channel.Origin{Platform: "province", ID: "P" + id, Due: noon().Add(time.Hour)}, Resume: ticket.Handling,
		Holder: "u7", Co: []ticket.CoHandler{{Unit: "station-2", Path: "bureau/station-2", Given: true}}, Parent: "t0", Asks: 1, Urges: 2,
		Supervised: true, Supervisions: 2, FeedbackDue: noon().Add(5 * time.Hour), Standing: true, CircularAt: noon().Add(99 * time.Hour), Extension: &ticket.Extension{N: 5, Reason: "complex", By: "u7", At: noon()}, Third: "third_party", Consultation: "other", ClosesAt: noon().Add(time.Minute), Rating: 4, Solved: true,
		Category: "noise", District: "east", Conversation: "c1", Status: ticket.Received, Lead: "mailbox", LeadPath: "bureau/mailbox",
		Avoid: []string{"station-1"}, Round: 1, Returns: 1, DueAt: noon().Add(72 * time.Hour), Provisional: true, Reason: "r1",
		CreatedAt: noon(), UpdatedAt: noon(), Version: 1,
	}
}

func (k *kit) clock(ticketID string) deadline.Clock {
	return deadline.Clock{
		ID: k.id(), TicketID: ticketID, Purpose: deadline.Answer, Round: 2, Unit: "station-1", Extra: 3, Extensions: 1, Cap: noon().Add(99 * time.Hour),
		Pauses:  []deadline.Pause{{Reason: deadline.ThirdParty, From: noon(), To: noon().Add(time.Hour)}},
		History: []deadline.Change{{At: noon(), Kind: deadline.Extended, Before: noon(), After: noon().Add(time.Hour)}}, Rule: "reply", RuleVersion: 2, Budget: deadline.Budget{N: 5, Unit: deadline.WorkingDay},
		Calendar: "2026-1", StartedAt: noon(), DueAt: noon().Add(72 * time.Hour), Provisional: true,
		Explain: []deadline.Line{{Date: "2026-03-03", Text: "第1个工作日"}},
		Steps:   []deadline.Step{{Name: "warn", To: "handler", At: noon().Add(time.Hour)}}, NextAt: noon().Add(time.Hour), Version: 1,
	}
}

func (k *kit) job(key string) desk.Job {
	return desk.Job{ID: k.id(), Kind: "notify.staff", Key: key, Args: []byte(`{"ticket":"J1"}`), State: desk.JobReady, RunAt: noon(), CreatedAt: noon()}
}

func text(clientID, body string) conversation.Message {
	return conversation.Message{
		ClientID: clientID, Role: conversation.User, Kind: conversation.Text, Body: []byte(`{"text":"` + body + `"}`),
		BodyHash: []byte("hash of " + body), Sources: []conversation.Source{{Entry: "e1", Version: 3}}, At: noon(),
	}
}

// change runs fn in a transaction that must succeed.
func (k *kit) change(fn func(ctx context.Context, tx desk.Tx) error) {
	k.Helper()
	if err := k.InTx(k.Context(), fn); err != nil {
		k.Fatalf("transaction: %v", err)
	}
}

// open stores a ticket with its letter.
func (k *kit) open(edit func(*ticket.Ticket)) ticket.Ticket {
	k.Helper()
	l := k.letter()
	made := k.ticket(l.ID)
	if edit != nil {
		edit(&made)
	}
	l.Kind = made.Kind
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertTicket(ctx, l, made, []byte("code")) })
	return made
}

// chat stores an empty conversation.
func (k *kit) chat() string {
	k.Helper()
	id := k.id()
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertConversation(ctx, conversation.Conversation{
			ID: id, Epoch: "e1", State: conversation.Bot, TokenHash: []byte("token"), CreatedAt: noon(), UpdatedAt: noon(), Version: 1,
		})
	})
	return id
}

// together runs fn n times at once and waits for all.
func together(n int, fn func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { fn(i) })
	}
	all.Wait()
}

func same(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if !reflect.DeepEqual(got, want) {
		tb.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func wantCode(tb testing.TB, err error, kind problem.Kind, code string) {
	tb.Helper()
	if problem.KindOf(err) != kind || !problem.HasCode(err, code) {
		tb.Errorf("got error %v, want %s %s", err, kind, code)
	}
}

func ok(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// errOurs is a failure a test makes.
var errOurs = errors.New("made by the test")
