package assist_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"jiesu/internal/assist"
	"jiesu/internal/assist/assisttest"
	"jiesu/internal/desk/knowledge"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a stand-in for the model with the log of its client.
type fake struct {
	*assisttest.Server
	log logged
}

type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newFake serves over loopback.
func newFake(tb testing.TB, answer http.HandlerFunc) (*fake, *assist.Client) {
	tb.Helper()
	return client(tb, assisttest.Serve(tb, answer))
}

// piped serves in memory, for a bubble.
func piped(tb testing.TB, answer http.HandlerFunc) (*fake, *assist.Client) {
	tb.Helper()
	return client(tb, assisttest.Pipe(tb, answer))
}

func client(tb testing.TB, s *assisttest.Server) (*fake, *assist.Client) {
	tb.Helper()
	f := &fake{Server: s}
	c := assist.New(assist.Options{
		URL: s.URL + "/", Key: "geheim", Model: "writer", Embedding: "embedder", Timeout: 30 * time.Second,
		Now: time.Now, Log: slog.New(slog.NewTextHandler(&f.log, nil)), Transport: s.Transport,
	})
	tb.Cleanup(c.Close)
	return f, c
}

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
