package desk

import (
	"context"
	"slices"

	"jiesu/internal/desk/report"
)

// Differing is a figure that counting the steps of tickets again gives otherwise.
type Differing struct {
	Unit string // shown name; empty: nobody's
	Name string // of the figure
	Kept string
	Now  string
}

// RecountReport counts the closed months of a period again, from the steps of
// tickets, and says of each whether that gives what was kept; and which figures of
// the units a looks after differ. Others may: of those, and of reports (举报), it
// says no more than that.
func (d *Desk) RecountReport(ctx context.Context, a Actor, period string) ([]MonthOfReport, error) {
	p, err := d.reportable(&a, period)
	if err != nil {
		return nil, err
	}
	r := Report{Period: p}
	cells, err := d.cellsOf(ctx, &r)
	if err != nil {
		return nil, err
	}
	for i := range r.Months {
		if r.Months[i].At.IsZero() {
			continue
		}
		if err := d.recounted(ctx, &a, &r.Months[i], cells[i]); err != nil {
			return nil, err
		}
	}
	return r.Months, nil
}

// recounted counts a closed month again, by the definitions it was closed under.
func (d *Desk) recounted(ctx context.Context, a *Actor, m *MonthOfReport, shown []report.Cell) error {
	kept, err := d.Store.ReportMonth(ctx, m.Month)
	if err != nil {
		return err
	}
	of, err := ParsePeriod(kept.Month)
	if err != nil {
		return err
	}
	form, err := report.ParseForm(kept.Form)
	if err != nil {
		return err
	}
	cells, err := d.countCells(ctx, form, TopicScope{From: of.From, Until: of.Until, Known: kept.At})
	if err != nil {
		return err
	}
	m.Recounted = report.Digest(cells) == kept.Digest
	m.Differs = differing(d.broken(ByUnit, form, d.shownTo(a, shown)), d.broken(ByUnit, form, d.shownTo(a, cells)))
	return nil
}

// differing are the figures of two breakdowns by unit that are not the same. A unit
// that is in one of them alone has counted nothing in the other.
func differing(kept, now []ReportLine) []Differing {
	var all []Differing
	compare := func(l, was, is *ReportLine) {
		for i := range l.Figures {
			before, after := textOf(l, was, i), textOf(l, is, i)
			if before != after {
				all = append(all, Differing{Unit: l.Name, Name: l.Figures[i].Name, Kept: before, Now: after})
			}
		}
	}
	for i := range kept {
		compare(&kept[i], &kept[i], lineOf(now, kept[i].Value))
	}
	for i := range now {
		if lineOf(kept, now[i].Value) == nil {
			compare(&now[i], nil, &now[i])
		}
	}
	return all
}

func lineOf(lines []ReportLine, value string) *ReportLine {
	i := slices.IndexFunc(lines, func(l ReportLine) bool { return l.Value == value })
	if i < 0 {
		return nil
	}
	return &lines[i]
}

// textOf is a figure of a line, which is like the line it is compared with where
// nothing was counted.
func textOf(like, l *ReportLine, i int) string {
	f := like.Figures[i].Of(nil)
	if l != nil {
		f = l.Figures[i]
	}
	return f.Text()
}
