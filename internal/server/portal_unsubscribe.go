package server

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/web/portal"
)

const unsubscribePage = "/unsubscribe/:token"

// unsubscribeForm asks before it ends anything: programs that check mail follow
// links.
func (p *publicPages) unsubscribeForm(c *gin.Context) {
	out, err := p.desk.OptedOut(c.Request.Context(), c.Param("token"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, portal.Unsubscribe{Token: c.Param("token"), Out: out})
}

// unsubscribe ends the messages, or takes that back. Mail programs post to it
// without the page (RFC 8058).
func (p *publicPages) unsubscribe(c *gin.Context) {
	if !p.form(c) {
		return
	}
	out := field(c, "back") == ""
	if err := p.desk.OptOut(c.Request.Context(), c.Param("token"), out); err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, portal.Unsubscribe{Token: c.Param("token"), Out: out, Done: true})
}
