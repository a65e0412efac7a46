package courier

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/internal/trace"
)

const (
	lookEvery   = time.Second
	leaseLonger = 30 * time.Second // than an attempt may take
	settleTakes = 5 * time.Second  // at most, when stopping
	jitter      = 5                // a pause is longer by up to one part of so many
)

// Store is where deliveries lie.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context, tx desk.Tx) error) error
	DueRoutes(ctx context.Context, at time.Time) ([]string, error)
}

// Desk is told how attempts ended; *desk.Desk fulfils it.
type Desk interface {
	Settle(ctx context.Context, v desk.Delivery, a desk.Attempt, again time.Duration) error
}

// Carrier delivers. The same id may come again: whether the peer has it already
// is for the peer to know, or for the carrier to find out.
type Carrier interface {
	Carry(ctx context.Context, v desk.Delivery) Result
}

// Result is what became of an attempt.
type Result struct {
	Outcome desk.Outcome
	Status  int           // of HTTP, or the peer's own number; 0: none
	Detail  string        // nothing personal, nothing of the body
	After   time.Duration // how long the peer asks to be left alone, by everything on the route; 0: it does not
	Number  string        // what the peer calls it from now on; empty: it does not say
}

// Route is how one carrier works.
type Route struct {
	Carrier Carrier
	// Pauses are what is waited after each failed attempt. After the last the
	// delivery is dead.
	Pauses   []time.Duration
	Timeout  time.Duration // of an attempt
	Together int           // attempts at once on one route; 0: one
}

// Options of a courier.
type Options struct {
	Store  Store
	Desk   Desk
	Routes map[string]Route // by what stands before "/" in a route
	Now    func() time.Time
	Ticks  <-chan time.Time // when to look; nil: every second
	Log    *slog.Logger
	Tracer *trace.Tracer // nil: nothing is traced
	// Observed is told of every attempt; may be nil.
	Observed func(carrier string, outcome desk.Outcome, took time.Duration)
}

// Courier looks for deliveries that may leave, and carries them.
type Courier struct {
	o      Options
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu   sync.Mutex
	busy map[string]bool // routes that are being worked
}

// New returns a courier that is not running yet.
func New(o Options) *Courier {
	if o.Observed == nil {
		o.Observed = func(string, desk.Outcome, time.Duration) {}
	}
	return &Courier{o: o, busy: map[string]bool{}}
}

// Start begins to carry until ctx ends or Stop is called. Without routes there is
// nothing to do.
func (c *Courier) Start(ctx context.Context) {
	if len(c.o.Routes) == 0 {
		return
	}
	ctx, c.cancel = context.WithCancel(ctx)
	c.done.Go(func() {
		ticks := c.o.Ticks
		if ticks == nil {
			ticking := time.NewTicker(lookEvery)
			defer ticking.Stop()
			ticks = ticking.C
		}
		for {
			c.look(ctx)
			select {
			case <-ctx.Done():
				return
			case <-ticks:
			}
		}
	})
}

// Stop ends the work and waits for attempts under way, whose context ends.
func (c *Courier) Stop() {
	if c.cancel != nil {
		c.cancel()
	}
	c.done.Wait()
}

// Once carries all that may leave now, and what may leave after it.
func (c *Courier) Once(ctx context.Context) error {
	routes, err := c.o.Store.DueRoutes(ctx, c.o.Now())
	if err != nil {
		return err
	}
	var working sync.WaitGroup
	for _, route := range routes {
		working.Go(func() { c.work(ctx, route) })
	}
	working.Wait()
	return nil
}

// look sets to work every route that has something and is not being worked.
func (c *Courier) look(ctx context.Context) {
	routes, err := c.o.Store.DueRoutes(ctx, c.o.Now())
	if err != nil {
		if ctx.Err() == nil {
			c.o.Log.ErrorContext(ctx, "looking for deliveries failed, will try again", "error", err)
		}
		return
	}
	for _, route := range routes {
		if c.begin(route) {
			c.done.Go(func() {
				defer c.end(route)
				c.work(ctx, route)
			})
		}
	}
}

func (c *Courier) begin(route string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[route] {
		return false
	}
	c.busy[route] = true
	return true
}

func (c *Courier) end(route string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, route)
}

// work carries what may leave on a route until nothing may.
func (c *Courier) work(ctx context.Context, route string) {
	r, ok := c.o.Routes[desk.CarrierOf(route)]
	if !ok { // another process may carry it
		return
	}
	for ctx.Err() == nil {
		var claimed []desk.Delivery
		err := c.o.Store.InTx(ctx, func(ctx context.Context, tx desk.Tx) (err error) {
			at := c.o.Now()
			claimed, err = tx.ClaimDeliveries(ctx, route, at, at.Add(r.Timeout+leaseLonger), max(1, r.Together))
			return err
		})
		if err != nil && ctx.Err() == nil {
			c.o.Log.ErrorContext(ctx, "taking deliveries failed, will try again", "route", route, "error", err)
		}
		if err != nil || len(claimed) == 0 {
			return
		}
		var under sync.WaitGroup
		for _, v := range claimed {
			under.Go(func() { c.carry(ctx, r, v) })
		}
		under.Wait()
	}
}

// carry makes one attempt and has it settled. What cannot be settled is tried
// again when its lease is over.
func (c *Courier) carry(ctx context.Context, r Route, v desk.Delivery) {
	at := c.o.Now()
	ctx, span := c.o.Tracer.Delivery(ctx, desk.CarrierOf(v.Route))
	limited, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	got := carefully(limited, r.Carrier, v)
	took := c.o.Now().Sub(at)
	span.Outcome(string(got.Outcome))
	c.o.Observed(desk.CarrierOf(v.Route), got.Outcome, took)
	a := desk.Attempt{Delivery: v.ID, No: v.Tries, At: at, Took: took, Outcome: got.Outcome, Status: got.Status, Detail: got.Detail, Number: got.Number, After: got.After}
	settling, done := context.WithTimeout(context.WithoutCancel(ctx), settleTakes) // what has left must be known to have
	defer done()
	err := c.o.Desk.Settle(settling, v, a, again(r.Pauses, v.Tries, got.After))
	span.End(err)
	if err != nil && !problem.HasCode(err, "delivery.stale") {
		c.o.Log.ErrorContext(ctx, "an attempt was not kept, will be made again", "delivery", v.ID, "route", v.Route, "error", err)
	}
}

// carefully is Carry, whose panic is an attempt that failed.
func carefully(ctx context.Context, carrier Carrier, v desk.Delivery) (got Result) {
	defer func() {
		if p := recover(); p != nil {
			got = Result{Outcome: desk.NobodyKnows, Detail: fmt.Sprintf("panic: %T", p)}
		}
	}()
	return carrier.Carry(ctx, v)
}

// again is the pause after a number of tries; 0: there are no more.
func again(pauses []time.Duration, tries int, asked time.Duration) time.Duration {
	if tries > len(pauses) {
		return 0
	}
	pause := pauses[tries-1]
	pause += rand.N(pause/jitter + 1) //nolint:gosec // spreads load, guards nothing
	return max(pause, asked)
}
