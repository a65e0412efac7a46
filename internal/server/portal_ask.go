package server

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/web/portal"
)

func (p *publicPages) home(c *gin.Context) {
	p.show(c, http.StatusOK, portal.Home{Categories: p.categories()})
}

func (p *publicPages) about(c *gin.Context) { p.show(c, http.StatusOK, portal.About{}) }

func (p *publicPages) chatPage(c *gin.Context) { p.show(c, http.StatusOK, portal.Chat{Script: p.chat}) }

func (p *publicPages) askForm(c *gin.Context) { p.show(c, http.StatusOK, portal.Ask{}) }

// ask answers a question, or what was chosen from the entries offered. Nothing
// is remembered here: the form carries what is talked about.
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
	q := desk.Question{Text: text, Thread: carriedThread(c)}
	if field(c, "none") != "" {
		var none string
		p.heed(c, desk.PageFeedback{Key: field(c, "key"), Text: q.Thread.Open})
		q.Text, q.Choice = "", &none
	}
	d, thread, err := p.desk.Discuss(c.Request.Context(), q)
	if problems, ok := fieldProblems(err, func(string) string { return "text" }); ok {
		p.show(c, http.StatusUnprocessableEntity, portal.Ask{Text: text, Errors: problems})
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	p.decided(string(d.Kind))
	p.show(c, http.StatusOK, portal.Ask{Answer: p.answer(text, d), Thread: threadView(thread)})
}

// carriedThread is what the form says was talked about. The desk believes of it
// what can be true.
func carriedThread(c *gin.Context) conversation.Thread {
	round, err := strconv.Atoi(field(c, "round"))
	if err != nil { // no choice was offered
		return conversation.Thread{Entry: field(c, "topic"), Asked: field(c, "asked")}
	}
	return conversation.Thread{Open: field(c, "open"), Offered: c.PostFormArray("offered"), Refused: c.PostFormArray("refused"), Round: round}
}

func threadView(t conversation.Thread) portal.Thread {
	return portal.Thread{Topic: t.Entry, Asked: t.Asked, Open: t.Open, Offered: t.Offered, Refused: t.Refused, Round: t.Round}
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
	p.decided(string(knowledge.Answer))
	p.show(c, http.StatusOK, portal.Ask{Thread: portal.Thread{Topic: id}, Answer: &portal.Answer{
		Decision: string(knowledge.Answer), Asked: text, Part: partOf(e.Entry.Verbatim()), Key: rand.Text(), Rated: rated,
	}})
}

func (p *publicPages) answer(asked string, d knowledge.Decision) *portal.Answer {
	a := &portal.Answer{Decision: string(d.Kind), Asked: asked, Lines: p.linesOf(d.Hotlines), Key: rand.Text()}
	for _, o := range d.Options {
		a.Options = append(a.Options, portal.Option(o))
	}
	if d.Answer != nil {
		a.Part = partOf(d.Answer)
	}
	for i := range d.More {
		a.More = append(a.More, partOf(&d.More[i]))
	}
	return a
}

// partOf shows a reply; fixed wording has no entry to show.
func partOf(r *knowledge.Reply) portal.Part {
	if r.Fixed() {
		return portal.Part{Question: r.Question, Text: r.Text}
	}
	return portal.Part{Question: r.Question, Text: r.Text, Entry: r.Entry, Version: r.Version, Sample: r.Sample, Sources: sourcesOf(r.Basis)}
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
	for _, l := range p.desk.HotlinesOn(time.Time{}) {
		names[l.Number] = l.Name
	}
	var lines []portal.Line
	for _, n := range numbers {
		lines = append(lines, portal.Line{Number: n, Name: names[n]})
	}
	return lines
}
