package server_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/server"
)

var update = flag.Bool("update", false, "rewrite openapi.json")

var parameter = regexp.MustCompile(`[:*]\w+`)

func TestEveryRouteNeedsASessionUnlessItIsAnOpenDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() }) // there are more routes than requests in a minute
	open := server.OpenDoors()
	known := map[string]bool{}
	for _, r := range server.Routes(h.server) {
		name := r.Method + " " + r.Path
		known[name] = true
		body := ""
		if r.Method == http.MethodPost {
			body = `{}`
		}
		path := parameter.ReplaceAllString(r.Path, "x")
		if slices.Contains(open, name) {
			if a := h.call(t, r.Method, path, body); a.Status == http.StatusUnauthorized && !strings.HasPrefix(r.Path, "/api/v1/chat/") && !strings.HasSuffix(r.Path, "/session") {
				t.Errorf("%s is an open door and asks for a session", name)
			}
			continue
		}
		for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}, {"Cookie", "jiesu_session=wrong"}, {"Authorization", "Basic eDp5"}} {
			a := h.call(t, r.Method, path, body, header...)
			if a.Status != http.StatusUnauthorized {
				t.Errorf("%s without a session (%v): %d, want 401", name, header, a.Status)
				continue
			}
			a.want(t, http.StatusUnauthorized, "session.required")
		}
	}
	for _, d := range open {
		if !known[d] {
			t.Errorf("%s is listed as an open door and does not exist", d)
		}
	}
}

func TestUnknownRoutesAndMethods(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for _, c := range []struct {
		method, path string
		status       int
		code, allow  string
	}{
		{http.MethodGet, "/api/v1/nothing", 404, "route.not_found", ""},
		{http.MethodGet, "/api/v1/letters/", 404, "route.not_found", ""},
		{http.MethodPost, "/%2e%2e/etc/passwd", 404, "route.not_found", ""},
		{http.MethodGet, "/assets/../../go.mod", 404, "route.not_found", ""},
		{http.MethodGet, "/docs/nothing.js", 404, "route.not_found", ""},
		{http.MethodGet, "/api/v1/ask", 405, "route.method", "POST"},
		{http.MethodDelete, "/api/v1/letters", 405, "route.method", "POST"},
		{http.MethodPut, "/api/v1/hotlines", 405, "route.method", "GET"},
		{"BREW", "/api/v1/hotlines", 405, "route.method", "GET"},
		{http.MethodOptions, "/api/v1/letters", 405, "route.method", "POST"},
		{http.MethodGet, "/api/v1/library/a%00b", 400, "request.encoding", ""},
		{http.MethodGet, "/api/v1/library?category=%ff", 400, "request.encoding", ""},
		{http.MethodGet, "/api/v1/library?category=%0a", 400, "request.encoding", ""},
		{http.MethodGet, "/api/v1/library?limit=many", 422, "request.invalid", ""},
		{http.MethodGet, "/api/v1/library?limit=0", 422, "request.invalid", ""},
		{http.MethodGet, "/api/v1/library?limit=99999999999999999999", 422, "request.invalid", ""},
		{http.MethodGet, "/api/v1/library/nothing-like-this", 404, "library.not_found", ""},
	} {
		a := h.call(t, c.method, c.path, "")
		a.want(t, c.status, c.code)
		if got := a.Header.Get("Allow"); got != c.allow {
			t.Errorf("%s %s: Allow %q, want %q", c.method, c.path, got, c.allow)
		}
	}
	if a := h.call(t, http.MethodHead, "/healthz", ""); a.Status != http.StatusOK {
		t.Errorf("HEAD /healthz: %d", a.Status)
	}
}

func TestOpenAPIIsUnchanged(t *testing.T) {
	t.Parallel()
	got, err := server.OpenAPI()
	check(t, err)
	if *update {
		check(t, os.WriteFile("openapi.json", got, 0o600))
	}
	want, err := os.ReadFile("openapi.json")
	check(t, err)
	if string(got) != string(want) {
		t.Error("the API differs from openapi.json: run go test ./internal/server -run OpenAPI -update, and review the diff")
	}
	h := newHouse(t, nil)
	served := h.call(t, http.MethodGet, "/openapi.json", "")
	if served.Body != string(want) {
		t.Error("/openapi.json serves another document")
	}
	if a := h.call(t, http.MethodGet, "/openapi.json", "", "If-None-Match", served.Header.Get("ETag")); a.Status != http.StatusNotModified {
		t.Errorf("with its entity tag: %d, want 304", a.Status)
	}
}

func TestOpenAPIDescribesEveryRoute(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	raw, err := server.OpenAPI()
	check(t, err)
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string                    `json:"operationId"`
			Tags        []string                  `json:"tags"`
			Responses   map[string]map[string]any `json:"responses"`
			Security    []map[string][]string     `json:"security"`
		} `json:"paths"`
	}
	check(t, json.Unmarshal(raw, &doc))
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s, want 3.1", doc.OpenAPI)
	}
	if strings.Contains(string(raw), "$schema") {
		t.Error("the document links schemas to responses")
	}
	for _, r := range server.Routes(h.server) {
		if !strings.HasPrefix(r.Path, "/api/") {
			continue
		}
		path := regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}")
		op, ok := doc.Paths[path][strings.ToLower(r.Method)]
		if !ok {
			t.Errorf("%s %s is not described", r.Method, r.Path)
			continue
		}
		if op.OperationID == "" || len(op.Tags) != 1 {
			t.Errorf("%s %s has no id or tag", r.Method, r.Path)
		}
		codes := []string{"400", "429", "500"}
		if !server.IsOpen(h.server, r.Method, r.Path) {
			codes = append(codes, "401", "403")
			if len(op.Security) == 0 {
				t.Errorf("%s %s does not say that it needs a session", r.Method, r.Path)
			}
		}
		for _, code := range codes {
			if !strings.Contains(asJSON(t, op.Responses[code]), "#/components/schemas/Problem") {
				t.Errorf("%s %s: %s is not described as a problem", r.Method, r.Path, code)
			}
		}
	}
}
