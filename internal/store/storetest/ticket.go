package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

func testTicketRoundTrip(k *kit) {
	l := k.letter()
	made := k.ticket(l.ID)
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertTicket(ctx, l, made, []byte("code hash")) })

	got, code, err := k.TicketCode(k.Context(), made.Number)
	ok(k, err)
	same(k, "ticket", got, made)
	same(k, "code", string(code), "code hash")
	contact, err := k.Contact(k.Context(), l.ID)
	ok(k, err)
	same(k, "contact", contact, *l.Contact)
	letter, err := k.Letter(k.Context(), l.ID)
	ok(k, err)
	l.Contact = nil
	same(k, "letter", letter, l)
}

func testTicketNotFound(k *kit) {
	_, err := k.TicketByNumber(k.Context(), "J0")
	wantCode(k, err, problem.NotFound, "ticket.not_found")
	_, err = k.Letter(k.Context(), "x")
	wantCode(k, err, problem.NotFound, "letter.not_found")
	l := k.letter()
	l.Contact = nil
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertTicket(ctx, l, k.ticket(l.ID), nil) })
	_, err = k.Contact(k.Context(), l.ID)
	wantCode(k, err, problem.NotFound, "contact.not_found")
}

func testTicketTaken(k *kit) {
	first := k.open(nil)
	for code, edit := range map[string]func(*channel.Letter, *ticket.Ticket){
		"ticket.taken": func(_ *channel.Letter, made *ticket.Ticket) { made.Number = first.Number },
		"letter.taken": func(l *channel.Letter, made *ticket.Ticket) { l.ID, made.LetterID = first.LetterID, first.LetterID },
	} {
		l := k.letter()
		made := k.ticket(l.ID)
		edit(&l, &made)
		err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertTicket(ctx, l, made, nil) })
		wantCode(k, err, problem.Conflict, code)
	}
}

func testTicketStale(k *kit) {
	made := k.open(nil)
	next := made
	next.Status, next.Version, next.Lead, next.LeadPath = ticket.Dispatched, 2, "station-2", "bureau/branch-1/station-2"
	next.Title, next.UpdatedAt, next.Avoid = "它的标题'; DROP TABLE ticket; --", noon().Add(time.Minute), nil
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateTicket(ctx, next, 1) })
	late := made
	late.Status, late.Version = ticket.Declined, 2
	err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateTicket(ctx, late, 1) })
	wantCode(k, err, problem.Conflict, "ticket.stale")
	got, code, err := k.TicketCode(k.Context(), made.Number)
	ok(k, err)
	same(k, "the first update stands", got, next)
	same(k, "the code hash stays", string(code), "code")
}

// testTwoClerks lets many clerks move one ticket from the same version.
func testTwoClerks(k *kit) {
	made := k.open(nil)
	var won atomic.Int64
	together(16, func(int) {
		next := made
		next.Version++
		err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
			if err := tx.UpdateTicket(ctx, next, made.Version); err != nil {
				return err
			}
			return tx.InsertEvent(ctx, ticket.Event{ID: k.id(), TicketID: made.ID, Seq: next.Version, At: noon()})
		})
		if err == nil {
			won.Add(1)
		} else {
			wantCode(k, err, problem.Conflict, "ticket.stale")
		}
	})
	events, err := k.Events(k.Context(), made.ID)
	ok(k, err)
	if won.Load() != 1 || len(events) != 1 {
		k.Errorf("%d clerks won and %d events were stored, want 1 and 1", won.Load(), len(events))
	}
}

func testEvents(k *kit) {
	made := k.open(nil)
	var want []ticket.Event
	for seq := int64(1); seq <= 3; seq++ {
		want = append(want, ticket.Event{
			ID: k.id(), TicketID: made.ID, Seq: seq, Move: ticket.Dispatch, From: ticket.Received, To: ticket.Dispatched, Actor: "u1",
			Unit: "mailbox", Lead: "station-1", Score: 4, Reason: "r1", Note: "来电人称姓李", Public: "已派单", At: noon(),
		})
	}
	want[1].Note = ""
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertEvent(ctx, want[2]), tx.InsertEvent(ctx, want[0]), tx.InsertEvent(ctx, want[1]))
	})
	got, err := k.Events(k.Context(), made.ID)
	ok(k, err)
	same(k, "events", got, want)
	again := want[2]
	again.ID = k.id()
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertEvent(ctx, again) })
	wantCode(k, err, problem.Conflict, "ticket.stale")
}

func testDrafts(k *kit) {
	made := k.open(nil)
	d := reply.Draft{
		ID: k.id(), TicketID: made.ID, Round: 1, Revision: 1, Text: "您好，已责令停工。", Outcome: reply.Resolved, Author: "u1", At: noon(),
		Quotes: []reply.Quote{{Entry: "a_b", Version: 2}, {Entry: "c", Version: 1}},
	}
	save := func(d reply.Draft) error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveDraft(ctx, d) })
	}
	ok(k, save(d))
	marked := d
	marked.ApprovedBy, marked.ApprovedAt, marked.ReleasedAt = "u2", noon().Add(time.Hour), noon().Add(2*time.Hour)
	changed := marked
	changed.Text = "另一个说法"
	ok(k, save(changed))
	got, err := k.Drafts(k.Context(), made.ID)
	ok(k, err)
	same(k, "the marks change, the text of a revision does not", got, []reply.Draft{marked})
	other := d
	other.ID = k.id()
	wantCode(k, save(other), problem.Conflict, "ticket.stale")
	plain := reply.Draft{ID: k.id(), TicketID: made.ID, Round: 1, Revision: 2, Text: "您好。", Outcome: reply.Resolved, Author: "u1", At: noon(), Quotes: []reply.Quote{{Entry: "a_b", Version: 3}}}
	ok(k, save(plain))
	for version, want := range map[int][]desk.QuotingReply{1: {}, 2: {{Ticket: made.Number, At: marked.ReleasedAt}}, 3: {}} { // the third never left the house
		quoting, err := k.QuotingReplies(k.Context(), "a_b", version, 9)
		ok(k, err)
		same(k, "replies that quote it", quoting, want)
	}
	quoting, err := k.QuotingReplies(k.Context(), "axb", 2, 9)
	ok(k, err)
	same(k, "of another entry", quoting, []desk.QuotingReply{})
}

// testOddText stores what people paste.
func testOddText(k *kit) {
	for name, odd := range map[string]string{
		"quotes":        `' " \ ? $1 ?0 {} %s -- /* */ ; \' \x00`,
		"emoji":         "👮‍♀️🚓 𠮷野家 e\u0301",
		"right to left": "\u202eabc\u202c شكوى \u200f",
		"lines":         "a\r\nb\tc\u2028d",
	} {
		l := k.letter()
		l.Title, l.Text, l.Category, l.Contact.Name = odd, odd, odd, odd
		made := k.ticket(l.ID)
		made.Title, made.Reason = odd, odd
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertTicket(ctx, l, made, nil) })
		next := made
		next.Version++
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateTicket(ctx, next, made.Version) })
		got, err := k.TicketByNumber(k.Context(), made.Number)
		ok(k, err)
		same(k, name, got, next)
		letter, err := k.Letter(k.Context(), l.ID)
		ok(k, err)
		same(k, name, []string{letter.Title, letter.Text, letter.Category}, []string{odd, odd, odd})
	}
	l := k.letter()
	l.Title, l.Text = "a\x00b", "a\xffb"
	made := k.ticket(l.ID)
	made.Title, made.Reason, made.Avoid = "a\x00b\xff", "\x00", []string{"x\x00"}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertTicket(ctx, l, made, nil), tx.UpdateTicket(ctx, made, made.Version))
	})
	got, err := k.TicketByNumber(k.Context(), made.Number)
	ok(k, err)
	same(k, "NUL and broken UTF-8 are dropped", got.Title+got.Reason, "ab\uFFFD")
	page, err := k.Tickets(k.Context(), desk.Filter{Query: "a\x00b\xff", Limit: 10})
	ok(k, err)
	same(k, "this one, and the one with abc: the desk looks whether the phrase is there", len(page.Tickets), 2)
}
