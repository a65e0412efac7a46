package job

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Periodic does one thing again and again in the background: work that belongs
// to this process alone, such as what it keeps in memory.
type Periodic struct {
	name   string
	every  time.Duration
	do     func(context.Context) error
	log    *slog.Logger
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// NewPeriodic returns work that is not running yet. It is done at once, and then
// each time every has passed since it ended.
func NewPeriodic(name string, every time.Duration, do func(context.Context) error, log *slog.Logger) *Periodic {
	return &Periodic{name: name, every: every, do: do, log: log}
}

// Start begins to work until ctx ends or Stop is called.
func (p *Periodic) Start(ctx context.Context) {
	ctx, p.cancel = context.WithCancel(ctx)
	p.done.Go(func() { p.loop(ctx) })
}

// Stop ends the work and waits for what is running.
func (p *Periodic) Stop() {
	if p.cancel == nil {
		return
	}
	p.cancel()
	p.done.Wait()
}

func (p *Periodic) loop(ctx context.Context) {
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
		if err := p.do(ctx); err != nil && ctx.Err() == nil {
			p.log.ErrorContext(ctx, "periodic work failed, will try again", "work", p.name, "error", err)
		}
		again.Reset(p.every)
	}
}
