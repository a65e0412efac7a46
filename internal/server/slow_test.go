package server_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
)

// slowDesk takes its time to answer, as a language model may.
type slowDesk struct {
	*desk.Desk

	takes time.Duration
}

func (d slowDesk) Discuss(ctx context.Context, q desk.Question) (knowledge.Decision, conversation.Thread, error) {
	select {
	case <-time.After(d.takes):
	case <-ctx.Done():
		return knowledge.Decision{}, conversation.Thread{}, ctx.Err()
	}
	return d.Desk.Discuss(ctx, q)
}

func (d slowDesk) Ask(ctx context.Context, q desk.Question) (knowledge.Decision, error) {
	decision, _, err := d.Discuss(ctx, q)
	return decision, err
}

// oneConn is a listener for one connection.
type oneConn struct {
	conns chan net.Conn
	once  sync.Once
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c, ok := <-l.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (l *oneConn) Close() error { l.once.Do(func() { close(l.conns) }); return nil }
func (*oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// TestAnAnswerMayTakeLong: how long a request may take to come in says nothing
// about how long its answer may take.
func TestAnAnswerMayTakeLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(o *options) {
			if d, ok := o.Desk.(*desk.Desk); ok {
				o.Desk = slowDesk{d, 2 * time.Minute}
			}
		})
		l := &oneConn{conns: make(chan net.Conn, 1)}
		browser, edge := net.Pipe()
		l.conns <- edge
		srv := &http.Server{Handler: h.handler, ReadHeaderTimeout: time.Minute}
		var serving sync.WaitGroup
		serving.Go(func() { _ = srv.Serve(l) })
		const body = `{"text":"身份证丢了怎么补办"}`
		_, err := fmt.Fprintf(browser, "POST /api/v1/ask HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		check(t, err)
		answer, err := http.ReadResponse(bufio.NewReader(browser), nil)
		check(t, err)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("after two minutes: %d", answer.StatusCode)
		}
		check(t, answer.Body.Close())
		check(t, srv.Close())
		serving.Wait()
	})
}
