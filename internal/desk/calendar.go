package desk

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// CalendarEvery is how often a process looks for notices others imported. A
// clock may be started under the old calendar for that long after an import.
const CalendarEvery = 30 * time.Second

const maxImportReason = 200 // characters of why a published notice is replaced

// statutoryDays is how many workdays a year's holidays take away, once what is
// made up for is counted (全国年节及纪念日放假办法, 2024).
const statutoryDays = 13

// ImportedNotice is a notice of public holidays that somebody imported.
type ImportedNotice struct {
	deadline.Notice

	Reason string // why a published notice was replaced; empty: none was
	By     string // user id, or operator
	At     time.Time
}

// NoticeDraft is a notice somebody wants to import: read, or its own text.
type NoticeDraft struct {
	Notice  *deadline.Notice // instead of Text
	Text    string
	Version int    // raised to replace a published notice; 0: what the notice says, or the next
	Reason  string // why a published notice is replaced
}

// CalendarReader reads what dates are counted by.
type CalendarReader interface {
	// Notices returns every notice that was imported, by year and version.
	Notices(ctx context.Context) ([]ImportedNotice, error)
	// ClocksDueFrom returns the open clocks of at most limit tickets that have one
	// due at a time or later; the tickets are those behind the id after, in order,
	// and each comes with all of its open clocks.
	ClocksDueFrom(ctx context.Context, due time.Time, after string, limit int) ([]deadline.Clock, error)
}

// CalendarWriter keeps notices. They are never changed or deleted.
type CalendarWriter interface {
	// InsertNotice keeps a notice; one of the same year and version is a Conflict
	// "calendar.changed".
	InsertNotice(ctx context.Context, n ImportedNotice) error
}

// inUse is the calendar this process counts by.
type inUse struct {
	calendar atomic.Pointer[deadline.Calendar]
	queued   atomic.Pointer[string] // the calendar's version for which clocks are known to be counted anew
}

// Calendar is the calendar in use: shipped notices, overridden by imported ones.
// It may be another one at the next call.
func (d *Desk) Calendar() *deadline.Calendar { return d.inUse.calendar.Load() }

// ReloadCalendar takes notices that were imported since into use. Where the
// calendar is one that clocks have not been counted by, it has them counted.
func (d *Desk) ReloadCalendar(ctx context.Context) error {
	c, _, err := d.calendarOf(ctx, d.Store)
	if err != nil {
		return err
	}
	d.inUse.calendar.Store(c)
	if version := c.Version(); d.inUse.queued.Load() == nil || *d.inUse.queued.Load() != version {
		err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
			return tx.Enqueue(ctx, recountJob(recount{Calendar: version, Pass: 1}, d.at(), d.at()))
		})
		if err != nil {
			return err
		}
		d.inUse.queued.Store(&version)
	}
	return nil
}

// calendarOf is the calendar in use as r knows it.
func (d *Desk) calendarOf(ctx context.Context, r CalendarReader) (*deadline.Calendar, []ImportedNotice, error) {
	imported, err := r.Notices(ctx)
	if err != nil {
		return nil, nil, err
	}
	notices := make([]deadline.Notice, len(imported))
	for i, n := range imported {
		notices[i] = n.Notice
	}
	c, err := d.Parts.Calendar.Override(notices...)
	if err != nil {
		return nil, nil, fmt.Errorf("calendar in use: %w", err)
	}
	return c, imported, nil
}

// CalendarYear is a year of the calendar in use.
type CalendarYear struct {
	deadline.Notice

	Imported *ImportedNotice // nil: it was shipped
	Working  int             // working days
}

// CalendarYears lists the years of the calendar in use.
func (d *Desk) CalendarYears(ctx context.Context, a Actor) ([]CalendarYear, error) {
	if !a.Calendar {
		return nil, noCalendar()
	}
	c, imported, err := d.calendarOf(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	var years []CalendarYear
	for _, n := range c.Notices() {
		y := CalendarYear{Notice: n}
		y.Working, _ = n.Balance()
		for i := range imported {
			if o := &imported[i]; o.Year == n.Year && o.Version == n.Version && o.Status == n.Status {
				y.Imported = o
			}
		}
		years = append(years, y)
	}
	return years, nil
}

func noCalendar() error {
	return problem.New(problem.Denied, "calendar.denied", "您的岗位不能管理放假安排。")
}

// read is the notice of a draft, checked.
func (n NoticeDraft) read() (deadline.Notice, error) {
	if utf8.RuneCountInString(n.Reason) > maxImportReason {
		return deadline.Notice{}, problem.New(problem.Invalid, "calendar.reason", "更改原因太长，请写在200个字以内。")
	}
	var read deadline.Notice
	var err error
	switch {
	case n.Notice != nil && n.Text != "":
		return read, problem.New(problem.Invalid, "deadline.notice", "放假安排的文字和数据只能选一种。")
	case n.Notice != nil:
		read, err = *n.Notice, n.Notice.Check()
	default:
		read, err = deadline.ParseNotice(n.Text)
	}
	if n.Version != 0 {
		read.Version = n.Version
	}
	return read, err
}

// change is what importing a notice does to the calendar.
type change struct {
	from, to *deadline.Calendar
	notice   deadline.Notice
	replaced *deadline.Notice // nil: the year had none
	since    time.Time        // first day that changes
	print    string           // fingerprint
}

// change works out what a draft does to the calendar as r knows it.
func (d *Desk) change(ctx context.Context, r CalendarReader, draft NoticeDraft) (change, error) {
	n, err := draft.read()
	if err != nil {
		return change{}, err
	}
	c := change{}
	if c.from, _, err = d.calendarOf(ctx, r); err != nil {
		return change{}, err
	}
	if c.to, c.notice, err = c.from.With(n, draft.Reason); err != nil {
		return change{}, err
	}
	for _, o := range c.from.Notices() {
		if o.Year == c.notice.Year {
			c.replaced = &o
		}
	}
	c.since, _ = c.from.FirstDifference(c.to)
	c.print = c.notice.Fingerprint(c.from)
	return c, nil
}

// ApplyNotice takes a notice into the calendar, provided it is what was shown
// under the fingerprint, and has every open clock counted anew: once at once,
// and once more when every process has the new calendar.
func (d *Desk) ApplyNotice(ctx context.Context, a Actor, n NoticeDraft, fingerprint string) (deadline.Notice, error) {
	var c change
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		if !a.Calendar {
			return noCalendar()
		}
		if c, err = d.change(ctx, tx, n); err != nil {
			return err
		}
		if fingerprint != c.print {
			return problem.New(problem.Conflict, "calendar.changed", "要导入的安排或者现行日历与预览时不同，请重新预览后再确认。")
		}
		return d.importNotice(ctx, tx, a, &c, strings.TrimSpace(n.Reason))
	})
	if err != nil {
		if lost := d.recordImportRefused(ctx, a, n, err); lost != nil {
			return deadline.Notice{}, lost
		}
		return deadline.Notice{}, err
	}
	return c.notice, d.ReloadCalendar(ctx)
}

func (d *Desk) importNotice(ctx context.Context, tx Tx, a Actor, c *change, reason string) error {
	at := d.at()
	if err := tx.InsertNotice(ctx, ImportedNotice{Notice: c.notice, Reason: reason, By: a.ID, At: at}); err != nil {
		return err
	}
	replaced := ""
	if c.replaced != nil {
		replaced = fmt.Sprintf("%d.%d", c.replaced.Year, c.replaced.Version)
	}
	err := tx.Record(ctx, audit.Entry{
		At: at, Actor: a.ID, Action: "calendar.import", Object: fmt.Sprintf("notice/%d.%d", c.notice.Year, c.notice.Version),
		Detail: map[string]string{
			"document": c.notice.Document, "replaced": replaced, "reason": reason, "calendar": c.to.Version(), "fingerprint": c.print,
		},
	})
	if err != nil {
		return err
	}
	r := recount{Calendar: c.to.Version(), Pass: 1, Since: c.since}
	again := r
	again.Pass = 2
	return tx.Enqueue(ctx, recountJob(r, at, at), recountJob(again, at, at.Add(2*CalendarEvery)))
}

// recordImportRefused notes that a tried what the rules do not allow.
func (d *Desk) recordImportRefused(ctx context.Context, a Actor, n NoticeDraft, refusal error) error {
	object := "notice/unread"
	if read, err := n.read(); err == nil {
		object = fmt.Sprintf("notice/%d.%d", read.Year, read.Version)
	}
	return d.recordRefusal(ctx, a, "calendar.refused", object, nil, refusal)
}
