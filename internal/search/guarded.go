package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/trace"
)

const (
	patience   = 300 * time.Millisecond // for one question
	checkEvery = 30 * time.Second
	checkTakes = 10 * time.Second // at most
)

// Remote is an engine outside of this process; *Meilisearch fulfils it.
type Remote interface {
	Search(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error)
	Expect(entries []knowledge.Entry)
	Check(ctx context.Context) (State, error)
	Sync(ctx context.Context) (Synced, error)
}

// GuardedOptions make a guarded index.
type GuardedOptions struct {
	Embedded knowledge.Index
	Remote   Remote // nil: the embedded index alone
	Now      func() time.Time
	Log      *slog.Logger
	Ticks    <-chan time.Time // when to compare; nil: every half minute
}

// Guarded is a knowledge.Index that asks a remote engine while that holds what
// the library holds and answers in time, and the embedded index otherwise: a
// question is never lost, and waits 300 ms at most. After some failures in a
// row it spares the questions the wait and lets a single one try from time to
// time.
type Guarded struct {
	o        GuardedOptions
	gate     gate
	observed func(engine, outcome string)
	cancel   context.CancelFunc
	done     sync.WaitGroup
	mu       sync.Mutex
	told     string // what was logged last about the remote engine
	rebuilt  atomic.Int64
	amended  atomic.Int64
}

// NewGuarded returns an index that asks the embedded one until Start or Sync
// found the remote engine in step.
func NewGuarded(o GuardedOptions) *Guarded {
	return &Guarded{o: o, observed: func(string, string) {}}
}

// ObserveWith sets who is told of every search: the engine (meilisearch or
// embedded) and the outcome (ok, late, failed, or stood_in for an embedded
// index that took over). Call it before the first search.
func (g *Guarded) ObserveWith(observed func(engine, outcome string)) { g.observed = observed }

// Replace implements knowledge.Index. The embedded index has the new content at
// once; the remote engine is asked again when it has it too.
func (g *Guarded) Replace(ctx context.Context, entries []knowledge.Entry) error {
	if err := g.o.Embedded.Replace(ctx, entries); err != nil {
		return err
	}
	if g.o.Remote != nil {
		g.o.Remote.Expect(entries)
		g.gate.renew()
	}
	return nil
}

// Search implements knowledge.Index.
func (g *Guarded) Search(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error) {
	outcome := "ok"
	if g.o.Remote != nil {
		if g.gate.enter(g.o.Now()) {
			if found, err := g.ask(ctx, text, limit); err == nil || ctx.Err() != nil {
				return found, err
			}
		}
		outcome = "stood_in"
	}
	_, span := trace.Search(ctx, "embedded")
	found, err := g.o.Embedded.Search(ctx, text, limit)
	span.Outcome(outcome)
	span.End(err)
	if err == nil {
		g.observed("embedded", outcome)
	}
	return found, err
}

func (g *Guarded) ask(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, span := trace.Search(ctx, "meilisearch")
	found, err := g.o.Remote.Search(limited, text, limit)
	span.End(err)
	switch {
	case err == nil:
		g.observed("meilisearch", "ok")
		if g.gate.succeeded() {
			g.tell(ctx, answers, nil)
		}
	case ctx.Err() != nil: // whoever asked has gone: that says nothing about the engine
		g.gate.abandoned()
	default:
		outcome := "failed"
		if errors.Is(err, context.DeadlineExceeded) {
			outcome = "late"
		}
		g.observed("meilisearch", outcome)
		if g.gate.failed(g.o.Now()) {
			g.tell(ctx, silent, err)
		}
	}
	return found, err
}

// Asks reports whether questions go to the remote engine now.
func (g *Guarded) Asks() bool { return g.o.Remote != nil && g.gate.open() }

// Sync brings the remote engine into step. It is idempotent.
func (g *Guarded) Sync(ctx context.Context) error {
	if g.o.Remote == nil {
		return nil
	}
	did, err := g.o.Remote.Sync(ctx)
	if err != nil {
		g.trouble(ctx, err)
		return err
	}
	if did != (Synced{}) {
		g.repaired(did)
		g.o.Log.InfoContext(ctx, "meilisearch brought into step", "rebuilt", did.Rebuilt, "upserted", did.Upserted, "deleted", did.Deleted)
	}
	return g.Check(ctx)
}

// Check compares what the remote engine holds with the library.
func (g *Guarded) Check(ctx context.Context) error {
	if g.o.Remote == nil {
		return nil
	}
	library := g.gate.looking()
	s, err := g.o.Remote.Check(ctx)
	if err != nil {
		g.trouble(ctx, err)
		return fmt.Errorf("search: check: %w", err)
	}
	switch asked := g.gate.trust(s.InStep, library); {
	case asked:
		g.tell(ctx, answers, nil)
	case !s.InStep:
		g.tell(ctx, differs, nil)
	}
	return nil
}

// trouble is an error while comparing or repairing. An engine that cannot be
// reached now may still answer questions; one of another version is not asked,
// since nobody knows what its answers mean.
func (g *Guarded) trouble(ctx context.Context, err error) {
	switch {
	case errors.Is(err, context.Canceled):
	case problem.HasCode(err, "search.version"):
		g.gate.trust(false, 0)
		g.tell(ctx, refused, err)
	default:
		g.tell(ctx, unreachable, err)
	}
}

// What is logged about the remote engine, once for each change.
const (
	answers     = "meilisearch is asked"
	differs     = "meilisearch is not in step with the library, the embedded index answers"
	silent      = "meilisearch fails to answer, the embedded index answers"
	refused     = "meilisearch is of a version that is not supported, the embedded index answers"
	unreachable = "meilisearch cannot be reached or brought into step, the embedded index answers where needed"
)

func (g *Guarded) tell(ctx context.Context, what string, cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.told == what {
		return
	}
	g.told = what
	level, attributes := slog.LevelInfo, []slog.Attr(nil)
	if cause != nil {
		level, attributes = slog.LevelWarn, []slog.Attr{slog.Any("error", cause)}
	}
	g.o.Log.LogAttrs(ctx, level, "search engine", append(attributes, slog.String("state", what))...)
}

// Start compares from time to time until Stop: each process sees for itself
// whether the engine holds its library.
func (g *Guarded) Start(ctx context.Context) {
	if g.o.Remote == nil {
		return
	}
	ctx, g.cancel = context.WithCancel(ctx)
	g.done.Go(func() { g.watch(ctx) })
}

// Stop ends the comparing and waits for it.
func (g *Guarded) Stop() {
	if g.cancel != nil {
		g.cancel()
		g.done.Wait()
	}
}

func (g *Guarded) watch(ctx context.Context) {
	ticks := g.o.Ticks
	if ticks == nil {
		t := time.NewTicker(checkEvery)
		defer t.Stop()
		ticks = t.C
	}
	for {
		limited, cancel := context.WithTimeout(ctx, checkTakes)
		_ = g.Check(limited) // told of already
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}
