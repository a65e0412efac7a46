package store

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// maxPage is the longest page of a list.
const maxPage = 100

// cursor is the place after which a page begins.
type cursor struct {
	due int64 // microseconds
	id  string
}

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.due, 10) + "/" + c.id))
}

func parseCursor(text string) (cursor, error) {
	bad := problem.New(problem.Invalid, "tickets.cursor", "翻页位置无效，请回到第一页。")
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return cursor{}, bad.Because(err)
	}
	due, id, ok := strings.Cut(string(plain), "/")
	n, err := strconv.ParseInt(due, 10, 64)
	if err != nil || !ok || id == "" {
		return cursor{}, bad
	}
	return cursor{n, clean(id)}, nil
}

// Tickets implements [desk.TicketReader]. It reads one short run of an index
// for every status asked for and merges them, so that a page costs the same
// however many tickets there are. A whole number as the query finds that ticket
// alone; other words have to be looked for in every row.
func (v view) Tickets(ctx context.Context, f desk.Filter) (desk.Page, error) {
	var after *cursor
	if f.Cursor != "" {
		c, err := parseCursor(f.Cursor)
		if err != nil {
			return desk.Page{}, err
		}
		after = &c
	}
	if f.Query != "" {
		exact, err := v.list(ctx, &f, after, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("number = ?", strings.ToUpper(clean(f.Query)))
		})
		if err != nil || len(exact.Tickets) > 0 {
			return exact, err
		}
	}
	return v.list(ctx, &f, after, func(q *bun.SelectQuery) *bun.SelectQuery {
		if f.Query == "" {
			return q
		}
		like := "%" + strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(clean(f.Query)) + "%"
		return q.Where("(number LIKE ? ESCAPE '!' OR title LIKE ? ESCAPE '!')", strings.ToUpper(like), like)
	})
}

func (v view) list(ctx context.Context, f *desk.Filter, after *cursor, named func(*bun.SelectQuery) *bun.SelectQuery) (desk.Page, error) {
	limit := min(max(f.Limit, 1), maxPage)
	var all *bun.SelectQuery
	for _, status := range wanted(f) {
		run := v.run(f, status, after).Apply(named).Order("due_at", "id").Limit(int64(limit + 1))
		run = v.bun.NewSelect().TableExpr("(?) AS run", run) // SQLite takes no LIMIT in a part of a UNION
		if all == nil {
			all = run
		} else {
			all = all.UnionAll(run)
		}
	}
	if all == nil {
		return desk.Page{}, nil
	}
	var rows []ticketRow
	err := v.bun.NewSelect().Conn(v.built()).Model(&rows).ModelTableExpr("(?) AS ?TableAlias", all).
		Order("due_at", "id").Limit(int64(limit + 1)).Scan(ctx)
	if err != nil {
		return desk.Page{}, failure("list tickets", err)
	}
	return page(rows, limit), nil
}

func page(rows []ticketRow, limit int) desk.Page {
	var p desk.Page
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		p.Next = cursor{last.DueAt.UnixMicro(), last.ID}.String()
	}
	for i := range rows {
		p.Tickets = append(p.Tickets, rows[i].ticket())
	}
	return p
}

// wanted is the statuses a filter can find: a unit sees nothing that was not
// dispatched to it, and only open tickets are overdue.
func wanted(f *desk.Filter) []ticket.Status {
	statuses := ticket.Statuses()
	if f.Scope != "" {
		statuses = slices.DeleteFunc(statuses, func(s ticket.Status) bool { return !s.Dispatched() && s != ticket.Supplement })
	}
	if !f.Overdue.IsZero() {
		statuses = slices.DeleteFunc(statuses, func(s ticket.Status) bool { return !s.Open() })
	}
	if !f.At.IsZero() {
		statuses = slices.DeleteFunc(statuses, func(s ticket.Status) bool { return !slices.Contains(ticket.Unanswered(), s) })
	}
	if len(f.Statuses) == 0 {
		return statuses
	}
	return slices.DeleteFunc(statuses, func(s ticket.Status) bool { return !slices.Contains(f.Statuses, s) })
}

// run selects the tickets of one status.
func (v view) run(f *desk.Filter, status ticket.Status, after *cursor) *bun.SelectQuery {
	q := v.bun.NewSelect().Model((*ticketRow)(nil)).Where("status = ?", status)
	if f.Co {
		q = q.Where("id IN (SELECT ticket_id FROM ticket_co WHERE unit = ?)", clean(f.Unit))
	} else {
		q = inScope(q, clean(f.Scope))
	}
	q = permitted(q, f)
	if status == ticket.Supplement && f.Scope != "" {
		q = q.Where("resume = ?", ticket.Handling) // a unit asked for it
	}
	if f.Holder != "" {
		q = q.Where("holder = ?", clean(f.Holder))
	}
	if f.Supervised {
		q = q.Where("supervised")
	}
	if f.Aspect != "" {
		q = shown(q, f.Aspect, f.At)
	}
	if f.Owner != "" {
		q = q.Where("? = ?", owner(), clean(f.Owner))
	}
	if after != nil {
		q = q.Where("(due_at, id) > (?, ?)", after.due, after.id)
	}
	if !f.Overdue.IsZero() {
		q = q.Where("due_at < ?", f.Overdue.UnixMicro())
	}
	if len(f.Kinds) > 0 {
		q = q.Where("kind IN ?", bun.Tuple(f.Kinds))
	}
	if f.Lead != "" {
		q = q.Where("lead = ?", clean(f.Lead))
	}
	return q
}

// inScope keeps the viewer's own part of the tree.
//
// A condition in CASE is one PostgreSQL expects half of the rows to meet. As it
// stands it would expect next to none and leave the index that is in order.
func inScope(q *bun.SelectQuery, scope string) *bun.SelectQuery {
	switch strings.Count(scope, "/") {
	case 1:
		return q.Where("scope2 = ?", scope)
	case 2:
		return q.Where("scope3 = ?", scope).Where("scope3 <> ''") // as the partial index says
	}
	if scope == "" {
		return q
	}
	// The root, or deeper than the columns go.
	return q.Where("CASE WHEN lead_path = ? OR substr(lead_path, 1, ?) = ? THEN TRUE ELSE FALSE END",
		scope, len([]rune(scope))+1, scope+"/")
}

// permitted keeps reports (举报) to the hands they are in, and everything from
// those it must be kept away from.
func permitted(q *bun.SelectQuery, f *desk.Filter) *bun.SelectQuery {
	if !f.Reports {
		q = q.Where("(kind <> ? OR lead = ? OR id IN (SELECT ticket_id FROM ticket_co WHERE unit = ?))", channel.Report, clean(f.Unit), clean(f.Unit))
	}
	avoided := func(who string) {
		q = q.Where("CASE WHEN replace(avoid, ?, '') = avoid THEN TRUE ELSE FALSE END", `"`+clean(who)+`"`)
	}
	if f.Unit != "" {
		avoided(f.Unit)
	}
	if f.Viewer != "" {
		avoided(assignment.AboutUser(f.Viewer))
	}
	return q
}
