package portal

import "time"

// Reports shows what happened in a month, a quarter or a year.
type Reports struct {
	Period  string
	Name    string // of what the lines are
	By      []Breakdown
	Form    string   // name of the definitions
	Kept    []string // months that are closed, and are what was kept
	Broken  []string // months that are closed, and are not
	Running []string // months that are counted as they stand
	Heads   []FigureHead
	Lines   []FigureLine
	Total   FigureLine
	Charts  []Chart
	Topics  ReportedTable // what many people wrote about; without rows: nothing
	Tables  []ReportedTable
	Tips    []string // sentences about reports (举报)
	Table   string   // address of the report as a table, without its kind
	Chosen  string   // what the list below shows; empty: there is none
	Tickets []CountedTicket
	More    string // address of the next page; empty: no more
	Errors  Problems
}

// Breakdown is something lines can be of.
type Breakdown struct {
	Value, Name string
	Current     bool
}

// FigureHead is the head of a column, and how its figures come about.
type FigureHead struct{ Name, Formula string }

// FigureLine is a line of figures, in the order of the heads.
type FigureLine struct {
	Name    string
	Figures []FigureLink
}

// FigureLink is a figure and the list behind it.
type FigureLink struct {
	Text string
	Path string // empty: nothing is behind it
	What string // for those who do not see the column's head
}

// ReportedTable is a form that others have laid down.
type ReportedTable struct {
	Name, Source string
	Rows         []ReportedRow
	Check        string // what has to add up to the same; empty: nothing
	Left, Right  int64
	Odd          []string
}

// Balanced reports whether the check holds.
func (t ReportedTable) Balanced() bool { return t.Left == t.Right }

// ReportedRow is one row of a form.
type ReportedRow struct {
	Name, Formula, Text, Path string
	Manual                    bool // it is filled in by hand
}

// CountedTicket is a step that a figure counts.
type CountedTicket struct {
	Number, Step string
	At           time.Time // zero: a year's way is counted
}

// The measures of a chart, in its own units.
const (
	barHeight = 22
	barsBegin = 190
	barsWide  = 400
	barsSpace = 32
)

// Chart is a drawing of horizontal bars; the table beside it says the same.
type Chart struct {
	Title  string
	Height int
	Bars   []Bar
}

// Bar is one bar.
type Bar struct {
	Name, Text   string
	N            int64
	Y, Middle    int
	Wide, TextAt int
}

// NewChart measures bars against the longest of them.
func NewChart(title string, bars []Bar) Chart {
	longest := int64(1)
	for _, b := range bars {
		longest = max(longest, b.N)
	}
	for i := range bars {
		b := &bars[i]
		b.Y = i * barsSpace
		b.Middle = b.Y + barHeight*3/4
		b.Wide = int(b.N * barsWide / longest)
		b.TextAt = barsBegin + b.Wide + barHeight/2
	}
	return Chart{Title: title, Height: len(bars) * barsSpace, Bars: bars}
}

func (Reports) name() string    { return "staff_reports" }
func (r Reports) title() string { return withErrors("统计报表", r.Errors) }
func (Reports) nav() string     { return "/staff/reports" }
