package report

import "strconv"

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
	switch {
	case d.As == Percent:
		f.Value = ratio(f.Over*whole, f.Under)
	case d.As == Days:
		f.Value = ratio(f.Over*hundred, f.Under*perDay)
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

// Counted reports whether one of the rows a check adds up counts a cell.
func (f *Filled) Counted(c Cell) bool {
	for _, id := range append(f.Check.Left[:len(f.Check.Left):len(f.Check.Left)], f.Check.Right...) {
		if total(find(f.Table.Rows, id).Top, []Cell{c}) > 0 {
			return true
		}
	}
	return false
}
