package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"jiesu/internal/limit"
)

// plain is a GET of what the program knows by heart against gin handing out as many
// bytes: identification, limits, headers, metrics and a line in the log are ours.
func plain(ctx context.Context, b *bench) (v value, err error) {
	const path = "/api/v1/hotlines"
	during := time.Duration(b.seconds * float64(time.Second))
	size := 0
	p, err := b.fresh(ctx)
	err = with(p, err, func(p *process) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+path, nil)
		if err != nil {
			return err
		}
		r.Header.Set("Accept-Encoding", "identity")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		size = len(body)
		if err != nil {
			return err
		}
		v.ours, err = getters(ctx, p, path, during)
		return err
	})
	if err != nil {
		return v, err
	}
	p, err = b.bare(ctx, strconv.Itoa(size))
	err = with(p, err, func(p *process) (err error) {
		v.bare, err = getters(ctx, p, "/plain", during)
		return err
	})
	v.remark = fmt.Sprintf("%d bytes", size)
	return v, err
}

func getters(ctx context.Context, p *process, path string, during time.Duration) (float64, error) {
	clients, leave, err := askedBy(ctx, p, writers, http.StatusOK, func(int) func() []byte { return func() []byte { return get(path, "") } })
	defer leave()
	if err != nil {
		return 0, err
	}
	return closed(ctx, clients, during)
}

// limiter is the share of an echo's time on the processor that one decision of the
// limiter costs with Redis on.
func limiter(ctx context.Context, b *bench) (v value, err error) {
	o, err := redis.ParseURL(b.redis)
	if err != nil {
		return v, err
	}
	shared := redis.NewClient(o)
	defer func() { _ = shared.Close() }()
	l := limit.NewShared(shared, time.Now, 100_000, func(error) {})
	rate := limit.Rate{Count: 1_000_000, Period: time.Second}
	const events, keys = 500_000, 1000 // a thousand connections that talk
	names := make([]string, keys)
	for i := range names {
		names[i] = fmt.Sprintf("chat/%d", i)
	}
	from := ownCPU()
	for i := range events {
		if _, err := l.Allow(ctx, names[i%keys], rate); err != nil {
			return v, err
		}
	}
	each := (ownCPU() - from).Seconds() / events
	p, err := b.bare(ctx)
	err = with(p, err, func(p *process) error {
		clients, leave, err := echoes(ctx, p, "/echo", strings.Repeat("x", 128))
		defer leave()
		if err != nil {
			return err
		}
		before := p.cpu()
		from := time.Now()
		perSecond, err := closed(ctx, clients, time.Duration(b.seconds*float64(time.Second)))
		spent := (p.cpu() - before).Seconds() / (perSecond * time.Since(from).Seconds())
		v.ours, v.remark = 100*each/spent, fmt.Sprintf("%.2f µs of %.1f µs", each*1e6, spent*1e6)
		return err
	})
	return v, err
}

// ownCPU is the time this process has spent on processors.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// startUp is the time from the start of the process to its first answer, over a
// database that exists.
func startUp(ctx context.Context, b *bench) (v value, err error) {
	data, err := b.folder()
	if err != nil {
		return v, err
	}
	p, err := b.jiesu(ctx, data)
	if err := with(p, err, func(*process) error { return nil }); err != nil {
		return v, err
	}
	from := time.Now()
	p, err = b.jiesu(ctx, data)
	err = with(p, err, func(p *process) error {
		for {
			err := p.call(ctx, http.MethodGet, "/readyz", "", nil, nil)
			if err == nil || ctx.Err() != nil {
				v.ours = time.Since(from).Seconds() * 1000
				return err
			}
			time.Sleep(time.Millisecond)
		}
	})
	return v, err
}

func atRest(ctx context.Context, b *bench) (v value, err error) {
	data, err := b.folder()
	if err != nil {
		return v, err
	}
	p, err := b.jiesu(ctx, data)
	if err := with(p, err, func(*process) error { return nil }); err != nil {
		return v, err
	}
	p, err = b.jiesu(ctx, data)
	err = with(p, err, func(p *process) error {
		time.Sleep(2 * settles)
		v.ours = p.resident() / (1 << 20)
		return nil
	})
	return v, err
}

func size(_ context.Context, b *bench) (value, error) {
	info, err := os.Stat(b.program)
	if err != nil {
		return value{}, err
	}
	return value{ours: float64(info.Size()) / 1e6}, nil
}
