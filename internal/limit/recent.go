package limit

import (
	"container/list"
	"hash/maphash"
	"sync"
	"time"
)

// shards keeps callers of different keys out of each other's way.
const shards = 16

// remembered is what is kept of one key.
type remembered interface {
	// over reports whether it says no more at the time than a new one would.
	over(at time.Time) bool
}

// recent keeps something of the keys that were used last: at most about a given
// number, and not what is over.
type recent[V remembered] struct {
	fresh  func() V
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
	key   string
	value remembered
}

func newRecent[V remembered](most int, fresh func() V) *recent[V] {
	r := &recent[V]{fresh: fresh, seed: maphash.MakeSeed()}
	for i := range r.shards {
		r.shards[i] = shard{most: max(1, most/shards), keys: map[string]*list.Element{}, order: list.New()}
	}
	return r
}

// with gives do what is kept of key, which nobody else changes meanwhile.
func (r *recent[V]) with(key string, at time.Time, do func(V)) {
	s := &r.shards[maphash.String(r.seed, key)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s.of(key, at, func() remembered { return r.fresh() }).(V)) //nolint:forcetypeassert // the shard holds nothing else
}

// len is the number of keys remembered.
func (r *recent[V]) len() int {
	n := 0
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		n += len(s.keys)
		s.mu.Unlock()
	}
	return n
}

// of returns what is kept of key, making room first. The oldest go one or two at
// a time, so no call pays for a sweep.
func (s *shard) of(key string, at time.Time, fresh func() remembered) remembered {
	if found, ok := s.keys[key]; ok {
		s.order.MoveToFront(found)
		return found.Value.(*entry).value //nolint:forcetypeassert // the list holds nothing else
	}
	for range 2 {
		oldest := s.order.Back()
		if oldest == nil {
			break
		}
		e := oldest.Value.(*entry) //nolint:forcetypeassert // the list holds nothing else
		if len(s.keys) < s.most && !e.value.over(at) {
			break
		}
		s.order.Remove(oldest)
		delete(s.keys, e.key)
	}
	e := &entry{key, fresh()}
	s.keys[key] = s.order.PushFront(e)
	return e.value
}
