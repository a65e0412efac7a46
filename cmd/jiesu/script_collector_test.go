package main

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collected is what a collector of traces was sent.
type collected struct {
	*httptest.Server
	t     *testing.T
	mu    sync.Mutex
	raw   []byte
	spans []*otlp.Span
}

// startCollector starts one that takes everything.
func startCollector(t *testing.T) *collected {
	t.Helper()
	c := &collected{t: t}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			unzipped, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Errorf("the export does not unzip: %v", err)
				return
			}
			body = unzipped
		}
		raw, err := io.ReadAll(body)
		var asked collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(raw, &asked) != nil {
			t.Errorf("%s: not an export of traces: %v", r.URL.Path, err)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw = append(c.raw, raw...)
		for _, of := range asked.GetResourceSpans() {
			for _, by := range of.GetScopeSpans() {
				c.spans = append(c.spans, by.GetSpans()...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// all is what was sent so far.
func (c *collected) all() (spans []*otlp.Span, raw string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append(spans, c.spans...), string(c.raw)
}

// waitFor waits for a span.
func (c *collected) waitFor(name string) {
	c.t.Helper()
	over := time.After(patience)
	for tick := time.NewTicker(look); ; {
		if spans, _ := c.all(); slices.ContainsFunc(spans, func(s *otlp.Span) bool { return s.GetName() == name }) {
			return
		}
		select {
		case <-tick.C:
		case <-over:
			c.t.Fatalf("no span %q came", name)
		}
	}
}
