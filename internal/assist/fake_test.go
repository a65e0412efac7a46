package assist_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"jiesu/internal/assist"
	"jiesu/internal/desk/knowledge"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is an OpenAI-compatible server that answers as the test says.
type fake struct {
	url     string
	log     bytes.Buffer
	mu      sync.Mutex
	bodies  []string
	headers []http.Header
	answer  http.HandlerFunc
}

// requests are the bodies received so far.
func (f *fake) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string{}, f.bodies...)
}

func (f *fake) say(answer http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.bodies = append(f.bodies, r.URL.Path+" "+string(body))
	f.headers = append(f.headers, r.Header.Clone())
	answer := f.answer
	f.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer(w, r)
}

// content answers every chat completion with one text.
func content(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"role": "assistant", "content": text}}}})
	}
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// newFake serves over loopback; change may adjust the options of the client.
func newFake(tb testing.TB, answer http.HandlerFunc, change func(*assist.Options)) (*fake, *assist.Client) {
	tb.Helper()
	f := &fake{answer: answer}
	s := httptest.NewServer(f)
	tb.Cleanup(s.Close)
	f.url = s.URL
	o := assist.Options{
		URL: s.URL + "/v1/", Key: "geheim", Model: "writer", Embedding: "embedder", Timeout: 10 * time.Second,
		Now: time.Now, Log: slog.New(slog.NewTextHandler(&f.log, nil)),
	}
	if change != nil {
		change(&o)
	}
	c := assist.New(o)
	tb.Cleanup(c.Close)
	return f, c
}

// piped serves in memory, so that time is the bubble's own: nothing waits for a
// real network.
func piped(tb testing.TB, answer http.HandlerFunc) (*fake, *assist.Client) {
	tb.Helper()
	f := &fake{answer: answer}
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	s := &http.Server{Handler: f} //nolint:gosec // in memory
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) })
	transport := &http.Transport{DialContext: l.dial}
	c := assist.New(assist.Options{
		URL: "http://model.invalid/v1", Model: "writer", Embedding: "embedder", Timeout: 30 * time.Second,
		Now: time.Now, Log: slog.New(slog.NewTextHandler(&f.log, nil)), Transport: transport,
	})
	tb.Cleanup(func() {
		c.Close()
		_ = s.Close()
		serving.Wait()
	})
	return f, c
}

type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (*pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// hang answers nothing until the client has gone.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func sources() []knowledge.Entry {
	return []knowledge.Entry{
		{ID: "id-card-lost", Version: 3, Question: "身份证丢了怎么补办？", Answer: "到派出所申请补领，咨询电话0571-87280114。"},
		{ID: "id-card-fee", Version: 1, Question: "补办身份证多少钱？", Answer: "工本费四十元。"},
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
