package report

import (
	"maps"
	"slices"
)

// whole is 100 % in the unit of every rate and score: hundredths.
const whole = 10_000

// Sheet is how the units did in a month.
type Sheet struct {
	Month   string `json:"month"` // YYYY-MM
	Version int    `json:"version"`
	Rules   string `json:"rules"` // their name
	Lines   []Line `json:"lines"` // by unit id: this is no ranking
}

// Line is how one unit did.
type Line struct {
	Unit  string `json:"unit"`
	Parts []Rate `json:"parts"` // in the order of the rules
	Score *int   `json:"score"` // in hundredths, of 100.00; nil: too little to judge by
}

// Rate is one part of a line. Cases and Of are what it is a share of; of returns
// and redo, the fewer the better.
type Rate struct {
	ID     PartID `json:"id"`
	Name   string `json:"name"`
	Cases  int    `json:"cases"`
	Of     int    `json:"of"`
	Share  int    `json:"share"`  // in hundredths of a percent
	Weight int    `json:"weight"` // points it may give
	Points int    `json:"points"` // in hundredths
	Counts bool   `json:"counts"` // there were enough cases
}

// Sheet works out the sheet of everything added.
func (t *Tally) Sheet(month string) Sheet {
	s := Sheet{Month: month, Version: t.rules.Version, Rules: t.rules.Name, Lines: []Line{}}
	for _, unit := range slices.Sorted(maps.Keys(t.units)) {
		s.Lines = append(s.Lines, t.line(unit))
	}
	return s
}

func (t *Tally) line(unit string) Line {
	l := Line{Unit: unit}
	points, weights := 0, 0
	for i := range t.rules.Parts {
		p := &t.rules.Parts[i]
		r := p.rate(*t.cases(unit, p.ID))
		if r.Counts {
			points += r.Points
			weights += r.Weight
		}
		l.Parts = append(l.Parts, r)
	}
	if t.cases(unit, OnTime).of >= t.rules.Fewest && weights > 0 {
		score := share(points, weights*100)
		l.Score = &score
	}
	return l
}

// rate is what a part says of cases.
func (p *Part) rate(c cases) Rate {
	c.good = max(0, c.good)
	r := Rate{ID: p.ID, Name: p.Name, Cases: c.good, Of: c.of, Weight: p.Weight, Counts: c.of >= p.Fewest}
	if p.ID == Returns || p.ID == Redo {
		r.Cases = c.of - c.good
	}
	r.Share = share(r.Cases, c.of)
	if r.Counts {
		floor := p.Floor * 100
		r.Points = share(p.Weight*max(0, share(c.good, c.of)-floor), (whole-floor)*100)
	}
	return r
}

// share is n of d in hundredths of a percent, rounded half up.
func share(n, d int) int {
	if d == 0 {
		return 0
	}
	return (2*whole*n + d) / (2 * d)
}
