package server

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/gap"
	"jiesu/internal/web/portal"
)

// gapsShown is how many gaps a page holds.
const gapsShown = 20

// gaps shows what people ask and the library does not answer well.
func (p staffPages) gaps(c *gin.Context) {
	ctx, state, from := c.Request.Context(), gap.State(c.DefaultQuery("state", string(gap.Open))), 0
	if n, err := strconv.Atoi(c.Query("after")); err == nil && n > 0 {
		from = n
	}
	gaps, err := p.desk.GapList(ctx, actorOf(ctx), desk.GapFilter{State: state, After: from, Limit: gapsShown + 1})
	if err != nil {
		p.fail(c, err)
		return
	}
	v := portal.Gaps{State: string(state)}
	for _, s := range gap.States() {
		v.Tabs = append(v.Tabs, portal.Choice{Value: string(s), Name: s.Name()})
	}
	if len(gaps) > gapsShown {
		gaps = gaps[:gapsShown]
		v.More = gapsPage + "?state=" + string(state) + "&after=" + strconv.Itoa(from+gapsShown) // state is one of ours by now
	}
	v.Gaps = list(gaps, gapShown)
	p.show(c, http.StatusOK, v)
}

func gapShown(v desk.GapView) portal.Gap {
	g := portal.Gap{
		ID: v.ID, Wordings: v.Wordings, Times: v.Times, People: v.People, First: v.FirstAt, Last: v.LastAt, Category: v.Category, Unit: v.Owner, Due: v.DueAt,
		Late: v.Overdue(v.At), Disliked: v.Disliked, Tickets: v.Tickets, Hidden: v.Hidden, Entry: v.Entry, Reason: gapReason(v.Reason), Words: v.Words,
	}
	if v.Waits() {
		g.Review = v.Review
	}
	return g
}
