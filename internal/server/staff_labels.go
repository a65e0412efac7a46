package server

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// labelsShown is how many labels a page holds.
const labelsShown = 20

// Values of the forms that are not the id of an entry.
const (
	noEntry    = "none"
	otherEntry = "other"
)

func notAnEditor() error {
	return problem.New(problem.Denied, "answers.denied", "您的岗位不能查看或者修改这些内容。")
}

func (p staffPages) labels(c *gin.Context) {
	p.listLabels(c, http.StatusOK, c.DefaultQuery("state", string(desk.LabelWaiting)), c.Query("after"), nil)
}

func (p staffPages) listLabels(c *gin.Context, status int, state, after string, problems portal.Problems) {
	ctx, from := c.Request.Context(), 0
	if n, err := strconv.Atoi(after); err == nil && n > 0 {
		from = n
	}
	f := desk.LabelFilter{State: desk.LabelState(state), After: from, Limit: labelsShown + 1}
	labels, err := p.desk.Labels(ctx, actorOf(ctx), f)
	if err != nil {
		p.fail(c, err)
		return
	}
	counts, err := p.desk.LabelCounts(ctx, actorOf(ctx))
	if err != nil {
		p.fail(c, err)
		return
	}
	v := portal.Labels{State: state, Errors: problems}
	for _, s := range []desk.LabelState{desk.LabelWaiting, desk.LabelConfirmed, desk.LabelRejected} {
		v.Tabs = append(v.Tabs, portal.Tab{Value: string(s), Name: labelStateName(s), N: counts[s]})
	}
	if len(labels) > labelsShown {
		labels = labels[:labelsShown]
		v.More = labelsPage + "?state=" + state + "&after=" + strconv.Itoa(from+labelsShown) // state is one of ours by now
	}
	v.Labels = list(labels, p.labelView)
	p.show(c, status, v)
}

func labelStateName(s desk.LabelState) string {
	switch s {
	case desk.LabelWaiting:
		return "待确认"
	case desk.LabelConfirmed:
		return "已确认"
	case desk.LabelRejected:
	}
	return "不采用"
}

func (p staffPages) labelView(l desk.Label) portal.Label {
	v := portal.Label{
		ID: l.ID, Question: l.Question, Count: l.Count, First: l.FirstAt, Last: l.LastAt, Version: l.Version,
		Decided: l.DecidedAt, Confirmed: l.State == desk.LabelConfirmed,
		Entries: list(l.Entries, func(id string) portal.Brief { return portal.Brief{ID: id, Question: p.questionOf(id)} }),
	}
	for _, o := range l.Votes {
		v.Votes = append(v.Votes, portal.Vote{Entry: o.Entry, Text: p.voteText(o), Count: o.Count})
		known := slices.ContainsFunc(v.Choices, func(c portal.Choice) bool { return c.Value == o.Entry })
		if _, err := p.desk.Entry(o.Entry); err == nil && !known {
			v.Choices = append(v.Choices, portal.Choice{Value: o.Entry, Name: p.questionOf(o.Entry)})
		}
	}
	return v
}

// questionOf is the question of an entry; one that is gone shows its id.
func (p staffPages) questionOf(id string) string {
	e, err := p.desk.Entry(id)
	if err != nil {
		return id
	}
	return e.Entry.Question
}

// voteText says a vote in words.
func (p staffPages) voteText(o desk.Vote) string {
	entry := "“" + p.questionOf(o.Entry) + "”"
	if o.Entry == "" {
		entry = "问答库里没有"
	}
	switch {
	case o.Kind == desk.Click && o.Agrees:
		return "群众选了" + entry
	case o.Kind == desk.Click:
		return "群众说不是" + entry
	case o.Kind == desk.Rating && o.Agrees:
		return "评价有用：" + entry
	case o.Kind == desk.Rating:
		return "评价没用：" + entry
	}
	return "经办人更正为" + entry
}

// correct proposes what a question should have been answered by.
func (p staffPages) correct(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx, entry := c.Request.Context(), field(c, "entry")
	switch entry {
	case noEntry:
		entry = ""
	case otherEntry, "":
		if entry = field(c, "other"); entry == "" {
			p.listLabels(c, http.StatusUnprocessableEntity, string(desk.LabelWaiting), "", portal.Problems{{Message: "没有提交：请选一条，或者填写编号。"}})
			return
		}
	}
	_, err := p.desk.Correct(ctx, actorOf(ctx), desk.Objection{Question: field(c, "question"), Entry: entry})
	p.afterLabel(c, err)
}

// decide confirms or rejects a label.
func (p staffPages) decide(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	version, err := strconv.ParseInt(field(c, "version"), 10, 64)
	if err != nil {
		version = 0 // of no label: the answer is that it is stale
	}
	d := desk.LabelDecision{Version: version, State: desk.LabelConfirmed}
	switch field(c, "action") {
	case "confirm":
		d.Entries = slices.Clone(c.Request.PostForm["entry"])
		if other := field(c, "other"); other != "" {
			d.Entries = append(d.Entries, other)
		}
		if len(d.Entries) == 0 {
			p.listLabels(c, http.StatusUnprocessableEntity, string(desk.LabelWaiting), "", portal.Problems{{Message: "没有保存：请至少选一条，或者填写编号。"}})
			return
		}
	case "none":
	default:
		d.State = desk.LabelRejected
	}
	_, err = p.desk.DecideLabel(ctx, actorOf(ctx), c.Param("id"), d)
	p.afterLabel(c, err)
}

// afterLabel goes back to the list, with what was wrong if something was.
func (p staffPages) afterLabel(c *gin.Context, err error) {
	switch problem.KindOf(err) {
	case problem.Invalid, problem.Conflict, problem.NotFound:
		w := p.problemOf(c.Request.Context(), err)
		p.listLabels(c, w.Status, string(desk.LabelWaiting), "", portal.Problems{{Message: "没有保存：" + w.Detail}})
	case problem.TooLarge, problem.Unsupported, problem.Unauthenticated, problem.Denied, problem.Limited, problem.Unavailable, problem.Internal:
		if err != nil {
			p.fail(c, err)
			return
		}
		c.Redirect(http.StatusSeeOther, labelsPage)
	}
}
