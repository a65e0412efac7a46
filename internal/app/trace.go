package app

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"

	"jiesu/internal/trace"
)

const spansWithin = 5 * time.Second // the last spans are sent, when stopping

// newTracer is who begins traces; nil: nobody takes them.
func (a *App) newTracer(ctx context.Context) (*trace.Tracer, error) {
	if a.config.OTLPURL == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	version := ""
	if b, ok := debug.ReadBuildInfo(); ok {
		version = b.Main.Version
	}
	return trace.New(ctx, trace.Options{
		URL: a.config.OTLPURL, Ratio: a.config.TraceRatio, Version: version, Log: a.log,
		Counted: func(outcome string, spans int) { a.figures.spans.WithLabelValues(outcome).Add(float64(spans)) },
	})
}

// closeTracer sends what waits. A collector that is away keeps nobody from stopping.
func (a *App) closeTracer(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, spansWithin)
	defer cancel()
	if err := a.tracer.Close(ctx); err != nil {
		a.log.Warn("the last spans were not sent", "error", err)
	}
}

// quietTracing makes what OpenTelemetry says of itself lines of our log. It is a
// switch of the whole process.
func quietTracing(log *slog.Logger) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Debug("opentelemetry", "error", err) }))
	otel.SetLogger(logr.FromSlogHandler(log.Handler()))
}
