package server

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// sheetsPath is where the sheets are that staff print.
const sheetsPath = "/staff/print"

// sheetRoutes are sheets to be printed, for whoever may see what stands on them. A
// session is the console's.
func (s *Server) sheetRoutes(r gin.IRouter) {
	r.GET(sheetsPath+"/reviews/:id/:n", s.sheet(s.reviewSheet))
	r.GET(sheetsPath+"/reports/:period", s.sheet(s.reportSheet))
}

// sheet draws what of makes.
func (s *Server) sheet(of func(c *gin.Context) (portal.Sheet, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		v, err := of(c)
		var page bytes.Buffer
		if err == nil {
			err = s.pages.drawn.Sheet(&page, v)
		}
		if err != nil {
			s.fail(c, err)
			return
		}
		c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
	}
}

// toSignIn sends a browser without a session to the console's form, and from there
// back to the sheet; one whose user must do something else first to the console, which
// knows what. It reports false for everything else.
func toSignIn(c *gin.Context, err error) bool {
	needs := callerOf(c.Request.Context()).needs != ""
	if problem.KindOf(err) != problem.Unauthenticated && !needs || !wantsPage(c) || !strings.HasPrefix(c.FullPath(), sheetsPath) {
		return false
	}
	c.Abort()
	to := consolePath + "/sign-in?" + url.Values{"to": {c.Request.URL.RequestURI()}}.Encode()
	if needs {
		to = consolePath + "/"
	}
	c.Redirect(http.StatusSeeOther, to)
	return true
}

// reviewSheet is the secrecy-review form of a version of a text.
func (s *Server) reviewSheet(c *gin.Context) (portal.Sheet, error) {
	ctx := c.Request.Context()
	v, err := s.desk.Text(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		n = 0 // of no version
	}
	f, err := v.Form(n)
	if err != nil {
		return nil, err
	}
	units, err := s.desk.Units(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, u := range units {
		names[u.ID] = u.Name
	}
	return reviewForm(&f, v.Owner, names), nil
}

func reviewForm(f *review.Form, owner string, units map[string]string) portal.ReviewForm {
	signature := func(s review.Signature) portal.Signature {
		return portal.Signature{Name: s.By.Name, Unit: units[s.By.Unit], For: s.For.Name, At: s.At}
	}
	signed := func(s *review.Signature) *portal.Signature {
		if s == nil {
			return nil
		}
		by := signature(*s)
		return &by
	}
	return portal.ReviewForm{
		Kind: f.Kind.Name(), Audience: f.Audience.Name(), Unit: owner, Title: f.Title, Hash: f.Hash, Decision: f.Decision.Name(),
		Reason: f.Reason.Name, Basis: f.Reason.Basis, Version: f.Version, Chain: f.Chain, Authors: list(f.Authors, signature), Approved: f.Approved,
		Readings: list(f.Readings, func(r review.Reading) portal.FormReading {
			gates := strings.Join(list(r.Gates, review.Gate.Name), "、")
			return portal.FormReading{Signature: signature(r.Signature), Step: r.Name, Gates: gates, Gate: r.Gate.Name(), Why: r.Reason.Name, Words: r.Words}
		}),
		Published: signed(f.Published), Ended: signed(f.Ended),
	}
}

// reportSheet is a report with its charts.
func (s *Server) reportSheet(c *gin.Context) (portal.Sheet, error) {
	ctx := c.Request.Context()
	r, err := s.desk.Report(ctx, actorOf(ctx), c.Param("period"), desk.Dimension(c.DefaultQuery("by", string(desk.ByUnit))))
	if err != nil {
		return nil, err
	}
	v := portal.ReportSheet{
		Period: r.Name, Name: r.By.Name(), Form: r.Form.Name, Charts: charts(&r), Total: figureLine("合计", r.Total),
		Heads:  list(r.Total, func(f report.Figure) portal.FigureHead { return portal.FigureHead{Name: f.Name, Formula: f.Formula} }),
		Lines:  list(r.Lines, func(l desk.ReportLine) portal.FigureLine { return figureLine(l.Name, l.Figures) }),
		Tables: list(r.Tables, reportedTable), Tips: tips(&r),
		Topics: portal.ReportedTable{Name: r.Form.Topics.Name, Source: r.Form.Topics.Formula, Rows: list(r.Topics, func(t desk.Topic) portal.ReportedRow {
			return portal.ReportedRow{Name: t.Label, Text: strconv.FormatInt(t.N, 10)}
		})},
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
	return v, nil
}

// tips are sentences about reports (举报), for those who see the whole bureau.
func tips(r *desk.Report) (said []string) {
	if !r.Whole {
		return nil
	}
	for i, what := range []string{"收到举报", "答复举报"} {
		if r.Tips[i] == nil {
			said = append(said, what+"：有的月份少于5件，不列数字。")
			continue
		}
		said = append(said, what+strconv.FormatInt(*r.Tips[i], 10)+"件，只列总数，不计入以上各项。")
	}
	return said
}

func figureLine(name string, figures []report.Figure) portal.FigureLine {
	return portal.FigureLine{Name: name, Figures: list(figures, func(f report.Figure) string { return f.Text() })}
}

func reportedTable(t desk.FilledTable) portal.ReportedTable {
	return portal.ReportedTable{
		Name: t.Name, Source: t.Source, Check: t.Check.Text, Left: t.Left, Right: t.Right, Odd: t.Odd,
		Rows: list(t.Rows, func(f report.Figure) portal.ReportedRow {
			if f.Manual != "" {
				return portal.ReportedRow{Name: f.Name, Formula: "人工填写：" + f.Manual, Text: f.Text()}
			}
			return portal.ReportedRow{Name: f.Name, Formula: f.Formula, Text: f.Text()}
		}),
	}
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
