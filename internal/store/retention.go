package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/retention"
)

// ended are the states of tickets nobody works on any more.
const ended = "('closed', 'declined', 'withdrawn', 'transferred', 'merged')"

// idle is the condition that nothing of ticket t is still to be done.
const idle = ` AND NOT EXISTS (SELECT 1 FROM clock AS c WHERE c.ticket_id = t.id AND c.met_at IS NULL AND c.superseded_by = '')
	AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.ticket = t.number AND d.ended_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM appeal AS a WHERE a.ticket_id = t.id AND a.state = 'waiting')
	AND NOT EXISTS (SELECT 1 FROM callback AS b WHERE b.ticket_id = t.id AND b.state = 'waiting')
	AND NOT EXISTS (SELECT 1 FROM unsealing AS u WHERE u.ticket_id = t.id AND u.state IN ('pending', 'granted'))
	AND NOT EXISTS (SELECT 1 FROM hotline_op AS o JOIN hotline_order AS h ON h.id = o.order_id WHERE h.ticket_id = t.id AND o.state IN ('proposed', 'to_type'))
	AND NOT EXISTS (SELECT 1 FROM ticket AS p WHERE (p.id = t.parent OR p.parent = t.id) AND p.status NOT IN ` + ended + `)`

// free is the condition that ticket t is not held at $2 nor erased.
const free = ` AND NOT EXISTS (SELECT 1 FROM hold AS h WHERE h.ticket_id = t.id AND h.lifted_at IS NULL AND h.until_at > $2)
	AND NOT EXISTS (SELECT 1 FROM erased AS e WHERE e.ticket_id = t.id)`

// keeping is a class as the database has it. Its rows are found by due, in which r is
// the row, $1 the end of the time that was kept, and $2 now.
type keeping struct {
	table string
	keys  []string
	due   string
	clear string   // what is emptied; empty: the rows are deleted
	first []string // tables whose rows belong to these and go before them, with the column
}

// keepingOf is everything the rules know but tickets.
func keepingOf(c retention.ID) (keeping, error) {
	simple := func(table, key, due string) (keeping, error) {
		return keeping{table: table, keys: []string{key}, due: due}, nil
	}
	switch c {
	case retention.Attachments:
		return simple("attachment", "id", `letter_id <> '' AND EXISTS (SELECT 1 FROM ticket AS t WHERE t.letter_id = r.letter_id AND t.kind NOT IN ('report', 'disclosure')
			AND t.status IN `+ended+` AND t.updated_at <= $1`+free+idle+`)`)
	case retention.Chats:
		return keeping{
			table: "conversation", keys: []string{"id"}, due: "updated_at <= $1 AND state NOT IN ('queued', 'person') AND NOT EXISTS (SELECT 1 FROM letter AS l WHERE l.conversation = r.id)",
			first: []string{"message.conversation", "chat_step.conversation", "wechat_peer.conversation", "wechat_media.conversation", "feedback.conversation", "pass.conversation"},
		}, nil
	case retention.Calls:
		return keeping{
			table: "phone_call", keys: []string{"id"}, due: "taken_at <= $1 AND ticket_id = '' AND (sealed_words IS NOT NULL OR sealed_phone IS NOT NULL)",
			clear: "sealed_words = NULL, sealed_phone = NULL, phone_index = NULL",
		}, nil
	case retention.Arrivals:
		return keeping{table: "inbound", keys: []string{"seq"}, due: "received_at <= $1 AND state IN ('done', 'dropped') AND (length(sealed_body) > 0 OR detail <> '')", clear: "sealed_body = " + empty + ", sealed_answer = NULL, detail = ''"}, nil
	case retention.Deliveries:
		return keeping{table: "delivery", keys: []string{"seq"}, due: "ended_at <= $1 AND length(sealed_body) > 0", clear: "sealed_body = " + empty}, nil
	case retention.Notices:
		return simple("notification", "id", "at <= $1")
	case retention.Questions:
		return simple("gap_question", "id", "at <= $1")
	case retention.Rejected:
		return keeping{table: "label", keys: []string{"id"}, due: "state = 'rejected' AND decided_at <= $1", first: []string{"vote.label_id"}}, nil
	case retention.Watched:
		return simple("gap", "id", "state = 'watched' AND last_at <= $1")
	case retention.Ratings: // keys of pages are page/…; nobody sends those of last month again
		return keeping{table: "feedback", keys: []string{"conversation", "seq", "kind"}, due: "conversation >= 'page/' AND conversation < 'page0' AND at <= $1"}, nil
	case retention.Uploads:
		return simple("attachment", "id", "letter_id = '' AND at <= $1 AND NOT EXISTS (SELECT 1 FROM wechat_media AS m WHERE m.attachment = r.id)")
	case retention.WeChat:
		return simple("wechat_media", "id", "ticket_id = '' AND at <= $1")
	case retention.Sessions:
		return simple("session", "token_hash", "expires_at <= $1")
	case retention.Passes:
		return simple("pass", "hash", "expires_at <= $1")
	case retention.Threads:
		return simple("thread", "key", "expires_at <= $1")
	case retention.Repeats:
		return keeping{table: "idempotency", keys: []string{"scope", "key"}, due: "expires_at <= $1"}, nil
	case retention.Jobs:
		return simple("job", "id", "state = 'done' AND created_at <= $1")
	}
	return keeping{}, fmt.Errorf("store: nothing is known of %s", c)
}

// empty is no bytes, in both databases.
const empty = "CAST('' AS BYTES)"

// dialect puts in what the databases call differently.
func (b *base) dialect(text string) string {
	name := "BLOB"
	if b.postgres {
		name = "BYTEA"
	}
	return strings.ReplaceAll(text, "AS BYTES", "AS "+name)
}

// due selects what is due. $2 is used by every class, so that all have two arguments.
func (k *keeping) from() string {
	return " FROM " + k.table + " AS r WHERE CAST($2 AS BIGINT) > 0 AND " + k.due
}

func (k *keeping) some() string {
	keys := strings.Join(k.keys, ", ")
	return "(SELECT " + keys + k.from() + " ORDER BY " + keys + " LIMIT $3)"
}

// DueRows implements [desk.RetentionReader].
func (v view) DueRows(ctx context.Context, c retention.ID, before, now time.Time) (int64, error) {
	k, err := keepingOf(c)
	if err != nil {
		return 0, err
	}
	return v.count(ctx, "SELECT count(*) AS n"+k.from(), at(before), now.UnixMicro())
}

func (v view) count(ctx context.Context, text string, args ...any) (int64, error) {
	rows, err := query[struct{ N int64 }](ctx, v, text, args...)
	if err != nil {
		return 0, failure("count what is due", err)
	}
	return rows[0].N, nil
}

// ExpireRows implements [desk.RetentionWriter].
func (t *tx) ExpireRows(ctx context.Context, c retention.ID, before, now time.Time, limit int) (int64, error) {
	k, err := keepingOf(c)
	if err != nil {
		return 0, t.spoil(err)
	}
	args := []any{at(before), now.UnixMicro(), limit}
	for _, f := range k.first {
		table, column, _ := strings.Cut(f, ".")
		if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE "+column+" IN "+k.some(), args...); err != nil {
			return 0, failure("expire "+table, err)
		}
	}
	act := "DELETE FROM " + k.table
	if k.clear != "" {
		act = "UPDATE " + k.table + " SET " + t.dialect(k.clear)
	}
	if c == retention.Attachments {
		if err := t.unlist(ctx, &k, args); err != nil {
			return 0, err
		}
	}
	n, err := t.exec(ctx, act+" WHERE ("+strings.Join(k.keys, ", ")+") IN "+k.some(), args...)
	return n, failure("expire "+k.table, err)
}

// unlist takes files off their letters before they go.
func (t *tx) unlist(ctx context.Context, k *keeping, args []any) error {
	gone, err := query[struct{ ID, LetterID string }](ctx, t.view, "SELECT id, letter_id FROM attachment WHERE id IN "+k.some(), args...)
	if err != nil {
		return failure("find files that go", t.spoil(err))
	}
	of := map[string]map[string]bool{}
	for _, g := range gone {
		if of[g.LetterID] == nil {
			of[g.LetterID] = map[string]bool{}
		}
		of[g.LetterID][g.ID] = true
	}
	for id, files := range of {
		if err := t.dropFiles(ctx, id, files); err != nil {
			return err
		}
	}
	return nil
}

// DueTickets implements [desk.RetentionReader].
func (v view) DueTickets(ctx context.Context, f desk.DueTickets) ([]string, error) {
	text, args := dueTickets(&f)
	rows, err := query[struct{ ID string }](ctx, v, "SELECT t.id"+text+fmt.Sprintf(" ORDER BY t.updated_at, t.id LIMIT %d", f.Limit), args...)
	if err != nil {
		return nil, failure("find tickets that are due", err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, nil
}

// CountDueTickets implements [desk.RetentionReader].
func (v view) CountDueTickets(ctx context.Context, f desk.DueTickets) (int64, error) {
	text, args := dueTickets(&f)
	return v.count(ctx, "SELECT count(*) AS n"+text, args...)
}

func dueTickets(f *desk.DueTickets) (string, []any) {
	args, marks := []any{at(f.Before), f.At.UnixMicro()}, make([]string, len(f.Kinds))
	for i, k := range f.Kinds {
		args = append(args, string(k))
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return " FROM ticket AS t WHERE t.kind IN (" + strings.Join(marks, ", ") + ") AND t.status IN " + ended + " AND t.updated_at <= $1" + free + idle, args
}

// Unfinished implements [desk.RetentionReader].
func (v view) Unfinished(ctx context.Context, ticketID string) (bool, error) {
	n, err := v.count(ctx, "SELECT count(*) AS n FROM ticket AS t WHERE t.id = $1"+idle, ticketID)
	return n == 0, err
}

// Erased implements [desk.RetentionReader].
func (v view) Erased(ctx context.Context, ticketID string) (time.Time, error) {
	rows, err := query[struct{ At stamp }](ctx, v, "SELECT at FROM erased WHERE ticket_id = $1", ticketID)
	if err != nil || len(rows) == 0 {
		return time.Time{}, failure("look whether a ticket was erased", err)
	}
	return rows[0].At.Time, nil
}

// ErasedCounts implements [desk.RetentionReader].
func (v view) ErasedCounts(ctx context.Context) (map[retention.ID]desk.ErasedCount, error) {
	rows, err := query[struct {
		Class retention.ID
		N     int64
		At    stamp
	}](ctx, v, "SELECT class, n, at FROM erased_count")
	counts := make(map[retention.ID]desk.ErasedCount, len(rows))
	for _, r := range rows {
		counts[r.Class] = desk.ErasedCount{N: r.N, At: r.At.Time}
	}
	return counts, failure("count what has gone", err)
}

// CountErased implements [desk.RetentionWriter].
func (t *tx) CountErased(ctx context.Context, c retention.ID, n int64, now time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO erased_count (class, n, at) VALUES ($1, $2, $3)
		ON CONFLICT (class) DO UPDATE SET n = erased_count.n + excluded.n, at = excluded.at`, string(c), n, at(now))
	return failure("count what has gone", err)
}
