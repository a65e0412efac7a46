package server_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestPublicPagesAreSentCompressed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for _, c := range []struct {
		name, method, path, body, accept string
		zipped                           bool
	}{
		{"home", http.MethodGet, "/", "", "gzip, deflate, br", true},
		{"description", http.MethodGet, "/openapi.json", "", "gzip", true},
		{"a client that takes no gzip", http.MethodGet, "/", "", "br", false},
		{"a client that refuses gzip", http.MethodGet, "/", "", "gzip; q=0, br", false},
		{"a small file", http.MethodGet, "/assets/app-1a2b3c.css", "", "gzip", false},
		{"a receipt with its secret", http.MethodPost, "/api/v1/letters", `{"kind":"help","title":"` + strings.Repeat("路灯", 20) + `","text":"` + strings.Repeat("不亮", 900) + `"}`, "gzip", false},
		{"a letter looked up", http.MethodPost, "/letters", "", "gzip", false},
		{"a sheet", http.MethodGet, "/staff/print/reports/2025", "", "gzip", false},
	} {
		a := h.call(t, c.method, c.path, c.body, "Accept-Encoding", c.accept, "Accept", "text/html")
		if got := a.Header.Get("Content-Encoding") == "gzip"; got != c.zipped {
			t.Errorf("%s: compressed is %v, want %v (%d)", c.name, got, c.zipped, a.Status)
			continue
		}
		if !c.zipped {
			continue
		}
		plain := h.call(t, c.method, c.path, c.body, "Accept", "text/html")
		r, err := gzip.NewReader(strings.NewReader(a.Body))
		check(t, err)
		got, err := io.ReadAll(r)
		check(t, err)
		if string(got) != plain.Body || len(a.Body)*2 > len(plain.Body) {
			t.Errorf("%s: %d bytes compressed, %d plain", c.name, len(a.Body), len(plain.Body))
		}
		if !strings.Contains(a.Header.Get("Vary"), "Accept-Encoding") || a.Header.Get("Content-Length") != "" {
			t.Errorf("%s: headers %v", c.name, a.Header)
		}
	}
	first := h.call(t, http.MethodGet, "/openapi.json", "", "Accept-Encoding", "gzip")
	tag := first.Header.Get("ETag")
	if a := h.call(t, http.MethodGet, "/openapi.json", "", "Accept-Encoding", "gzip", "If-None-Match", tag); !strings.HasPrefix(tag, "W/") || a.Status != http.StatusNotModified {
		t.Errorf("with the entity tag %s: %d", tag, a.Status)
	}
}
