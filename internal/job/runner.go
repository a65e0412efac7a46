package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/internal/trace"
)

const (
	clockBatch   = 200
	jobBatch     = 100
	jobsTogether = 25 // notices to a transaction
	jobTimeout   = 5 * time.Second
	lease        = 2 * time.Minute // longer than a whole batch may take
	maxAttempts  = 12
	firstPause   = 5 * time.Second
	longest      = time.Hour
	jobsSpend    = 500 * time.Millisecond // spent on jobs that follow from jobs
	lookEvery    = time.Second
)

// Worker carries out what the runner finds.
type Worker interface {
	// FireClocks fires due clock steps, at most limit, and returns how many.
	FireClocks(ctx context.Context, limit int) (int, error)
	// PrepareJob does the part of j that needs no transaction, which others would
	// wait for, and returns j with what it found.
	PrepareJob(ctx context.Context, j desk.Job) (desk.Job, error)
	// WorkJob carries out j inside tx; committed is called after the commit.
	WorkJob(ctx context.Context, tx desk.Tx, j desk.Job) (committed func(), err error)
	// StoreCounts stores what was counted since the last time.
	StoreCounts(ctx context.Context) error
}

// Options of a runner.
type Options struct {
	Store  desk.Store
	Worker Worker
	Now    func() time.Time
	Ticks  <-chan time.Time // when to look; nil: every second
	Log    *slog.Logger
	Tracer *trace.Tracer // nil: nothing is traced
	// Observed is told of every attempt at a job; may be nil.
	Observed func(kind string, took time.Duration, err error)
	Fired    func(steps int)    // told of steps of deadlines that were done; may be nil
	Outside  map[string]Outside // by kind: jobs that are not the worker's
}

// Runner wakes up, looks for due work and does it. Clocks have a loop of their
// own: they never wait for jobs.
type Runner struct {
	o        Options
	cancel   context.CancelFunc
	done     sync.WaitGroup
	enqueued map[string]string // by kind: the key of the last job that put itself in the queue
	fired    beat
	worked   beat
}

// New returns a runner that is not running yet.
func New(o Options) *Runner {
	if o.Observed == nil {
		o.Observed = func(string, time.Duration, error) {}
	}
	if o.Fired == nil {
		o.Fired = func(int) {}
	}
	return &Runner{o: o, enqueued: map[string]string{}}
}

// Start begins to work until ctx ends or Stop is called.
func (r *Runner) Start(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(ctx)
	if r.o.Ticks != nil {
		r.done.Go(func() { r.loop(ctx, r.o.Ticks, r.Once) })
		return
	}
	for _, work := range []func(context.Context) error{r.clocks, r.rest} {
		r.done.Go(func() {
			ticking := time.NewTicker(lookEvery)
			defer ticking.Stop()
			r.loop(ctx, ticking.C, work)
		})
	}
}

// Stop ends the work and waits for what is running.
func (r *Runner) Stop() {
	if r.cancel != nil {
		r.cancel()
	}
	r.done.Wait()
}

func (r *Runner) loop(ctx context.Context, ticks <-chan time.Time, work func(context.Context) error) {
	for {
		if err := work(ctx); err != nil && ctx.Err() == nil {
			r.o.Log.ErrorContext(ctx, "background work failed, will try again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

// Once does all work that is due now.
func (r *Runner) Once(ctx context.Context) error { return errors.Join(r.clocks(ctx), r.rest(ctx)) }

func (r *Runner) rest(ctx context.Context) error {
	return errors.Join(r.schedule(ctx), r.jobs(ctx), r.o.Worker.StoreCounts(ctx))
}

func (r *Runner) clocks(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := r.o.Worker.FireClocks(ctx, clockBatch)
		if err != nil {
			return fmt.Errorf("fire clocks: %w", err)
		}
		r.fired.moved()
		r.o.Fired(n)
		if n == 0 { // a clock that slept through several steps fires them one after the other
			r.fired.rounded()
			return nil
		}
	}
	return ctx.Err()
}

func (r *Runner) jobs(ctx context.Context) error {
	for begun := r.o.Now(); ctx.Err() == nil; {
		var claimed []desk.Job
		err := r.o.Store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
			at := r.o.Now()
			var err error
			claimed, err = tx.ClaimJobs(ctx, at, at.Add(lease), jobBatch)
			return err
		})
		if err != nil {
			return fmt.Errorf("claim jobs: %w", err)
		}
		if err := r.workAll(ctx, claimed); err != nil {
			return err
		}
		r.worked.moved()
		if len(claimed) == 0 || len(claimed) < jobBatch && r.o.Now().Sub(begun) >= jobsSpend {
			r.worked.rounded()
			return nil
		}
	}
	return ctx.Err()
}

// workAll carries out claimed jobs: notices to staff, of which there are many,
// some to a transaction, the others in their order, which a chat for one shows.
func (r *Runner) workAll(ctx context.Context, claimed []desk.Job) error {
	var told, ordered []desk.Job
	for _, j := range claimed {
		o, outside := r.o.Outside[j.Kind]
		switch {
		case outside:
			r.done.Go(func() { r.workOutside(ctx, o, j) })
		case j.Kind == desk.JobNotifyStaff:
			told = append(told, j)
		default:
			ordered = append(ordered, j)
		}
	}
	if err := r.workEach(ctx, ordered); err != nil {
		return err
	}
	for some := range slices.Chunk(told, jobsTogether) {
		if err := r.workTogether(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) workEach(ctx context.Context, jobs []desk.Job) error {
	for _, j := range jobs {
		if err := r.work(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// workTogether carries out jobs in one transaction. Where that fails each is
// tried alone, so that one does not keep the others.
func (r *Runner) workTogether(ctx context.Context, jobs []desk.Job) error {
	repeated := func(j desk.Job) bool { return j.Attempts > 1 } // it may be one that took a process down
	if slices.ContainsFunc(jobs, repeated) {
		return r.workEach(ctx, jobs)
	}
	limited, cancel := context.WithTimeout(ctx, jobTimeout)
	defer cancel()
	begun := r.o.Now()
	limited, span := r.o.Tracer.Job(limited, desk.JobNotifyStaff, len(jobs))
	var committed []func()
	err := r.o.Store.InTx(limited, func(ctx context.Context, tx desk.Tx) error {
		committed = committed[:0]
		for _, j := range jobs {
			ready, err := r.o.Worker.PrepareJob(ctx, j)
			if err != nil {
				return err
			}
			after, err := r.o.Worker.WorkJob(ctx, tx, ready)
			if err != nil {
				return err
			}
			committed = append(committed, after)
			j.State, j.LastError = desk.JobDone, ""
			if err := tx.FinishJob(ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
	span.End(err)
	if err != nil {
		return r.workEach(ctx, jobs)
	}
	r.worked.moved()
	each := r.o.Now().Sub(begun) / time.Duration(len(jobs))
	for i, j := range jobs {
		r.o.Observed(j.Kind, each, nil)
		committed[i]()
	}
	return nil
}

// work carries out one job; an error of the job itself is kept with the job.
func (r *Runner) work(ctx context.Context, j desk.Job) error {
	defer r.worked.moved()
	if j.Attempts > maxAttempts { // it has taken the process down every time
		return r.postpone(ctx, j, problem.New(problem.Internal, "job.crashed", "任务多次中断。"))
	}
	begun := r.o.Now()
	ctx, span := r.o.Tracer.Job(ctx, j.Kind, 1)
	limited, cancel := context.WithTimeout(ctx, jobTimeout)
	defer cancel()
	var committed func()
	ready, failure := r.o.Worker.PrepareJob(limited, j)
	if failure == nil {
		failure = r.o.Store.InTx(limited, func(ctx context.Context, tx desk.Tx) error {
			var err error
			if committed, err = r.o.Worker.WorkJob(ctx, tx, ready); err != nil {
				return err
			}
			j.State, j.LastError = desk.JobDone, ""
			return tx.FinishJob(ctx, j)
		})
	}
	span.End(failure)
	r.o.Observed(j.Kind, r.o.Now().Sub(begun), failure)
	switch {
	case failure == nil:
		committed()
		return nil
	case problem.HasCode(failure, "job.lost"):
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err() // stopping: the lease runs out and another runner takes over
	}
	return r.postpone(ctx, j, failure)
}

// postpone tries a failed job again later, or gives it up.
func (r *Runner) postpone(ctx context.Context, j desk.Job, failure error) error {
	j.State, j.LastError = desk.JobReady, codeOf(failure)
	j.RunAt = r.o.Now().Add(pause(j.Attempts))
	if j.Attempts >= maxAttempts {
		j.State = desk.JobFailed
		r.o.Log.ErrorContext(ctx, "job given up", "job", j.ID, "kind", j.Kind, "error", failure)
	}
	err := r.o.Store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error { return tx.FinishJob(ctx, j) })
	if problem.HasCode(err, "job.lost") {
		return nil
	}
	return err
}

// pause grows with every attempt, up to an hour.
func pause(attempts int) time.Duration {
	d := firstPause
	for range attempts - 1 {
		if d *= 2; d >= longest {
			return longest
		}
	}
	return d
}

// codeOf is what may be kept about a failure: its code, never its text.
func codeOf(err error) string {
	if e, ok := errors.AsType[*problem.Error](err); ok {
		return e.Code
	}
	return string(problem.Internal)
}
