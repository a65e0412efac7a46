package limit

import (
	"context"
	"time"
)

// Memory is a Limiter for one process. It remembers at most a given number of
// keys and forgets the one unused for longest.
type Memory struct {
	now     func() time.Time
	buckets *recent[*Bucket]
}

// NewMemory returns a limiter that remembers at most about most keys. now is
// the wall clock.
func NewMemory(now func() time.Time, most int) *Memory {
	return &Memory{now: now, buckets: newRecent(most, func() *Bucket { return &Bucket{} })}
}

// Allow counts one event of key at rate, unless that would exceed it.
func (m *Memory) Allow(_ context.Context, key string, rate Rate) (d Decision, err error) {
	if rate.Unlimited() {
		return Decision{Allowed: true, Remaining: 1}, nil
	}
	at := m.now()
	m.buckets.with(key, at, func(b *Bucket) { d = b.Take(at, rate) })
	return d, nil
}

// Len is the number of keys remembered.
func (m *Memory) Len() int { return m.buckets.len() }
