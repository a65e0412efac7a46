package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/seal"
)

// mostFound is how many of the newest tickets with some words are looked at.
const mostFound = 3000

// tokens are what a ticket is found by: fingerprints of pairs of characters, and
// of groups of its number.
func (b *base) tokens(pairs, groups []string) string {
	words := slices.Clone(pairs)
	for _, g := range groups {
		words = append(words, "#"+g)
	}
	return strings.Join(b.keys.BlindTokens("ticket search", words), " ")
}

// saveLetter keeps what a ticket is found by. A report is found by nothing but its
// whole number.
func (t *tx) saveLetter(ctx context.Context, k *ticket.Ticket, l *channel.Letter) error {
	return t.saveTokens(ctx, k, k.CreatedAt, k.Title+"\n"+l.Text, strings.Split(clean(k.Number), "-"))
}

// saveReply keeps what a ticket is found by once its reply was released.
func (t *tx) saveReply(ctx context.Context, d *reply.Draft) error {
	if d.ReleasedAt.IsZero() {
		return nil
	}
	known, err := all[draftRow](ctx, t.view, "WHERE id = $1", d.ID)
	if err != nil || len(known) > 0 && !known[0].ReleasedAt.IsZero() { // it is found already
		return failure("read draft", err)
	}
	k, err := t.TicketByID(ctx, d.TicketID)
	if err != nil {
		return err
	}
	return t.saveTokens(ctx, &k, d.ReleasedAt, d.Text, nil)
}

// saveTokens makes a ticket be found by a text, personal data removed, in the
// order of at.
func (t *tx) saveTokens(ctx context.Context, k *ticket.Ticket, at time.Time, text string, groups []string) error {
	if k.Restricted() {
		return nil
	}
	words := t.tokens(pairs(seal.Mask(clean(text))), groups)
	for id := at.UnixMicro(); ; { // many letters of one file have one time
		n, err := t.found(ctx, id, k.ID, words)
		if err != nil || n > 0 {
			return failure("save tokens", err)
		}
		last, err := query[struct{ ID int64 }](ctx, t.view, "SELECT MAX(id) AS id FROM ticket_found WHERE id BETWEEN $1 AND $2", id, id+time.Second.Microseconds())
		if err != nil {
			return failure("find the last of a second", t.spoil(err))
		}
		id = last[0].ID + 1
	}
}

func (t *tx) found(ctx context.Context, id int64, ticketID, words string) (int64, error) {
	if t.postgres {
		return t.exec(ctx, "INSERT INTO ticket_found (id, ticket, words) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", id, ticketID, words)
	}
	n, err := t.exec(ctx, "INSERT INTO ticket_found (id, ticket) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", id, ticketID)
	if err != nil || n == 0 {
		return 0, err
	}
	return t.exec(ctx, "INSERT INTO ticket_tokens (rowid, words) VALUES ($1, $2)", id, words)
}

// candidates selects the tickets that may have the words of a query, the newest of
// them alone; nil where it has too little to look for.
func (v view) candidates(query string) *bun.SelectQuery {
	var either []string
	for _, tokens := range []string{v.tokens(pairs(query), nil), v.tokens(nil, groups(query))} {
		if tokens != "" {
			either = append(either, tokens)
		}
	}
	if len(either) == 0 {
		return nil
	}
	if v.postgres {
		return v.matching("ticket_found", either...).Column("ticket").OrderExpr("id DESC").Limit(mostFound)
	}
	newest := v.matching("ticket_tokens", either...).ColumnExpr("rowid").OrderExpr("rowid DESC").Limit(mostFound)
	return v.bun.NewSelect().TableExpr("ticket_found").Column("ticket").Where("id IN (?)", newest)
}

// IndexTickets implements [desk.TicketIndexer].
func (t *tx) IndexTickets(ctx context.Context, limit int) (int, error) {
	waiting, err := query[struct{ Ticket string }](ctx, t.view, `DELETE FROM ticket_unindexed WHERE ticket IN
		(SELECT ticket FROM ticket_unindexed ORDER BY ticket DESC LIMIT $1) RETURNING ticket`, limit)
	if err != nil {
		return 0, failure("find tickets to index", t.spoil(err))
	}
	for _, w := range waiting {
		if err := t.indexTicket(ctx, w.Ticket); err != nil {
			return 0, t.spoil(err)
		}
	}
	return len(waiting), nil
}

func (t *tx) indexTicket(ctx context.Context, id string) error {
	k, err := t.TicketByID(ctx, id)
	if err != nil {
		return err
	}
	l, err := t.Letter(ctx, k.LetterID)
	if err == nil {
		err = t.saveLetter(ctx, &k, &l)
	}
	if err != nil {
		return err
	}
	drafts, err := t.Drafts(ctx, id)
	if err != nil {
		return err
	}
	for i := range drafts {
		if d := &drafts[i]; !d.ReleasedAt.IsZero() {
			if err := t.saveTokens(ctx, &k, d.ReleasedAt, d.Text, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
