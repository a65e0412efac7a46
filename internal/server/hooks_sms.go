package server

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
)

const (
	smsHook    = "/webhooks/sms/:key"
	maxSMSPush = 1 << 20
)

// smsRoutes are the hooks of providers of short messages.
func (s *Server) smsRoutes(r gin.IRouter) { r.POST(smsHook, s.receiveSMS) }

// receiveSMS keeps a push before it answers: an error makes the provider push again.
func (s *Server) receiveSMS(c *gin.Context) {
	ctx := c.Request.Context()
	if !s.desk.MaySendReceipts(c.Param("key"), callerOf(ctx).address) {
		s.denyHook(c)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxSMSPush))
	if err != nil {
		s.fail(c, formProblem(err))
		return
	}
	thanks, err := s.desk.ReceiveSMS(ctx, c.Param("key"), callerOf(ctx).address, body)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Data(http.StatusOK, "application/json", []byte(thanks))
}
