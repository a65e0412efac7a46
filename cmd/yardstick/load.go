package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// step is one thing a client does and waits for.
type step func() error

// closed has every client go on as soon as it has its answer, and returns how many
// answers there were a second. The first tenth does not count.
func closed(ctx context.Context, clients []step, during time.Duration) (float64, error) {
	var counted atomic.Int64
	var counting, over atomic.Bool
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for _, do := range clients {
		all.Go(func() {
			for !over.Load() && ctx.Err() == nil {
				if err := do(); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				if counting.Load() {
					counted.Add(1)
				}
			}
		})
	}
	<-time.After(during / 10)
	counting.Store(true)
	from := time.Now()
	<-time.After(during)
	counting.Store(false)
	took := time.Since(from)
	over.Store(true)
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(counted.Load()) / took.Seconds(), ctx.Err()
}

// latencies are what answers took, in order.
type latencies []time.Duration

func (l latencies) at(share float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	return l[int(share*float64(len(l)-1))]
}

func (l latencies) String() string {
	ms := func(share float64) string { return fmt.Sprintf("%.2f", l.at(share).Seconds()*1000) }
	return "p50 " + ms(0.5) + ", p99 " + ms(0.99) + " ms"
}

// paced has the clients take turns at a rate a second, and returns what each answer
// took from the moment it was due: who waits for a client that is late waits too.
func paced(ctx context.Context, clients []step, rate float64, during time.Duration) (latencies, error) {
	begin := time.Now().Add(100 * time.Millisecond)
	gap := time.Duration(float64(time.Second) / rate)
	each := gap * time.Duration(len(clients))
	took := make([]latencies, len(clients))
	errs := make([]error, len(clients))
	var all sync.WaitGroup
	for i, do := range clients {
		all.Go(func() {
			due := begin.Add(gap * time.Duration(i))
			for ; due.Sub(begin) < during && ctx.Err() == nil; due = due.Add(each) {
				time.Sleep(time.Until(due))
				if errs[i] = do(); errs[i] != nil {
					return
				}
				if due.Sub(begin) > during/10 {
					took[i] = append(took[i], time.Since(due))
				}
			}
		})
	}
	all.Wait()
	return slices.Sorted(slices.Values(slices.Concat(took...))), errors.Join(errors.Join(errs...), ctx.Err())
}

// asked is a client of plain HTTP over one connection that stays open. request
// returns all of the next request.
func asked(ctx context.Context, address string, want int, request func() []byte) (step, func(), error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(c, 8<<10)
	return func() error {
		if _, err := c.Write(request()); err != nil {
			return err
		}
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		said, err := io.ReadAll(answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			return err
		}
		if answer.StatusCode != want {
			return fmt.Errorf("%s: %.300s", answer.Status, said)
		}
		return nil
	}, func() { _ = c.Close() }, nil
}

// askedBy are n such clients; request makes what the i-th of them sends.
func askedBy(ctx context.Context, p *process, n, want int, request func(i int) func() []byte) (clients []step, leave func(), err error) {
	var ends []func()
	leave = func() {
		for _, end := range ends {
			end()
		}
	}
	for i := range n {
		do, end, err := asked(ctx, p.address, want, request(i))
		if err != nil {
			return nil, leave, err
		}
		clients, ends = append(clients, do), append(ends, end)
	}
	return clients, leave, nil
}

// get is a GET request, and post one with a JSON body.
func get(path, token string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: bench\r\n" + bearer(token) + "\r\n")
}

func post(path, token, key, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: bench\r\n%sContent-Type: application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s", path, bearer(token), key, len(body), body)
}

func bearer(token string) string {
	if token == "" {
		return ""
	}
	return "Authorization: Bearer " + token + "\r\n"
}

// socket opens a websocket with small buffers.
func socket(ctx context.Context, url string, protocols ...string) (*websocket.Conn, error) {
	d := websocket.Dialer{Subprotocols: protocols, ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: &writeBuffers, HandshakeTimeout: time.Minute}
	ws, answer, err := d.DialContext(ctx, url, nil)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	return ws, err
}

var writeBuffers sync.Pool //nolint:gochecknoglobals // what thousands of clients have in common

// dialled does something n times by 32 at once, and returns how many a second.
func dialled(n int, do func(i int) error) (float64, error) {
	var next atomic.Int64
	next.Store(-1)
	errs := make([]error, 32)
	var all sync.WaitGroup
	from := time.Now()
	for worker := range errs {
		all.Go(func() {
			for i := int(next.Add(1)); i < n && errs[worker] == nil; i = int(next.Add(1)) {
				errs[worker] = do(i)
			}
		})
	}
	all.Wait()
	return float64(n) / math.Max(time.Since(from).Seconds(), 1e-6), errors.Join(errs...)
}
