package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
)

// testUndisclosed: released replies are listed by how far it is decided who may
// read them, the latest date first, and to nobody who must not see the ticket.
func testUndisclosed(k *kit) {
	put := func(hours int, edit func(*ticket.Ticket)) ticket.Ticket {
		made := k.open(func(made *ticket.Ticket) {
			made.Status, made.Parent, made.Resume, made.Avoid, made.Co = ticket.Answered, "", "", nil, nil
			made.DueAt = noon().Add(time.Duration(hours) * time.Hour)
			edit(made)
		})
		released := reply.Draft{ID: k.id(), TicketID: made.ID, Round: 1, Revision: 1, Text: "已经处理。", Author: "u7", At: noon(), ReleasedAt: noon()}
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveDraft(ctx, released) })
		return made
	}
	as := func(*ticket.Ticket) {}
	decide := func(made ticket.Ticket, state review.State) ticket.Ticket {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			return tx.SaveDisclosure(ctx, desk.Disclosure{Ticket: made.ID, Round: 1, Decision: review.Redacted, Version: 1}, 0)
		})
		if state != "" {
			it, err := review.Item{ID: k.id(), Kind: review.PublishedReply, Subject: made.ID, Audience: review.Public, Unit: "traffic", UnitPath: "bureau/traffic"}.Begin(
				review.Command{By: review.Person{ID: "u7", Name: "张三"}, At: noon(), Content: review.Content{Title: "答复", Body: "已经处理。", Disclosure: review.Disclosure{Decision: review.Redacted, Reason: "personal"}}})
			ok(k, err)
			it.State = state
			k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertReview(ctx, it) })
		}
		return made
	}
	early, late := put(1, as), put(3, as)
	closed := put(2, func(made *ticket.Ticket) { made.Status = ticket.Closed })
	put(4, func(made *ticket.Ticket) { made.Round = 2 }) // taken up again, not answered yet
	put(4, func(made *ticket.Ticket) { made.Parent = early.ID })
	other := put(5, func(made *ticket.Ticket) { made.Lead, made.LeadPath = "branch", "bureau/branch" })
	about := put(6, func(made *ticket.Ticket) { made.Avoid = []string{"mailbox", "user:u1"} })
	draft := decide(put(7, as), review.Draft)
	decide(put(8, as), review.InReview)
	decide(put(9, as), "")

	list := func(what string, f desk.Filter, want ...ticket.Ticket) {
		k.Helper()
		var numbers []string
		for i := range want {
			numbers = append(numbers, want[i].Number)
		}
		same(k, what, k.newest(f), numbers)
	}
	list("undecided", desk.Filter{Disclosure: desk.Undecided}, about, other, late, closed, early)
	list("undecided, of a unit it is about", desk.Filter{Disclosure: desk.Undecided, Unit: "mailbox"}, other, late, closed, early)
	list("undecided, of a person it is about", desk.Filter{Disclosure: desk.Undecided, Viewer: "u1"}, other, late, closed, early)
	list("undecided, of another unit", desk.Filter{Disclosure: desk.Undecided, Scope: "bureau/branch", Unit: "branch"}, other)
	list("unfinished", desk.Filter{Disclosure: desk.Unfinished}, draft)
	list("unfinished, of another unit", desk.Filter{Disclosure: desk.Unfinished, Scope: "bureau/branch", Unit: "branch"})
}

// newest are the numbers of all answered tickets f finds, read in pages of two.
func (k *kit) newest(f desk.Filter) []string {
	k.Helper()
	f.Statuses, f.Sort, f.Limit = []ticket.Status{ticket.Answered, ticket.Closed}, desk.LatestDue, 2
	var numbers []string
	for {
		page, err := k.Tickets(k.Context(), f)
		ok(k, err)
		for i := range page.Tickets {
			numbers = append(numbers, page.Tickets[i].Number)
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return numbers
		}
	}
}
