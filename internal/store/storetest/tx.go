package storetest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// testRollback writes through every writer and then fails.
func testRollback(k *kit) {
	l := k.letter()
	made := k.ticket(l.ID)
	chat := k.id()
	err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(
			tx.InsertTicket(ctx, l, made, []byte("code")),
			tx.InsertEvent(ctx, ticket.Event{ID: k.id(), TicketID: made.ID, Seq: 1, Move: ticket.Open, At: noon()}),
			tx.InsertClock(ctx, k.clock(made.ID)),
			tx.Record(ctx, audit.Entry{At: noon(), Actor: "citizen", Action: "ticket.open", Object: "ticket/" + made.ID}),
			tx.Enqueue(ctx, k.job("j1")),
			tx.InsertConversation(ctx, conversation.Conversation{ID: chat, CreatedAt: noon(), UpdatedAt: noon()}),
			tx.SaveUnits(ctx, []assignment.Unit{{ID: "u1", Path: "u1"}}),
			tx.NoteUnanswered(ctx, desk.Unanswered{Text: "q", Count: 1, FirstAt: noon(), LastAt: noon()}),
			tx.InsertAttachment(ctx, channel.Attachment{ID: "a1", At: noon()}, []byte("x")),
			tx.InsertNotification(ctx, desk.Notification{ID: "n1", Unit: "u1", At: noon()}),
			tx.SaveIdempotency(ctx, desk.Idempotency{Scope: "letters", Key: []byte("k"), ExpiresAt: noon()}),
			errOurs,
		)
	})
	if !errors.Is(err, errOurs) {
		k.Fatalf("got %v, want the function's own error", err)
	}
	_, err = k.TicketByNumber(k.Context(), made.Number)
	wantCode(k, err, problem.NotFound, "ticket.not_found")
	_, err = k.Letter(k.Context(), l.ID)
	wantCode(k, err, problem.NotFound, "letter.not_found")
	_, err = k.Conversation(k.Context(), chat)
	wantCode(k, err, problem.NotFound, "conversation.not_found")
	_, _, err = k.Attachment(k.Context(), "a1")
	wantCode(k, err, problem.NotFound, "attachment.not_found")
	_, err = k.Idempotent(k.Context(), "letters", []byte("k"))
	wantCode(k, err, problem.NotFound, "idempotency.not_found")
	units, err := k.Units(k.Context())
	ok(k, err)
	asked, err := k.Unanswered(k.Context(), 10)
	ok(k, err)
	told, err := k.Notifications(k.Context(), []string{"u1"}, 10)
	ok(k, err)
	jobs, err := k.JobCounts(k.Context())
	ok(k, err)
	acts, err := k.Verify(k.Context())
	ok(k, err)
	if n := len(units) + len(asked) + len(told) + len(jobs) + acts; n != 0 {
		k.Errorf("%d rows outlived the rollback", n)
	}
}

// testFailingNeighbour runs many transactions at once, of which some fail: on
// SQLite they share a commit, and only the failing ones may be undone.
func testFailingNeighbour(k *kit) {
	var stored, refused atomic.Int64
	numbers := make([]string, 64)
	together(64, func(i int) {
		l := k.letter()
		made := k.ticket(l.ID)
		numbers[i] = made.Number
		err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
			if err := tx.InsertTicket(ctx, l, made, nil); err != nil {
				return err
			}
			if i%8 == 3 {
				return errOurs
			}
			return nil
		})
		switch {
		case err == nil:
			stored.Add(1)
		case errors.Is(err, errOurs):
			refused.Add(1)
		default:
			k.Errorf("transaction %d: %v", i, err)
		}
	})
	if stored.Load() != 56 || refused.Load() != 8 {
		k.Errorf("%d stored and %d refused, want 56 and 8", stored.Load(), refused.Load())
	}
	for i, number := range numbers {
		_, err := k.TicketByNumber(k.Context(), number)
		if there := err == nil; there != (i%8 != 3) {
			k.Errorf("ticket %d is there: %v (%v)", i, there, err)
		}
	}
}

func testPanic(k *kit) {
	l := k.letter()
	made := k.ticket(l.ID)
	err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertTicket(ctx, l, made, nil); err != nil {
			return err
		}
		panic("made by the test")
	})
	if err == nil || !strings.Contains(err.Error(), "made by the test") || problem.KindOf(err) != problem.Internal {
		k.Errorf("got %v, want an internal error that names the panic", err)
	}
	_, err = k.TicketByNumber(k.Context(), made.Number)
	wantCode(k, err, problem.NotFound, "ticket.not_found")
	k.open(nil) // the store still works
}

func testNested(k *kit) {
	err := k.InTx(k.Context(), func(ctx context.Context, _ desk.Tx) error {
		return k.InTx(ctx, func(context.Context, desk.Tx) error { return nil })
	})
	if err == nil {
		k.Error("a transaction inside a transaction was allowed")
	}
	k.open(nil)
}

func testContextDone(k *kit) {
	ctx, cancel := context.WithCancel(k.Context())
	cancel()
	ran := false
	err := k.InTx(ctx, func(context.Context, desk.Tx) error { ran = true; return nil })
	if !errors.Is(err, context.Canceled) || ran {
		k.Errorf("got %v and ran: %v, want the context's error and no run", err, ran)
	}
	k.open(nil)
}

// testSwallowedFailure: a function that goes on after a failed write must not
// get the rest of its work committed.
func testSwallowedFailure(k *kit) {
	first := k.open(nil)
	l := k.letter()
	second := k.ticket(l.ID)
	second.Number = first.Number
	err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		wantCode(k, tx.InsertTicket(ctx, l, second, nil), problem.Conflict, "ticket.taken")
		return nil
	})
	if err == nil {
		k.Error("a transaction with a failed write was committed")
	}
	_, err = k.Letter(k.Context(), l.ID)
	wantCode(k, err, problem.NotFound, "letter.not_found")
}

func testOwnWrites(k *kit) {
	l := k.letter()
	made := k.ticket(l.ID)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertTicket(ctx, l, made, nil); err != nil {
			return err
		}
		got, err := tx.TicketByID(ctx, made.ID)
		same(k, "inside", got, made)
		_, outside := k.TicketByNumber(ctx, made.Number)
		wantCode(k, outside, problem.NotFound, "ticket.not_found")
		return err
	})
}
