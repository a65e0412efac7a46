package server

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/web/portal"
)

// weeksShown is how many weeks the page shows; the table has all of a year.
const weeksShown = 8

func (p staffPages) answers(c *gin.Context) {
	ctx := c.Request.Context()
	weeks, err := p.desk.Figures(ctx, actorOf(ctx), desk.MostWeeks)
	if err != nil {
		p.fail(c, err)
		return
	}
	var v portal.Answers
	for i := range weeks {
		w := weekView(&weeks[i])
		if i < weeksShown {
			v.Weeks = append(v.Weeks, w)
		}
		if w.Name == c.Query("week") || v.Chosen == nil && i == 0 {
			v.Chosen = &w
		}
	}
	p.show(c, http.StatusOK, v)
}

func weekView(w *desk.Week) portal.Week {
	return portal.Week{Name: w.Name, From: w.From, To: w.To, Final: w.Final, Total: rowOf(w.Total), Rows: list(w.Categories, rowOf)}
}

func rowOf(f desk.WeekFigures) portal.Row {
	r := portal.Row{
		Name: f.Category, Asked: f.Asked, Answered: f.Answered, Clarified: f.Clarified, Resolved: f.Resolved, None: f.None, Gated: f.Gated,
		Liked: f.Liked, Disliked: f.Disliked, Corrected: f.Corrected,
	}
	if r.Name == "" {
		r.Name = "没有归类"
	}
	return r
}

// answersTable is every week and category as a table for spreadsheets.
func (p staffPages) answersTable(c *gin.Context) {
	ctx := c.Request.Context()
	weeks, err := p.desk.Figures(ctx, actorOf(ctx), desk.MostWeeks)
	if err != nil {
		p.fail(c, err)
		return
	}
	table, err := Spreadsheet(answersTable(weeks))
	if err != nil {
		p.fail(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="answers.csv"`)
	c.Data(http.StatusOK, csvType, table)
}
