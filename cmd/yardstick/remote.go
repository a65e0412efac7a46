package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"jiesu/internal/search"
)

func meilisearchKey() string { return os.Getenv("YARDSTICK_MEILISEARCH_KEY") }

// inStep waits until questions are answered by Meilisearch.
func inStep(ctx context.Context, p *process) error {
	for end := time.Now().Add(startsWithin); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if err := p.call(ctx, http.MethodPost, "/api/v1/ask", "", map[string]string{"text": "身份证丢了怎么补办"}, nil); err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/metrics", nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		said, err := io.ReadAll(answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			return err
		}
		if bytes.Contains(said, []byte(`jiesu_searches_total{engine="meilisearch",outcome="ok"}`)) {
			return nil
		}
	}
	return errors.New("the desk does not ask Meilisearch")
}

// direct sends Meilisearch the very requests the program sends for the questions, and
// nothing else, and returns the median in milliseconds.
func direct(ctx context.Context, b *bench, during time.Duration) (float64, error) {
	requests, err := recorded(ctx, b)
	if err != nil {
		return 0, err
	}
	u, err := url.Parse(b.meilisearch)
	if err != nil {
		return 0, err
	}
	next := 0
	do, end, err := asked(ctx, u.Host, http.StatusOK, func() []byte { next++; return requests[next%len(requests)] })
	if err != nil {
		return 0, err
	}
	defer end()
	took, err := paced(ctx, []step{do}, 50, during)
	return took.at(0.5).Seconds() * 1000, err
}

// recorded are the searches as they pass a proxy.
func recorded(ctx context.Context, b *bench) (requests [][]byte, err error) {
	u, err := url.Parse(b.meilisearch)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	proxy := httputil.NewSingleHostReverseProxy(u)
	h := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if strings.HasSuffix(r.URL.Path, "/multi-search") {
			mu.Lock()
			requests = append(requests, fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: bench\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", r.URL.Path, r.Header.Get("Authorization"), len(body), body))
			mu.Unlock()
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	})}
	go func() { _ = h.Serve(listener) }()
	defer func() { err = errors.Join(err, h.Close()) }()
	engine, err := search.NewMeilisearch(search.MeilisearchOptions{URL: "http://" + listener.Addr().String(), Key: meilisearchKey(), Prefix: "yardstick"})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	for _, q := range questions() {
		if _, err := engine.Search(ctx, q, 20); err != nil {
			return nil, err
		}
	}
	return requests, nil
}
