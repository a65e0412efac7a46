package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// onTheWire serves a house to raw connections.
func onTheWire(t *testing.T) (dial func() net.Conn) {
	t.Helper()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	srv := &http.Server{Handler: h.handler, ReadHeaderTimeout: 10 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = srv.Serve(l) })
	t.Cleanup(func() { _ = srv.Close(); serving.Wait() })
	return func() net.Conn {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
		check(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
}

// TestOneRequestIsOneRequest: what two programs might take for different requests is
// answered once and no more; what follows on the connection is not looked at.
func TestOneRequestIsOneRequest(t *testing.T) {
	t.Parallel()
	dial := onTheWire(t)
	const body, smuggled = `{"text":"身份证丢了"}`, "GET /healthz HTTP/1.1\r\nHost: desk\r\n\r\n"
	chunked := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	for name, c := range map[string]struct {
		head, body string
		status     int
	}{
		"a length and chunks":  {"Content-Length: 300\r\nTransfer-Encoding: chunked", chunked, 200},
		"chunks and a length":  {"Transfer-Encoding: chunked\r\nContent-Length: 300", chunked, 200},
		"two lengths":          {"Content-Length: 5\r\nContent-Length: 6", body, 400},
		"a length with a sign": {"Content-Length: +5", body, 400},
		"no such coding":       {"Transfer-Encoding: xchunked", chunked, 501},
		"two codings":          {"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", chunked, 501},
		"a blank in a name":    {"Transfer-Encoding : chunked", chunked, 400},
		"a bad chunk":          {"Transfer-Encoding: chunked", "zz\r\n" + body + "\r\n0\r\n\r\n", 400},
		"a chunk with a sign":  {"Transfer-Encoding: chunked", "-1\r\n" + body + "\r\n0\r\n\r\n", 400},
		"a bare line feed":     {"X-A: a\nContent-Length: 0\r", "", 400},
		"two hosts":            {"Host: evil.example", "", 400},
	} {
		conn := dial()
		_, err := fmt.Fprintf(conn, "POST /api/v1/ask HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\n%s\r\n\r\n%s%s", c.head, c.body, smuggled)
		check(t, err)
		r := bufio.NewReader(conn)
		a, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = io.Copy(io.Discard, a.Body)
		check(t, err)
		check(t, a.Body.Close())
		if a.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, a.StatusCode, c.status)
		}
		if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
			t.Errorf("%s: and then %q, %v", name, rest, err)
		}
	}
}
