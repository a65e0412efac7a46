package trace

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

const (
	queued     = 4096 // spans that wait for the collector, at most
	batch      = 512
	sendEvery  = 2 * time.Second
	sendTakes  = 5 * time.Second // at most
	tracesPath = "/v1/traces"
)

// Options of a tracer; Log and Counted are needed.
type Options struct {
	URL     string  // of the collector: http://host:4318
	Ratio   float64 // of traces that are kept
	Version string  // of this program
	Log     *slog.Logger
	Counted func(outcome string, spans int) // told what became of spans: Sent or Dropped
}

// What becomes of spans.
const (
	Sent    = "sent"
	Dropped = "dropped"
)

// New returns a tracer whose spans go to a collector. One that is away keeps nobody
// waiting: what it does not take is dropped and counted.
func New(ctx context.Context, o Options) (*Tracer, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(o.URL+tracesPath), otlptracehttp.WithTimeout(sendTakes),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{Enabled: false}))
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	s := &sender{o: o, exporter: exporter, spans: make(chan sdk.ReadOnlySpan, queued), done: make(chan struct{}), over: make(chan struct{})}
	from := resource.NewWithAttributes(semconv.SchemaURL, semconv.ServiceName(scope), semconv.ServiceVersion(o.Version), semconv.ServiceInstanceID(rand.Text()))
	p := sdk.NewTracerProvider(sdk.WithSpanProcessor(s), sdk.WithResource(from), sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(o.Ratio))))
	go s.loop() //nolint:contextcheck // it outlives the call; Close ends it
	return &Tracer{provider: p, spans: p.Tracer(scope)}, nil
}

// Close sends what waits and ends the sending.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// sender hands spans on, some at a time. That of the SDK would drop without telling
// how many.
type sender struct {
	o        Options
	exporter sdk.SpanExporter
	spans    chan sdk.ReadOnlySpan
	closing  atomic.Bool
	done     chan struct{} // closed when no more come
	over     chan struct{} // closed when the last were sent
	away     bool          // of the loop alone: the collector did not take the last
}

// OnStart implements [sdk.SpanProcessor].
func (s *sender) OnStart(context.Context, sdk.ReadWriteSpan) {}

// OnEnd implements [sdk.SpanProcessor]. It never waits.
func (s *sender) OnEnd(span sdk.ReadOnlySpan) {
	select {
	case s.spans <- span:
	default:
		s.o.Counted(Dropped, 1)
	}
}

// ForceFlush implements [sdk.SpanProcessor]; nobody asks for it.
func (s *sender) ForceFlush(context.Context) error { return nil }

// Shutdown implements [sdk.SpanProcessor].
func (s *sender) Shutdown(ctx context.Context) error {
	if s.closing.CompareAndSwap(false, true) {
		close(s.done)
	}
	select {
	case <-s.over:
		return s.exporter.Shutdown(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *sender) loop() {
	defer close(s.over)
	ticks := time.NewTicker(sendEvery)
	defer ticks.Stop()
	var some []sdk.ReadOnlySpan
	send := func() {
		s.send(some)
		some = some[:0]
	}
	for {
		select {
		case span := <-s.spans:
			if some = append(some, span); len(some) == batch {
				send()
			}
		case <-ticks.C:
			send()
		case <-s.done:
			for {
				select {
				case span := <-s.spans:
					some = append(some, span)
				default:
					send()
					return
				}
			}
		}
	}
}

// send tells what became of spans, and logs when that changes.
func (s *sender) send(some []sdk.ReadOnlySpan) {
	if len(some) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), sendTakes)
	defer cancel()
	err := s.exporter.ExportSpans(ctx, some)
	outcome := Sent
	if err != nil {
		outcome = Dropped
	}
	s.o.Counted(outcome, len(some))
	if away := err != nil; away != s.away {
		s.away = away
		if away {
			s.o.Log.Warn("the collector of traces takes none: they are dropped", "error", err)
		} else {
			s.o.Log.Info("the collector of traces takes them again")
		}
	}
}
