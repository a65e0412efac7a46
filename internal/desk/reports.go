package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/report"
	"jiesu/internal/problem"
)

// fewestTips is how many reports (举报) have to be behind a number that is shown.
const fewestTips = 5

// ReportMonth is a month that is closed for reports.
type ReportMonth struct {
	Month  string
	At     time.Time
	Form   string // text of the definitions it was closed under
	Digest string // of its cells
}

// ReportReader reads what reports are made of.
type ReportReader interface {
	ReportMonth(ctx context.Context, month string) (ReportMonth, error)
	// ReportCells are the cells that were kept when a month was closed.
	ReportCells(ctx context.Context, month string) ([]report.Cell, error)
	// CountCells counts what happened from one time until before another.
	CountCells(ctx context.Context, from, until time.Time) ([]report.Cell, error)
	// Passages are the steps of all tickets of a kind before a time.
	Passages(ctx context.Context, kind string, before time.Time) ([]report.Passage, error)
	// CountedTickets lists the steps a report counts, of tickets f may show;
	// never those of reports (举报).
	CountedTickets(ctx context.Context, f Filter, c Counted) ([]CountedTicket, error)
	// Shown are those numbers whose tickets f may show.
	Shown(ctx context.Context, f Filter, numbers []string) ([]string, error)
	TopicReader
}

// ReportWriter closes months. What is closed never changes.
type ReportWriter interface {
	InsertCells(ctx context.Context, month string, cells []report.Cell) error
	InsertReportMonth(ctx context.Context, m ReportMonth) error // a closed one is a Conflict "score.frozen"
}

// Dimension is what a report is broken down by.
type Dimension string

// The dimensions.
const (
	ByUnit     Dimension = "unit"
	ByCategory Dimension = "category"
	ByChannel  Dimension = "channel"
	ByDistrict Dimension = "district"
	ByKind     Dimension = "kind"
)

// Dimensions returns every dimension, in the order they are shown.
func Dimensions() []Dimension {
	return []Dimension{ByUnit, ByCategory, ByChannel, ByDistrict, ByKind}
}

// Name is the Chinese name of b, or empty for an unknown dimension.
func (b Dimension) Name() string {
	switch b {
	case ByUnit:
		return "单位"
	case ByCategory:
		return "事项"
	case ByChannel:
		return "渠道"
	case ByDistrict:
		return "区域"
	case ByKind:
		return "类别"
	}
	return ""
}

// of is c's value of a dimension.
func (b Dimension) of(c *report.Cell) string {
	switch b {
	case ByUnit:
		return c.Unit
	case ByCategory:
		return c.Category
	case ByChannel:
		return c.Channel
	case ByDistrict:
		return c.District
	case ByKind:
		return c.Kind
	}
	return ""
}

// MonthOfReport says how far the figures of a month can be relied on.
type MonthOfReport struct {
	Month  string
	At     time.Time // when it was closed; zero: it is counted as it stands now
	Intact bool      // closed: its figures are those that were kept
	// Recounted is, where that was asked for, whether counting the steps of
	// tickets again gives the same, and where it does not, as far as it is shown.
	Recounted bool
	Differs   []Differing
}

// ReportLine is one line of a breakdown.
type ReportLine struct {
	Value   string // code or id
	Name    string
	Figures []report.Figure
}

// Report is what happened in a period.
type Report struct {
	Period

	Form   *report.Form
	Months []MonthOfReport
	By     Dimension
	Total  []report.Figure
	Lines  []ReportLine
	Topics []Topic       // of a month, for those who see the whole bureau
	Tables []FilledTable // of a year, for those who see the whole bureau
	// Tips are the figures of reports (举报) that are never broken down: how many
	// came in and how many were answered; nil: too few to be told.
	Tips [2]*int64
	// Whole says that the figures are of the whole bureau.
	Whole bool
}

// FilledTable is a table, and which tickets keep its check from holding.
type FilledTable struct {
	report.Filled

	Odd []string // numbers
}

// closeReport keeps the cells of a month.
func closeReport(ctx context.Context, tx Tx, month string, at time.Time, form *report.Form, cells []report.Cell) error {
	if err := tx.InsertCells(ctx, month, cells); err != nil {
		return err
	}
	return tx.InsertReportMonth(ctx, ReportMonth{Month: month, At: at, Form: form.Text(), Digest: report.Digest(cells)})
}

// Report shows what happened in a period in the units a looks after. Closed
// months are what was kept; the others are counted now.
func (d *Desk) Report(ctx context.Context, a Actor, period string, by Dimension) (Report, error) {
	p, err := d.reportable(&a, period)
	if err != nil {
		return Report{}, err
	}
	if by.Name() == "" {
		return Report{}, problem.New(problem.Invalid, "report.by", "不能按这一项分列。")
	}
	r := Report{Period: p, By: by, Whole: a.Scope == "*"}
	months, err := d.cellsOf(ctx, &r)
	if err != nil {
		return Report{}, err
	}
	if r.Whole {
		r.Tips = tipsOf(months)
		if r.Topics, err = d.topicsOf(ctx, &a, &r, months); err != nil {
			return Report{}, err
		}
	}
	cells := d.shownTo(&a, slices.Concat(months...))
	r.Total = report.Figures(r.Form.Figures, cells)
	r.Lines = d.broken(by, r.Form, cells)
	if r.Whole && p.Yearly() {
		r.Tables, err = d.tables(ctx, &a, &r, cells)
	}
	return r, err
}

// TakeReport is Report for taking away; that is audited.
func (d *Desk) TakeReport(ctx context.Context, a Actor, period string, by Dimension) (Report, error) {
	r, err := d.Report(ctx, a, period, by)
	if err == nil {
		err = d.exported(ctx, a, "report/"+r.Name)
	}
	return r, err
}

// reportable is the period a report is of, for somebody who may see it.
func (d *Desk) reportable(a *Actor, period string) (Period, error) {
	if !a.Watches {
		return Period{}, notWatching()
	}
	p, err := ParsePeriod(period)
	if err == nil && p.From.After(d.at()) {
		err = problem.New(problem.Invalid, "report.future", "这段时间还没有开始。")
	}
	return p, err
}

// cellsOf reads the cells of a period month by month, and says in r how each of
// them stands. The definitions are those of the day unless all months were closed
// under one other text.
func (d *Desk) cellsOf(ctx context.Context, r *Report) ([][]report.Cell, error) {
	shipped, err := report.LoadForm()
	if err != nil {
		return nil, err
	}
	var months [][]report.Cell
	var texts []string
	err = r.eachMonth(d.at(), func(month string, from, until time.Time) error {
		kept, err := d.Store.ReportMonth(ctx, month)
		if problem.KindOf(err) == problem.NotFound {
			cells, err := d.countCells(ctx, shipped, TopicScope{From: from, Until: until, Known: d.at()})
			months, r.Months, texts = append(months, cells), append(r.Months, MonthOfReport{Month: month}), append(texts, "")
			return err
		}
		if err != nil {
			return err
		}
		cells, err := d.Store.ReportCells(ctx, month)
		months, texts = append(months, cells), append(texts, kept.Form)
		r.Months = append(r.Months, MonthOfReport{Month: month, At: kept.At, Intact: report.Digest(cells) == kept.Digest})
		return err
	})
	if err != nil {
		return nil, err
	}
	if texts = slices.Compact(texts); len(texts) == 1 && texts[0] != "" {
		r.Form, err = report.ParseForm(texts[0])
	} else {
		r.Form = shipped
	}
	return months, err
}

// tipsOf are the figures of reports (举报). A month with few of them hides those of
// every period it is part of, or the difference would tell.
func tipsOf(months [][]report.Cell) [2]*int64 {
	var tips [2]*int64
	for i, step := range []report.Step{report.Received, report.Replied} {
		var sum int64
		tips[i] = &sum
		for _, cells := range months {
			var n int64
			for j := range cells {
				if cells[j].Kind == string(channel.Report) && cells[j].Step == step {
					n += cells[j].N
				}
			}
			if sum += n; n < fewestTips {
				tips[i] = nil
				break
			}
		}
	}
	return tips
}

// shownTo are the cells of the units a looks after, without reports (举报) and
// topics, which are counted already. What no unit of today did is of the whole
// bureau alone.
func (d *Desk) shownTo(a *Actor, cells []report.Cell) []report.Cell {
	return slices.DeleteFunc(cells, func(c report.Cell) bool {
		u, known := d.Tree.ByID(c.Unit)
		return c.Kind == string(channel.Report) || c.Step == report.Topic || a.Scope != "*" && (!known || !a.covers(u.Path))
	})
}

// broken breaks cells down: units in the order of the organisation, everything
// else by how much came in.
func (d *Desk) broken(by Dimension, form *report.Form, cells []report.Cell) []ReportLine {
	parts := map[string][]report.Cell{}
	var lines []ReportLine
	for i := range cells {
		value := by.of(&cells[i])
		if parts[value] == nil {
			lines = append(lines, ReportLine{Value: value, Name: d.valueName(by, value)})
		}
		parts[value] = append(parts[value], cells[i])
	}
	for i := range lines {
		lines[i].Figures = report.Figures(form.Figures, parts[lines[i].Value])
	}
	rank := map[string]int{}
	for i, u := range d.Tree.Units() {
		rank[u.ID] = i - len(d.Tree.Units())
	}
	slices.SortFunc(lines, func(a, b ReportLine) int {
		first := cmp.Compare(b.Figures[0].Value, a.Figures[0].Value)
		if by == ByUnit {
			first = cmp.Compare(rank[a.Value], rank[b.Value])
		}
		return cmp.Or(first, cmp.Compare(a.Value, b.Value))
	})
	return lines
}

// valueName is how a value of a dimension reads.
func (d *Desk) valueName(by Dimension, value string) string {
	name := ""
	switch by {
	case ByUnit:
		u, _ := d.Tree.ByID(value)
		name = u.Name
	case ByCategory:
		name = d.Router.CategoryName(value)
	case ByChannel:
		name = channel.Source(value).Name()
	case ByDistrict:
		u, _ := d.Tree.BranchOf(value)
		name = u.Name
	case ByKind:
		name = channel.Kind(value).Name()
	}
	if value == "" {
		return "未填写"
	}
	return cmp.Or(name, value)
}
