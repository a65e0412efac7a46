package trace_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"jiesu/internal/problem"
	"jiesu/internal/trace"
)

// counted keeps what became of spans.
type counted struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counted) count(outcome string, spans int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[outcome] += spans
}

func newTracer(t *testing.T, url string, ratio float64) (*trace.Tracer, *counted) {
	t.Helper()
	c := &counted{n: map[string]int{}}
	tracer, err := trace.New(t.Context(), trace.Options{URL: url, Ratio: ratio, Log: slog.New(slog.DiscardHandler), Counted: c.count})
	if err != nil {
		t.Fatal(err)
	}
	return tracer, c
}

// A collector that is away or does not answer keeps nobody waiting: what it does not
// take is dropped, and counted.
func TestACollectorThatIsAway(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tracer, became := newTracer(t, gone.URL, 1)
	for range 3 {
		_, span := tracer.Job(t.Context(), "notify.staff", 1)
		span.End(nil)
	}
	if err := tracer.Close(t.Context()); err != nil || became.n[trace.Dropped] != 3 || became.n[trace.Sent] != 0 {
		t.Errorf("%v, %v", became.n, err)
	}

	const many = 6000 // more than wait, and one batch under way
	asked, answer := make(chan struct{}, 100), make(chan struct{})
	deaf := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-answer
	}))
	defer deaf.Close()
	tracer, became = newTracer(t, deaf.URL, 1)
	for range many {
		_, span := tracer.Request(t.Context(), "GET", "/letters")
		span.End(nil)
	}
	<-asked
	close(answer)
	if err := tracer.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if became.n[trace.Dropped] == 0 || became.n[trace.Dropped]+became.n[trace.Sent] != many {
		t.Errorf("of %d spans: %v", many, became.n)
	}
}

// Off, or outside of a trace that is kept, nothing is taken and nothing changes.
func TestOffCostsNothing(t *testing.T) {
	never, _ := newTracer(t, "http://127.0.0.1:1", 0)
	t.Cleanup(func() { _ = never.Close(context.Background()) })
	if ctx, span := never.Request(t.Context(), "GET", "/letters"); span.On() || trace.ID(ctx) != "" {
		t.Error("a trace that is not sampled goes on")
	}
	var off *trace.Tracer
	ctx := t.Context()
	allocated := testing.AllocsPerRun(100, func() {
		inside, request := off.Request(ctx, "GET", "/letters")
		inside, frame := off.Frame(inside, "jiesu.v1", "send")
		inside, job := off.Job(inside, "notify.staff", 1)
		inside, delivery := off.Delivery(inside, "webhook")
		inside, step := trace.Step(inside, "transaction")
		inside, statement := trace.Statement(inside, "sqlite", "SELECT id FROM ticket")
		inside, search := trace.Search(inside, "embedded")
		for _, s := range []trace.Span{request, frame, job, delivery, step, statement, search} {
			s.Status(http.StatusOK)
			s.Outcome("ok")
			s.End(nil)
		}
		if trace.ID(inside) != "" {
			t.Error("there is a trace")
		}
	})
	if allocated != 0 {
		t.Errorf("%v allocations", allocated)
	}
	if err := off.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"ticket.stale": fmt.Errorf("move: %w", problem.New(problem.Conflict, "ticket.stale", "张三刚刚处理过。")),
		"canceled":     context.Canceled, "timeout": fmt.Errorf("ask: %w", context.DeadlineExceeded), "_OTHER": errors.New("phone 13912345678"),
	} {
		if got := trace.CodeOf(err); got != want {
			t.Errorf("%v is told as %s", err, got)
		}
	}
}
