package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// shelfPage is how many entries a page lists.
const shelfPage = 100

// shelf lists the library. What is searched for comes as a form: addresses end
// up in logs.
func (p staffPages) shelf(c *gin.Context) {
	f := desk.ShelfFilter{State: desk.EntryState(c.Query("state")), Owner: c.Query("owner")}
	if c.Request.Method == http.MethodPost {
		if !p.pages.form(c) {
			return
		}
		f = desk.ShelfFilter{State: desk.EntryState(field(c, "state")), Owner: field(c, "owner"), Text: field(c, "text")}
	}
	p.showShelf(c, http.StatusOK, f, nil)
}

func (p staffPages) showShelf(c *gin.Context, status int, f desk.ShelfFilter, problems portal.Problems) {
	ctx := c.Request.Context()
	a := actorOf(ctx)
	found, err := p.desk.OnShelf(ctx, a, f)
	if err != nil {
		p.fail(c, err)
		return
	}
	units, err := p.desk.Units(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	v := portal.Shelf{State: string(f.State), Owner: f.Owner, Text: f.Text, Count: len(found.Entries), Imports: a.Drafts != "", Errors: problems}
	names := map[string]string{}
	for _, u := range units {
		names[u.ID] = u.Name
		v.Owners = append(v.Owners, portal.Choice{Value: u.ID, Name: u.Name})
	}
	for _, s := range desk.EntryStates() {
		if n := found.Counts[s]; n > 0 || s == f.State {
			v.States = append(v.States, portal.ShelfState{Value: string(s), Name: s.Name(), N: n, Path: shelfAddress(s, f.Owner, 0)})
		}
	}
	from, err := strconv.Atoi(c.Query("from"))
	if err != nil || from < 0 || f.Text != "" {
		from = 0
	}
	rest := found.Entries[min(from, len(found.Entries)):]
	if len(rest) > shelfPage && f.Text == "" {
		v.More = shelfAddress(f.State, f.Owner, from+shelfPage)
	}
	v.Entries = list(rest[:min(shelfPage, len(rest))], func(e desk.ShelfEntry) portal.ShelfBrief { return shelfBrief(&e, names) })
	p.show(c, status, v)
}

// shelfAddress is where entries are listed.
func shelfAddress(s desk.EntryState, owner string, from int) string {
	q := url.Values{}
	for name, value := range map[string]string{"state": string(s), "owner": owner} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if from > 0 {
		q.Set("from", strconv.Itoa(from))
	}
	return strings.TrimSuffix(libraryPage+"?"+q.Encode(), "?")
}

func shelfBrief(e *desk.ShelfEntry, names map[string]string) portal.ShelfBrief {
	b := portal.ShelfBrief{
		ID: e.ID, Question: e.Question, Category: e.Category, Owner: names[e.Owner], State: e.State.Name(), Version: e.Version, ReviewBy: e.ReviewBy,
	}
	if e.Next != nil {
		b.Next = e.Next.From
	}
	if e.Text != nil {
		b.Text, b.TextState = e.Text.ID, e.Text.State.Name()
	}
	return b
}

// shelfEntry shows one entry with its versions.
func (p staffPages) shelfEntry(c *gin.Context) {
	v, err := p.shelfItem(c.Request.Context(), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, v)
}

func (p staffPages) shelfItem(ctx context.Context, id string) (portal.ShelfItem, error) {
	a := actorOf(ctx)
	e, err := p.desk.EntryOnShelf(ctx, a, id)
	if err != nil {
		return portal.ShelfItem{}, err
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		return portal.ShelfItem{}, err
	}
	v := portal.ShelfItem{
		ShelfBrief: shelfBrief(&e, names), Answer: e.Answer, ValidFrom: e.ValidFrom, ValidTo: e.ValidTo, Acts: a.Publishes,
		Reasons: list(review.WithdrawReasons(), reviewReason), Gate: shelfGate(e.Gate),
		Bases: list(e.Documents, func(d knowledge.Document) portal.ShelfBasis {
			b := portal.ShelfBasis{ID: d.ID, Title: d.Title, Validity: validityName(d.Validity)}
			if i := slices.IndexFunc(e.Basis, func(b knowledge.Basis) bool { return b.Document == d.ID }); i >= 0 {
				b.Article = e.Basis[i].Article
			}
			return b
		}),
	}
	for _, past := range slices.Backward(e.Past) {
		v.Versions = append(v.Versions, portal.ShelfVersion{N: past.Entry.Version, From: past.From, Stopped: past.Stopped})
	}
	if a.Publishes {
		notices, err := p.desk.Notices(ctx)
		if err != nil {
			return v, err
		}
		v.Notices = list(notices, func(n desk.PublicNotice) portal.Choice { return portal.Choice{Value: n.ID, Name: n.Title} })
	}
	return v, nil
}

func shelfGate(g *desk.Gate) *portal.ShelfGate {
	if g == nil {
		return nil
	}
	v := portal.ShelfGate{Changes: len(g.Changes), At: g.At}
	share := func(f float64) string { return strconv.FormatFloat(100*f, 'f', 1, 64) + "%" }
	for _, f := range []struct {
		id, name      string
		before, after float64
	}{
		{"recall_at_1", "第一条就对", g.Before.Recall1, g.After.Recall1},
		{"answered", "直接回答", g.Before.Answered, g.After.Answered},
		{"precision", "回答正确", g.Before.Precision, g.After.Precision},
		{"false_answers", "不该答的答了", g.Before.FalseAnswers, g.After.FalseAnswers},
	} {
		v.Figures = append(v.Figures, portal.GateFigure{Name: f.name, Before: share(f.before), After: share(f.after), Fell: slices.Contains(g.Fell, f.id)})
	}
	return &v
}

// actOnEntry does what one of the page's forms asks for.
func (p staffPages) actOnEntry(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx, id, act := c.Request.Context(), c.Param("id"), field(c, "act")
	var told string
	var given *portal.ShelfGiven
	var err error
	if act == "given" || field(c, "sure") == "1" {
		told, given, err = p.shelfAct(c, id, act)
	} else {
		err = problem.New(problem.Invalid, "library.unsure", "请先勾选“我确认”。").With(problem.Field{Pointer: "/sure", Code: "required", Message: "请先勾选“我确认”。"})
	}
	refused, ok := p.refusal(ctx, err)
	if err != nil && !ok {
		p.fail(c, err)
		return
	}
	v, failed := p.shelfItem(ctx, id)
	if failed != nil {
		p.fail(c, failed)
		return
	}
	status := http.StatusOK
	v.Told, v.Given = told, given
	if err != nil {
		status, v.Told, v.Errors = p.problemOf(ctx, err).Status, "", refused
	}
	p.show(c, status, v)
}

func (p staffPages) shelfAct(c *gin.Context, id, act string) (told string, given *portal.ShelfGiven, err error) {
	ctx := c.Request.Context()
	a, version := actorOf(ctx), 0
	if act != "document" {
		if version, err = strconv.Atoi(field(c, "version")); err != nil {
			return "", nil, problem.New(problem.Invalid, "library.version", "请选择版本。").Because(err)
		}
	}
	switch act {
	case "withdraw", "retire":
		w := desk.Withdrawal{Entry: id, Version: version, Retire: act == "retire", Reason: field(c, "reason"), Words: field(c, "words")}
		r, err := p.desk.StopEntry(ctx, a, w)
		return "这一版已经停止回答。", shelfGiven(r, err), err
	case "given":
		r, err := p.desk.Recalled(ctx, a, id, version)
		return "", shelfGiven(r, err), err
	case "tell":
		n, err := p.desk.TellRecalled(ctx, a, id, version, field(c, "notice"))
		return "正在通知" + strconv.Itoa(n) + "个对话，以及由它们而来的来信。", nil, err
	case "document":
		return p.shelfDocument(c)
	}
	return "", nil, problem.New(problem.Invalid, "library.act", "没有这种操作。")
}

func shelfGiven(r desk.Recall, err error) *portal.ShelfGiven {
	if err != nil {
		return nil
	}
	return &portal.ShelfGiven{
		Version: r.Version, Stopped: !r.Stopped.IsZero(), Total: r.Total, Hidden: r.Hidden, Cut: r.Cut(), CutCalls: r.CutCalls,
		Answers: list(r.Answers, func(g desk.GivenAnswer) portal.GivenAnswer { return portal.GivenAnswer{At: g.At, Ticket: g.Ticket} }),
		Calls: list(r.Calls, func(c desk.AnsweredCall) portal.AnsweredCall {
			return portal.AnsweredCall{ID: c.ID, At: c.At, Number: c.Number, By: c.ByName, Unit: c.UnitName}
		}),
	}
}

func (p staffPages) shelfDocument(c *gin.Context) (string, *portal.ShelfGiven, error) {
	ctx := c.Request.Context()
	s := desk.DocumentStatus{Document: field(c, "document"), Validity: field(c, "validity"), Reason: field(c, "words"), Source: field(c, "source")}
	var err error
	if s.From, err = beginningOf(field(c, "from"), "library.status"); err != nil {
		return "", nil, err
	}
	touched, err := p.desk.SetDocument(ctx, actorOf(ctx), s)
	return "文件的有效性已经登记，涉及" + strconv.Itoa(len(touched)) + "条问答。", nil, err
}
