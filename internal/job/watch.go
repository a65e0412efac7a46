package job

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"jiesu/internal/desk"
)

const (
	watchEvery  = time.Minute
	watchWithin = 50 * time.Second // one look may take
	jumpFrom    = time.Minute      // a smaller difference is a clock being set right
	jumpShown   = time.Hour
)

// Check looks once for what is wrong.
type Check interface {
	Look(ctx context.Context, s desk.Signs) (desk.Health, error)
}

// WatchOptions make a watch; all are needed.
type WatchOptions struct {
	Runner  *Runner
	Check   Check
	Now     func() time.Time
	Elapsed func() time.Duration // time that has passed, whatever the wall clock says
	Log     *slog.Logger
}

// Watch looks every minute whether deadlines are kept and jobs are done. It
// does not depend on the runner, so that it notices when that stands still.
type Watch struct {
	o        WatchOptions
	periodic *Periodic
	last     atomic.Pointer[desk.Health]
	now      time.Time     // at the last look
	elapsed  time.Duration // at the last look
	jump     time.Duration
	jumpedAt time.Duration
	shown    map[desk.FindingKind]int // counts that were logged
}

// NewWatch returns a watch that is not running yet.
func NewWatch(o WatchOptions) *Watch {
	w := &Watch{o: o, shown: map[desk.FindingKind]int{}}
	w.last.Store(&desk.Health{})
	w.periodic = NewPeriodic("watch", watchEvery, w.Look, o.Log)
	return w
}

// Start begins to look until ctx ends or Stop is called.
func (w *Watch) Start(ctx context.Context) { w.periodic.Start(ctx) }

// Stop ends the looking and waits for what is running.
func (w *Watch) Stop() { w.periodic.Stop() }

// Health is what the last look found; its time is zero before the first.
func (w *Watch) Health() desk.Health { return *w.last.Load() }

// Look looks once. It must not be called while the watch runs.
func (w *Watch) Look(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, watchWithin)
	defer cancel()
	s := w.signs()
	h, err := w.o.Check.Look(limited, s)
	if err != nil {
		return err
	}
	w.last.Store(&h)
	w.report(ctx, &h, s)
	return nil
}

func (w *Watch) signs() desk.Signs {
	// Without the monotonic reading, or the difference would hide every jump.
	now, elapsed := w.o.Now().Round(0), w.o.Elapsed()
	if !w.now.IsZero() {
		if by := now.Sub(w.now) - (elapsed - w.elapsed); by.Abs() > jumpFrom {
			w.jump, w.jumpedAt = by, elapsed
		}
	}
	if elapsed-w.jumpedAt > jumpShown {
		w.jump = 0
	}
	w.now, w.elapsed = now, elapsed
	return w.o.Runner.signs(elapsed, w.jump)
}

// report logs what is new; numbers and codes only.
func (w *Watch) report(ctx context.Context, h *desk.Health, s desk.Signs) {
	for _, f := range h.Findings {
		if w.shown[f.Kind] == f.Count {
			continue
		}
		w.shown[f.Kind] = f.Count
		w.o.Log.ErrorContext(ctx, "self-check found something", "finding", string(f.Kind), "count", f.Count, "tickets", f.Tickets,
			"jobs", f.Codes, "lag_seconds", h.Lag.Seconds(), "jump_seconds", s.Jump.Seconds())
	}
	for kind := range w.shown {
		if !slices.ContainsFunc(h.Findings, func(f desk.Finding) bool { return f.Kind == kind }) {
			delete(w.shown, kind)
			w.o.Log.InfoContext(ctx, "self-check finds it no more", "finding", string(kind))
		}
	}
}

// beat tells that a loop is alive. Whoever watches it counts the time: a wall
// clock that jumps changes nothing.
type beat struct {
	moves  atomic.Int64 // pieces of work done so far
	rounds atomic.Int64 // times nothing was left to do

	// Of the watch alone, as it last felt the beat:
	seenMoves, seenRounds int64
	movedAt, roundAt      time.Duration
}

func (b *beat) moved()   { b.moves.Add(1) }
func (b *beat) rounded() { b.rounds.Add(1) }

// feel returns for how long the beat has not moved, and not come round.
func (b *beat) feel(at time.Duration) (idle, round time.Duration) {
	if n := b.moves.Load(); n != b.seenMoves {
		b.seenMoves, b.movedAt = n, at
	}
	if n := b.rounds.Load(); n != b.seenRounds {
		b.seenRounds, b.roundAt = n, at
	}
	return at - b.movedAt, at - b.roundAt
}

// signs is how the runner does after so much time.
func (r *Runner) signs(at, jump time.Duration) desk.Signs {
	idle, round := r.fired.feel(at)
	working, _ := r.worked.feel(at)
	return desk.Signs{Runs: true, Idle: max(idle, working), Round: round, Jump: jump}
}
