package job

import (
	"context"
	"time"

	"github.com/google/uuid"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/internal/trace"
)

const (
	holdLonger   = 30 * time.Second // than the work may take
	releaseTakes = 2 * time.Second  // at most, when stopping
)

// Outside is a kind of job whose effect lies outside the database, so that it
// needs no transaction and may take long.
type Outside struct {
	Do      func(ctx context.Context) error // idempotent
	Timeout time.Duration
	// Every puts one such job in the queue each time so much time has passed,
	// whichever runner comes first; 0: only others do. A job that did not succeed
	// by the next is superseded by it.
	Every time.Duration
	// For names what this process works towards; a process that works towards
	// something else leaves the job alone, and a new name makes a new job at once.
	// It is asked often, in the background.
	For func() string
}

// key makes one job of the kind in the slot unique.
func (o Outside) key(kind string, slot time.Time) string {
	aim := ""
	if o.For != nil {
		aim = o.For()
	}
	return kind + "/" + slot.UTC().Format(time.RFC3339) + "/" + aim
}

// schedule puts the jobs of this time slot in the queue. Their keys follow from
// the slot, so every runner may try.
func (r *Runner) schedule(ctx context.Context) error {
	at := r.o.Now().UTC()
	for kind, o := range r.o.Outside {
		if o.Every <= 0 {
			continue
		}
		slot := at.Truncate(o.Every)
		key := o.key(kind, slot)
		if key == r.enqueued[kind] {
			continue
		}
		j := desk.Job{
			ID: uuid.Must(uuid.NewV7()).String(), Kind: kind, Key: key, Args: []byte(`{}`),
			State: desk.JobReady, RunAt: at, CreatedAt: slot, // due from when it is known: nobody is late with what nobody knew
		}
		if err := r.o.Store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error { return tx.Enqueue(ctx, j) }); err != nil {
			return err
		}
		r.enqueued[kind] = key
	}
	return nil
}

// workOutside carries out one job outside of the loop. Meanwhile the job is not
// due, so no other runner takes it; one whose process died is due again later.
func (r *Runner) workOutside(ctx context.Context, o Outside, j desk.Job) {
	held := j
	held.RunAt = r.o.Now().Add(o.Timeout + holdLonger)
	err := r.finish(ctx, held)
	if err == nil {
		err = r.carryOut(ctx, o, j)
	}
	if err != nil && ctx.Err() == nil && !problem.HasCode(err, "job.lost") {
		r.o.Log.ErrorContext(ctx, "outside job not kept, will run again", "job", j.ID, "kind", j.Kind, "error", err)
	}
}

func (r *Runner) carryOut(ctx context.Context, o Outside, j desk.Job) error {
	var failure error
	if !r.superseded(o, j) {
		begun := r.o.Now()
		var span trace.Span
		ctx, span = r.o.Tracer.Job(ctx, j.Kind, 1)
		failure = r.try(ctx, o, j)
		span.End(failure)
		r.o.Observed(j.Kind, r.o.Now().Sub(begun), failure)
	}
	switch {
	case ctx.Err() != nil: // stopping: another runner, or this one after a restart, takes over
		releasing, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTakes)
		defer cancel()
		j.RunAt = r.o.Now()
		return r.finish(releasing, j)
	case failure == nil:
		j.State, j.LastError = desk.JobDone, ""
		return r.finish(ctx, j)
	}
	return r.postpone(ctx, j, failure)
}

func (r *Runner) try(ctx context.Context, o Outside, j desk.Job) error {
	if o.Every > 0 && j.Key != o.key(j.Kind, j.CreatedAt) {
		return problem.New(problem.Unavailable, "job.elsewhere", "任务由别处执行。")
	}
	limited, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	return o.Do(limited)
}

// superseded reports whether a later job of the kind is due already.
func (r *Runner) superseded(o Outside, j desk.Job) bool {
	return o.Every > 0 && !r.o.Now().Before(j.CreatedAt.Add(o.Every))
}

// finish stores how an attempt stands; who lost it meanwhile has no say.
func (r *Runner) finish(ctx context.Context, j desk.Job) error {
	return r.o.Store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error { return tx.FinishJob(ctx, j) })
}
