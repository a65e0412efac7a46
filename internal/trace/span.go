package trace

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	api "go.opentelemetry.io/otel/trace"

	"jiesu/internal/problem"
)

// scope names who makes the spans.
const scope = "jiesu"

// Span is one piece of work under way. The zero span does nothing.
type Span struct{ on api.Span }

// On reports whether anybody keeps the span: whether it is worth to say more.
func (s Span) On() bool { return s.on != nil }

// End says that the work is done, and what it failed with. An error is told by its
// code: its text may hold what was sent.
func (s Span) End(err error) {
	if s.on == nil {
		return
	}
	if err != nil {
		s.Fail(CodeOf(err))
	}
	s.on.End()
}

// Fail says by a code how the work went wrong.
func (s Span) Fail(code string) {
	if s.on != nil {
		s.on.SetAttributes(semconv.ErrorTypeKey.String(code))
		s.on.SetStatus(codes.Error, "")
	}
}

// Outcome says how the work ended, by a word from a short list.
func (s Span) Outcome(word string) {
	if s.on != nil {
		s.on.SetAttributes(attribute.String("jiesu.outcome", word))
	}
}

// Status is what a request was answered with. Faults of the client are no errors of
// ours.
func (s Span) Status(status int) {
	if s.on == nil {
		return
	}
	s.on.SetAttributes(semconv.HTTPResponseStatusCode(status))
	if status >= 500 {
		s.Fail(strconv.Itoa(status))
	}
}

// CodeOf is what may be told about an error.
func CodeOf(err error) string {
	switch e, ours := errors.AsType[*problem.Error](err); {
	case ours:
		return e.Code
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return semconv.ErrorTypeOther.Value.AsString()
}

// ID is the id of the trace that ctx belongs to, or empty.
func ID(ctx context.Context) string {
	if s := api.SpanContextFromContext(ctx); s.IsSampled() {
		return s.TraceID().String()
	}
	return ""
}

// Step begins a part of the trace ctx belongs to, where there is one that is kept.
func Step(ctx context.Context, name string) (context.Context, Span) {
	if !api.SpanFromContext(ctx).IsRecording() {
		return ctx, Span{}
	}
	return step(ctx, name, api.SpanKindInternal)
}

// Statement begins a statement of a database within the trace ctx belongs to. Of the
// text only the operation and the table are told.
func Statement(ctx context.Context, system, text string) (context.Context, Span) {
	if !api.SpanFromContext(ctx).IsRecording() {
		return ctx, Span{}
	}
	operation, table := summary(text)
	name := strings.TrimSpace(operation + " " + table)
	at := []attribute.KeyValue{semconv.DBSystemNameKey.String(system), semconv.DBOperationName(operation)}
	if table != "" {
		at = append(at, semconv.DBCollectionName(table))
	}
	return step(ctx, name, api.SpanKindClient, at...)
}

// Search begins a search for candidates by an engine.
func Search(ctx context.Context, engine string) (context.Context, Span) {
	if !api.SpanFromContext(ctx).IsRecording() {
		return ctx, Span{}
	}
	return step(ctx, "search "+engine, api.SpanKindClient, semconv.DBSystemNameKey.String(engine), semconv.DBOperationName("search"))
}

func step(ctx context.Context, name string, kind api.SpanKind, at ...attribute.KeyValue) (context.Context, Span) {
	ctx, span := api.SpanFromContext(ctx).TracerProvider().Tracer(scope).Start(ctx, name, api.WithSpanKind(kind), api.WithAttributes(at...))
	return ctx, Span{span}
}

// summary is the operation of a statement and the table it is about. Neither is ever
// a value: values come after.
func summary(text string) (operation, table string) {
	const enough = 5                    // INSERT INTO table; UPDATE table; WITH and others name none
	text, _, _ = strings.Cut(text, "'") // no values
	words := strings.Fields(text)
	if len(words) == 0 {
		return "", ""
	}
	operation = strings.ToUpper(words[0])
	before := map[string]string{"INSERT": "INTO", "DELETE": "FROM", "SELECT": "FROM"}[operation]
	for i, w := range words {
		switch {
		case operation == "UPDATE" && i == 1:
			return operation, identifier(w)
		case before != "" && i > 0 && strings.EqualFold(words[i-1], before):
			if table = identifier(w); table != "" { // of a statement within, where the first is one
				return operation, table
			}
		case operation == "INSERT" && i > enough:
			return operation, ""
		}
	}
	return operation, ""
}

// identifier is a word that is a name, or empty.
func identifier(word string) string {
	name, _, _ := strings.Cut(strings.Trim(word, `"`), "(")
	for _, r := range name {
		if (r < 'a' || r > 'z') && r != '_' {
			return ""
		}
	}
	return name
}
