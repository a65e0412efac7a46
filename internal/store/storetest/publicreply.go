package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

func testDisclosure(k *kit) {
	made := k.open(nil)
	_, err := k.Disclosure(k.Context(), made.ID)
	wantCode(k, err, problem.NotFound, "disclosure.not_found")
	decided := desk.Disclosure{
		Ticket: made.ID, Round: 2, Decision: review.Redacted, Reason: "personal", Note: "来信人要求", Consent: true, By: "u7", At: noon(), Version: 1,
		Source:     review.Source{Title: "补办", Asked: "我是张三丰。", Body: "请到窗口办理。"},
		Redactions: []review.Redaction{{Part: review.AskedPart, From: 2, To: 5, Code: "person.name", Why: "这里有姓名。", With: "【姓名】", By: "u7"}},
	}
	save := func(was int64) error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveDisclosure(ctx, decided, was) })
	}
	ok(k, save(0))
	wantCode(k, save(0), problem.Conflict, "disclosure.stale")
	decided.Decision, decided.Version = review.Full, 2
	ok(k, save(1))
	wantCode(k, save(1), problem.Conflict, "disclosure.stale")
	got, err := k.Disclosure(k.Context(), made.ID)
	ok(k, err)
	same(k, "kept", got, decided)
}

// publish stores what the public reads of the reply to a new ticket.
func (k *kit) publish(category, title, text string, at time.Time) desk.PublicReply {
	k.Helper()
	made, it := k.open(nil), k.reviewed(noon())
	p := desk.PublicReply{
		ID: it.ID, Ticket: made.ID, Kind: channel.Consult, Category: category, Unit: "traffic", Received: noon(), Answered: noon().Add(time.Hour), Published: at,
		Version: 1, Redacted: true, Title: title, Asked: "丢了 怎么办", Text: text,
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SavePublicReply(ctx, p) })
	return p
}

func testPublicReplies(k *kit) {
	first := k.publish("id", "补办居民身份证", "请带户口簿到窗口办理。", noon())
	second := k.publish("", "Wi-Fi 与 e居 APP", "办理居住证请用 e居APP。", noon())
	third := k.publish("id", "换领居民身份证", "有效期满前办理。", noon().Add(time.Minute))
	list := func(what string, f desk.ReplyFilter, want ...desk.PublicReply) {
		k.Helper()
		f.Limit = 10
		got, err := k.PublicReplies(k.Context(), f)
		ok(k, err)
		if len(got)+len(want) > 0 {
			same(k, what, got, want)
		}
	}
	list("newest first", desk.ReplyFilter{}, third, second, first)
	list("of a category", desk.ReplyFilter{Category: "id"}, third, first)
	list("after one", desk.ReplyFilter{Before: third.Published, BeforeID: third.ID}, second, first)
	list("after one of two at once", desk.ReplyFilter{Before: second.Published, BeforeID: second.ID}, first)
	list("with words", desk.ReplyFilter{Query: "居民身份证  窗口"}, first)
	list("with words in any case", desk.ReplyFilter{Query: "E居app"}, second)
	list("with words of a category", desk.ReplyFilter{Query: "办理", Category: "id"}, third, first)
	list("with words nobody wrote", desk.ReplyFilter{Query: "护照"})
	list("with signs alone", desk.ReplyFilter{Query: `"*" - (`})
	counts, err := k.ReplyCategories(k.Context())
	ok(k, err)
	same(k, "by category", counts, []desk.ReplyCategory{{Code: "id", N: 2}, {N: 1}})

	first.Text, first.Version, first.Published = "请到任何窗口办理。", 2, noon().Add(time.Hour)
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SavePublicReply(ctx, first) })
	list("the new version alone", desk.ReplyFilter{Query: "户口簿"})
	list("the newest version first", desk.ReplyFilter{}, first, third, second)
	got, err := k.PublicReplyTo(k.Context(), first.Ticket)
	ok(k, err)
	same(k, "to a ticket", got, first)

	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, want := range []bool{true, false} {
			gone, err := tx.RemovePublicReply(ctx, first.ID)
			if err != nil || gone != want {
				k.Errorf("removed %t, %v", gone, err)
			}
		}
		return nil
	})
	list("withdrawn", desk.ReplyFilter{Query: "任何窗口"})
	_, err = k.PublicReply(k.Context(), first.ID)
	wantCode(k, err, problem.NotFound, "reply.not_found")
}

// testMessages counts letters by hand: one of each end, one in another month, and
// one of a kind that is not counted.
func testMessages(k *kit) {
	open := func(kind channel.Kind, s ticket.Status, at time.Time, moves ...ticket.Move) ticket.Ticket {
		made := k.open(func(t *ticket.Ticket) { t.Kind, t.Status, t.CreatedAt = kind, s, at })
		k.change(func(ctx context.Context, tx desk.Tx) error {
			for i, m := range append([]ticket.Move{ticket.Open}, moves...) {
				e := ticket.Event{ID: k.id(), TicketID: made.ID, Seq: int64(i + 1), Move: m, Kind: kind, At: at.Add(time.Duration(i) * time.Hour)}
				if err := tx.InsertEvent(ctx, e); err != nil {
					return err
				}
			}
			return nil
		})
		return made
	}
	clock := func(of ticket.Ticket, met time.Time, late bool) {
		c := k.clock(of.ID)
		c.MetAt = met
		if late {
			c.BreachedAt = met.Add(-time.Minute)
		}
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertClock(ctx, c) })
	}
	from := noon()
	intime := open(channel.Consult, ticket.Answered, from, ticket.Accept, ticket.Dispatch, ticket.Release)
	clock(intime, from.Add(3*time.Hour), false)
	late := open(channel.Help, ticket.Closed, from, ticket.Dispatch, ticket.Release, ticket.Redo, ticket.Release)
	clock(late, from.Add(2*time.Hour), true)
	clock(late, from.Add(4*time.Hour), false)
	open(channel.Consult, ticket.Declined, from, ticket.Decline)
	open(channel.Consult, ticket.Withdrawn, from, ticket.Accept, ticket.Withdraw)
	open(channel.Consult, ticket.Transferred, from, ticket.TransferTo)
	open(channel.Consult, ticket.Received, from)
	open(channel.Consult, ticket.Received, from.Add(time.Hour))
	open(channel.Report, ticket.Answered, from, ticket.Dispatch, ticket.Release)
	it := k.reviewed(noon())
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.SavePublicReply(ctx, desk.PublicReply{ID: it.ID, Ticket: intime.ID, Received: noon(), Answered: noon(), Published: noon()})
	})
	got, err := k.CountMessages(k.Context(), []channel.Kind{channel.Consult, channel.Help}, from, from.Add(time.Hour))
	ok(k, err)
	same(k, "counted", got, desk.MessageCounts{Received: 6, Accepted: 3, Declined: 1, Withdrawn: 1, Transferred: 1, Answered: 2, OnTime: 1, Published: 1})
}
