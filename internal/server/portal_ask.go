package server

import (
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/web/portal"
)

func (p *publicPages) home(c *gin.Context) {
	p.show(c, http.StatusOK, portal.Home{Categories: p.categories()})
}

func (p *publicPages) about(c *gin.Context) { p.show(c, http.StatusOK, portal.About{}) }

func (p *publicPages) chatPage(c *gin.Context) { p.show(c, http.StatusOK, portal.Chat{Script: p.chat}) }

func (p *publicPages) askForm(c *gin.Context) { p.show(c, http.StatusOK, portal.Ask{}) }

// ask answers a question, or shows the entry chosen from those offered.
func (p *publicPages) ask(c *gin.Context) {
	if !p.form(c) {
		return
	}
	text := field(c, "text")
	if id := field(c, "entry"); id != "" {
		p.heed(c, desk.PageFeedback{Key: field(c, "key"), Text: text, Entry: id})
		p.chosen(c, text, id, false)
		return
	}
	d, err := p.desk.Ask(c.Request.Context(), desk.Question{Text: text})
	if problems, ok := fieldProblems(err, func(string) string { return "text" }); ok {
		p.show(c, http.StatusUnprocessableEntity, portal.Ask{Text: text, Errors: problems})
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	p.decided(string(d.Kind))
	p.show(c, http.StatusOK, portal.Ask{Answer: p.answer(text, d)})
}

func (p *publicPages) chosen(c *gin.Context, text, id string, rated bool) {
	e, err := p.desk.Entry(id)
	if err != nil {
		p.fail(c, err)
		return
	}
	if text == "" {
		text = e.Entry.Question
	}
	p.show(c, http.StatusOK, portal.Ask{Answer: &portal.Answer{
		Decision: string(knowledge.Answer), Asked: text, Question: e.Entry.Question, Entry: e.Entry.ID, Version: e.Entry.Version,
		Text: e.Entry.Answer, Sample: e.Entry.Sample, Sources: sourcesOf(e.Entry.Basis), Key: rand.Text(), Rated: rated,
	}})
}

func (p *publicPages) answer(asked string, d knowledge.Decision) *portal.Answer {
	a := &portal.Answer{Decision: string(d.Kind), Asked: asked, Lines: p.linesOf(d.Hotlines), Key: rand.Text()}
	for _, o := range d.Options {
		a.Options = append(a.Options, portal.Option(o))
	}
	if r := d.Answer; r != nil {
		a.Text = r.Text
		if !strings.HasPrefix(r.Entry, "line:") { // fixed wording has no entry to show
			a.Question, a.Entry, a.Version, a.Sample, a.Sources = r.Question, r.Entry, r.Version, r.Sample, sourcesOf(r.Basis)
		}
	}
	return a
}

func sourcesOf(basis []knowledge.Basis) []portal.Source {
	var found []portal.Source
	for _, b := range basis {
		found = append(found, portal.Source{Title: b.Title, Number: b.Number, Article: b.Article})
	}
	return found
}

// linesOf names numbers after the registry.
func (p *publicPages) linesOf(numbers []string) []portal.Line {
	names := map[string]string{}
	for _, h := range p.desk.Hotlines() {
		names[h.Number] = h.Name
	}
	var lines []portal.Line
	for _, n := range numbers {
		lines = append(lines, portal.Line{Number: n, Name: names[n]})
	}
	return lines
}

// hotlines shows the registry on one screen: emergencies, then the eight report
// categories, then everything else in the order of the registry.
func (p *publicPages) hotlines(c *gin.Context) {
	groups := []portal.LineGroup{
		{ID: "emergency", Name: "紧急电话", Hint: "正在发生的危险，马上打。"},
		{ID: "local", Name: "八类举报电话", Hint: "本地专用号码由本地公安机关公布。没有公布的，可以拨打110或者写信举报。"},
	}
	at := map[string]int{"emergency": 0, "local": 1}
	for _, h := range p.desk.Hotlines() {
		id := h.Group
		if h.Category != "" {
			id = "local"
		}
		i, known := at[id]
		if !known {
			i = len(groups)
			at[id] = i
			groups = append(groups, portal.LineGroup{ID: id, Name: groupName(id)})
		}
		groups[i].Lines = append(groups[i].Lines, lineOf(h))
	}
	p.show(c, http.StatusOK, portal.Hotlines{Groups: groups})
}

func lineOf(h channel.Hotline) portal.Line {
	return portal.Line{Number: h.Number, Name: h.Name, Use: h.Use, Note: h.Note}
}

func groupName(id string) string {
	switch id {
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
