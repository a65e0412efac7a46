package job_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/job"
	"jiesu/internal/store"
)

// clock is a time that tests move.
type clock struct{ at atomic.Int64 }

func newClock() *clock { c := &clock{}; c.set(noon()); return c }

func (c *clock) set(at time.Time) { c.at.Store(at.UnixNano()) }

func (c *clock) now() time.Time { return time.Unix(0, c.at.Load()).UTC() }

func outsideRunner(s *store.Store, c *clock, o job.Outside) *job.Runner {
	return job.New(job.Options{
		Store: s, Worker: &worker{called: map[string]int{}}, Now: c.now, Log: slog.New(slog.DiscardHandler), Outside: map[string]job.Outside{"sync": o},
	})
}

// once looks for work and waits for what runs beside the loop.
func once(t *testing.T, r *job.Runner) {
	t.Helper()
	must(t, r.Once(t.Context()))
	r.Stop()
}

func counts(t *testing.T, s *store.Store) map[desk.JobState]int {
	t.Helper()
	n, err := s.JobCounts(t.Context())
	must(t, err)
	return n
}

func TestAnOutsideJobRunsOnceEverySoOften(t *testing.T) {
	t.Parallel()
	s, c := open(t), newClock()
	var did atomic.Int32
	o := job.Outside{Every: 10 * time.Minute, Timeout: time.Minute, For: func() string { return "x" }, Do: func(context.Context) error { did.Add(1); return nil }}
	first, second := outsideRunner(s, c, o), outsideRunner(s, c, o)
	for range 3 {
		once(t, first)
		once(t, second)
	}
	if did.Load() != 1 {
		t.Errorf("done %d times in one slot", did.Load())
	}
	c.set(noon().Add(10 * time.Minute))
	once(t, second)
	once(t, first)
	if n := counts(t, s); did.Load() != 2 || n[desk.JobDone] != 2 || n[desk.JobReady] != 0 {
		t.Errorf("done %d times, jobs %v", did.Load(), n)
	}
}

func TestAnotherAimMakesANewJobAtOnce(t *testing.T) {
	t.Parallel()
	s, c := open(t), newClock()
	aim, did := "old", []string(nil)
	r := outsideRunner(s, c, job.Outside{
		Every: time.Hour, Timeout: time.Minute, For: func() string { return aim },
		Do: func(context.Context) error { did = append(did, aim); return nil },
	})
	once(t, r)
	aim = "new"
	once(t, r)
	once(t, r)
	if !slices.Equal(did, []string{"old", "new"}) {
		t.Errorf("worked towards %v", did)
	}
}

func TestAnOutsideJobHoldsNoTransactionAndIsNotTakenTwice(t *testing.T) {
	t.Parallel()
	s, c := open(t), newClock()
	began, end := make(chan struct{}), make(chan struct{})
	o := job.Outside{Every: time.Hour, Timeout: 30 * time.Minute, Do: func(context.Context) error { close(began); <-end; return nil }}
	r := outsideRunner(s, c, o)
	must(t, r.Once(t.Context()))
	<-began
	enqueue(t, s, ready("a", "good")) // would wait for ever if a transaction were open
	c.set(noon().Add(20 * time.Minute))
	other := outsideRunner(s, c, job.Outside{Do: func(context.Context) error { t.Error("taken by another runner"); return nil }})
	once(t, other)
	close(end)
	r.Stop()
	if n := counts(t, s); n[desk.JobDone] != 2 {
		t.Errorf("jobs %v", n)
	}
}

func TestAFailingOutsideJobIsTriedAgainUntilTheNextOneIsDue(t *testing.T) {
	t.Parallel()
	s, c := open(t), newClock()
	var tried atomic.Int32
	o := job.Outside{Every: 10 * time.Minute, Timeout: time.Minute, Do: func(context.Context) error { tried.Add(1); return errors.New("down") }}
	r := outsideRunner(s, c, o)
	for at := noon(); at.Before(noon().Add(3 * time.Hour)); at = at.Add(5 * time.Second) {
		c.set(at)
		once(t, r)
	}
	n := counts(t, s)
	if n[desk.JobFailed] != 0 || n[desk.JobReady] > 2 {
		t.Errorf("jobs %v: a server that is down must not leave failed jobs behind", n)
	}
	if got := tried.Load(); got < 18*5 || got > 18*8 {
		t.Errorf("tried %d times in 18 slots", got)
	}
}

func TestAnOutsideJobIsLeftToThoseWhoWantTheSame(t *testing.T) {
	t.Parallel()
	s, c := open(t), newClock()
	var by []string
	side := func(name string) *job.Runner {
		return outsideRunner(s, c, job.Outside{
			Every: 10 * time.Minute, Timeout: time.Minute, For: func() string { return name },
			Do: func(context.Context) error { by = append(by, name); return nil },
		})
	}
	old, fresh := side("old"), side("new")
	for at := noon(); at.Before(noon().Add(9 * time.Minute)); at = at.Add(5 * time.Second) {
		c.set(at)
		once(t, old)
		once(t, fresh)
	}
	if len(by) != 2 || by[0] == by[1] {
		t.Errorf("done by %v, wanted each once", by)
	}
}

func TestStoppingGivesAnOutsideJobBack(t *testing.T) {
	t.Parallel()
	s, c := open(t), newClock()
	began := make(chan struct{})
	ticks := make(chan time.Time)
	r := job.New(job.Options{
		Store: s, Worker: &worker{called: map[string]int{}}, Now: c.now, Ticks: ticks, Log: slog.New(slog.DiscardHandler),
		Outside: map[string]job.Outside{"sync": {Every: time.Hour, Timeout: time.Hour, Do: func(ctx context.Context) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		}}},
	})
	r.Start(t.Context())
	<-began
	r.Stop()
	again := false
	once(t, outsideRunner(s, c, job.Outside{Every: time.Hour, Timeout: time.Hour, Do: func(context.Context) error { again = true; return nil }}))
	if !again {
		t.Error("nobody could take over after the stop")
	}
}
