package limit

import (
	"context"
	"math"
	"time"
)

// Rate allows Count events per Period, and a burst of Count at once. The zero
// Rate allows everything.
type Rate struct {
	Count  int
	Period time.Duration
}

// PerMinute is n events a minute.
func PerMinute(n int) Rate { return Rate{Count: n, Period: time.Minute} }

// Unlimited reports whether r allows everything.
func (r Rate) Unlimited() bool { return r.Count <= 0 || r.Period <= 0 }

// interval is the time one event takes up.
func (r Rate) interval() time.Duration { return r.Period / time.Duration(r.Count) }

// Decision says whether an event may happen, and why not.
type Decision struct {
	Allowed    bool
	Remaining  int           // further events that would be allowed at once
	RetryAfter time.Duration // until one would be allowed; zero when it was
}

// Limiter counts events per key. Implementations are safe for concurrent use.
type Limiter interface {
	// Allow counts one event of key at rate, unless that would exceed it.
	Allow(ctx context.Context, key string, rate Rate) (Decision, error)
}

// None is a Limiter that allows everything, for load tests.
type None struct{}

// Allow allows the event.
func (None) Allow(context.Context, string, Rate) (Decision, error) {
	return Decision{Allowed: true, Remaining: math.MaxInt}, nil
}

// Bucket is the state of one key: the time at which it would be empty again
// (the theoretical arrival time of GCRA). The zero Bucket is empty. It is not
// safe for concurrent use.
type Bucket struct{ tat time.Time }

// Take counts one event at the given time, unless that would exceed rate. A
// refused event changes nothing, so hammering does not prolong the wait.
func (b *Bucket) Take(at time.Time, rate Rate) Decision {
	if rate.Unlimited() {
		return Decision{Allowed: true, Remaining: 1}
	}
	step := rate.interval()
	tat := b.tat
	if tat.Before(at) {
		tat = at
	}
	// After a step back of the clock a bucket never holds more than it can fill.
	if full := at.Add(rate.Period); tat.After(full) {
		tat = full
	}
	ahead := tat.Add(step).Sub(at) - step*time.Duration(rate.Count)
	if ahead > 0 {
		return Decision{RetryAfter: ahead}
	}
	b.tat = tat.Add(step)
	return Decision{Allowed: true, Remaining: int(-ahead / step)}
}

// over implements [remembered].
func (b *Bucket) over(at time.Time) bool { return !b.tat.After(at) }
