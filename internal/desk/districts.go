package desk

import (
	"cmp"
	"context"
	"slices"

	"jiesu/internal/desk/report"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
)

// fewestShown is how many letters have to be behind a number of a district: fewer
// would tell of single people.
const fewestShown = 5

// DistrictLine is what happened in a district; nil: fewer letters than are told of
// are behind it.
type DistrictLine struct {
	District  string // code; empty: not said
	Name      string
	Received  *int64
	Answered  *int64
	Late      *int64 // of the answered
	Rated     *int64
	Satisfied *int64 // of the rated
	Signals   int
}

// DistrictBoard is how districts compare in a period.
type DistrictBoard struct {
	Period

	Category string // empty: all
	Lines    []DistrictLine
	// Total leaves out what would tell of the one district that is left out.
	Total DistrictLine
	// Signals says that signals are counted: a may see such.
	Signals bool
}

// Districts says what came from which district in a period, and how it went, from
// what reports keep, in the units a looks after. Of reports (举报) no district is
// kept. Signals are those a may open.
func (d *Desk) Districts(ctx context.Context, a Actor, period, category string) (DistrictBoard, error) {
	p, err := d.reportable(&a, period)
	if err != nil {
		return DistrictBoard{}, err
	}
	r := Report{Period: p}
	months, err := d.cellsOf(ctx, &r)
	if err != nil {
		return DistrictBoard{}, err
	}
	all := slices.DeleteFunc(d.shownTo(&a, slices.Concat(months...)), func(c report.Cell) bool { return category != "" && c.Category != category })
	b := DistrictBoard{Period: p, Category: category, Total: districtLine(r.Form, all), Signals: a.any(func(a *Actor) bool { return a.Signals })}
	raised := map[string]int{}
	if b.Signals {
		if raised, err = d.raisedIn(ctx, a, p, category); err != nil {
			return DistrictBoard{}, err
		}
	}
	cells := map[string][]report.Cell{}
	for i := range all {
		cells[all[i].District] = append(cells[all[i].District], all[i])
	}
	for _, code := range d.districts(cells, raised) {
		l := districtLine(r.Form, cells[code])
		l.District, l.Name, l.Signals = code, d.valueName(ByDistrict, code), raised[code]
		b.Total.Signals += l.Signals
		b.Lines = append(b.Lines, l)
	}
	b.hideOnlyOne()
	return b, nil
}

// districts are the codes of those there are, in the order of the organisation, and
// of whatever else is counted.
func (d *Desk) districts(cells map[string][]report.Cell, raised map[string]int) []string {
	var codes, others []string
	for _, u := range d.Tree.Units() {
		if b, ok := d.Tree.BranchOf(u.District); ok && b.ID == u.ID {
			codes = append(codes, u.District)
		}
	}
	other := func(code string) {
		if !slices.Contains(codes, code) && !slices.Contains(others, code) {
			others = append(others, code)
		}
	}
	for code := range cells {
		other(code)
	}
	for code := range raised {
		other(code)
	}
	slices.SortFunc(others, func(a, b string) int { return cmp.Compare(b, a) }) // where nothing was said is last
	return append(codes, others...)
}

// districtLine works out the numbers of some cells. A share is told where enough is
// behind what it is of.
func districtLine(form *report.Form, cells []report.Cell) DistrictLine {
	of := func(id string) report.Figure {
		if def := form.Figure(id); def != nil {
			return def.Of(cells)
		}
		return report.Figure{}
	}
	received, onTime, satisfied := of("received"), of("on_time"), of("satisfied")
	l := DistrictLine{Received: enough(received.Over, received.Over), Answered: enough(onTime.Under, onTime.Under), Rated: enough(satisfied.Under, satisfied.Under)}
	l.Late, l.Satisfied = enough(onTime.Under-onTime.Over, onTime.Under), enough(satisfied.Over, satisfied.Under)
	return l
}

// enough is n, or nil where too few letters are behind it.
func enough(n, behind int64) *int64 {
	if behind > 0 && behind < fewestShown {
		return nil
	}
	return &n
}

// hideOnlyOne leaves a total out where one district alone is: it would be what is
// missing.
func (b *DistrictBoard) hideOnlyOne() {
	for _, column := range []func(l *DistrictLine) **int64{
		func(l *DistrictLine) **int64 { return &l.Received }, func(l *DistrictLine) **int64 { return &l.Answered }, func(l *DistrictLine) **int64 { return &l.Late },
		func(l *DistrictLine) **int64 { return &l.Rated }, func(l *DistrictLine) **int64 { return &l.Satisfied },
	} {
		hidden := 0
		for i := range b.Lines {
			if *column(&b.Lines[i]) == nil {
				hidden++
			}
		}
		if hidden == 1 {
			*column(&b.Total) = nil
		}
	}
}

// raisedIn counts signals raised in a period by district, of those a may see; of a
// category where a letter they are about belongs to it.
func (d *Desk) raisedIn(ctx context.Context, a Actor, p Period, category string) (map[string]int, error) {
	raised := map[string]int{}
	for _, finished := range []bool{false, true} {
		found, err := d.Signals(ctx, a, finished)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if s := &found[i]; s.raisedBy(p, category) {
				raised[s.District]++
			}
		}
	}
	return raised, nil
}

func (v *SignalView) raisedBy(p Period, category string) bool {
	about := category == "" || slices.ContainsFunc(v.Letters, func(t ticket.Ticket) bool { return t.Category == category })
	return about && !v.Restricted && v.Disposition != signal.Merged && !v.RaisedAt.Before(p.From) && v.RaisedAt.Before(p.Until)
}
