package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkAskOverHTTP is a question through every middleware, without a
// network.
func BenchmarkAskOverHTTP(b *testing.B) {
	h := newHouse(b, func(o *options) { o.Config.Rates = generous() })
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/ask", strings.NewReader(`{"text":"身份证丢了怎么补办"}`))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatal(w.Body)
			}
		}
	})
}

// BenchmarkHotlines is the edge alone: no work behind it.
func BenchmarkHotlines(b *testing.B) {
	h := newHouse(b, func(o *options) { o.Config.Rates = generous() })
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/hotlines", nil))
	}
}
