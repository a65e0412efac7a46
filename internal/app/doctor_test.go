package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What the doctor says about secrets others can read, and about networks others are on.
func TestExaminations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys")
	for mode, wrong := range map[os.FileMode]bool{0o600: false, 0o440: false, 0o604: true, 0o644: true} {
		if err := os.WriteFile(keys, []byte("k"), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(keys, mode); err != nil {
			t.Fatal(err)
		}
		if e := examineSecret("keys", keys); e.wrong != wrong {
			t.Errorf("%o: %v", mode, e)
		}
	}
	if e := examineSecret("keys", filepath.Join(dir, "none")); e.wrong {
		t.Error(e)
	}
	if e := examineSpace(dir); strings.Contains(e.found, " 0 of 0 ") {
		t.Error(e)
	}
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	for address, want := range map[string]string{
		"http://127.0.0.1:7700": "on this machine", "redis://localhost:6379/0": "on this machine", "redis://:geheim@redis.example:6379/0": "without TLS over a network",
		"postgres://jiesu:geheim@db.example/jiesu": "sslmode=verify-full", "postgres://jiesu:geheim@db.example/jiesu?sslmode=verify-full": "is checked",
		"postgres:///jiesu?host=/run/postgresql": "on this machine", "https://127.0.0.1:1": "no TLS now", untrusted.URL: "WRONG",
	} {
		said := examineURL(context.Background(), "some_url", address, time.Now()).String()
		if !strings.Contains(said, want) || strings.Contains(said, "geheim") || strings.Contains(said, "example") {
			t.Errorf("%s: %s", address, said)
		}
	}
}
