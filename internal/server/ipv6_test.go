package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestALetterOverIPv6 sends a form to a literal address, as a browser would.
func TestALetterOverIPv6(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp6", "[::1]:0")
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "SKIP TestALetterOverIPv6: this machine has no IPv6")
		t.Skip("no IPv6 here")
	}
	h := newHouse(t, nil)
	web := &http.Server{Handler: h.handler, ReadHeaderTimeout: time.Minute}
	done := make(chan error, 1)
	go func() { done <- web.Serve(listener) }()
	t.Cleanup(func() {
		check(t, web.Shutdown(context.Background()))
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	origin := "http://" + listener.Addr().String()
	send := func(method, path string, form url.Values, from string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, origin+path, strings.NewReader(form.Encode()))
		check(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Origin", from)
		w, err := http.DefaultClient.Do(r)
		check(t, err)
		body, err := io.ReadAll(w.Body)
		check(t, err)
		check(t, w.Body.Close())
		return w.StatusCode, string(body)
	}
	_, page := send(http.MethodGet, "/letters/new", nil, origin)
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(page)
	if key == nil {
		t.Fatalf("no form: %s", page)
	}
	form := url.Values{"key": {key[1]}, "kind": {"help"}, "title": {"路灯坏了"}, "body": {"人民路的路灯坏了。"}}
	if status, page := send(http.MethodPost, "/letters/new", form, origin); status != http.StatusOK || !strings.Contains(page, "已收到您的来信") {
		t.Errorf("the letter: %d %s", status, page)
	}
	if status, _ := send(http.MethodPost, "/letters/new", form, "http://[::2]"); status != http.StatusForbidden {
		t.Errorf("a form on another site: %d", status)
	}
}
