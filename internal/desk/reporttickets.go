package desk

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/report"
	"jiesu/internal/problem"
)

// mostCounted is how many steps are read at once behind a figure.
const mostCounted = 500

// Counted says which steps are listed.
type Counted struct {
	From, Until time.Time
	Steps       []report.Step
	Units       []string // nil: of every unit
	Tickets     []string // ids; nil: of every ticket
	// Of one line of a breakdown; nil: of all.
	Unit, Category, Channel, District, Kind *string

	After CountedTicket // where the page before has ended
	Limit int
}

// CountedTicket is a step of a ticket that a figure counts.
type CountedTicket struct {
	ID     string
	Number string
	Seq    int64
	At     time.Time
	Cell   report.Cell // kind, step and code
}

// Figure names one figure of a report.
type Figure struct {
	Period string
	By     Dimension
	Value  *string // of the breakdown; nil: the total
	ID     string  // of the figure; of a table, its id, a dot, and the row's
	Under  bool    // what it is a share of, not what it counts
	Short  bool    // what it is a share of and does not count, such as what was not in time
	// Category narrows it beside the breakdown; empty: any.
	Category string
	After    CountedTicket
	Limit    int
}

// FigureTickets is a page of what is behind a figure.
type FigureTickets struct {
	Tickets []CountedTicket
	Next    *CountedTicket // nil: no more
}

// ReportTickets lists the steps behind a figure, oldest first, of tickets a may
// see. Behind figures of reports (举报) it lists nothing: there are none.
func (d *Desk) ReportTickets(ctx context.Context, a Actor, f Figure) (FigureTickets, error) {
	p, err := d.reportable(&a, f.Period)
	if err != nil {
		return FigureTickets{}, err
	}
	if f.ID == TopicFigure {
		return d.topicTickets(ctx, &a, p, f)
	}
	r := Report{Period: p}
	if r.Form, err = report.LoadForm(); err != nil {
		return FigureTickets{}, err
	}
	def := definition(r.Form, f.ID)
	if def == nil || f.By.Name() == "" {
		return FigureTickets{}, problem.New(problem.Invalid, "report.figure", "没有这一项数字。")
	}
	c := Counted{From: p.From, Until: p.Until, Steps: def.Steps(f.Under || f.Short), After: f.After, Limit: mostCounted}
	switch {
	case len(c.Steps) == 0 || !def.Listed():
		return FigureTickets{}, problem.New(problem.Invalid, "report.figure", "这一项数字没有明细。")
	case strings.HasPrefix(string(c.Steps[0]), "annual"):
		return d.annualTickets(ctx, &a, p, def)
	}
	d.narrow(&c, &a, f)
	return d.behind(ctx, &a, def, f, c)
}

// definition finds what a figure of the form, or a row of one of its tables,
// counts.
func definition(form *report.Form, id string) *report.Definition {
	table, row, isRow := strings.Cut(id, ".")
	if !isRow {
		return form.Figure(id)
	}
	if t := form.Table(table); t != nil {
		if i := slices.IndexFunc(t.Rows, func(r report.Definition) bool { return r.ID == row }); i >= 0 {
			return &t.Rows[i]
		}
	}
	return nil
}

// narrow keeps to the line that was asked for, and to the units a looks after.
func (d *Desk) narrow(c *Counted, a *Actor, f Figure) {
	if a.Scope != "*" {
		c.Units = []string{""} // nobody's, if a looks after no unit
		for _, u := range d.Tree.Units() {
			if a.covers(u.Path) {
				c.Units = append(c.Units, u.ID)
			}
		}
	}
	switch f.By {
	case ByUnit:
		c.Unit = f.Value
	case ByCategory:
		c.Category = f.Value
	case ByChannel:
		c.Channel = f.Value
	case ByDistrict:
		c.District = f.Value
	case ByKind:
		c.Kind = f.Value
	}
	if f.Category != "" {
		c.Category = &f.Category
	}
}

// behind reads on until a page is full.
func (d *Desk) behind(ctx context.Context, a *Actor, def *report.Definition, f Figure, c Counted) (FigureTickets, error) {
	if f.Limit <= 0 || f.Limit > maxPage {
		f.Limit = maxPage
	}
	var page FigureTickets
	for {
		some, err := d.Store.CountedTickets(ctx, a.visible(Filter{}), c)
		if err != nil {
			return FigureTickets{}, err
		}
		for i := range some {
			if !f.lists(def, &some[i].Cell) {
				continue
			}
			if len(page.Tickets) == f.Limit {
				page.Next = &page.Tickets[f.Limit-1]
				return page, nil
			}
			page.Tickets = append(page.Tickets, some[i])
		}
		if len(some) < c.Limit {
			return page, nil
		}
		c.After = some[len(some)-1]
	}
}

// lists reports whether a step is behind f.
func (f *Figure) lists(def *report.Definition, c *report.Cell) bool {
	if f.Short {
		return def.Behind(c, true) && !def.Behind(c, false)
	}
	return def.Behind(c, f.Under)
}

// tables fills in the forms of a year.
func (d *Desk) tables(ctx context.Context, a *Actor, r *Report, cells []report.Cell) ([]FilledTable, error) {
	annual, err := d.annual(ctx, r.Period)
	if err != nil {
		return nil, err
	}
	asked, err := d.Store.ConsultationFigures(ctx, r.From, r.Until)
	if err != nil {
		return nil, err
	}
	counts, err := d.Store.AnswerCounts(ctx, dayOf(r.From), dayOf(r.Until.AddDate(0, 0, -1)))
	if err != nil {
		return nil, err
	}
	all := slices.Concat(cells, annual.Cells, []report.Cell{
		{Step: report.Consultations, N: int64(asked.Opened)}, {Step: report.ConsultOpinions, N: int64(asked.Opinions)}, {Step: report.ConsultResults, N: int64(asked.Reported)},
	})
	for _, c := range counts {
		if slices.Contains([]AnswerEvent{Answered, Clarified, Unresolved, Gated}, c.Event) {
			all = append(all, report.Cell{Step: report.Questions, N: c.N})
		}
	}
	var tables []FilledTable
	for i := range r.Form.Tables {
		t := FilledTable{Filled: r.Form.Tables[i].Fill(all)}
		if t.Checked() && !t.Balanced() {
			if t.Odd, err = d.Store.Shown(ctx, a.visible(Filter{}), t.Uncounted(annual)); err != nil {
				return nil, err
			}
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// annual follows the requests for information through a year.
func (d *Desk) annual(ctx context.Context, p Period) (report.Annual, error) {
	passages, err := d.Store.Passages(ctx, string(channel.Disclosure), p.Until)
	return report.AnnualOf(p.From, passages), err
}

// annualTickets lists the tickets behind a row that follows tickets through a
// year.
func (d *Desk) annualTickets(ctx context.Context, a *Actor, p Period, def *report.Definition) (FigureTickets, error) {
	if a.Scope != "*" || !p.Yearly() {
		return FigureTickets{}, problem.New(problem.Invalid, "report.figure", "这一项数字只有全局的年度报告里有。")
	}
	annual, err := d.annual(ctx, p)
	if err != nil {
		return FigureTickets{}, err
	}
	counted := map[string]report.Cell{}
	for c, numbers := range annual.Behind {
		if def.Behind(&c, false) {
			for _, number := range numbers {
				counted[number] = c
			}
		}
	}
	shown, err := d.Store.Shown(ctx, a.visible(Filter{}), slices.Sorted(maps.Keys(counted)))
	if err != nil {
		return FigureTickets{}, err
	}
	var page FigureTickets
	for _, number := range shown {
		page.Tickets = append(page.Tickets, CountedTicket{Number: number, Cell: counted[number]})
	}
	return page, nil
}
