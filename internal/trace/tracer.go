package trace

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	api "go.opentelemetry.io/otel/trace"
)

// Tracer begins traces. Of a nil one, none are kept.
type Tracer struct {
	provider *sdk.TracerProvider
	spans    api.Tracer
}

// Request begins the trace of a request, by the template of its route.
func (t *Tracer) Request(ctx context.Context, method, route string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	return t.begin(ctx, method+" "+route, api.SpanKindServer, semconv.HTTPRequestMethodKey.String(method), semconv.HTTPRoute(route))
}

// Frame begins the trace of a frame that came over a socket.
func (t *Tracer) Frame(ctx context.Context, protocol, frame string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	return t.begin(ctx, "chat "+frame, api.SpanKindServer, semconv.NetworkProtocolName("websocket"),
		attribute.String("jiesu.protocol", protocol), attribute.String("jiesu.frame", frame))
}

// Job begins the trace of work on so many jobs of a kind.
func (t *Tracer) Job(ctx context.Context, kind string, n int) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	return t.begin(ctx, "process "+kind, api.SpanKindConsumer, semconv.MessagingSystemKey.String(scope), semconv.MessagingDestinationName(kind),
		semconv.MessagingOperationName("process"), semconv.MessagingOperationTypeProcess, semconv.MessagingBatchMessageCount(n))
}

// Delivery begins the trace of an attempt to deliver by a carrier.
func (t *Tracer) Delivery(ctx context.Context, carrier string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	return t.begin(ctx, "send "+carrier, api.SpanKindProducer, semconv.MessagingSystemKey.String(scope), semconv.MessagingDestinationName(carrier),
		semconv.MessagingOperationName("send"), semconv.MessagingOperationTypeSend)
}

func (t *Tracer) begin(ctx context.Context, name string, kind api.SpanKind, at ...attribute.KeyValue) (context.Context, Span) {
	begun, span := t.spans.Start(ctx, name, api.WithNewRoot(), api.WithSpanKind(kind), api.WithAttributes(at...))
	if !span.IsRecording() {
		return ctx, Span{}
	}
	return begun, Span{span}
}
