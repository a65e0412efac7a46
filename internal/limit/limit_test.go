package limit_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/limit"
)

func start() time.Time { return time.Date(2026, 2, 16, 9, 0, 0, 0, time.UTC) }

// clock is a wall clock that moves when told to.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return start().Add(time.Duration(c.at.Load())) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// conform is what every Limiter promises; advance lets time pass for it.
func conform(t *testing.T, l limit.Limiter, advance func(time.Duration)) {
	t.Helper()
	ctx := t.Context()
	take := func(key string, r limit.Rate) limit.Decision {
		t.Helper()
		d, err := l.Allow(ctx, key, r)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	rate := limit.Rate{Count: 3, Period: 3 * time.Second}

	for want := 2; want >= 0; want-- {
		if d := take("a", rate); !d.Allowed || d.Remaining != want || d.RetryAfter != 0 {
			t.Fatalf("within the burst: %+v, want %d left", d, want)
		}
	}
	refused := take("a", rate)
	if refused.Allowed || refused.Remaining != 0 || refused.RetryAfter <= 0 || refused.RetryAfter > time.Second {
		t.Fatalf("past the burst: %+v", refused)
	}
	if again := take("a", rate); again.RetryAfter > refused.RetryAfter {
		t.Errorf("asking again made the wait longer: %v, then %v", refused.RetryAfter, again.RetryAfter)
	}
	if d := take("b", rate); !d.Allowed {
		t.Error("another key is refused as well")
	}
	advance(refused.RetryAfter)
	if d := take("a", rate); !d.Allowed {
		t.Errorf("refused after the wait it was told: %+v", d)
	}
	if d := take("a", rate); d.Allowed {
		t.Error("one interval gave more than one event")
	}
	advance(time.Hour)
	for range 3 {
		if d := take("a", rate); !d.Allowed {
			t.Fatal("a long rest does not refill the burst")
		}
	}
	if d := take("a", rate); d.Allowed {
		t.Error("a long rest gave more than the burst")
	}
	for range 100 {
		if d := take("free", limit.Rate{}); !d.Allowed {
			t.Fatal("the zero rate refuses")
		}
	}
}

func TestMemoryConforms(t *testing.T) {
	t.Parallel()
	c := &clock{}
	conform(t, limit.NewMemory(c.now, 1000), c.advance)
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	c := &clock{}
	m := limit.NewMemory(c.now, 160)
	for i := range 10_000 {
		if _, err := m.Allow(t.Context(), strconv.Itoa(i), limit.PerMinute(1)); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.Len(); n > 160 {
		t.Errorf("remembers %d keys, want at most 160", n)
	}
}

func TestMemoryForgetsWhatIsOver(t *testing.T) {
	t.Parallel()
	c := &clock{}
	m := limit.NewMemory(c.now, 100_000)
	for i := range 1000 {
		_, _ = m.Allow(t.Context(), fmt.Sprint("old", i), limit.PerMinute(60))
	}
	c.advance(time.Hour)
	for i := range 1000 {
		_, _ = m.Allow(t.Context(), fmt.Sprint("new", i), limit.PerMinute(60))
	}
	if n := m.Len(); n > 1100 {
		t.Errorf("remembers %d keys an hour later, want about 1000", n)
	}
}

func TestMemoryUnderContention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := limit.NewMemory(time.Now, 100)
		var allowed atomic.Int64
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for range 10 {
					if d, err := m.Allow(context.Background(), "k", limit.PerMinute(100)); err == nil && d.Allowed {
						allowed.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if n := allowed.Load(); n != 100 {
			t.Errorf("%d of 500 simultaneous events allowed, want exactly 100", n)
		}
	})
}

// In no window of one period are there more than twice the count (a burst at
// its start, and what refills meanwhile), whatever the pattern of calls.
func TestBucketNeverExceedsItsRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := limit.Rate{Count: rapid.IntRange(1, 20).Draw(t, "count"), Period: time.Duration(rapid.IntRange(1, 600).Draw(t, "period")) * time.Second}
		var b limit.Bucket
		at := start()
		var taken []time.Time
		for _, gap := range rapid.SliceOfN(rapid.IntRange(0, 5000), 1, 200).Draw(t, "gaps") {
			at = at.Add(time.Duration(gap) * time.Millisecond)
			d := b.Take(at, rate)
			if !d.Allowed {
				if d.RetryAfter <= 0 {
					t.Fatal("refused without a time to come back")
				}
				later := b
				if !later.Take(at.Add(d.RetryAfter), rate).Allowed {
					t.Fatal("refused at the time it named itself")
				}
				continue
			}
			taken = append(taken, at)
			inWindow := 0
			for _, x := range taken {
				if at.Sub(x) < rate.Period {
					inWindow++
				}
			}
			if inWindow > 2*rate.Count {
				t.Fatalf("%d events within one period of %+v", inWindow, rate)
			}
		}
	})
}

func TestBucketSurvivesAClockThatStepsBack(t *testing.T) {
	t.Parallel()
	var b limit.Bucket
	rate := limit.PerMinute(2)
	b.Take(start().Add(24*time.Hour), rate)
	if d := b.Take(start(), rate); !d.Allowed && d.RetryAfter > time.Minute {
		t.Errorf("a clock stepped back by a day locks the key for %v", d.RetryAfter)
	}
}

func BenchmarkMemory(b *testing.B) {
	m := limit.NewMemory(time.Now, 10_000)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _ = m.Allow(context.Background(), "203.0.113.7", limit.PerMinute(60))
		}
	})
}
