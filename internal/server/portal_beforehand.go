package server

import (
	"bytes"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/web/portal"
)

// beforehand is the part of the letter form that shows what may answer it, for
// the form's script. Whatever goes wrong here must not be in the writer's way.
func (p *publicPages) beforehand(c *gin.Context) {
	if !p.form(c) {
		return
	}
	found, err := p.desk.Beforehand(c.Request.Context(), field(c, "title"), field(c, "body"))
	if err != nil {
		p.fail(c, err)
		return
	}
	var part bytes.Buffer
	if err := p.drawn.Part(&part, portal.Beforehand{Entries: offers(found)}); err != nil {
		p.fail(c, err)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", part.Bytes())
}

// offer shows the writer of a question once what may answer it, and reports
// whether it did. Other letters are not held up, nor is one whose writer has
// seen it.
func (p *publicPages) offer(c *gin.Context, v *portal.Letter) bool {
	if v.Seen || v.Kind != string(channel.Consult) || v.Title == "" || v.Text == "" {
		return false
	}
	found, err := p.desk.Beforehand(c.Request.Context(), v.Title, v.Text)
	if err != nil {
		p.ignored(c.Request.Context(), err)
		return false
	}
	if len(found) == 0 {
		return false
	}
	v.Seen, v.Offers, v.Question = true, offers(found), p.asks(c.Request.Context())
	p.show(c, http.StatusOK, *v)
	return true
}

func offers(found []knowledge.Entry) []portal.Offer {
	return list(found, func(e knowledge.Entry) portal.Offer {
		return portal.Offer{ID: e.ID, Question: e.Question, Answer: e.Answer, Sample: e.Sample}
	})
}
