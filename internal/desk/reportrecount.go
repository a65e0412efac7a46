package desk

import (
	"context"

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
	lines := map[string][2]*ReportLine{}
	var units []string
	for side, breakdown := range [][]ReportLine{kept, now} {
		for i := range breakdown {
			l := &breakdown[i]
			both, known := lines[l.Value]
			if !known {
				units = append(units, l.Value)
			}
			both[side] = l
			lines[l.Value] = both
		}
	}
	for _, unit := range units {
		both := lines[unit]
		known := both[0]
		if known == nil {
			known = both[1]
		}
		for i := range known.Figures {
			was, is := textOf(both[0], i), textOf(both[1], i)
			if was != is {
				all = append(all, Differing{Unit: known.Name, Name: known.Figures[i].Name, Kept: was, Now: is})
			}
		}
	}
	return all
}

func textOf(l *ReportLine, i int) string {
	if l == nil {
		return "0"
	}
	return l.Figures[i].Text()
}
