package server

import (
	"context"
	"log/slog"

	"github.com/gin-gonic/gin"

	"jiesu/internal/trace"
)

// traced begins the trace of a request, by its route template. What machines ask for
// again and again is not worth one.
func (s *Server) traced(c *gin.Context) {
	route := c.FullPath()
	switch route {
	case "/healthz", "/readyz", "/metrics":
		c.Next()
		return
	case "":
		route = noTemplate
	}
	ctx, span := s.tracer.Request(c.Request.Context(), knownMethod(c.Request.Method), route)
	if span.On() {
		c.Request = c.Request.WithContext(ctx)
	}
	c.Next()
	span.Status(c.Writer.Status())
	span.End(nil)
}

// LogIDs adds to every line the ids of the request and of the trace it belongs to.
func LogIDs(next slog.Handler) slog.Handler { return logIDs{next} }

type logIDs struct{ slog.Handler }

// Handle implements [slog.Handler].
func (h logIDs) Handle(ctx context.Context, r slog.Record) error {
	if id := requestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	if id := trace.ID(ctx); id != "" {
		r.AddAttrs(slog.String("trace_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h logIDs) WithAttrs(a []slog.Attr) slog.Handler { return logIDs{h.Handler.WithAttrs(a)} }

// WithGroup implements [slog.Handler].
func (h logIDs) WithGroup(name string) slog.Handler { return logIDs{h.Handler.WithGroup(name)} }
