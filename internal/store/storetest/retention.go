package storetest

import (
	"bytes"
	"context"
	"errors"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/retention"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// sweep does what the shipped rules ask for at a time, but for tickets.
func sweep(ctx context.Context, tx desk.Tx, at time.Time) (int64, error) {
	rules, err := retention.LoadRules()
	if err != nil {
		return 0, err
	}
	var all int64
	for i := range rules.Classes {
		c := &rules.Classes[i]
		if len(c.Kinds) > 0 {
			continue
		}
		n, err := tx.ExpireRows(ctx, c.ID, c.Keep.Before(at), at, 1000)
		if err != nil {
			return all, err
		}
		all += n
	}
	return all, nil
}

// ended stores a closed ticket with nothing left to be done.
func (k *kit) ended(edit func(*ticket.Ticket)) ticket.Ticket {
	k.Helper()
	return k.open(func(t *ticket.Ticket) {
		t.Status, t.Parent = ticket.Closed, ""
		if edit != nil {
			edit(t)
		}
	})
}

// testExpiredChats: a conversation nobody opened a ticket in goes with all it has, a
// few at a time; one that became a ticket stays.
func testExpiredChats(k *kit) {
	gone, later, kept := k.chat(), k.chat(), k.chat()
	say := func(id string) {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			_, err := tx.Append(ctx, id, text("m", "你好"))
			return err
		})
	}
	say(gone)
	say(later)
	say(kept)
	l := k.letter()
	l.Conversation = kept
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertTicket(ctx, l, k.ticket(l.ID), []byte("code"))
	})
	after := noon().AddDate(1, 0, 0)
	n, err := k.DueRows(k.Context(), retention.Chats, after, after)
	ok(k, err)
	same(k, "due", n, int64(2))
	for _, want := range []int64{1, 1, 0} {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			n, err := tx.ExpireRows(ctx, retention.Chats, after, after, 1)
			same(k, "in one go", n, want)
			return err
		})
	}
	for id, there := range map[string]bool{gone: false, later: false, kept: true} {
		_, err := k.Conversation(k.Context(), id)
		same(k, "there", err == nil, there)
	}
}

// testExpiredBodies: of messages from and to others the facts stay, and what makes a
// repeat a repeat.
func testExpiredBodies(k *kit) {
	a := arrival("1", "")
	in := k.arrive(a)
	out := desk.Delivery{ID: k.id(), Route: "12345/city", Kind: "ticket.answered", Ticket: "J1", Body: []byte("13800138000"), State: desk.DeliveryWaiting, CreatedAt: noon(), NextAt: noon(), Version: 1}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertDelivery(ctx, out) })
	after := noon().AddDate(1, 0, 0)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		n, err := sweep(ctx, tx, after)
		same(k, "what waits stays", n, int64(0))
		return err
	})
	arrived, err := k.Inbound(k.Context(), in)
	ok(k, err)
	was := arrived.Version
	arrived.State, arrived.Version = desk.InboundDone, was+1
	out.State, out.EndedAt, out.Version = desk.DeliverySent, noon(), 2
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.UpdateInbound(ctx, arrived, was), tx.UpdateDelivery(ctx, out, 1))
	})
	for _, want := range []int64{2, 0} {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			n, err := sweep(ctx, tx, after)
			same(k, "emptied", n, want)
			return err
		})
	}
	sent, err := k.Delivery(k.Context(), out.ID)
	ok(k, err)
	again, err := k.InboundByKey(k.Context(), a.Source, a.Key)
	ok(k, err)
	same(k, "bodies", [][]byte{sent.Body, again.Body}, [][]byte{nil, nil})
	same(k, "who and when", []any{sent.Route, sent.EndedAt}, []any{out.Route, noon()})
}

func (k *kit) due(kinds ...channel.Kind) []string {
	k.Helper()
	after := noon().AddDate(1, 0, 0)
	f := desk.DueTickets{Kinds: kinds, Before: after, At: after, Limit: 10}
	ids, err := k.DueTickets(k.Context(), f)
	ok(k, err)
	n, err := k.CountDueTickets(k.Context(), f)
	ok(k, err)
	same(k, "counted", n, int64(len(ids)))
	return ids
}

// testDueTickets: nothing of an open ticket, and none that somebody still needs.
func testDueTickets(k *kit) {
	done := k.ended(nil)
	k.open(nil) // is being handled
	k.ended(func(t *ticket.Ticket) { t.Status = ticket.Answered })
	k.ended(func(t *ticket.Ticket) { t.UpdatedAt = noon().AddDate(2, 0, 0) })
	running := k.ended(nil)
	parent := k.open(nil)
	k.ended(func(t *ticket.Ticket) { t.Status, t.Parent = ticket.Merged, parent.ID })
	held := k.ended(nil)
	sending := k.ended(nil)
	reported := k.ended(func(t *ticket.Ticket) { t.Kind = channel.Report })
	clock := k.clock(running.ID)
	hold := desk.Hold{ID: k.id(), TicketID: held.ID, Ticket: held.Number, Reason: "诉讼", By: "u1", At: noon(), Until: noon().AddDate(3, 0, 0), Version: 1}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertClock(ctx, clock), tx.InsertHold(ctx, hold),
			tx.InsertDelivery(ctx, desk.Delivery{ID: k.id(), Route: "sms/a", Ticket: sending.Number, State: desk.DeliveryWaiting, CreatedAt: noon(), NextAt: noon(), Version: 1}))
	})
	same(k, "letters", k.due(channel.Complaint), []string{done.ID})
	same(k, "reports", k.due(channel.Report), []string{reported.ID})
	for id, want := range map[string]bool{done.ID: false, running.ID: true, sending.ID: true} {
		busy, err := k.Unfinished(k.Context(), id)
		ok(k, err)
		same(k, "unfinished", busy, want)
	}
	hold.LiftedBy, hold.LiftedAt, hold.Version = "u2", noon(), 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.LiftHold(ctx, hold, 1) })
	same(k, "after the hold", k.due(channel.Complaint), []string{done.ID, held.ID})
}

// testErase: of an erased ticket nothing anybody wrote is left, and nothing finds it.
func testErase(k *kit) {
	chat := k.chat()
	l := k.letter()
	l.Conversation = chat
	made := k.ticket(l.ID)
	made.Status, made.Parent, made.Conversation = ticket.Closed, "", chat
	draft := reply.Draft{ID: k.id(), TicketID: made.ID, Round: 1, Revision: 1, Text: "张三丰您好，噪声已经制止。", At: noon(), ReleasedAt: noon()}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		_, err := tx.Append(ctx, chat, text("m", "我叫张三丰"))
		return errors.Join(err,
			tx.InsertTicket(ctx, l, made, []byte("code")),
			tx.InsertEvent(ctx, ticket.Event{ID: k.id(), TicketID: made.ID, Seq: 1, Move: ticket.Open, To: ticket.Closed, Note: "张三丰来电", Public: "张三丰您好", At: noon()}),
			tx.SaveDraft(ctx, draft),
			tx.InsertAttachment(ctx, channel.Attachment{ID: "f1", Name: "张三丰.jpg", At: noon()}, []byte("x")),
			tx.AddFiles(ctx, l.ID, "f1"))
	})
	found := func() int {
		p, err := k.Tickets(k.Context(), desk.Filter{Query: "施工扰民", Limit: 10, Viewer: "u1"})
		ok(k, err)
		return len(p.Tickets)
	}
	same(k, "found before", found(), 1)
	instead := l
	instead.Title, instead.Text, instead.Contact, instead.Fields = "（已清除）", "已清除。", nil, nil
	erase := func(ctx context.Context, tx desk.Tx) error {
		return tx.EraseTicket(ctx, made, instead, desk.ByRequest, noon())
	}
	k.change(erase)
	same(k, "found afterwards", found(), 0)
	k.emptied(&l, &made)
	past, err := k.Past(k.Context(), desk.PastFilter{IDs: []string{made.ID}, Limit: 10})
	ok(k, err)
	same(k, "learnt from", len(past), 0)
	_, hash, err := k.TicketCode(k.Context(), made.Number) // its citizen still reads that it was erased
	ok(k, err)
	same(k, "query code", bytes.Equal(hash, []byte("code")), true)
	at, err := k.Erased(k.Context(), made.ID)
	ok(k, err)
	same(k, "when", at, noon())
	wantCode(k, k.InTx(k.Context(), erase), problem.Conflict, "ticket.erased")
}

// emptied fails the test where something of a letter is left.
func (k *kit) emptied(l *channel.Letter, made *ticket.Ticket) {
	k.Helper()
	got, err := k.Letter(k.Context(), l.ID)
	ok(k, err)
	same(k, "letter", []any{got.Title, got.Text, got.Fields, len(got.Attachments)}, []any{"（已清除）", "已清除。", map[string]string(nil), 0})
	_, err = k.Contact(k.Context(), l.ID)
	wantCode(k, err, problem.NotFound, "contact.not_found")
	events, err := k.Events(k.Context(), made.ID)
	ok(k, err)
	same(k, "event", []any{events[0].Note, events[0].Public, events[0].Move}, []any{"", "", ticket.Open})
	drafts, err := k.Drafts(k.Context(), made.ID)
	ok(k, err)
	same(k, "draft", drafts[0].Text, "（已清除）")
	said, err := k.Messages(k.Context(), l.Conversation, 0, 10)
	ok(k, err)
	same(k, "said", len(said), 0)
	_, err = k.AttachmentInfo(k.Context(), "f1")
	wantCode(k, err, problem.NotFound, "attachment.not_found")
}

func testHolds(k *kit) {
	t := k.ended(nil)
	h := desk.Hold{ID: k.id(), TicketID: t.ID, Ticket: t.Number, Reason: "行政诉讼", By: "u1", At: noon(), Until: noon().Add(time.Hour), Version: 1}
	e := desk.Erasure{ID: k.id(), TicketID: t.ID, Ticket: t.Number, Requester: "u1", Reason: "本人来电", State: desk.ErasurePending, RequestedAt: noon(), Version: 1}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertHold(ctx, h), tx.InsertErasure(ctx, e))
	})
	active, err := k.ActiveHolds(k.Context(), noon(), 10)
	ok(k, err)
	same(k, "active", active, []desk.Hold{h})
	active, err = k.ActiveHolds(k.Context(), h.Until, 10)
	ok(k, err)
	same(k, "over", len(active), 0)
	h.LiftedBy, h.LiftedAt, h.Version = "u2", noon(), 2
	e.State, e.Ground, e.DecidedBy, e.DecidedAt, e.Decision, e.Version = desk.ErasureRefused, "duty", "u2", noon(), "正在办案", 2
	both := func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.LiftHold(ctx, h, 1), tx.UpdateErasure(ctx, e, 1))
	}
	k.change(both)
	wantCode(k, k.InTx(k.Context(), both), problem.Conflict, "hold.stale")
	holds, err := k.HoldsOf(k.Context(), t.ID)
	ok(k, err)
	same(k, "lifted", holds, []desk.Hold{h})
	decided, err := k.Erasures(k.Context(), desk.ErasureRefused, 10)
	ok(k, err)
	same(k, "refused", decided, []desk.Erasure{e})
	decided, err = k.ErasuresOf(k.Context(), t.ID)
	ok(k, err)
	same(k, "of the ticket", decided, []desk.Erasure{e})
	_, err = k.Erasure(k.Context(), "none")
	wantCode(k, err, problem.NotFound, "erasure.not_found")
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.CountErased(ctx, retention.Chats, 2, noon()), tx.CountErased(ctx, retention.Chats, 3, noon().Add(time.Hour)))
	})
	counts, err := k.ErasedCounts(k.Context())
	ok(k, err)
	same(k, "gone", counts, map[retention.ID]desk.ErasedCount{retention.Chats: {N: 5, At: noon().Add(time.Hour)}})
}

func testScans(k *kit) {
	l := k.letter()
	made := k.ticket(l.ID)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertTicket(ctx, l, made, nil),
			tx.InsertAttachment(ctx, channel.Attachment{ID: "f1", Name: "a", At: noon(), Scan: channel.Waiting}, []byte("x")),
			tx.InsertAttachment(ctx, channel.Attachment{ID: "f2", Name: "b", At: noon().Add(time.Second), Scan: channel.Waiting}, []byte("y")),
			tx.InsertAttachment(ctx, channel.Attachment{ID: "f3", Name: "c", At: noon()}, []byte("z")),
			tx.AddFiles(ctx, l.ID, "f1"))
	})
	claim := func(at time.Time) (id string) {
		k.change(func(ctx context.Context, tx desk.Tx) (err error) {
			id, err = tx.ClaimUnscanned(ctx, at, at.Add(time.Minute))
			return err
		})
		return id
	}
	same(k, "claimed", []string{claim(noon()), claim(noon()), claim(noon().Add(time.Second)), claim(noon().Add(time.Minute))}, []string{"f1", "", "f2", "f1"})
	k.change(func(ctx context.Context, tx desk.Tx) error {
		letterID, err := tx.Scanned(ctx, "f1", channel.Infected, time.Time{})
		same(k, "of the letter", letterID, l.ID)
		return err
	})
	k.change(func(ctx context.Context, tx desk.Tx) error {
		letterID, err := tx.Scanned(ctx, "f1", channel.Clean, time.Time{}) // too late
		same(k, "decided once", letterID, "")
		return err
	})
	a, err := k.AttachmentInfo(k.Context(), "f1")
	ok(k, err)
	same(k, "found", a.Scan, channel.Infected)
	q, err := k.Unscanned(k.Context())
	ok(k, err)
	same(k, "left", q, desk.Quarantine{Waiting: 1, Since: noon().Add(time.Second), Infected: 1})
	id, err := k.LettersTicket(k.Context(), l.ID)
	ok(k, err)
	same(k, "ticket", id, made.ID)
}
