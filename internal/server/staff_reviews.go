package server

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/review"
	"jiesu/internal/web/portal"
)

func (p staffPages) reviews(c *gin.Context) {
	ctx, mine := c.Request.Context(), c.Query("all") == ""
	found, err := p.desk.Texts(ctx, actorOf(ctx), desk.ReviewFilter{}, mine)
	if err != nil {
		p.fail(c, err)
		return
	}
	page := portal.Reviews{Mine: mine, Texts: list(found, p.reviewBrief)}
	if actorOf(ctx).Drafts != "" {
		page.New = list(written(), func(k review.Kind) portal.Choice { return portal.Choice{Value: string(k), Name: k.Name()} })
	}
	p.show(c, http.StatusOK, page)
}

func (p staffPages) reviewBrief(v desk.TextView) portal.ReviewBrief {
	b := portal.ReviewBrief{
		ID: v.ID, Kind: v.Kind.Name(), Title: v.Latest().Content.Title, Unit: v.Owner, State: v.State.Name(), Due: v.Due, Mine: v.Mine,
		Late: !v.Due.IsZero() && p.now().After(v.Due),
	}
	if w, ok := v.Wait(); ok {
		b.Step = w.Step.Name
	}
	return b
}

func (p staffPages) review(c *gin.Context) { p.showReview(c, http.StatusOK, nil) }

func (p staffPages) showReview(c *gin.Context, status int, problems portal.Problems) {
	ctx := c.Request.Context()
	v, err := p.desk.Text(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	page := p.reviewView(ctx, &v)
	page.Errors = problems
	p.show(c, status, page)
}

func (p staffPages) reviewView(ctx context.Context, v *desk.TextView) portal.Review {
	last := v.Latest()
	page := portal.Review{
		ReviewBrief: p.reviewBrief(*v), Hash: last.Hash, Body: last.Content.Body, Disclosure: last.Content.Disclosure.Words(),
		Attributes: list(last.Content.Attributes, attributeView),
		Findings: list(v.Findings, func(f proof.Finding) portal.ReviewFinding {
			return portal.ReviewFinding{Severity: string(f.Severity), Excerpt: f.Excerpt, Message: f.Message, Blocks: f.Severity == proof.Block}
		}),
		Ledger: list(v.Ledger, reviewAct),
	}
	if n := len(v.Versions); n > 1 {
		page.Changes = list(review.Compare(&v.Versions[n-2].Content, &last.Content), reviewChange)
	}
	var needed []review.Gate
	if w, ok := v.Wait(); ok {
		page.StepID, needed = w.Step.ID, w.Step.Gates
	}
	page.Gates = list(review.Gates(), func(g review.Gate) portal.ReviewGate {
		return portal.ReviewGate{Value: string(g), Name: g.Name(), Needed: slices.Contains(needed, g), Reasons: list(g.Reasons(), reviewReason)}
	})
	for n := range v.Versions {
		page.Versions = append(page.Versions, n+1)
	}
	a := actorOf(ctx)
	page.Edits = slices.Contains(written(), v.Kind) && v.Editable(&a)
	for _, m := range v.Allowed(&a) {
		page.Moves = append(page.Moves, portal.Choice{Value: string(m), Name: m.Name()})
		if m == review.Withdraw {
			page.Withdraws = list(review.WithdrawReasons(), reviewReason)
		}
	}
	return page
}

func reviewReason(r review.Reason) portal.Choice { return portal.Choice{Value: r.Code, Name: r.Name} }

func reviewChange(ch review.Change) portal.ReviewChange {
	return portal.ReviewChange{
		Part: partName(ch.Part), Spans: list(ch.Spans, func(s review.Span) portal.ReviewSpan {
			return portal.ReviewSpan{Before: s.Before, After: s.After, Same: s.Same()}
		}),
	}
}

func partName(part string) string {
	switch part {
	case "title":
		return "标题"
	case "body":
		return "正文"
	case "disclosure":
		return "公开方式"
	}
	return attributeName(strings.TrimPrefix(part, "/"))
}

func attributeView(a review.Attribute) portal.Named {
	v := portal.Named{Name: attributeName(a.Name), Value: a.Value}
	if at, err := time.Parse(time.RFC3339, a.Value); err == nil {
		v.Value = at.In(beijing()).Format("2006年1月2日 15:04")
	}
	switch desk.NoticeLevel(a.Value) {
	case desk.EmergencyNotice:
		v.Value = "紧急"
	case desk.OrdinaryNotice:
		v.Value = "普通"
	}
	return v
}

// attributeName is what readers call something that is published with a text.
func attributeName(name string) string {
	return nameIn(attributeNames(), name)
}

func attributeNames() []choice {
	return []choice{
		{"level", "级别"},
		{"from", "开始时间"},
		{"until", "结束时间"},
		{"variants", "其他问法"},
		{"category", "类别"},
		{"audience", "对象"},
		{"keywords", "关键词"},
		{"basis", "依据"},
		{"certainty", "可靠程度"},
		{"local", "本地情况"},
		{"publish_at", "发布时间"},
		{"valid_from", "施行日期"},
		{"valid_to", "失效日期"},
		{"review_by", "复审日期"},
		{"item_conditions", "办理条件"},
		{"item_materials", "所需材料"},
		{"item_procedure", "办理流程"},
		{"item_time_limit", "办理时限"},
		{"item_fee", "收费"},
		{"contact", "咨询电话"},
		{"days", "期限（天）"},
		{"explanation", "起草说明"},
		{"ground", "法律依据"},
		{"how", "提出意见的方式"},
		{"opens_on", "开始日期"},
		{"short", "缩短期限的理由"},
		{"opinions", "意见情况"},
		{"opinions_mark", "采纳情况的指纹"},
		{"outcome", "办理结果"},
		{"revision", "修改次数"},
	}
}

func reviewAct(a review.Act) portal.ReviewAct {
	v := portal.ReviewAct{
		At: a.At, Move: a.Move.Name(), Step: a.StepName, By: a.By.Name, For: a.For.Name, Gates: gateNames(a.Gates), Gate: a.Gate.Name(), Words: a.Words, Version: a.Version,
		Comments: list(a.Comments, func(c review.Comment) portal.Named { return portal.Named{Name: c.Quote, Value: c.Text} }),
	}
	for _, r := range slices.Concat(a.Gate.Reasons(), review.WithdrawReasons()) {
		if r.Code == a.Reason {
			v.Why = r.Name
		}
	}
	return v
}

func gateNames(gates []review.Gate) string { return strings.Join(list(gates, review.Gate.Name), "、") }

// moveReview makes the move of one of the page's forms.
func (p staffPages) moveReview(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	m := desk.TextCommand{Move: review.Move(field(c, "move")), Hash: field(c, "hash"), Step: field(c, "step"), Words: field(c, "words")}
	//nolint:exhaustive // the others need no more; an edit is none of these forms
	switch m.Move {
	case review.Pass:
		for _, g := range c.Request.PostForm["gates"] {
			m.Gates = append(m.Gates, review.Gate(g))
		}
	case review.SendBack:
		gate, reason, _ := strings.Cut(field(c, "why"), "/")
		m.Gate, m.Reason = review.Gate(gate), reason
	case review.Withdraw:
		m.Reason = field(c, "reason")
	}
	_, err := p.desk.MoveText(ctx, actorOf(ctx), c.Param("id"), m)
	if err == nil {
		c.Redirect(http.StatusSeeOther, reviewsPage+"/"+c.Param("id"))
		return
	}
	if problems, ok := p.refusal(ctx, err); ok {
		p.showReview(c, p.problemOf(ctx, err).Status, problems)
		return
	}
	p.fail(c, err)
}

// reviewForm is the secrecy-review form of a version, to be printed.
func (p staffPages) reviewForm(c *gin.Context) {
	ctx := c.Request.Context()
	v, err := p.desk.Text(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		n = 0 // of no version
	}
	f, err := v.Form(n)
	if err != nil {
		p.fail(c, err)
		return
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	signature := func(s review.Signature) portal.Signature {
		return portal.Signature{Name: s.By.Name, Unit: names[s.By.Unit], For: s.For.Name, At: s.At}
	}
	page := portal.ReviewForm{
		ID: f.Item, Kind: f.Kind.Name(), Audience: f.Audience.Name(), Unit: v.Owner, Title: f.Title, Hash: f.Hash, Decision: f.Decision.Name(),
		Reason: f.Reason.Name, Basis: f.Reason.Basis, Version: f.Version, Chain: f.Chain, Authors: list(f.Authors, signature), Approved: f.Approved,
		Readings: list(f.Readings, func(r review.Reading) portal.FormReading {
			return portal.FormReading{Signature: signature(r.Signature), Step: r.Name, Gates: gateNames(r.Gates), Gate: r.Gate.Name(), Why: r.Reason.Name, Words: r.Words}
		}),
	}
	if f.Published != nil {
		s := signature(*f.Published)
		page.Published = &s
	}
	if f.Ended != nil {
		s := signature(*f.Ended)
		page.Ended = &s
	}
	p.show(c, http.StatusOK, page)
}
