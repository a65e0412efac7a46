package server

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/web/portal"
)

func (p *publicPages) notices(c *gin.Context) {
	all, err := p.desk.Notices(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, portal.Notices{Notices: list(all, noticeView)})
}

func (p *publicPages) notice(c *gin.Context) {
	n, err := p.desk.Notice(c.Request.Context(), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, noticeView(n))
}

func noticeView(n desk.PublicNotice) portal.Notice {
	return portal.Notice{
		ID: n.ID, Unit: n.Unit, Title: n.Title, Text: n.Text, Emergency: n.Level == desk.EmergencyNotice, Published: n.Published, Until: n.Until, Versions: n.Versions,
	}
}
