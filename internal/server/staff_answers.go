package server

import (
	"net/http"
	"strconv"

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
	rows := [][]string{{"周", "从", "到", "已结束", "类别", "问题", "回答", "反问", "选中", "都不是", "没有答案", "其他", "有用", "没用", "一般", "更正"}}
	for i := range weeks {
		for _, f := range weeks[i].Categories {
			final := "否"
			if weeks[i].Final {
				final = "是"
			}
			row := []string{weeks[i].Name, weeks[i].From, weeks[i].To, final, rowOf(f).Name}
			for _, n := range []int64{f.Asked, f.Answered, f.Clarified, f.Resolved, f.Refused, f.None, f.Gated, f.Liked, f.Disliked, f.Neutral, f.Corrected} {
				row = append(row, strconv.FormatInt(n, 10))
			}
			rows = append(rows, row)
		}
	}
	table, err := Spreadsheet(rows)
	if err != nil {
		p.fail(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="answers.csv"`)
	c.Data(http.StatusOK, csvType, table)
}
