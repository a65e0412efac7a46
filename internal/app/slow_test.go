package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener for connections in memory.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p *pipes) Close() error { p.once.Do(func() { close(p.conns) }); return nil }
func (*pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial() net.Conn {
	mine, theirs := net.Pipe()
	p.conns <- theirs
	return mine
}

// TestNobodyIsWaitedForForLong: who sends a head or a body drop by drop, or does not
// take an answer, is cut off when the server says so; others are answered meanwhile.
func TestNobodyIsWaitedForForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const much = 16 << 20 // more than any buffer takes
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(io.Discard, r.Body)
			if err == nil && r.URL.Path == "/much" {
				_, err = io.WriteString(w, strings.Repeat("x", much))
			}
			if err != nil {
				panic(http.ErrAbortHandler)
			}
		})
		l := &pipes{conns: make(chan net.Conn)}
		srv := newHTTPServer(handler, slog.New(slog.DiscardHandler))
		var serving sync.WaitGroup
		serving.Go(func() { _ = srv.Serve(l) })
		began := time.Now()
		dribble := func(head, drop string, every, within time.Duration) {
			conn := l.dial()
			serving.Go(func() {
				defer func() { _ = conn.Close() }()
				serving.Go(func() { _, _ = io.Copy(io.Discard, conn) }) // whatever it says
				_, err := io.WriteString(conn, head)
				for err == nil {
					time.Sleep(every)
					_, err = io.WriteString(conn, drop)
				}
				if took := time.Since(began); took > within+every {
					t.Errorf("%.20q was waited for: %s", head, took)
				}
			})
		}
		for range 50 {
			dribble("GET / HTTP/1.1\r\n", "X-A: a\r\n", 3*time.Second, headWithin)
			dribble("POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 100000\r\n\r\n", "x", 7*time.Second, readWithin)
		}
		deaf := l.dial()
		_, err := io.WriteString(deaf, "GET /much HTTP/1.1\r\nHost: desk\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		honest := l.dial()
		if status := ask(t, honest, "GET / HTTP/1.1\r\nHost: desk\r\n\r\n"); status != http.StatusOK || time.Since(began) > 0 {
			t.Errorf("others are answered %d after %s", status, time.Since(began))
		}
		if status := ask(t, l.dial(), "GET / HTTP/1.1\r\nHost: desk\r\nX-A: "+strings.Repeat("a", headBytes+8<<10)+"\r\n\r\n"); status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a large head: %d", status)
		}
		time.Sleep(writeWithin + time.Second)
		synctest.Wait()
		taken, err := io.Copy(io.Discard, deaf)
		if taken >= much || err != nil {
			t.Errorf("who takes no answer is served for ever: %d bytes, %v", taken, err)
		}
		if _, err := honest.Write([]byte("GET")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("who says nothing more is kept: %v", err)
		}
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
}

// ask sends a request and returns the status of the answer.
func ask(t *testing.T, conn net.Conn, request string) int {
	t.Helper()
	go func() { _, _ = fmt.Fprint(conn, request) }()
	a, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Body.Close(); err != nil {
		t.Error(err)
	}
	return a.StatusCode
}
