package portal

import (
	"bytes"
	"io"
	"time"

	"github.com/valyala/quicktemplate"
)

// Sheet is the data of a page that is made to be printed. Its type has the template.
type Sheet interface {
	title() string
	streammain(w *quicktemplate.Writer, static *Assets)
}

// Sheet writes the sheet of v. It writes nothing unless all of it could be drawn.
func (p *Pages) Sheet(w io.Writer, v Sheet) error {
	var out bytes.Buffer
	writeprinted(&out, p.assets, v)
	_, err := out.WriteTo(w)
	return err
}

// ReviewForm is the secrecy-review form of a version of a text.
type ReviewForm struct {
	Kind, Audience, Unit, Title, Hash, Decision, Reason, Basis string
	Version, Chain                                             int
	Authors                                                    []Signature
	Readings                                                   []FormReading
	Approved                                                   time.Time // zero: not yet
	Published, Ended                                           *Signature
}

// Signature is who signed, and when.
type Signature struct {
	Name, Unit, For string
	At              time.Time
}

// FormReading is what one reader decided.
type FormReading struct {
	Signature

	Step, Gates, Gate, Why, Words string
}

// ReportSheet is what happened in a month, a quarter or a year.
type ReportSheet struct {
	Period  string
	Name    string   // of what the lines are
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
}

// FigureHead is the head of a column, and how its figures come about.
type FigureHead struct{ Name, Formula string }

// FigureLine is a line of figures, in the order of the heads.
type FigureLine struct {
	Name    string
	Figures []string
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
type ReportedRow struct{ Name, Formula, Text string }

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

func (f ReviewForm) title() string  { return "政府信息公开保密审查表：" + f.Title }
func (r ReportSheet) title() string { return "统计报表 " + r.Period }
