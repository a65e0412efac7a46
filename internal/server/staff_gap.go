package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// gapsToMerge is how many open gaps another one can be merged into on its page.
const gapsToMerge = 50

// gapTyped is what was sent with the forms of a gap's page.
type gapTyped struct {
	desk.GapCommand

	ticket string
}

// gap shows one matter people ask about, with what may be done about it.
func (p staffPages) gap(c *gin.Context) { p.showGap(c, http.StatusOK, gapTyped{}, nil) }

func (p staffPages) showGap(c *gin.Context, status int, typed gapTyped, problems portal.Problems) {
	ctx := c.Request.Context()
	v, err := p.desk.Gap(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	may := func(m desk.GapMove) bool { return slices.Contains(v.Moves, m) }
	page := portal.GapItem{
		Gap: gapShown(v), State: v.State.Name(), Version: v.Version, Opened: v.OpenedAt, Into: v.Into, History: list(v.History, gapAct), Replied: v.Replied,
		Assign: may(desk.AssignGap), Decline: may(desk.DeclineGap), Merge: may(desk.MergeGap), Draft: may(desk.DraftGap),
		Why: typed.Words, Ticket: typed.ticket, Errors: problems,
		Reasons: list(gap.Reasons(), func(r gap.Reason) portal.Ticked { return ticked(r.Code, r.Name, r.Code == typed.Reason) }),
	}
	if page.Assign {
		units, err := p.desk.Units(ctx)
		if err != nil {
			p.fail(c, err)
			return
		}
		page.Units = list(units, func(u assignment.Unit) portal.Ticked { return ticked(u.ID, u.Name, u.ID == typed.Unit) })
	}
	if page.Merge {
		others, err := p.desk.GapList(ctx, actorOf(ctx), desk.GapFilter{State: gap.Open, Limit: gapsToMerge})
		if err != nil {
			p.fail(c, err)
			return
		}
		for i := range others {
			if o := gapShown(others[i]); o.ID != v.ID {
				page.Targets = append(page.Targets, ticked(o.ID, o.Example(), o.ID == typed.Into))
			}
		}
	}
	p.show(c, status, page)
}

func gapAct(a desk.GapAct) portal.GapAct {
	return portal.GapAct{At: a.At, What: gapActName(a), By: a.By, Reason: gapReason(a.Reason)}
}

// gapActName says what became of a gap.
func gapActName(a desk.GapAct) string {
	switch a.Action {
	case "open":
		return "成为" + a.Unit + "的二次解读任务"
	case "assign":
		return "转给" + a.Unit
	}
	known := map[string]string{
		"decline": "不作解读", "merge": "并入另一个问题", "draft": "起草解读", "answer": "解读发布", "reopen": "稿件撤回，重新待解读",
	}
	return known[a.Action]
}

func gapReason(code string) string {
	for _, r := range gap.Reasons() {
		if r.Code == code {
			return r.Name
		}
	}
	return ""
}

// moveGap makes the move of one of the page's forms.
func (p staffPages) moveGap(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	m := desk.GapCommand{
		Move: desk.GapMove(field(c, "move")), Version: gapVersion(c), Unit: field(c, "unit"), Reason: field(c, "reason"), Words: field(c, "words"), Into: field(c, "into"),
	}
	_, err := p.desk.MoveGap(ctx, actorOf(ctx), c.Param("id"), m)
	if err == nil {
		c.Redirect(http.StatusSeeOther, gapsPage+"/"+c.Param("id"))
		return
	}
	if problems, ok := p.refusal(ctx, err); ok {
		p.showGap(c, p.problemOf(ctx, err).Status, gapTyped{GapCommand: m}, problems)
		return
	}
	p.fail(c, err)
}

// gapVersion is the version of the gap a form was made for.
func gapVersion(c *gin.Context) int64 {
	version, err := strconv.ParseInt(field(c, "version"), 10, 64)
	if err != nil {
		return 0 // of no gap: the answer is that it is stale
	}
	return version
}

// proposeText is the form for the entry that is to answer a gap, with what it may
// begin with.
func (p staffPages) proposeText(c *gin.Context) {
	ctx, id, number := c.Request.Context(), c.Param("id"), tidy(c.Query("ticket"))
	a := actorOf(ctx)
	v, err := p.desk.Gap(ctx, a, id)
	if err != nil {
		p.fail(c, err)
		return
	}
	proposed, err := p.desk.ProposeEntry(ctx, a, id, number)
	if err != nil {
		p.notProposed(c, number, err)
		return
	}
	if !slices.Contains(v.Moves, desk.DraftGap) { // its state forbids it, which the page tells
		c.Redirect(http.StatusSeeOther, gapsPage+"/"+id)
		return
	}
	f := blankText(p.desk.Catalogue(), review.Entry)
	f.Gap = &portal.TextGap{ID: id, Version: v.Version, Ticket: number, Removed: list(proposed.Removed, removedShown)}
	fill(&f, &proposed.Content)
	p.show(c, http.StatusOK, f)
}

// notProposed shows the gap, and why a letter's reply cannot be taken.
func (p staffPages) notProposed(c *gin.Context, number string, err error) {
	ctx := c.Request.Context()
	problems, ok := p.refusal(ctx, err)
	if problem.KindOf(err) == problem.NotFound { // the letter is: the gap was found
		problems, ok = portal.Problems{{Field: "ticket", Message: p.problemOf(ctx, err).Detail}}, true
	}
	if !ok {
		p.fail(c, err)
		return
	}
	p.showGap(c, p.problemOf(ctx, err).Status, gapTyped{ticket: number}, problems)
}

func removedShown(r desk.Removed) portal.RemovedPassage {
	return portal.RemovedPassage{
		Place: partName(r.Field) + "第" + strconv.Itoa(r.From+1) + "字", Passage: r.Passage, Kind: strings.Trim(r.Placeholder, "【】"), Placeholder: r.Placeholder,
	}
}

// draftForGap begins the entry that is to answer a gap.
func (p staffPages) draftForGap(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx, id := c.Request.Context(), c.Param("id")
	a, f := actorOf(ctx), blankText(p.desk.Catalogue(), review.Entry)
	f.Gap = &portal.TextGap{ID: id, Version: gapVersion(c), Ticket: field(c, "ticket")}
	content := readText(c, &f)
	t, err := p.desk.DraftForGap(ctx, a, id, desk.GapText{Version: f.Gap.Version, Ticket: f.Gap.Ticket, Content: content})
	if err != nil {
		if v, lost := p.desk.Gap(ctx, a, id); lost == nil { // whoever has read of the change may go on
			f.Gap.Version = v.Version
		}
		if proposed, lost := p.desk.ProposeEntry(ctx, a, id, f.Gap.Ticket); lost == nil {
			f.Gap.Removed = list(proposed.Removed, removedShown)
		}
	}
	p.wrote(c, f, t.ID, err)
}
