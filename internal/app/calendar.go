package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/internal/store"
)

// ErrNoNotice is returned where a date lies in a year without any calendar.
var ErrNoNotice = errors.New("no notice of public holidays for that year")

// Addition is a date to be counted.
type Addition struct {
	Unit  string
	Start string // YYYY-MM-DD, or with working hours also YYYY-MM-DDTHH:MM
	N     int
}

// CalendarAdd prints the date n days after start and, to errs, a warning where
// it rests on a provisional calendar. Working hours lead to a time of day.
func CalendarAdd(ctx context.Context, file string, environ []string, a Addition, out, errs io.Writer) error {
	u, err := deadline.ParseUnit(a.Unit)
	if err != nil {
		return err
	}
	layout := time.DateOnly
	from, err := deadline.ParseDate(a.Start)
	if u == deadline.WorkingHour {
		layout = "2006-01-02T15:04"
		if at, exact := time.ParseInLocation(layout, a.Start, deadline.Beijing()); exact == nil {
			from, err = at, nil
		}
	}
	if err != nil {
		return err
	}
	calendar, err := calendarInUse(ctx, file, environ)
	if err != nil {
		return err
	}
	profile, err := deadline.LoadProfile()
	if err != nil {
		return err
	}
	result, err := profile.Add(calendar, from, deadline.Budget{N: a.N, Unit: u})
	if problem.HasCode(err, "deadline.no_calendar") {
		return fmt.Errorf("%w: %w", ErrNoNotice, err)
	}
	if err != nil {
		return err
	}
	if result.Provisional {
		_, _ = fmt.Fprintln(errs, "provisional: rests on a year whose notice has not been published yet")
	}
	_, err = fmt.Fprintln(out, result.Due.In(deadline.Beijing()).Format(layout))
	return err
}

// CalendarShow prints what the calendar in use says of a year.
func CalendarShow(ctx context.Context, file string, environ []string, year int, out io.Writer) error {
	calendar, err := calendarInUse(ctx, file, environ)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(calendar.Notices(), func(n deadline.Notice) bool { return n.Year == year })
	if i < 0 {
		return fmt.Errorf("%w: %d", ErrNoNotice, year)
	}
	return printNotice(out, calendar.Notices()[i])
}

func printNotice(out io.Writer, n deadline.Notice) error {
	working, off := n.Balance()
	source := n.Document + " " + n.Published
	if n.Status == deadline.Provisional {
		source = "没有公布"
	}
	_, err := fmt.Fprintf(out, "%d %s, version %d: %s\n", n.Year, n.Status, n.Version, source)
	for _, line := range n.Lines() {
		if err == nil {
			_, err = fmt.Fprintln(out, " ", line)
		}
	}
	if err == nil {
		_, err = fmt.Fprintf(out, "%d working days, %d workdays off on balance\n", working, off)
	}
	return err
}

// calendarInUse is the shipped calendar, overridden by the notices imported into
// the database, where there is one already: counting a date makes none.
func calendarInUse(ctx context.Context, file string, environ []string) (*deadline.Calendar, error) {
	shipped, err := deadline.LoadCalendar()
	if err != nil {
		return nil, err
	}
	c, err := config.Load(file, environ)
	if err != nil {
		return nil, err
	}
	if c.DatabaseURL == "" {
		if _, err := os.Stat(c.Database()); errors.Is(err, fs.ErrNotExist) {
			return shipped, nil
		}
	}
	var inUse *deadline.Calendar
	err = withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		imported, err := s.Notices(ctx)
		if err != nil {
			return err
		}
		var notices []deadline.Notice
		for _, n := range imported {
			notices = append(notices, n.Notice)
		}
		inUse, err = shipped.Override(notices...)
		return err
	})
	return inUse, err
}

// Import is a notice to be imported from a file.
type Import struct {
	File      string
	Confirmed bool // import it; otherwise only print what would change
	Version   int
	Reason    string
}

// CalendarImport prints how a notice was understood and which dates it moves,
// and imports it where that is confirmed. The desk that serves counts the open
// clocks anew.
func CalendarImport(ctx context.Context, file string, environ []string, i Import, out io.Writer) error {
	raw, err := os.ReadFile(i.File)
	if err != nil {
		return err
	}
	n, err := deadline.ReadNotice(raw)
	if err != nil {
		return err
	}
	parts := desk.Parts{Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if parts.Calendar, err = deadline.LoadCalendar(); err != nil {
		return err
	}
	if parts.Profile, err = deadline.LoadProfile(); err != nil {
		return err
	}
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		parts.Store = s
		d := desk.New(parts)
		operator := desk.Actor{ID: "operator", Scope: "*", Calendar: true}
		draft := desk.NoticeDraft{Notice: &n, Version: i.Version, Reason: i.Reason}
		p, err := d.PreviewNotice(ctx, operator, draft)
		if err != nil {
			return err
		}
		if err := printPreview(out, &p); err != nil {
			return err
		}
		if !i.Confirmed {
			_, err = fmt.Fprintln(out, "nothing was imported; compare this with the paper, then run it again with --yes")
			return err
		}
		if _, err := d.ApplyNotice(ctx, operator, draft, p.Fingerprint); err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "imported as version %d; the serving desk takes it within %s and counts open clocks anew\n", p.Notice.Version, desk.CalendarEvery)
		return err
	})
}

func printPreview(out io.Writer, p *desk.NoticePreview) error {
	errs := []error{printNotice(out, p.Notice)}
	say := func(format string, args ...any) {
		_, err := fmt.Fprintf(out, format, args...)
		errs = append(errs, err)
	}
	if r := p.Replaces; r != nil {
		say("replaces version %d (%s)\n", r.Version, r.Status)
	}
	for _, r := range p.Remarks {
		say("look again: %s\n", r)
	}
	say("%d open clocks looked at, %d move, %d are provisional no longer\n", p.Checked, p.Moved, p.Settled)
	for _, r := range p.Rules {
		say("  %s %s: %d\n", r.Rule, r.Name, r.Moved)
	}
	for _, c := range p.Clocks {
		day := func(t time.Time) string { return t.In(deadline.Beijing()).Format(time.DateOnly) }
		say("  %s %s: %s -> %s\n", c.Ticket, c.Purpose, day(c.Before), day(c.After))
	}
	if p.Stuck > 0 {
		say("%d clocks would need a year without a notice and stay as they are\n", p.Stuck)
	}
	return errors.Join(errs...)
}
