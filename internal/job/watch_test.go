package job_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/job"
)

// check notes the signs and returns what the test wants it to find.
type check struct {
	signs  desk.Signs
	health desk.Health
	err    error
}

func (c *check) Look(_ context.Context, s desk.Signs) (desk.Health, error) {
	c.signs = s
	return c.health, c.err
}

// watched is a watch whose clocks the test moves.
type watched struct {
	*job.Watch
	check   *check
	runner  *job.Runner
	wall    time.Time
	elapsed time.Duration
	log     bytes.Buffer
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{check: &check{}, wall: noon()}
	s := open(t)
	w.runner = runner(s, &worker{called: map[string]int{}}, noon, nil)
	w.Watch = job.NewWatch(job.WatchOptions{
		Runner: w.runner, Check: w.check, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Now: func() time.Time { return w.wall }, Elapsed: func() time.Duration { return w.elapsed },
	})
	return w
}

// look passes time, by the wall clock and in truth, and looks.
func (w *watched) look(t *testing.T, wall, elapsed time.Duration) desk.Signs {
	t.Helper()
	w.wall, w.elapsed = w.wall.Add(wall), w.elapsed+elapsed
	must(t, w.Look(t.Context()))
	return w.check.signs
}

func TestAJumpOfTheWallClockIsNoticed(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.look(t, 0, 0)
	if s := w.look(t, time.Minute+59*time.Second, time.Minute); s.Jump != 0 {
		t.Errorf("a clock that is set right by a minute is a jump of %v", s.Jump)
	}
	if s := w.look(t, time.Hour, time.Minute); s.Jump != 59*time.Minute {
		t.Errorf("an hour ahead is a jump of %v", s.Jump)
	}
	if s := w.look(t, time.Minute, time.Minute); s.Jump != 59*time.Minute {
		t.Errorf("a minute later it is %v", s.Jump)
	}
	if s := w.look(t, -24*time.Hour, time.Minute); s.Jump != -24*time.Hour-time.Minute {
		t.Errorf("a day back is a jump of %v", s.Jump)
	}
	if s := w.look(t, 61*time.Minute, 61*time.Minute); s.Jump != 0 {
		t.Errorf("an hour later it is still %v", s.Jump)
	}
}

func TestARunnerThatStandsStillIsNoticed(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	if s := w.look(t, time.Minute, time.Minute); !s.Runs || s.Idle != time.Minute || s.Round != time.Minute {
		t.Errorf("one that never worked: %+v", s)
	}
	must(t, w.runner.Once(t.Context()))
	if s := w.look(t, time.Minute, time.Minute); s.Idle != 0 || s.Round != 0 {
		t.Errorf("one at work: %+v", s)
	}
	if s := w.look(t, 3*time.Minute, 3*time.Minute); s.Idle != 3*time.Minute || s.Round != 3*time.Minute {
		t.Errorf("one that stopped: %+v", s)
	}
}

func TestWhatIsFoundIsLoggedOnce(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	if h := w.Health(); !h.At.IsZero() {
		t.Errorf("before the first look: %+v", h)
	}
	w.check.health = desk.Health{At: noon(), Findings: []desk.Finding{{Kind: desk.ClockLate, Count: 2, Tickets: []string{"J1"}}}}
	for range 3 {
		w.look(t, time.Minute, time.Minute)
	}
	if h := w.Health(); !h.At.Equal(noon()) || len(h.Findings) != 1 {
		t.Errorf("health %+v", h)
	}
	w.check.health = desk.Health{At: noon()}
	for range 2 {
		w.look(t, time.Minute, time.Minute)
	}
	log := w.log.String()
	if strings.Count(log, "level=ERROR") != 1 || strings.Count(log, "finds it no more") != 1 || !strings.Contains(log, "finding=clock.late count=2 tickets=[J1]") {
		t.Errorf("logged %s", log)
	}
	w.check.err = errors.New("no database")
	if err := w.Look(t.Context()); err == nil || !w.Health().At.Equal(noon()) {
		t.Errorf("a look that failed: %v, %+v", err, w.Health())
	}
	w.check.err = nil
	w.Start(t.Context())
	w.Stop()
}
