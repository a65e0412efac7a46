package report

import (
	"slices"
	"strconv"
)

const (
	hundred = 100
	perDay  = 24 * 60 * 60
)

// Figure is one number of a report, with what it was worked out from.
type Figure struct {
	*Definition

	Over  int64 // what is counted
	Under int64 // what it is a share or an average of; 0: there was nothing
	Value int64 // a count, or hundredths of a percent or a day
}

// Of works a figure out of cells.
func (d *Definition) Of(cells []Cell) Figure {
	f := Figure{Definition: d, Over: total(d.Top, cells), Under: total(d.Bottom, cells)}
	f.Value = f.Over
	switch d.As {
	case Percent:
		f.Value = ratio(f.Over*whole, f.Under)
	case Days:
		f.Value = ratio(f.Over*hundred, f.Under*perDay)
	case Count:
	}
	return f
}

// ratio is n ÷ d, rounded half up.
func ratio(n, d int64) int64 {
	if d == 0 {
		return 0
	}
	return (2*n + d) / (2 * d)
}

// Text is how f reads.
func (f *Figure) Text() string {
	shown := strconv.FormatInt(f.Value/hundred, 10) + "." + strconv.FormatInt(hundred+f.Value%hundred, 10)[1:]
	switch {
	case f.Manual != "" || f.As != Count && f.As != "" && f.Under == 0:
		return "—"
	case f.As == Percent:
		return shown + "%"
	case f.As == Days:
		return shown + "天"
	}
	return strconv.FormatInt(f.Value, 10)
}

// Figures works out every figure of definitions.
func Figures(all []Definition, cells []Cell) []Figure {
	figures := make([]Figure, len(all))
	for i := range all {
		figures[i] = all[i].Of(cells)
	}
	return figures
}

// Filled is a table with its figures.
type Filled struct {
	*Table

	Rows        []Figure
	Left, Right int64 // what its check compares
}

// Fill works out a table.
func (t *Table) Fill(cells []Cell) Filled {
	f := Filled{Table: t, Rows: Figures(t.Rows, cells)}
	sum := func(ids []string) (n int64) {
		for _, id := range ids {
			d := find(t.Rows, id).Of(cells)
			n += d.Value
		}
		return n
	}
	f.Left, f.Right = sum(t.Check.Left), sum(t.Check.Right)
	return f
}

// Checked reports whether the table has a check, and Balanced whether it holds.
func (f *Filled) Checked() bool { return len(f.Check.Left) > 0 }

// Balanced reports whether the table's check holds.
func (f *Filled) Balanced() bool { return f.Left == f.Right }

// Uncounted returns the tickets that no row of the check counts, though they
// ended in the year, and those the check cannot count once: why it does not hold.
func (f *Filled) Uncounted(a Annual) []string {
	numbers := slices.Clone(a.Odd)
	for c, tickets := range a.Behind {
		counts := func(id string) bool { return find(f.Table.Rows, id).Behind(&c, false) }
		if !slices.ContainsFunc(slices.Concat(f.Check.Left, f.Check.Right), counts) {
			numbers = append(numbers, tickets...)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// Behind reports whether c is among what a figure counts, or, under the line,
// among what it is a share or an average of.
func (d *Definition) Behind(c *Cell, under bool) bool {
	return slices.ContainsFunc(d.terms(under), func(t Term) bool {
		return t.takes(c) && (t.Value != "good" || c.Good > 0) && (t.Value != "firsts" || c.Firsts > 0)
	})
}

// Steps are the steps a figure looks at.
func (d *Definition) Steps(under bool) (all []Step) {
	for _, t := range d.terms(under) {
		all = append(all, t.Step)
	}
	return all
}

func (d *Definition) terms(under bool) []Term {
	if under {
		return d.Bottom
	}
	return d.Top
}

// Listed reports whether tickets are behind a figure.
func (d *Definition) Listed() bool {
	return !slices.ContainsFunc(d.Steps(false), func(s Step) bool { return s.Name() == "" })
}
