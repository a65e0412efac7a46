package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// reports shows a report, the last month's where none is named, and what is
// behind the figure that was chosen.
func (p staffPages) reports(c *gin.Context) {
	ctx := c.Request.Context()
	in := behindInput{Value: everything, Figure: c.Query("figure"), Cursor: c.Query("cursor")}
	in.Period, in.By = c.Query("period"), desk.Dimension(c.DefaultQuery("by", string(desk.ByUnit)))
	if value, named := c.GetQuery("value"); named {
		in.Value = value
	}
	if in.Period == "" {
		now := p.now().In(beijing())
		in.Period = now.AddDate(0, 0, -now.Day()).Format("2006-01")
	}
	r, err := p.desk.Report(ctx, actorOf(ctx), in.Period, in.By)
	if problem.HasCode(err, "report.period") || problem.HasCode(err, "report.future") {
		p.show(c, http.StatusUnprocessableEntity, portal.Reports{
			By: dimensions(in.By), Errors: portal.Problems{{Field: "period", Message: p.problemOf(ctx, err).Detail}},
		})
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	v := reportView(r)
	if in.Figure != "" {
		f, err := in.figure()
		var page desk.FigureTickets
		if err == nil {
			page, err = p.desk.ReportTickets(ctx, actorOf(ctx), f)
		}
		if err != nil {
			p.fail(c, err)
			return
		}
		behind(&v, &r, in, page)
	}
	p.show(c, http.StatusOK, v)
}

func dimensions(by desk.Dimension) []portal.Breakdown {
	return list(desk.Dimensions(), func(d desk.Dimension) portal.Breakdown {
		return portal.Breakdown{Value: string(d), Name: d.Name(), Current: d == by}
	})
}

func reportView(r desk.Report) portal.Reports {
	v := portal.Reports{
		Period: r.Name, Name: r.By.Name(), By: dimensions(r.By), Form: r.Form.Name, Table: "/api/v1/staff/reports/" + r.Name + "/table",
		Heads:  list(r.Total, func(f report.Figure) portal.FigureHead { return portal.FigureHead{Name: f.Name, Formula: f.Formula} }),
		Total:  figureLine(&r, everything, "合计", r.Total),
		Charts: charts(&r),
	}
	for _, m := range r.Months {
		switch {
		case m.At.IsZero():
			v.Running = append(v.Running, m.Month)
		case m.Intact:
			v.Kept = append(v.Kept, m.Month)
		default:
			v.Broken = append(v.Broken, m.Month)
		}
	}
	for _, l := range r.Lines {
		v.Lines = append(v.Lines, figureLine(&r, l.Value, l.Name, l.Figures))
	}
	v.Topics = portal.ReportedTable{Name: r.Form.Topics.Name, Source: r.Form.Topics.Formula, Rows: list(r.Topics, func(t desk.Topic) portal.ReportedRow {
		return portal.ReportedRow{Name: t.Label, Text: strconv.FormatInt(t.N, 10), Path: figureAddress(&r, t.Value, desk.TopicFigure, "")}
	})}
	for i := range r.Tables {
		v.Tables = append(v.Tables, reportedTable(&r, &r.Tables[i]))
	}
	if r.Whole {
		for i, what := range []string{"收到举报", "答复举报"} {
			if r.Tips[i] == nil {
				v.Tips = append(v.Tips, what+"：有的月份少于5件，不列数字。")
				continue
			}
			v.Tips = append(v.Tips, what+strconv.FormatInt(*r.Tips[i], 10)+"件，只列总数，不计入以上各项。")
		}
	}
	return v
}

// figureAddress is where a figure and the list behind it are found.
func figureAddress(r *desk.Report, value, figure, cursor string) string {
	q := url.Values{"period": {r.Name}, "by": {string(r.By)}, "value": {value}, "figure": {figure}}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return reportsPage + "?" + q.Encode() + "#list"
}

func figureLine(r *desk.Report, value, name string, figures []report.Figure) portal.FigureLine {
	l := portal.FigureLine{Name: name}
	for i := range figures {
		f := &figures[i]
		link := portal.FigureLink{Text: f.Text(), What: name + f.Name}
		if f.Over > 0 {
			link.Path = figureAddress(r, value, f.ID, "")
		}
		l.Figures = append(l.Figures, link)
	}
	return l
}

func reportedTable(r *desk.Report, t *desk.FilledTable) portal.ReportedTable {
	v := portal.ReportedTable{Name: t.Name, Source: t.Source, Check: t.Check.Text, Left: t.Left, Right: t.Right, Odd: t.Odd}
	for i := range t.Rows {
		f := &t.Rows[i]
		row := portal.ReportedRow{Name: f.Name, Formula: f.Formula, Text: f.Text(), Manual: f.Manual != ""}
		if row.Manual {
			row.Formula = f.Manual
		}
		if f.Over > 0 && f.Listed() {
			row.Path = figureAddress(r, everything, t.ID+"."+f.ID, "")
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// charts draw how much there was and how much of it was answered in time; units
// by what they were given.
func charts(r *desk.Report) []portal.Chart {
	const most = 12
	much := "received"
	if r.By == desk.ByUnit {
		much = "assigned"
	}
	var drawn []portal.Chart
	for _, id := range []string{much, "on_time"} {
		at := slices.IndexFunc(r.Total, func(f report.Figure) bool { return f.ID == id })
		if at < 0 {
			continue
		}
		var bars []portal.Bar
		for _, l := range r.Lines {
			if f := &l.Figures[at]; (f.Over > 0 || f.Under > 0) && len(bars) < most {
				bars = append(bars, portal.Bar{Name: l.Name, Text: f.Text(), N: f.Value})
			}
		}
		if bars != nil {
			drawn = append(drawn, portal.NewChart(r.Total[at].Name, bars))
		}
	}
	return drawn
}

// behind fills in what is behind the figure that was chosen.
func behind(v *portal.Reports, r *desk.Report, in behindInput, page desk.FigureTickets) {
	v.Chosen = "合计"
	for _, l := range r.Lines {
		if in.Value == l.Value {
			v.Chosen = l.Name
		}
	}
	for _, t := range r.Topics {
		if in.Figure == desk.TopicFigure && in.Value == t.Value {
			v.Chosen = r.Form.Topics.Name + "：" + t.Label
		}
	}
	for _, f := range r.Total {
		if f.ID == in.Figure {
			v.Chosen += "：" + f.Name
		}
	}
	v.Tickets = list(page.Tickets, func(c desk.CountedTicket) portal.CountedTicket {
		return portal.CountedTicket{Number: c.Number, Step: c.Cell.Step.Name(), At: c.At}
	})
	if page.Next != nil {
		v.More = figureAddress(r, in.Value, in.Figure, stepCursor(page.Next))
	}
}
