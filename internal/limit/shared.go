package limit

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
)

const (
	// mostLeased is how many events a replica takes from Redis at once at most: a
	// question costs four times what answering a message does.
	mostLeased = 256
	// more is how many times as many a replica takes next of a key that is used fast.
	more = 4
	// share is the part of a burst that one replica may hold: what it holds and does
	// not use is missing elsewhere.
	share = 4
	// held is how long a replica holds what it has leased at least.
	held = 250 * time.Millisecond
	// apart is how long Redis is not asked after it has failed.
	apart = time.Second
)

// Shared is a Limiter for several replicas over one Redis. Keys that are used
// seldom are asked for each time; for one that is used fast, a replica leases more
// and more events at once and gives them out itself. While Redis is away every
// replica counts for itself.
type Shared struct {
	redis  *redis_rate.Limiter
	alone  *Memory
	leases *recent[*lease]
	now    func() time.Time
	failed func(error)
	back   atomic.Int64 // Redis is not asked before, in Unix nanoseconds
}

// NewShared returns a limiter over a Redis whose client gives up soon. It
// remembers at most about most keys, now is the wall clock, and failed is told
// what keeps it from asking, at most once a second.
func NewShared(client redis.UniversalClient, now func() time.Time, most int, failed func(error)) *Shared {
	return &Shared{
		redis: redis_rate.NewLimiter(client), alone: NewMemory(now, most), now: now, failed: failed,
		leases: newRecent(most, func() *lease { return &lease{lot: 1} }),
	}
}

// Allow counts one event of key at rate, unless that would exceed it.
func (s *Shared) Allow(ctx context.Context, key string, rate Rate) (d Decision, err error) {
	if rate.Unlimited() {
		return Decision{Allowed: true, Remaining: 1}, nil
	}
	at := s.now()
	if at.UnixNano() < s.back.Load() {
		return s.alone.Allow(ctx, key, rate)
	}
	var known bool
	var lot int
	s.leases.with(key, at, func(l *lease) { d, known, lot = l.take(at, rate) })
	if known {
		return d, nil
	}
	got, err := s.redis.AllowAtMost(ctx, key, redis_rate.Limit{Rate: rate.Count, Burst: rate.Count, Period: rate.Period}, lot)
	if err != nil {
		if ctx.Err() == nil { // it is not the caller who has gone
			s.back.Store(at.Add(apart).UnixNano())
			s.failed(err)
		}
		return s.alone.Allow(ctx, key, rate)
	}
	s.leases.with(key, at, func(l *lease) { d = l.add(at, rate, got) })
	return d, nil
}

// lease is what a replica holds of one key.
type lease struct {
	left    int       // events it may still give out
	given   int       // events it has given out of what it took last
	behind  int       // events that Redis had left besides
	until   time.Time // they may be given out; afterwards they have come back by themselves
	lot     int       // to take at once next time
	refused time.Time // nothing is to be had before
}

// over implements [remembered].
func (l *lease) over(at time.Time) bool { return !l.until.After(at) && !l.refused.After(at) }

// take gives out an event that is held, or refuses what Redis would refuse; known
// is false where Redis has to be asked, for lot events.
func (l *lease) take(at time.Time, rate Rate) (d Decision, known bool, lot int) {
	if wait := l.refused.Sub(at); wait > 0 {
		return Decision{RetryAfter: min(wait, rate.Period)}, true, 0
	}
	inTime := l.until.After(at)
	if inTime && l.left > 0 {
		l.left--
		l.given++
		return Decision{Allowed: true, Remaining: l.left + l.behind}, true, 0
	}
	switch {
	case inTime: // used up before it would have come back: it is used fast
		l.lot = min(more*l.lot, mostLeased, max(1, rate.Count/share))
	case at.Sub(l.until) < held: // as many as were used
		l.lot = min(l.lot, max(1, l.given))
	default:
		l.lot = 1
	}
	l.left = 0
	return Decision{}, false, l.lot
}

// add takes what Redis gave, and gives out the first of it.
func (l *lease) add(at time.Time, rate Rate, got *redis_rate.Result) Decision {
	if got.Allowed == 0 {
		l.refused = at.Add(got.RetryAfter)
		return Decision{RetryAfter: got.RetryAfter}
	}
	l.left += got.Allowed - 1
	l.given = 1
	l.behind = got.Remaining
	l.until = at.Add(max(held, rate.interval()*time.Duration(got.Allowed)))
	return Decision{Allowed: true, Remaining: l.left + l.behind}
}
