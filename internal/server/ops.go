package server

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/problem"
)

// opsRoutes serves those who run the desk.
func (s *Server) opsRoutes(r gin.IRouter) {
	r.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) })
	r.GET("/readyz", s.readiness)
	r.GET("/metrics", s.serveMetrics)
	r.GET("/openapi.json", s.serveOpenAPI)
}

func (s *Server) readiness(c *gin.Context) {
	if s.ready != nil {
		if err := s.ready(c.Request.Context()); err != nil {
			s.fail(c, problem.New(problem.Unavailable, "server.not_ready", "服务正在启动，或暂时不可用。").Because(err))
			return
		}
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}

// serveMetrics shows figures to machines of the house only. For others there is
// no such page.
func (s *Server) serveMetrics(c *gin.Context) {
	if !within(s.config.MetricsFrom, callerOf(c.Request.Context()).address) {
		s.noRoute(c)
		return
	}
	s.metrics.handler.ServeHTTP(c.Writer, c.Request)
}

func (s *Server) serveOpenAPI(c *gin.Context) {
	document, err := s.openAPI()
	if err != nil {
		s.fail(c, err)
		return
	}
	unlessKnown(c, "application/json", document)
}
