package server

import (
	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
)

// denyHook refuses a call of whoever is not certainly the other side. Refusals
// are counted, and only they are: a peer that signs well gets in whatever others
// try from its address.
func (s *Server) denyHook(c *gin.Context) {
	err := s.withinRate(c.Request, refused)
	if err == nil {
		err = desk.HookDenied()
	}
	s.fail(c, err)
}
