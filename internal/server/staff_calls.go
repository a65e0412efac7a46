package server

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

func (p staffPages) calls(c *gin.Context) { p.showCalls(c, http.StatusOK, portal.Callbacks{}) }

// showCalls lists the calls and appeals the caller has to do with, with what was
// typed into a form.
func (p staffPages) showCalls(c *gin.Context, status int, v portal.Callbacks) {
	ctx := c.Request.Context()
	a := actorOf(ctx)
	v.At, v.Calling, v.Filing = p.now(), a.Calls, a.Appeals
	v.Filed.Reasons = list(ticket.AppealReasons(), func(r ticket.Reason) portal.Choice { return portal.Choice{Value: r.Code, Name: r.Name} })
	names, err := p.unitNames(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	if a.Calls {
		l, err := p.desk.Callbacks(ctx, a)
		if err != nil {
			p.fail(c, err)
			return
		}
		v.Overdue, v.Calls = l.Overdue, list(l.Callbacks, func(k desk.Callback) portal.CallBrief { return callBrief(&k, names, l.At) })
	}
	appeals, err := p.desk.Appeals(ctx, a, desk.AppealWaiting)
	if err != nil {
		p.fail(c, err)
		return
	}
	v.Appeals = list(appeals, func(ap desk.Appeal) portal.Appeal {
		decision := ""
		if ap.ID == v.Decided {
			decision = v.Decision
		}
		return portal.Appeal{
			Decision: decision,
			ID:       ap.ID, Ticket: ap.Ticket, Unit: names[ap.Unit], Rating: ratingText(ap.Score, ap.Solved), Reason: ap.ReasonName(), Words: ap.Words,
			Filed: ap.FiledAt, Due: ap.DueAt, Late: ap.Overdue(v.At), Mine: a.MayDecide(&ap), Version: ap.Version,
		}
	})
	p.show(c, status, v)
}

func callBrief(k *desk.Callback, names map[string]string, at time.Time) portal.CallBrief {
	return portal.CallBrief{
		ID: k.ID, Ticket: k.Ticket, Unit: names[k.Unit], Cause: k.Cause.Name(), Due: k.DueAt, Rectify: k.RectifyAt, Attempts: k.Attempts, Late: k.Overdue(at),
	}
}

// ratingText is how a rating reads; empty where there is none.
func ratingText(score int, solved bool) string {
	known := scores()
	i := slices.IndexFunc(known, func(s portal.Choice) bool { return s.Value == strconv.Itoa(score) })
	switch {
	case i < 0:
		return ""
	case solved:
		return known[i].Name + "，问题已经解决"
	}
	return known[i].Name + "，问题没有解决"
}

func (p staffPages) call(c *gin.Context) { p.showCall(c, http.StatusOK, portal.Call{}) }

// showCall shows a call with what was typed into its form, or who is to be called.
func (p staffPages) showCall(c *gin.Context, status int, v portal.Call) {
	ctx := c.Request.Context()
	k, err := p.desk.Callback(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	v.CallBrief, v.Waiting = callBrief(&k.Callback, names, p.now()), k.State == desk.CallWaiting
	v.Title, v.Reply, v.Rating, v.Version = k.Title, k.Reply, ratingText(k.Rating, k.Solved), k.Version
	v.Results = list(desk.CallResults(), func(r desk.CallResult) portal.Choice { return portal.Choice{Value: string(r), Name: r.Name()} })
	v.Thens = []portal.Choice{
		{Value: string(desk.ThenRedo), Name: "重办", Hint: "退回重新派单，重新计算期限"},
		{Value: string(desk.ThenExplain), Name: "解释说明", Hint: "没有需要重办的，写明理由后办结"},
	}
	v.Scores = scores()
	if v.Reasons == nil {
		v.Reasons = ratingReasons(nil)
	}
	p.show(c, status, v)
}

// recordCall keeps what came of a call. What was refused is shown again with
// everything that was typed.
func (p staffPages) recordCall(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	reasons := c.Request.PostForm["reason"]
	v := portal.Call{
		Result: field(c, "result"), Score: field(c, "score"), Solved: field(c, "solved") == "1", Reasons: ratingReasons(reasons), Words: field(c, "words"),
		Then: field(c, "then"), Note: field(c, "note"),
	}
	score, _ := strconv.Atoi(v.Score) // what is no number is no grade, and refused as such
	version, _ := strconv.ParseInt(field(c, "version"), 10, 64)
	_, err := p.desk.RecordCall(ctx, actorOf(ctx), c.Param("id"), desk.Called{
		Version: version, Result: desk.CallResult(v.Result), Score: score, Solved: v.Solved, Reasons: reasons, Words: v.Words, Then: desk.AfterCall(v.Then), Note: v.Note,
	})
	p.after(c, err, func(status int, problems portal.Problems) {
		v.Errors = problems
		p.showCall(c, status, v)
	})
}

// callContact shows who is to be called, for a reason that is audited.
func (p staffPages) callContact(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	a := actorOf(ctx)
	k, err := p.desk.Callback(ctx, a, c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	who, err := p.desk.RevealContact(ctx, a, k.Ticket, field(c, "reason"))
	if err == nil {
		p.showCall(c, http.StatusOK, portal.Call{Contact: who.Name + "，" + cmp.Or(who.Phone, "没有留电话")})
		return
	}
	p.after(c, err, func(status int, problems portal.Problems) { p.showCall(c, status, portal.Call{Errors: problems}) })
}

func (p staffPages) fileAppeal(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	f := portal.AppealForm{Ticket: field(c, "ticket"), Reason: field(c, "reason"), Words: field(c, "words")}
	_, err := p.desk.FileAppeal(ctx, actorOf(ctx), f.Ticket, f.Reason, f.Words)
	p.after(c, err, func(status int, problems portal.Problems) {
		p.showCalls(c, status, portal.Callbacks{Filed: f, Errors: problems})
	})
}

func (p staffPages) decideAppeal(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	id, words := c.Param("id"), field(c, "words")
	version, _ := strconv.ParseInt(field(c, "version"), 10, 64)
	_, err := p.desk.DecideAppeal(ctx, actorOf(ctx), id, version, field(c, "uphold") == "1", words)
	p.after(c, err, func(status int, problems portal.Problems) {
		p.showCalls(c, status, portal.Callbacks{Decided: id, Decision: words, Errors: problems})
	})
}

// after goes back to the list of calls, or shows a refusal in the form again.
func (p staffPages) after(c *gin.Context, err error, again func(status int, problems portal.Problems)) {
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, callsPage)
	case slices.Contains([]problem.Kind{problem.Invalid, problem.Conflict, problem.Denied, problem.NotFound}, problem.KindOf(err)):
		w := p.problemOf(c.Request.Context(), err)
		status := w.Status
		if status == http.StatusBadRequest {
			status = http.StatusUnprocessableEntity // as every form does
		}
		again(status, portal.Problems{{Message: "没有办成：" + w.Detail}})
	default:
		p.fail(c, err)
	}
}
