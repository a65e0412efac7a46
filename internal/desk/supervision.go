package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

const (
	mostLedger    = 10_000 // rows of one ledger; more are asked for by unit
	mostCirculars = 2_000  // of a month, in one list
)

// Aspect is what a list of supervision (督办) shows of unanswered tickets.
type Aspect string

// The aspects.
const (
	StillOpen  Aspect = "open"
	DueToday   Aspect = "due_today"
	PastDue    Aspect = "overdue"
	Urged      Aspect = "urged"
	Supervised Aspect = "supervised" // in this round
	Silent     Aspect = "silent"     // supervised, and the unit has not reported in time
	Returned   Aspect = "returned"   // as often as it may be
	YellowCard Aspect = "yellow"
	RedCard    Aspect = "red"
)

// Aspects returns every aspect, in the order they are shown.
func Aspects() []Aspect {
	return []Aspect{StillOpen, DueToday, PastDue, Urged, Supervised, Silent, Returned, YellowCard, RedCard}
}

// Name is the Chinese name of a, or empty for an unknown aspect.
func (a Aspect) Name() string {
	switch a {
	case StillOpen:
		return "在办"
	case DueToday:
		return "今日到期"
	case PastDue:
		return "超期"
	case Urged:
		return "已催办"
	case Supervised:
		return "已督办"
	case Silent:
		return "逾期未反馈"
	case Returned:
		return "退单两次"
	case YellowCard:
		return ticket.Yellow.Name()
	case RedCard:
		return ticket.Red.Name()
	}
	return ""
}

// Shows reports whether t belongs to a list of the aspect at a time.
func (a Aspect) Shows(t *ticket.Ticket, at time.Time) bool {
	if !slices.Contains(ticket.Unanswered(), t.Status) {
		return false
	}
	switch a {
	case StillOpen:
		return true
	case DueToday:
		return !t.Standing && !at.After(t.DueAt) && !t.DueAt.After(deadline.EndOfDay(at))
	case PastDue:
		return t.Overdue(at)
	case Urged:
		return t.Urges > 0
	case Supervised:
		return t.Supervisions > 0
	case Silent:
		return t.Silent(at)
	case Returned:
		return t.Returns >= ticket.MaxReturns
	case YellowCard:
		return t.Card(at) == ticket.Yellow
	case RedCard:
		return t.Card(at) == ticket.Red
	}
	return false
}

// SupervisionReader reads how units do.
type SupervisionReader interface {
	// SupervisionCounts counts the tickets f finds at f.At, by who answers for
	// them and by aspect.
	SupervisionCounts(ctx context.Context, f Filter) ([]UnitCounts, error)
	// Circulars returns at most limit circulars of tickets f finds, made from one
	// time until before another, oldest first.
	Circulars(ctx context.Context, f Filter, from, until time.Time, limit int) ([]Circulated, error)
}

// UnitCounts is how many tickets of a unit belong to each aspect.
type UnitCounts struct {
	Unit   string // id
	Counts map[Aspect]int
	Oldest time.Time // the date of the ticket that is overdue longest; zero: none is
}

// Supervision is how the units in somebody's scope do.
type Supervision struct {
	At    time.Time
	Units []UnitCounts // in the order of the organisation; those with nothing open are left out
}

// Supervision counts what waits in the units a looks after. It counts what a may
// see and nothing else: whoever may not know of a report (举报) cannot read one
// off a figure.
func (d *Desk) Supervision(ctx context.Context, a Actor) (Supervision, error) {
	if !a.Watches {
		return Supervision{}, notWatching()
	}
	s := Supervision{At: d.at()}
	f := a.visible(Filter{At: s.At})
	counts, err := d.Store.SupervisionCounts(ctx, f)
	if err != nil {
		return s, err
	}
	for _, u := range d.Tree.Units() {
		if i := slices.IndexFunc(counts, func(c UnitCounts) bool { return c.Unit == u.ID }); i >= 0 {
			s.Units = append(s.Units, counts[i])
		}
	}
	return s, nil
}

// LedgerRow is a ticket as the ledger (台账) shows it: nothing of its letter.
type LedgerRow struct {
	Ticket ticket.Ticket
	Owner  assignment.Unit
	Holder string // name of who has taken it, where one is known
	Card   ticket.Card
}

// LedgerPage is one page of a ledger, due soonest first.
type LedgerPage struct {
	Rows []LedgerRow
	Next string // cursor; empty: no more
}

// Watch lists the tickets behind a figure of the supervision.
func (d *Desk) Watch(ctx context.Context, a Actor, f Filter) (LedgerPage, error) {
	if !a.Watches {
		return LedgerPage{}, notWatching()
	}
	if !slices.Contains(Aspects(), f.Aspect) {
		return LedgerPage{}, problem.New(problem.Invalid, "supervision.aspect", "没有这一项。")
	}
	f.At = d.at()
	page, err := d.Tickets(ctx, a, f)
	if err != nil {
		return LedgerPage{}, err
	}
	p := LedgerPage{Next: page.Next}
	for i := range page.Tickets {
		t := &page.Tickets[i]
		row := LedgerRow{Ticket: *t, Card: t.Card(f.At), Holder: d.nameOf(t.Holder)}
		row.Owner, _ = d.Tree.ByID(answersFor(t))
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// answersFor is the unit that has to act on t: before it was dispatched, who
// screens.
func answersFor(t *ticket.Ticket) string {
	if t.Dispatched() {
		return t.Lead
	}
	return screening(t)
}

// Ledger is what Watch lists, as far as one table goes, for taking away; that is
// audited. It reports whether there is more.
func (d *Desk) Ledger(ctx context.Context, a Actor, f Filter) (rows []LedgerRow, more bool, err error) {
	f.Limit = maxPage
	for len(rows) < mostLedger {
		p, err := d.Watch(ctx, a, f)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, p.Rows...)
		if f.Cursor = p.Next; f.Cursor == "" {
			break
		}
	}
	return rows, f.Cursor != "", d.exported(ctx, a, "supervision/"+string(f.Aspect))
}

// exported notes that a took a table away.
func (d *Desk) exported(ctx context.Context, a Actor, object string) error {
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "supervision.export", Object: object})
	})
}

func notWatching() error {
	return problem.New(problem.Denied, "supervision.denied", "您的岗位不能查看督办和考核情况。")
}

// Circulated is one circular (通报).
type Circulated struct {
	Ticket string // number
	Unit   string // id of who led the ticket then
	By     string // user id
	At     time.Time
	Note   string // what it said
}

// CircularsOf are the circulars of a unit in a month, oldest first.
type CircularsOf struct {
	Unit      assignment.Unit
	Circulars []Circulated
}

// MonthOfCirculars is what was named in a month, by unit in the order of the
// organisation.
type MonthOfCirculars struct {
	Units []CircularsOf
	More  bool // there are more than one list holds
}

// Circulars lists the circulars of a month, of tickets a may see.
func (d *Desk) Circulars(ctx context.Context, a Actor, month string) (MonthOfCirculars, error) {
	if !a.Watches {
		return MonthOfCirculars{}, notWatching()
	}
	from, until, err := deadline.ParseMonth(month)
	if err != nil {
		return MonthOfCirculars{}, err
	}
	all, err := d.Store.Circulars(ctx, a.visible(Filter{}), from, until, mostCirculars+1)
	if err != nil {
		return MonthOfCirculars{}, err
	}
	m := MonthOfCirculars{More: len(all) > mostCirculars}
	all = all[:min(len(all), mostCirculars)]
	for _, u := range d.Tree.Units() {
		of := CircularsOf{Unit: u}
		for _, c := range all {
			if c.Unit == u.ID {
				of.Circulars = append(of.Circulars, c)
			}
		}
		if of.Circulars != nil {
			m.Units = append(m.Units, of)
		}
	}
	return m, nil
}

// TakeCirculars is Circulars for taking away; that is audited.
func (d *Desk) TakeCirculars(ctx context.Context, a Actor, month string) (MonthOfCirculars, error) {
	m, err := d.Circulars(ctx, a, month)
	if err == nil {
		err = d.exported(ctx, a, "circulars/"+month)
	}
	return m, err
}
