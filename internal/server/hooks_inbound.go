package server

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/problem"
	"jiesu/webhooks/mailbox"
)

const mailboxHook = "/webhooks/inbound/:source"

// inboundRoutes are the hooks of mailboxes that others run.
func (s *Server) inboundRoutes(r gin.IRouter) { r.POST(mailboxHook, s.receiveMail) }

// receiveMail keeps letters before it answers: an error makes the other side try
// again.
func (s *Server) receiveMail(c *gin.Context) {
	ctx := c.Request.Context()
	if !s.desk.HasMailbox(c.Param("source")) {
		s.denyHook(c)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, sheet.MaxBytes))
	if err != nil {
		s.fail(c, formProblem(err))
		return
	}
	got, err := s.desk.ReceiveMail(ctx, c.Param("source"), mailbox.Call{Header: c.Request.Header, From: callerOf(ctx).address, Body: body})
	switch {
	case problem.KindOf(err) == problem.Denied:
		s.denyHook(c)
		return
	case err != nil:
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"received": got.Received, "repeated": got.Repeated})
}
