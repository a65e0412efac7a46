package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/store"
)

// TestTicketsAreFound looks for what a letter and its reply say, also where both
// are from before the index.
func TestTicketsAreFound(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			s := open(t, url)
			o := newOpening(1)
			o.letter.Text = "学校门口的信号灯坏了，请联系13912345678。"
			draft := reply.Draft{ID: "d1", TicketID: o.ticket.ID, Round: 1, Revision: 1, Text: "已经更换灯泡。", At: benchTime()}
			must(t, s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
				return errors.Join(o.store(ctx, tx), tx.SaveDraft(ctx, draft))
			}))
			finds := func(when string, want map[string]bool) {
				t.Helper()
				for query, found := range want {
					page, err := s.Tickets(t.Context(), desk.Filter{Query: query, Reports: true, Sort: desk.LastCreated, Limit: 10})
					if err != nil || len(page.Tickets) > 0 != found {
						t.Errorf("%s %q finds %d tickets, %v", when, query, len(page.Tickets), err)
					}
				}
			}
			finds("before the reply", map[string]bool{"信号灯 学校": true, "灯泡": false, "13912345678": false})
			draft.ReleasedAt = benchTime()
			must(t, s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
				return errors.Join(tx.SaveDraft(ctx, draft), tx.SaveDraft(ctx, draft))
			}))
			finds("after the reply", map[string]bool{"信号灯": true, "更换灯泡": true, "灯泡学校": false})

			db := raw(t, url)
			forget := []string{"DELETE FROM ticket_found", "INSERT INTO ticket_unindexed (ticket) SELECT id FROM ticket"}
			if !strings.HasPrefix(url, "postgres") {
				forget = append(forget, "INSERT INTO ticket_tokens (ticket_tokens) VALUES ('delete-all')")
			}
			for _, text := range forget {
				_, err := db.ExecContext(t.Context(), text)
				must(t, err)
			}
			finds("while it waits", map[string]bool{"信号灯": false, o.ticket.Number: true})
			must(t, index(t.Context(), s, 1))
			finds("when it was indexed", map[string]bool{"信号灯": true, "更换灯泡": true, "13912345678": false})
			must(t, index(t.Context(), s, 0))
		})
	}
}

// index indexes what waits, and wants so many.
func index(ctx context.Context, s *store.Store, want int) error {
	return s.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		n, err := tx.IndexTickets(ctx, 100)
		if err == nil && n != want {
			err = errors.New("another number of tickets was indexed")
		}
		return err
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
