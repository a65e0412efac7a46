package server

import (
	"cmp"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// hotlines shows the registry on one screen: emergencies, then the eight report
// categories, then everything else in the order of the registry.
func (p *publicPages) hotlines(c *gin.Context) {
	day, err := beginningOf(c.Query("on"), "hotline.day")
	if err != nil {
		p.fail(c, err)
		return
	}
	groups := []portal.LineGroup{
		{ID: "emergency", Name: "紧急电话", Hint: "正在发生的危险，马上打。"},
		{ID: "local", Name: "八类举报电话", Hint: "本地专用号码由本地公安机关公布。没有公布的，可以拨打110或者写信举报。"},
	}
	at := map[string]int{"emergency": 0, "local": 1}
	for _, l := range p.desk.HotlinesOn(day) {
		id := l.Group
		if l.Category != "" {
			id = "local"
		}
		i, known := at[id]
		if !known {
			i = len(groups)
			at[id] = i
			groups = append(groups, portal.LineGroup{ID: id, Name: groupName(id)})
		}
		groups[i].Lines = append(groups[i].Lines, lineOf(l))
	}
	p.show(c, http.StatusOK, portal.Hotlines{Groups: groups, On: c.Query("on"), Day: cmp.Or(day, p.now())})
}

func lineOf(l channel.Listing) portal.Line {
	return portal.Line{Number: l.Number, Name: l.Name, Use: l.Use, Hours: l.Hours, Note: l.Note}
}

func groupName(id string) string {
	switch id {
	case "emergency":
		return "紧急电话"
	case "police":
		return "公安服务电话"
	case "report":
		return "全国举报电话"
	case "government":
		return "政务服务"
	case "market":
		return "市场与行业"
	case "supervision":
		return "监督与司法"
	case "service":
		return "服务与援助"
	}
	return "其他"
}

// beginningOf is the moment a date begins in Beijing; zero where there is none. code
// is that of the problem with anything else.
func beginningOf(day, code string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, day, beijing())
	if err != nil {
		return at, problem.New(problem.Invalid, code, "日期请写成 2026-01-31 的格式。").Because(err)
	}
	return at, nil
}
