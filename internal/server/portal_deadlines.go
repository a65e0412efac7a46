package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// deadlines says when a letter would have to be answered. What is asked holds
// nothing about anybody, so it may stand in the address and be sent on.
func (p *publicPages) deadlines(c *gin.Context) {
	now := p.now().In(beijing())
	v := portal.Deadlines{
		Kind: string(channel.Consult), Channel: string(channel.Web), Date: now.Format(time.DateOnly), Time: now.Format("15:04"),
		Channels: []portal.Choice{{Value: string(channel.Web), Name: "在本站写信"}, {Value: string(channel.H12345), Name: "拨打12345，转来办理"}},
	}
	v.First, v.Last = p.desk.YearsKnown()
	for _, k := range p.desk.Catalogue().Kinds {
		v.Kinds = append(v.Kinds, portal.Choice{Value: string(k), Name: k.Name(), Hint: k.Profile().Hint})
	}
	if c.Query("kind") == "" {
		p.show(c, http.StatusOK, v)
		return
	}
	v.Kind, v.Channel, v.Date, v.Time = offered(v.Kinds, c.Query("kind")), offered(v.Channels, c.Query("channel")), c.Query("date"), c.Query("time")
	at, problems := deadlineAsked(&v)
	if v.Errors = problems; len(problems) > 0 {
		p.show(c, http.StatusUnprocessableEntity, v)
		return
	}
	d, err := p.desk.Preview(c.Request.Context(), desk.DeadlinePreview{Kind: channel.Kind(v.Kind), Source: channel.Source(v.Channel), ReceivedAt: at})
	if problem.HasCode(err, "deadline.no_calendar") {
		v.Errors = portal.Problems{{Field: "date", Message: unknownYear(&v)}}
		p.show(c, http.StatusUnprocessableEntity, v)
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	v.Due = dueView(&d, at)
	p.show(c, http.StatusOK, v)
}

// deadlineAsked reads when the letter comes; what is not readable is shown
// beside its field, and not repeated.
func deadlineAsked(v *portal.Deadlines) (time.Time, portal.Problems) {
	var problems portal.Problems
	if v.Kind == "" {
		problems = append(problems, portal.FieldError{Field: "kind", Message: "请选择要做什么。"})
	}
	if v.Channel == "" {
		problems = append(problems, portal.FieldError{Field: "channel", Message: "请选择怎么反映。"})
	}
	day, err := time.ParseInLocation(time.DateOnly, v.Date, deadline.Beijing())
	if err != nil {
		v.Date = ""
		problems = append(problems, portal.FieldError{Field: "date", Message: "日期请写成 2026-01-31 的格式，并且确有这一天。"})
	}
	clock, err := time.Parse("15:04", v.Time)
	if err != nil {
		v.Time = ""
		problems = append(problems, portal.FieldError{Field: "time", Message: "时间请写成 09:30 的格式。"})
	}
	return day.Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute), problems
}

// unknownYear says which dates can be worked out.
func unknownYear(v *portal.Deadlines) string {
	return "这一天算不出来：要用到的放假安排还没有公布，或者年份太早。现在能算" +
		strconv.Itoa(v.First) + "年到" + strconv.Itoa(v.Last) + "年以内的日期。"
}

func dueView(d *desk.Dated, received time.Time) *portal.Due {
	v := &portal.Due{
		Received: received, At: d.Due, Exact: d.Budget.Unit == deadline.Hour || d.Budget.Unit == deadline.WorkingHour,
		Rule: d.By.Name, Budget: d.Budget.Text(), Basis: d.By.Basis, Certain: d.By.Certain(), Provisional: d.Provisional,
	}
	for _, l := range d.Explain {
		v.Days = append(v.Days, portal.Day(l))
	}
	return v
}
