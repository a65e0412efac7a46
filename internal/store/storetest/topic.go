package storetest

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket"
)

// testTopics: letters of a time are joined by the likely links that were known
// then; what was a report (举报) when it came in, or another time's letter, joins
// nothing.
func testTopics(k *kit) {
	opened := func(kind channel.Kind, at time.Time) string {
		t := k.open(func(made *ticket.Ticket) { made.Kind, made.CreatedAt = kind, at })
		k.change(func(ctx context.Context, tx desk.Tx) error {
			return tx.InsertEvent(ctx, ticket.Event{ID: k.id(), TicketID: t.ID, Seq: 1, Move: ticket.Open, To: ticket.Received, Lead: "mailbox", Kind: kind, At: at})
		})
		return t.ID
	}
	a, b, c, d := opened(channel.Help, noon()), opened(channel.Help, noon()), opened(channel.Consult, noon()), opened(channel.Help, noon())
	tip, may := opened(channel.Report, noon()), opened(channel.Help, noon().AddDate(0, 2, 0))
	link := func(from, to string, sure float64, at time.Time) desk.Link {
		return desk.Link{From: max(from, to), To: min(from, to), Kind: desk.Similar, Probability: sure, By: "system", At: at}
	}
	later := noon().AddDate(0, 1, 0)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, l := range []desk.Link{
			link(a, b, 0.9, noon()), link(b, c, 0.7, noon()), link(c, d, 0.6, noon()), link(c, tip, 0.9, noon()), link(c, may, 0.9, noon()), link(a, d, 0.8, later),
		} {
			if err := tx.InsertLink(ctx, l); err != nil {
				return err
			}
		}
		return nil
	})
	s := desk.TopicScope{From: noon().AddDate(0, 0, -1), Until: noon().AddDate(0, 0, 1), Known: noon()}
	for known, want := range map[time.Time][]string{noon(): {a, b, c}, later: {a, b, c, d}} {
		s.Known = known
		got, err := k.TopicPairs(k.Context(), s, 0.7)
		ok(k, err)
		slices.Sort(want)
		same(k, "topics", report.Topics(got), [][]string{want})
		ids, err := k.TopicTickets(k.Context(), b, s, 0.7)
		ok(k, err)
		same(k, "the tickets of one", ids, want)
	}
}
