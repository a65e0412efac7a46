package server

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// inputMoment is how a browser sends a moment: Beijing time, without saying so.
const inputMoment = "2006-01-02T15:04"

// written are the kinds of texts that are written on these pages. The others are
// written with what they belong to.
func written() []review.Kind { return []review.Kind{review.Notice, review.Entry} }

// blankText is the form for a text of kind k, which is one of [written].
func blankText(c desk.Catalogue, k review.Kind) portal.TextForm {
	f := portal.TextForm{
		Kind: portal.Choice{Value: string(k), Name: k.Name()}, Long: review.MaxBody, Reasons: list(review.Full.Reasons(), reviewReason), Reason: "interest",
	}
	if k == review.Notice {
		f.Fields = []portal.TextField{
			{Name: "level", Options: []portal.Choice{{Value: "ordinary", Name: "普通"}, {Value: "emergency", Name: "紧急：在所有页面和新对话的最前面显示"}}},
			{Name: "from", Type: "datetime-local", Hint: "不填写的，发布后立即显示。"},
			{Name: "until", Type: "datetime-local", Hint: "紧急公告必须填写，最长三十天。"},
		}
	} else {
		f.Fields, f.Reason = entryFields(c), "concern"
	}
	for i := range f.Fields {
		f.Fields[i].Label = attributeName(f.Fields[i].Name)
	}
	return f
}

func entryFields(c desk.Catalogue) []portal.TextField {
	categories := []portal.Choice{{Name: "请选择"}}
	for _, l := range c.Library {
		if o := (portal.Choice{Value: l.Name, Name: l.Name}); !slices.Contains(categories, o) {
			categories = append(categories, o)
		}
	}
	return []portal.TextField{
		{Name: "variants", Type: "lines", Hint: "群众会怎么问，一行一种，至少五种。"},
		{Name: "category", Options: categories},
		{Name: "audience", Options: []portal.Choice{{Value: "both", Name: "个人和企业"}, {Value: "person", Name: "个人"}, {Value: "enterprise", Name: "企业"}}},
		{Name: "keywords", Type: "lines", Hint: "选填，一行一个。"},
		{Name: "basis", Type: "lines", Hint: "一行一件：文件编号 | 条款。"},
		{Name: "certainty", Options: []portal.Choice{{Value: "A", Name: "A，已核对原文"}, {Value: "B", Name: "B，来自转述"}, {Value: "C", Name: "C，需要本地核实"}}},
		{Name: "local", Type: "lines", Hint: "选填，本地和通行做法不同的地方。"},
		{Name: "publish_at", Type: "datetime-local", Hint: "选填，定时发布；不填写的，发布后立即使用。"},
		{Name: "valid_from", Type: "date"},
		{Name: "valid_to", Type: "date", Hint: "选填。"},
		{Name: "review_by", Type: "date", Hint: "最迟在这一天复核。"},
		{Name: "item_conditions", Type: "lines", Hint: "选填，一行一项。"},
		{Name: "item_materials", Type: "lines", Hint: "选填，一行一项。"},
		{Name: "item_procedure", Type: "lines", Hint: "选填，一行一步。"},
		{Name: "item_time_limit", Type: "text", Hint: "选填。"},
		{Name: "item_fee", Type: "text", Hint: "选填。"},
	}
}

// fill writes a text into the form.
func fill(f *portal.TextForm, c *review.Content) {
	f.Title, f.Body, f.Reason = c.Title, c.Body, c.Disclosure.Reason
	for _, a := range c.Attributes {
		i := slices.IndexFunc(f.Fields, func(t portal.TextField) bool { return t.Name == a.Name })
		if i < 0 {
			continue
		}
		f.Fields[i].Value = a.Value
		if at, err := time.Parse(time.RFC3339, a.Value); err == nil && f.Fields[i].Type == "datetime-local" {
			f.Fields[i].Value = at.In(beijing()).Format(inputMoment)
		}
	}
}

// readText takes in what was sent with the form, and makes the text of it.
func readText(c *gin.Context, f *portal.TextForm) review.Content {
	f.About, f.Hash, f.Title, f.Body, f.Reason = field(c, "about"), field(c, "hash"), field(c, "title"), field(c, "body"), field(c, "reason")
	content := review.Content{Title: f.Title, Body: f.Body, Disclosure: review.Disclosure{Decision: review.Full, Reason: f.Reason}}
	for i := range f.Fields {
		t := &f.Fields[i]
		t.Value = field(c, t.Name)
		value := t.Value
		if at, err := time.ParseInLocation(inputMoment, value, beijing()); err == nil && t.Type == "datetime-local" {
			value = at.Format(time.RFC3339)
		}
		if value != "" {
			content.Attributes = append(content.Attributes, review.Attribute{Name: t.Name, Value: value})
		}
	}
	return content
}

// newText is the form for a new text: blank, or with what an entry says.
func (p staffPages) newText(c *gin.Context) {
	f, ok := p.textForm(c, review.Kind(c.Query("kind")))
	if !ok {
		return
	}
	if id := c.Query("entry"); id != "" {
		t, err := p.desk.EntryDraft(id)
		if err != nil {
			p.fail(c, err)
			return
		}
		f.About = id
		fill(&f, &t.Content)
	}
	p.show(c, http.StatusOK, f)
}

// textForm is the form for a text of kind k, unless the caller writes none.
func (p staffPages) textForm(c *gin.Context, k review.Kind) (portal.TextForm, bool) {
	switch {
	case actorOf(c.Request.Context()).Drafts == "":
		p.fail(c, problem.New(problem.Denied, "review.denied", "您的岗位不起草稿件。"))
	case !slices.Contains(written(), k):
		p.fail(c, problem.New(problem.NotFound, "review.kind", "这类内容不在这里起草。"))
	default:
		return blankText(p.desk.Catalogue(), k), true
	}
	return portal.TextForm{}, false
}

func (p staffPages) draftText(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	f, ok := p.textForm(c, review.Kind(field(c, "kind")))
	if !ok {
		return
	}
	ctx := c.Request.Context()
	t := desk.TextDraft{Kind: review.Kind(f.Kind.Value), Content: readText(c, &f)}
	if t.Kind == review.Entry && f.About != "" {
		of, err := p.desk.EntryDraft(f.About)
		if err != nil {
			p.fail(c, err)
			return
		}
		t.Subject, t.Unit = of.Subject, of.Unit
	}
	v, err := p.desk.DraftText(ctx, actorOf(ctx), t)
	p.wrote(c, f, v.ID, err)
}

// editText is the form with the latest version of a text.
func (p staffPages) editText(c *gin.Context) {
	if f, v, ok := p.editForm(c); ok {
		f.Hash = v.Latest().Hash
		fill(&f, &v.Latest().Content)
		p.show(c, http.StatusOK, f)
	}
}

func (p staffPages) editForm(c *gin.Context) (portal.TextForm, desk.TextView, bool) {
	ctx := c.Request.Context()
	v, err := p.desk.Text(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return portal.TextForm{}, v, false
	}
	f, ok := p.textForm(c, v.Kind)
	f.ID = v.ID
	return f, v, ok
}

func (p staffPages) saveText(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	f, v, ok := p.editForm(c)
	if !ok {
		return
	}
	ctx := c.Request.Context()
	content := readText(c, &f)
	_, err := p.desk.MoveText(ctx, actorOf(ctx), v.ID, desk.TextCommand{Move: review.Edit, Hash: f.Hash, Content: content})
	p.wrote(c, f, v.ID, err)
}

// wrote shows the text, or the form with what has to be mended.
func (p staffPages) wrote(c *gin.Context, f portal.TextForm, id string, err error) {
	if err == nil {
		c.Redirect(http.StatusSeeOther, reviewsPage+"/"+id)
		return
	}
	ctx := c.Request.Context()
	problems, ok := p.mendable(ctx, err, textField)
	if !ok {
		p.fail(c, err)
		return
	}
	f.Errors = problems
	p.show(c, p.problemOf(ctx, err).Status, f)
}

// textField is the field of the form a problem is about.
func textField(pointer string) string {
	name := pointer[strings.LastIndexByte(pointer, '/')+1:]
	switch name {
	case "question":
		return "title"
	case "answer":
		return "body"
	case "attributes", "subject", "decision", "content", "ticket":
		return ""
	}
	return name
}
