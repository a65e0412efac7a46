package server

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

func (p *publicPages) progressForm(c *gin.Context) { p.show(c, http.StatusOK, portal.Progress{}) }

// progress looks a ticket up. Number and code are sent as a form so that they
// stay out of addresses, histories and logs.
func (p *publicPages) progress(c *gin.Context) {
	if !p.form(c) {
		return
	}
	number, code := field(c, "number"), field(c, "code")
	var problems portal.Problems
	if number == "" {
		problems = append(problems, portal.FieldError{Field: "number", Message: "请填写单号。"})
	}
	if code == "" {
		problems = append(problems, portal.FieldError{Field: "code", Message: "请填写查询码。"})
	}
	again := func(status int, found portal.Problems) { // with what was typed, but the code
		p.show(c, status, portal.Progress{Number: number, Errors: found, Question: p.asks(c.Request.Context())})
	}
	if len(problems) > 0 {
		again(http.StatusUnprocessableEntity, problems)
		return
	}
	if p.held(c, posted(c), again) {
		return
	}
	line, err := p.desk.Lookup(c.Request.Context(), number, code)
	if problem.HasCode(err, "ticket.not_found") {
		if limited := p.guess(c.Request.Context(), number); limited != nil {
			p.fail(c, limited)
			return
		}
		again(http.StatusNotFound, portal.Problems{{Field: "number", Message: "没有查到。请核对单号和查询码是不是抄对了。"}})
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, progressOf(&line))
}

func timelineView(l *desk.Timeline) *portal.Ticket {
	v := &portal.Ticket{
		Opinion: l.Kind.Profile().Consulted, Number: l.Number, Kind: l.Kind.Name(), Status: l.Status.Name(), StatusHint: statusHint(l.Status), Done: !l.Status.Open(),
		Unit: l.Unit, Created: l.CreatedAt, Due: l.DueAt, Provisional: l.Provisional, Erased: l.Erased,
	}
	if k := l.Clock; k != nil {
		v.Why = dueView(&desk.Dated{Result: deadline.Result{Due: k.DueAt, Budget: k.Budget, Explain: k.Explain}, By: k.By}, l.CreatedAt)
	}
	for _, s := range slices.Backward(l.Steps) {
		v.Steps = append(v.Steps, portal.Step(s))
	}
	if r := l.Reply; r != nil {
		v.Published = l.Published
		v.Reply = &portal.Reply{Text: r.Text, Outcome: outcomeName(r.Outcome), At: r.ReleasedAt}
	}
	return v
}

// statusHint says what a status means for the citizen.
func statusHint(s ticket.Status) string {
	switch s {
	case ticket.Received:
		return "已经收到，专班正在审看。"
	case ticket.Supplement:
		return "需要您补充内容，请填在下面；补充以前期限暂停计算。"
	case ticket.Accepted:
		return "已经受理，准备交给承办单位。"
	case ticket.Dispatched:
		return "已经交给承办单位。"
	case ticket.Handling:
		return "承办单位正在办理。"
	case ticket.Reviewing:
		return "答复已经拟好，正在审核。"
	case ticket.Answered:
		return "答复在下面。"
	case ticket.Closed:
		return "已经办结。"
	case ticket.Declined:
		return "不予受理，原因在下面的办理经过里。"
	case ticket.Merged:
		return "与反映同一事项的来信合并办理。"
	case ticket.Withdrawn:
		return "已经撤回。"
	case ticket.Transferred:
		return "已经转给有权处理的单位。"
	}
	return ""
}

func outcomeName(o reply.Outcome) string { return cmp.Or(o.Name(), "已答复") }
