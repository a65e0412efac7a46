package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/job"
	"jiesu/internal/store"
)

// ErrUnwell is returned where the self-check finds something.
var ErrUnwell = errors.New("the self-check found something")

func newWatch(r *job.Runner, d *desk.Desk, log *slog.Logger) *job.Watch {
	began := time.Now()
	return job.NewWatch(job.WatchOptions{
		Runner: r, Check: d.NewSelfCheck(0), Now: time.Now, Log: log,
		Elapsed: func() time.Duration { return time.Since(began) }, // by the monotonic clock
	})
}

// selfCheck prints what is wrong with deadlines and jobs.
func selfCheck(ctx context.Context, s *store.Store, out io.Writer) error {
	profile, err := deadline.LoadProfile()
	if err != nil {
		return err
	}
	d := desk.New(desk.Parts{Store: s, Profile: profile, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	h, err := d.NewSelfCheck(0).Diagnose(ctx, desk.Signs{})
	if err != nil {
		return err
	}
	if len(h.Findings) == 0 {
		_, err = fmt.Fprintf(out, "# self-check: every deadline has its next step, the oldest due work waits %.0f s\n", h.Lag.Seconds())
		return err
	}
	for _, f := range h.Findings {
		_, err = fmt.Fprintf(out, "# self-check: %s: %d\t%s\t%s\n", f.Kind, f.Count, f.Kind.Sentence(), strings.Join(append(f.Tickets, f.Codes...), " "))
		if err != nil {
			return err
		}
	}
	return ErrUnwell
}
