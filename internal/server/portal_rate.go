package server

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
)

// rate keeps whether an answer helped, and shows the answer again.
func (p *publicPages) rate(c *gin.Context) {
	if !p.form(c) {
		return
	}
	text, id := field(c, "text"), field(c, "entry")
	score, err := strconv.Atoi(field(c, "score"))
	if err == nil && score > 0 {
		p.heed(c, desk.PageFeedback{Key: field(c, "key"), Text: text, Entry: id, Score: score})
	}
	p.chosen(c, text, id, err == nil && score > 0)
}

// heed keeps what somebody said about an answer. The citizen gets the answer
// whether or not it could be kept.
func (p *publicPages) heed(c *gin.Context, f desk.PageFeedback) {
	if err := p.desk.Heed(c.Request.Context(), f); err != nil {
		p.ignored(c.Request.Context(), err)
	}
}
