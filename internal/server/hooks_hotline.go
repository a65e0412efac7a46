package server

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	wire "jiesu/webhooks/hotline"
)

const (
	hotlineHook = "/webhooks/12345/:platform"
	maxHotline  = 1 << 20 // bytes of one request
)

// platformRoutes are the hooks of 12345 platforms.
func (s *Server) platformRoutes(r gin.IRouter) { r.POST(hotlineHook, s.receiveOrders) }

// receiveOrders keeps what a platform says before it answers: an error makes the
// platform try again. Whoever is not the platform learns nothing of why, nor which
// platforms there are.
func (s *Server) receiveOrders(c *gin.Context) {
	ctx, at := c.Request.Context(), s.now()
	name := c.Param("platform")
	p, known := s.hotlines[name]
	if !known {
		s.denyHook(c)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxHotline))
	if err != nil {
		s.fail(c, formProblem(err))
		return
	}
	r := wire.Request{Method: c.Request.Method, Path: c.Request.URL.EscapedPath(), Query: c.Request.URL.RawQuery, Header: c.Request.Header, Body: raw, From: callerOf(ctx).address}
	messages, err := p.Open(r, at)
	if err != nil {
		s.denyHook(c)
		return
	}
	for _, m := range messages {
		a := desk.Arrival{Source: desk.HotlineCarrier + "/" + name, Key: m.Key, Lane: m.Lane, Type: "application/json", Body: m.Raw}
		if _, err := s.desk.Receive(ctx, a); err != nil {
			s.fail(c, err)
			return
		}
	}
	answer, err := p.Reply(ctx, at)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Data(http.StatusOK, "application/json", answer)
}
