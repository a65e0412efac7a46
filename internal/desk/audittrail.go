package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// ByStaff stands for every actor that is somebody of staff.
const ByStaff = "staff"

// mostAudited is how many entries one file may hold.
const mostAudited = 10_000

// AuditFilter chooses entries of the audit trail.
type AuditFilter struct {
	Objects     []string // any of them; none: all
	Actor       string   // as the trail has it, or [ByStaff]; empty: any
	Actions     []string // any of them; none: all
	From, Until time.Time
	After       AuditPlace // the zero place: from the newest
	Limit       int
}

// AuditPlace is where an entry stands among all, by time.
type AuditPlace struct {
	At   time.Time
	Lane int
	Seq  int64
}

// String is p as a cursor.
func (p AuditPlace) String() string { return fmt.Sprintf("%d.%d.%d", p.At.UnixMicro(), p.Lane, p.Seq) }

// parseAuditPlace reads what String has written; empty: the zero place.
func parseAuditPlace(cursor string) (AuditPlace, error) {
	if cursor == "" {
		return AuditPlace{}, nil
	}
	var p AuditPlace
	var micros int64
	if n, err := fmt.Sscanf(cursor, "%d.%d.%d", &micros, &p.Lane, &p.Seq); n != 3 || err != nil {
		return p, problem.New(problem.Invalid, "audit.cursor", "翻页位置无效，请回到第一页。").Because(err)
	}
	p.At = time.UnixMicro(micros).UTC()
	return p, nil
}

// AuditReader reads the audit trail.
type AuditReader interface {
	// AuditEntries returns the newest entries, by time, lane and number.
	AuditEntries(ctx context.Context, f AuditFilter) ([]audit.Entry, error)
	// AuditCheck returns how far the latest check has come; the zero check: there was
	// none.
	AuditCheck(ctx context.Context) (AuditCheck, error)
	audit.Trail
}

// AuditWriter writes down how a check goes.
type AuditWriter interface {
	// SaveAuditCheck keeps c where the one that is kept has version was; otherwise it
	// is a Conflict "audit.stale".
	SaveAuditCheck(ctx context.Context, c AuditCheck, was int64) error
}

// AuditQuery is what somebody looks for in the trail.
type AuditQuery struct {
	AuditFilter

	Ticket string // number; empty: whatever it is about
	Cursor string
}

// AuditRow is an entry as its reader may see it.
type AuditRow struct {
	audit.Entry

	Numbers  map[string]string // of the tickets the entry names, by id
	Withheld bool              // it is about what the reader may not know: who did what and when stays
}

// AuditPage is a part of the trail, newest first.
type AuditPage struct {
	Rows []AuditRow
	Next string // cursor of the page after it; empty: the end
}

func (a *Actor) mayAudit() error {
	if !a.Audits {
		return problem.New(problem.Denied, "audit.denied", "您的岗位不能查看操作日志。")
	}
	return nil
}

// AuditTrail searches the audit trail. What is asked about a ticket the reader must
// not know of is answered as if there were none.
func (d *Desk) AuditTrail(ctx context.Context, a Actor, q AuditQuery) (AuditPage, error) {
	if err := a.mayAudit(); err != nil {
		return AuditPage{}, err
	}
	f := q.AuditFilter
	var err error
	if f.After, err = parseAuditPlace(q.Cursor); err != nil {
		return AuditPage{}, err
	}
	if q.Ticket != "" {
		t, err := d.Store.TicketByNumber(ctx, ticket.NormaliseNumber(q.Ticket))
		if err != nil && problem.KindOf(err) != problem.NotFound {
			return AuditPage{}, err
		}
		f.Objects = append(f.Objects, "ticket/"+t.ID)
	}
	known, err := d.auditedSubjects(ctx, &a, f.Objects, nil)
	if err != nil {
		return AuditPage{}, err
	}
	for _, object := range f.Objects {
		if known.hides(object, nil) {
			return AuditPage{}, nil
		}
	}
	f.Limit++
	entries, err := d.Store.AuditEntries(ctx, f)
	if err != nil {
		return AuditPage{}, err
	}
	var page AuditPage
	if len(entries) == f.Limit {
		entries = entries[:f.Limit-1]
		last := entries[len(entries)-1]
		page.Next = AuditPlace{last.At, last.Lane, last.Seq}.String()
	}
	page.Rows, err = d.auditRows(ctx, &a, entries)
	return page, err
}

// ExportAudit is AuditTrail as a whole, for a file. That it leaves is audited.
func (d *Desk) ExportAudit(ctx context.Context, a Actor, q AuditQuery) ([]AuditRow, error) {
	q.Cursor, q.Limit = "", mostAudited
	page, err := d.AuditTrail(ctx, a, q)
	if err != nil {
		return nil, err
	}
	if page.Next != "" {
		return nil, problem.New(problem.Invalid, "audit.many", "查到的记录超过10000条，请缩短时间或者增加条件，分几次导出。")
	}
	detail := map[string]string{"entries": strconv.Itoa(len(page.Rows)), "actor": q.Actor, "actions": strings.Join(q.Actions, ",")}
	for name, at := range map[string]time.Time{"from": q.From, "to": q.Until} {
		if !at.IsZero() {
			detail[name] = at.UTC().Format(time.RFC3339)
		}
	}
	return page.Rows, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "audit.export", Object: "audit", Detail: detail})
	})
}

// auditRows shows entries to a.
func (d *Desk) auditRows(ctx context.Context, a *Actor, entries []audit.Entry) ([]AuditRow, error) {
	var objects, named []string
	for i := range entries {
		objects = append(objects, entries[i].Object)
		for _, v := range entries[i].Detail {
			named = append(named, v)
		}
	}
	known, err := d.auditedSubjects(ctx, a, objects, named)
	if err != nil {
		return nil, err
	}
	rows := make([]AuditRow, len(entries))
	for i, e := range entries {
		if rows[i] = (AuditRow{Entry: e, Numbers: known.numbers}); known.hides(e.Object, e.Detail) {
			e.Object, e.Detail = "", nil
			rows[i] = AuditRow{Entry: e, Withheld: true}
		}
	}
	return rows, nil
}
