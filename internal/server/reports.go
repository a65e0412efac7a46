package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/problem"
)

// What stands for no line of a breakdown, where one is asked for.
const (
	everything = "*" // the total
	unsaid     = "-" // the line of what was not said, whose value is empty: so is a query that names none
)

type reportInput struct {
	Period string         `path:"period" maxLength:"7" example:"2026-Q3" doc:"a month, a quarter or a year"`
	By     desk.Dimension `query:"by" enum:"unit,category,channel,district,kind" default:"unit"`
}

type periodInput struct {
	Period string `path:"period" maxLength:"7" example:"2026"`
}

type behindInput struct {
	Period string         `path:"period" maxLength:"7" example:"2026-Q3" doc:"a month, a quarter or a year"`
	By     desk.Dimension `query:"by" enum:"unit,category,channel,district,kind" default:"unit"`
	Value  string         `query:"value" maxLength:"64" default:"*" doc:"the line; -: the one with an empty value; *: the total"`
	Figure string         `query:"figure" maxLength:"64" required:"true" example:"on_time" doc:"id of a figure; of a table its id, a dot, and the row's; topic: of the one that value names"`
	Under  bool           `query:"under" doc:"what it is a share or an average of, not what it counts"`
	Short  bool           `query:"short" doc:"what it is a share of and does not count, such as what was not in time"`
	Cursor string         `query:"cursor" maxLength:"200" doc:"next of the page before"`
	Limit  int            `query:"limit" minimum:"1" maximum:"100" default:"50"`

	Category string `query:"category" maxLength:"64" doc:"only of this category, beside the line"`
}

func (in *behindInput) figure() (desk.Figure, error) {
	f := desk.Figure{Period: in.Period, By: in.By, ID: in.Figure, Under: in.Under, Short: in.Short, Category: in.Category, Limit: in.Limit}
	switch in.Value {
	case everything:
	case unsaid:
		f.Value = new(string)
	default:
		f.Value = &in.Value
	}
	if in.Cursor == "" {
		return f, nil
	}
	var err error
	f.After, err = parseStep(in.Cursor)
	return f, err
}

// stepCursor is the place after which a page of steps begins.
func stepCursor(c *desk.CountedTicket) string {
	if c == nil {
		return ""
	}
	return strconv.FormatInt(c.At.UnixMicro(), 10) + "." + strconv.FormatInt(c.Seq, 10) + "." + c.ID
}

func parseStep(text string) (desk.CountedTicket, error) {
	at, rest, _ := strings.Cut(text, ".")
	seq, id, ok := strings.Cut(rest, ".")
	micros, err := strconv.ParseInt(at, 10, 64)
	n, errSeq := strconv.ParseInt(seq, 10, 64)
	if !ok || err != nil || errSeq != nil {
		return desk.CountedTicket{}, problem.New(problem.Invalid, "tickets.cursor", "翻页位置无效，请回到第一页。")
	}
	return desk.CountedTicket{ID: id, Seq: n, At: time.UnixMicro(micros)}, nil
}

type reportBody struct {
	Period  string            `json:"period"`
	From    string            `json:"from" format:"date"`
	Until   string            `json:"until" format:"date" doc:"the day after its last"`
	Form    string            `json:"form" doc:"name of the definitions"`
	Version int               `json:"version" doc:"of the definitions"`
	Months  []reportMonthBody `json:"months" doc:"those that have begun"`
	By      desk.Dimension    `json:"by" enum:"unit,category,channel,district,kind"`
	Total   []figureBody      `json:"total"`
	Lines   []reportLineBody  `json:"lines" doc:"units in the order of the organisation: this is no ranking; others by how much came in"`
	Topics  []topicBody       `json:"topics" doc:"matters many letters of a month are about, largest first; for those who see the whole bureau"`
	Tables  []reportTableBody `json:"tables" doc:"of a year, for those who see the whole bureau"`
	Tips    *tipsBody         `json:"reports,omitempty" doc:"reports (举报), which are in no other figure; for those who see the whole bureau"`
}

type topicBody struct {
	Value string `json:"value" doc:"names it where its letters are asked for"`
	Label string `json:"label" doc:"words many of its letters share, or their category; never personal data"`
	N     int64  `json:"n" minimum:"5" doc:"letters"`
}

type tipsBody struct {
	Received *int64 `json:"received" doc:"null: in some month fewer than five"`
	Answered *int64 `json:"answered" doc:"null: in some month fewer than five"`
}

type reportMonthBody struct {
	Month    string     `json:"month"`
	ClosedAt *time.Time `json:"closed_at,omitempty" doc:"without: counted as it stands now"`
	Intact   bool       `json:"intact" doc:"closed, and the figures are those that were kept"`
}

type figureBody struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Formula string `json:"formula"`
	Text    string `json:"text" doc:"as it is shown"`
	Over    int64  `json:"over" doc:"what is counted; of an average, seconds"`
	Under   int64  `json:"under" doc:"what it is a share or an average of"`
	Value   int64  `json:"value" doc:"a count, or hundredths of a percent or a day"`
}

type reportLineBody struct {
	Value   string       `json:"value" doc:"code or id"`
	Name    string       `json:"name"`
	Figures []figureBody `json:"figures"`
}

type reportTableBody struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Source   string         `json:"source"`
	Rows     []tableRowBody `json:"rows"`
	Check    string         `json:"check,omitempty" doc:"what has to add up to the same"`
	Left     int64          `json:"left"`
	Right    int64          `json:"right"`
	Balanced bool           `json:"balanced"`
	Odd      []string       `json:"odd" doc:"numbers of the tickets that keep the check from holding"`
}

type tableRowBody struct {
	Figure    figureBody `json:"figure"`
	Manual    string     `json:"manual,omitempty" doc:"why it is filled in by hand"`
	Certainty string     `json:"certainty" enum:"S,S2,M" doc:"of its label: S read in the source, S2 a secondary source, M from memory"`
}

func newFigure(f report.Figure) figureBody {
	return figureBody{ID: f.ID, Name: f.Name, Formula: f.Formula, Text: f.Text(), Over: f.Over, Under: f.Under, Value: f.Value}
}

func newReport(r desk.Report) reportBody {
	b := reportBody{
		Period: r.Name, From: r.From.Format(time.DateOnly), Until: r.Until.Format(time.DateOnly), Form: r.Form.Name, Version: r.Form.Version, By: r.By,
		Months: list(r.Months, func(m desk.MonthOfReport) reportMonthBody {
			return reportMonthBody{Month: m.Month, ClosedAt: shownOrNil(m.At), Intact: m.Intact}
		}),
		Total: list(r.Total, newFigure),
		Lines: list(r.Lines, func(l desk.ReportLine) reportLineBody {
			return reportLineBody{Value: l.Value, Name: l.Name, Figures: list(l.Figures, newFigure)}
		}),
		Topics: list(r.Topics, func(t desk.Topic) topicBody { return topicBody(t) }),
		Tables: list(r.Tables, newReportTable),
	}
	if r.Whole {
		b.Tips = &tipsBody{Received: r.Tips[0], Answered: r.Tips[1]}
	}
	return b
}

func newReportTable(t desk.FilledTable) reportTableBody {
	return reportTableBody{
		ID: t.ID, Name: t.Name, Source: t.Source, Check: t.Check.Text, Left: t.Left, Right: t.Right, Balanced: t.Balanced(),
		Odd: list(t.Odd, func(number string) string { return number }),
		Rows: list(t.Rows, func(f report.Figure) tableRowBody {
			return tableRowBody{Figure: newFigure(f), Manual: f.Manual, Certainty: f.Certainty}
		}),
	}
}

type behindBody struct {
	Tickets []behindRow `json:"tickets" doc:"one for each step that is counted, of tickets one may see"`
	Next    string      `json:"next" doc:"cursor of the next page; empty: no more"`
}

type behindRow struct {
	Number string      `json:"number"`
	At     *time.Time  `json:"at,omitempty" doc:"of the step; none where a year's way is counted"`
	Step   report.Step `json:"step"`
	Code   string      `json:"code,omitempty" doc:"outcome, reason or rating"`
}

func newBehind(p desk.FigureTickets) behindBody {
	return behindBody{Next: stepCursor(p.Next), Tickets: list(p.Tickets, func(c desk.CountedTicket) behindRow {
		return behindRow{Number: c.Number, At: shownOrNil(c.At), Step: c.Cell.Step, Code: c.Cell.Code}
	})}
}

type recountBody struct {
	Months []recountedBody `json:"months" doc:"closed ones"`
}

type recountedBody struct {
	Month  string `json:"month"`
	Intact bool   `json:"intact" doc:"the figures are those that were kept"`
	Same   bool   `json:"same" doc:"counting the steps of tickets again gives what was kept"`

	Differs []differingBody `json:"differs" nullable:"false" doc:"figures that are otherwise, of the units one looks after; a month may differ elsewhere"`
}

type differingBody struct {
	Unit string `json:"unit" doc:"shown name"`
	Name string `json:"name" doc:"of the figure"`
	Kept string `json:"kept" doc:"as it is shown"`
	Now  string `json:"now" doc:"as it would be shown"`
}

func newRecount(months []desk.MonthOfReport) recountBody {
	b := recountBody{Months: []recountedBody{}}
	for _, m := range months {
		if !m.At.IsZero() {
			b.Months = append(b.Months, recountedBody{
				Month: m.Month, Intact: m.Intact, Same: m.Recounted, Differs: list(m.Differs, func(f desk.Differing) differingBody { return differingBody(f) }),
			})
		}
	}
	return b
}

// reportTable is a report for spreadsheets: the breakdown, how each figure came
// about, and the forms of the year.
func reportTable(r desk.Report) [][]string {
	head, all := []string{r.By.Name()}, []string{"合计"}
	for i := range r.Total {
		head, all = append(head, r.Total[i].Name), append(all, r.Total[i].Text())
	}
	table := [][]string{{"统计期间", r.Name, "口径", r.Form.Name}, head}
	for _, l := range r.Lines {
		row := []string{l.Name}
		for i := range l.Figures {
			row = append(row, l.Figures[i].Text())
		}
		table = append(table, row)
	}
	table = append(table, all, nil, []string{"指标", "算法", "分子", "分母", "合计"})
	for i := range r.Total {
		table = append(table, figureRow(&r.Total[i]))
	}
	if len(r.Topics) > 0 {
		table = append(table, nil, []string{r.Form.Topics.Name, "件数", r.Form.Topics.Formula})
	}
	for _, t := range r.Topics {
		table = append(table, []string{t.Label, strconv.FormatInt(t.N, 10)})
	}
	for i := range r.Tables {
		t := &r.Tables[i]
		table = append(table, nil, []string{t.Name}, []string{"来源", t.Source}, []string{"项目", "算法", "分子", "分母", "数值"})
		for j := range t.Rows {
			table = append(table, figureRow(&t.Rows[j]))
		}
		if t.Checked() {
			table = append(table, []string{t.Check.Text, strconv.FormatInt(t.Left, 10), strconv.FormatInt(t.Right, 10), checkWords(t)})
		}
	}
	return table
}

func figureRow(f *report.Figure) []string {
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	switch {
	case f.Manual != "":
		return []string{f.Name, f.Manual}
	case len(f.Bottom) == 0:
		return []string{f.Name, f.Formula, number(f.Over), "", f.Text()}
	}
	return []string{f.Name, f.Formula, number(f.Over), number(f.Under), f.Text()}
}

// checkWords say whether the check of a table holds, and what breaks it.
func checkWords(t *desk.FilledTable) string {
	if t.Balanced() {
		return "相符"
	}
	return "不相符：" + strings.Join(t.Odd, "、")
}

func (s *Server) reportRoutes() {
	staffOp := func(id, path, summary string) operation {
		return operation{
			id: id, method: http.MethodGet, path: "/api/v1/staff/reports/{period}" + path, tag: "reports", summary: summary, status: http.StatusOK, audience: staffOnly,
		}
	}
	register(s, staffOp("report", "", "What happened in a month, a quarter or a year in the units one looks after"),
		func(ctx context.Context, in *reportInput) (*body[reportBody], error) {
			r, err := s.desk.Report(ctx, actorOf(ctx), in.Period, in.By)
			if err != nil {
				return nil, err
			}
			return respond(newReport(r), nil)
		})
	register(s, staffOp("report-tickets", "/tickets", "What is behind a figure, oldest first"),
		func(ctx context.Context, in *behindInput) (*body[behindBody], error) {
			f, err := in.figure()
			if err != nil {
				return nil, err
			}
			p, err := s.desk.ReportTickets(ctx, actorOf(ctx), f)
			return respond(newBehind(p), err)
		})
	register(s, staffOp("report-recount", "/recount", "Counts the closed months of the period again, from the steps of tickets"),
		func(ctx context.Context, in *periodInput) (*body[recountBody], error) {
			months, err := s.desk.RecountReport(ctx, actorOf(ctx), in.Period)
			return respond(newRecount(months), err)
		})
	for _, form := range []struct {
		name string
		file func(name string, rows [][]string) (*tableFile, error)
	}{{"csv", newTableFile}, {"xlsx", newWorkbookFile}} {
		register(s, staffOp("report-"+form.name, "/table."+form.name, "The same as a table; the export is audited"),
			func(ctx context.Context, in *reportInput) (*tableFile, error) {
				r, err := s.desk.TakeReport(ctx, actorOf(ctx), in.Period, in.By)
				if err != nil {
					return nil, err
				}
				return form.file("report-"+r.Name, reportTable(r))
			})
	}
}
