package store

import (
	"context"
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// maxPage is the longest page of a list.
const maxPage = 100

// cursor is the place after which a page begins: what its list is sorted by, and
// the id.
type cursor struct {
	key int64
	id  string
}

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.key, 10) + "/" + c.id))
}

func parseCursor(text string) (cursor, error) {
	bad := problem.New(problem.Invalid, "tickets.cursor", "翻页位置无效，请回到第一页。")
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return cursor{}, bad.Because(err)
	}
	key, id, ok := strings.Cut(string(plain), "/")
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil || !ok || id == "" {
		return cursor{}, bad
	}
	return cursor{n, clean(id)}, nil
}

// Tickets implements [desk.TicketReader]. It reads one short run of an index
// for every status asked for and merges them, so that a page costs the same
// however many tickets there are. A whole number as the query finds that ticket
// alone; of other words the newest tickets that may have them are looked at.
func (v view) Tickets(ctx context.Context, f desk.Filter) (desk.Page, error) {
	var after *cursor
	if f.Cursor != "" {
		c, err := parseCursor(f.Cursor)
		if err != nil {
			return desk.Page{}, err
		}
		after = &c
	}
	if f.Query == "" {
		return v.list(ctx, &f, after, nil, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
	}
	if after == nil { // the whole number finds one ticket, which would have been on the first page
		exact, err := v.list(ctx, &f, nil, nil, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("number = ?", strings.ToUpper(clean(f.Query)))
		})
		if err != nil || len(exact.Tickets) > 0 {
			return exact, err
		}
	}
	return v.worded(ctx, &f, after)
}

// worded lists the tickets that may have the words of the query, never reports. Of
// one character only titles are known.
func (v view) worded(ctx context.Context, f *desk.Filter, after *cursor) (desk.Page, error) {
	query := strings.ToLower(clean(f.Query))
	found := v.candidates(query)
	return v.list(ctx, f, after, found, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("kind <> ?", channel.Report)
		switch {
		case found != nil:
			return q
		case v.postgres:
			return q.Where("strpos(lower(title), ?) > 0", query)
		}
		return q.Where("instr(lower(title), ?) > 0", query)
	})
}

// list reads a page of the tickets that are named, and among those with some ids
// unless these are nil.
func (v view) list(ctx context.Context, f *desk.Filter, after *cursor, among *bun.SelectQuery, named func(*bun.SelectQuery) *bun.SelectQuery) (desk.Page, error) {
	limit, order := min(max(f.Limit, 1), maxPage), orderOf(f.Sort)
	var all *bun.SelectQuery
	for _, run := range v.runs(f, among) {
		run = filtered(run.Apply(named), f) // what few are named comes first
		if after != nil {
			run = order.after(run, after)
		}
		run = run.OrderExpr(order.expr()).Limit(int64(limit + 1))
		all = also(all, v.bun.NewSelect().TableExpr("(?) AS run", run)) // SQLite takes no LIMIT in a part of a UNION
	}
	if all == nil {
		return desk.Page{}, nil
	}
	var rows []ticketRow
	err := v.bun.NewSelect().Conn(v.built()).Model(&rows).ModelTableExpr("(?) AS ?TableAlias", all).
		OrderExpr(order.expr()).Limit(int64(limit + 1)).Scan(ctx)
	if err != nil {
		return desk.Page{}, failure("list tickets", err)
	}
	return order.page(rows, limit), nil
}

// also is one selection and another below it; the first may be nil.
func also(all, more *bun.SelectQuery) *bun.SelectQuery {
	if all == nil {
		return more
	}
	return all.UnionAll(more)
}

// ordering is how the tickets of a list follow each other: by a column and the id.
// Ids are made in the order tickets are.
type ordering struct {
	column string
	down   bool
}

func orderOf(s desk.TicketSort) ordering {
	switch s {
	case desk.LatestDue:
		return ordering{"due_at", true}
	case desk.LastCreated:
		return ordering{"id", true}
	case desk.LastChanged:
		return ordering{"updated_at", true}
	case desk.SoonestDue:
	}
	return ordering{column: "due_at"}
}

// expr is the order as the database takes it.
func (o ordering) expr() string {
	switch {
	case o.column == "id":
		return "id DESC"
	case o.down:
		return o.column + " DESC, id DESC"
	}
	return o.column + ", id"
}

// after keeps what follows a place.
func (o ordering) after(q *bun.SelectQuery, c *cursor) *bun.SelectQuery {
	switch {
	case o.column == "id":
		return q.Where("id < ?", c.id)
	case o.down:
		return q.Where("(?, id) < (?, ?)", bun.Ident(o.column), c.key, c.id)
	}
	return q.Where("(?, id) > (?, ?)", bun.Ident(o.column), c.key, c.id)
}

// at is the place of a row.
func (o ordering) at(r *ticketRow) cursor {
	switch o.column {
	case "id":
		return cursor{0, r.ID}
	case "updated_at":
		return cursor{r.UpdatedAt.UnixMicro(), r.ID}
	}
	return cursor{r.DueAt.UnixMicro(), r.ID}
}

func (o ordering) page(rows []ticketRow, limit int) desk.Page {
	var p desk.Page
	if len(rows) > limit {
		rows = rows[:limit]
		p.Next = o.at(&rows[limit-1]).String()
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
	if f.Untaken {
		statuses = slices.DeleteFunc(statuses, func(s ticket.Status) bool { return s != ticket.Dispatched && s != ticket.Handling })
	}
	if len(f.Statuses) == 0 {
		return statuses
	}
	return slices.DeleteFunc(statuses, func(s ticket.Status) bool { return !slices.Contains(f.Statuses, s) })
}

// fewKinds is up to how many kinds have runs of their own. More of them are soon
// met in the run of their status.
const fewKinds = 3

// runs selects the tickets a filter can find, each run by an index that is in
// order. Among a few there is one run, which has to be sorted: its LIMIT keeps the
// database from looking for anything but the few first.
func (v view) runs(f *desk.Filter, among *bun.SelectQuery) []*bun.SelectQuery {
	statuses := wanted(f)
	if among == nil {
		among = v.rare(f)
	}
	var runs []*bun.SelectQuery
	add := func(q *bun.SelectQuery) { runs = append(runs, q) }
	all := func() *bun.SelectQuery { return v.bun.NewSelect().Model((*ticketRow)(nil)) }
	switch {
	case len(statuses) == 0:
	case among != nil:
		few := all().Where("id IN (?)", among).Limit(math.MaxInt64)
		add(ofKinds(all().ModelTableExpr("(?) AS ?TableAlias", few).Where("status IN ?", bun.Tuple(statuses)), "kind IN ?", f))
	case f.Query != "" && f.Scope == "" && len(f.Kinds) == 0 && len(statuses) == len(ticket.Statuses()):
		add(all())
	case inOrder(f.Sort) && slices.ContainsFunc(statuses, over):
		q := all().Where("CASE WHEN status IN ? THEN TRUE ELSE FALSE END", bun.Tuple(statuses))
		add(ofKinds(q, "CASE WHEN kind IN ? THEN TRUE ELSE FALSE END", f)) // no other index is wanted
	case len(f.Kinds) > 0 && len(f.Kinds) <= fewKinds:
		for _, s := range statuses {
			for _, k := range f.Kinds {
				add(all().Where("status = ?", s).Where("kind = ?", k))
			}
		}
	default:
		for _, s := range statuses {
			add(ofKinds(all().Where("status = ?", s), "kind IN ?", f))
		}
	}
	return runs
}

// ofKinds keeps the kinds a filter names, by a condition on them.
func ofKinds(q *bun.SelectQuery, condition string, f *desk.Filter) *bun.SelectQuery {
	if len(f.Kinds) == 0 {
		return q
	}
	return q.Where(condition, bun.Tuple(f.Kinds))
}

// inOrder reports whether all tickets together are in an order already.
func inOrder(s desk.TicketSort) bool { return s == desk.LastCreated || s == desk.LastChanged }

// over reports whether most tickets have a status, sooner or later. Those that do
// not are few enough to be sorted.
func over(s ticket.Status) bool { return !slices.Contains(ticket.Unanswered(), s) }

// rare selects the few ids a filter can find by what few tickets have; nil: it asks
// for nothing of the kind.
func (v view) rare(f *desk.Filter) *bun.SelectQuery {
	switch {
	case f.Co:
		return v.bun.NewSelect().TableExpr("ticket_co").Column("ticket_id").Where("unit = ?", clean(f.Unit))
	case f.Disclosure == desk.Unfinished:
		return v.bun.NewSelect().TableExpr("disclosure").Column("ticket_id")
	}
	return nil
}

// filtered keeps what a filter lets through, whatever the status and kind.
func filtered(q *bun.SelectQuery, f *desk.Filter) *bun.SelectQuery {
	if f.Co {
		q = q.Where("id IN (SELECT ticket_id FROM ticket_co WHERE unit = ?)", clean(f.Unit))
	} else {
		q = inScope(q, clean(f.Scope))
	}
	q = permitted(q, f)
	if f.Scope != "" {
		q = q.Where("CASE WHEN status <> ? OR resume = ? THEN TRUE ELSE FALSE END", ticket.Supplement, ticket.Handling) // else no unit asked for it
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
	if f.Disclosure != "" {
		q = released(q, f.Disclosure)
	}
	if f.Untaken {
		q = q.Where(untaken)
	}
	return plain(due(q, f), f)
}

// untaken is what the partial index of tickets nobody has taken says.
const untaken = "holder = '' AND status IN ('dispatched', 'handling')"

// due keeps the tickets with a date in the span a filter names.
func due(q *bun.SelectQuery, f *desk.Filter) *bun.SelectQuery {
	for _, before := range []time.Time{f.Overdue, f.DueBefore} {
		if !before.IsZero() {
			q = q.Where("due_at < ?", before.UnixMicro())
		}
	}
	if !f.DueFrom.IsZero() {
		q = q.Where("due_at >= ?", f.DueFrom.UnixMicro())
	}
	return q
}

// plain keeps the tickets whose columns say what a filter names.
func plain(q *bun.SelectQuery, f *desk.Filter) *bun.SelectQuery {
	for _, is := range []struct{ column, value string }{
		{"lead", f.Lead}, {"district", f.District}, {"category", f.Category}, {"source", string(f.Source)},
	} {
		if is.value != "" {
			q = q.Where("? = ?", bun.Ident(is.column), clean(is.value))
		}
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
