package limit_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"jiesu/internal/limit"
	"jiesu/internal/limit/redistest"
)

func client(t *testing.T, address string) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1, DialerRetries: 1, DialTimeout: 200 * time.Millisecond})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// Its clock is Redis's, so the one here is a Redis whose clock can be set.
func TestSharedConforms(t *testing.T) {
	t.Parallel()
	r := miniredis.RunT(t)
	c := &clock{}
	r.SetTime(c.now())
	l := limit.NewShared(client(t, r.Addr()), c.now, 1000, func(err error) { t.Error(err) })
	conform(t, l, func(d time.Duration) {
		c.advance(d)
		r.SetTime(c.now())
		r.FastForward(d)
	})
}

// Several replicas together give no more than one, however the requests are spread.
func TestReplicasShareOneRate(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	rate := limit.Rate{Count: 200, Period: time.Hour}
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 3 {
		l := limit.NewShared(r.Client(), time.Now, 1000, func(err error) { t.Error(err) })
		for range 4 {
			wg.Go(func() {
				for range 100 {
					if d, err := l.Allow(t.Context(), "k", rate); err == nil && d.Allowed {
						allowed.Add(1)
					}
				}
			})
		}
	}
	wg.Wait()
	if n := allowed.Load(); n > 200 || n < 200-3*200/4 {
		t.Errorf("%d of 1200 events allowed at three replicas, want 200, or what one holds and does not use less", n)
	}
}

// A replica that is asked fast asks Redis seldom.
func TestLeasesGrow(t *testing.T) {
	t.Parallel()
	r := miniredis.RunT(t)
	c := &clock{}
	r.SetTime(c.now())
	l := limit.NewShared(client(t, r.Addr()), c.now, 1000, func(err error) { t.Error(err) })
	rate := limit.Rate{Count: 6000, Period: time.Minute}
	for range 5000 {
		if d, err := l.Allow(t.Context(), "k", rate); err != nil || !d.Allowed {
			t.Fatal(d, err)
		}
	}
	if n := r.CommandCount(); n > 5000/20 { // a question is several commands to it
		t.Errorf("Redis was asked %d times for 5000 events", n)
	}
}

// Without Redis each replica counts for itself, and it is asked again when it is back.
func TestRedisMayBeAway(t *testing.T) {
	t.Parallel()
	r := miniredis.RunT(t)
	c := &clock{}
	r.SetTime(c.now())
	var failures atomic.Int64
	l := limit.NewShared(client(t, r.Addr()), c.now, 1000, func(error) { failures.Add(1) })
	rate := limit.Rate{Count: 3, Period: time.Hour}
	r.Close()
	for i := range 10 {
		d, err := l.Allow(t.Context(), "k", rate)
		if err != nil || d.Allowed != (i < 3) {
			t.Fatalf("event %d without Redis: %+v, %v", i+1, d, err)
		}
	}
	if n := failures.Load(); n != 1 {
		t.Errorf("told of %d failures within a second, want 1", n)
	}
	if err := r.Restart(); err != nil {
		t.Fatal(err)
	}
	c.advance(2 * time.Second)
	r.SetTime(c.now())
	if d, err := l.Allow(t.Context(), "k", rate); err != nil || !d.Allowed || d.Remaining != 2 {
		t.Errorf("with Redis back: %+v, %v", d, err)
	}
}

func BenchmarkShared(b *testing.B) {
	r := redistest.Start(b)
	l := limit.NewShared(r.Client(), time.Now, 1000, func(err error) { b.Error(err) })
	for _, keys := range []int{1, 1000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			rate := limit.Rate{Count: 1 << 30, Period: time.Minute}
			for i := 0; b.Loop(); i++ {
				if _, err := l.Allow(b.Context(), strconv.Itoa(i%keys), rate); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
