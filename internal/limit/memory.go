package limit

import (
	"container/list"
	"context"
	"hash/maphash"
	"sync"
	"time"
)

// shards keeps callers of different keys out of each other's way.
const shards = 16

// Memory is a Limiter for one process. It remembers at most a given number of
// keys and forgets the one unused for longest.
type Memory struct {
	now    func() time.Time
	seed   maphash.Seed
	shards [shards]shard
}

type shard struct {
	mu    sync.Mutex
	most  int
	keys  map[string]*list.Element // of *entry
	order *list.List               // most recently used first
}

type entry struct {
	key    string
	bucket Bucket
}

// NewMemory returns a limiter that remembers at most about most keys. now is
// the wall clock.
func NewMemory(now func() time.Time, most int) *Memory {
	m := &Memory{now: now, seed: maphash.MakeSeed()}
	for i := range m.shards {
		m.shards[i] = shard{most: max(1, most/shards), keys: map[string]*list.Element{}, order: list.New()}
	}
	return m
}

// Allow counts one event of key at rate, unless that would exceed it.
func (m *Memory) Allow(_ context.Context, key string, rate Rate) (Decision, error) {
	if rate.Unlimited() {
		return Decision{Allowed: true, Remaining: 1}, nil
	}
	s := &m.shards[maphash.String(m.seed, key)%shards]
	at := m.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bucket(key, at).Take(at, rate), nil
}

// Len is the number of keys remembered.
func (m *Memory) Len() int {
	n := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		n += len(s.keys)
		s.mu.Unlock()
	}
	return n
}

// bucket returns the bucket of key, making room first. The oldest entries go
// one or two at a time, so no call pays for a sweep.
func (s *shard) bucket(key string, at time.Time) *Bucket {
	if found, ok := s.keys[key]; ok {
		s.order.MoveToFront(found)
		return &found.Value.(*entry).bucket //nolint:forcetypeassert // the list holds nothing else
	}
	for range 2 {
		oldest := s.order.Back()
		if oldest == nil {
			break
		}
		e := oldest.Value.(*entry) //nolint:forcetypeassert // the list holds nothing else
		if len(s.keys) < s.most && !e.bucket.empty(at) {
			break
		}
		s.order.Remove(oldest)
		delete(s.keys, e.key)
	}
	e := &entry{key: key}
	s.keys[key] = s.order.PushFront(e)
	return &e.bucket
}
