package job_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"jiesu/internal/job"
)

func TestPeriodicWorkGoesOnUntilItIsStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var done atomic.Int64
		p := job.NewPeriodic("test", time.Minute, func(context.Context) error {
			done.Add(1)
			return errors.New("always")
		}, slog.New(slog.DiscardHandler))
		p.Stop() // never started
		p.Start(t.Context())
		synctest.Wait()
		if done.Load() != 1 {
			t.Errorf("done %d times at the start", done.Load())
		}
		time.Sleep(5*time.Minute + time.Second)
		synctest.Wait()
		if done.Load() != 6 {
			t.Errorf("done %d times after five minutes, failures or not", done.Load())
		}
		p.Stop()
		time.Sleep(time.Hour)
		if done.Load() != 6 {
			t.Errorf("done %d times although it was stopped", done.Load())
		}
	})
}

func TestStoppingEndsWhatIsRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := false
		p := job.NewPeriodic("test", time.Minute, func(ctx context.Context) error {
			<-ctx.Done()
			ended = true
			return ctx.Err()
		}, slog.New(slog.DiscardHandler))
		p.Start(t.Context())
		synctest.Wait()
		p.Stop()
		if !ended {
			t.Error("Stop did not wait")
		}
	})
}
