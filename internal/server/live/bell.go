package live

import (
	"maps"
	"slices"
	"sync"
)

// registry knows who listens to a conversation. Listeners are told by value and
// never called while it is locked.
type registry[T comparable] struct {
	mu      sync.Mutex
	members map[string][]T
}

func newRegistry[T comparable]() *registry[T] { return &registry[T]{members: map[string][]T{}} }

func (r *registry[T]) join(key string, m T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[key] = append(r.members[key], m)
}

func (r *registry[T]) leave(key string, m T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// A new slice: somebody may be walking the old one.
	rest := slices.DeleteFunc(slices.Clone(r.members[key]), func(o T) bool { return o == m })
	if len(rest) == 0 {
		delete(r.members, key)
		return
	}
	r.members[key] = rest
}

// of returns those who listen to key now; the caller does not change the list.
func (r *registry[T]) of(key string) []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.members[key]
}

// keys lists what somebody listens to.
func (r *registry[T]) keys() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.members))
}

// listener is whoever waits for news of a conversation.
type listener struct {
	ring func() // never blocks
}

// listen returns a signal for a conversation and how to stop listening. The signal
// has room for one: a second ring before somebody looks adds nothing, since they will
// read everything there is anyway.
func listen(bell *registry[*listener], conversation string) (signal chan struct{}, stop func()) {
	signal = make(chan struct{}, 1)
	l := &listener{func() { notify(signal) }}
	bell.join(conversation, l)
	return signal, func() { bell.leave(conversation, l) }
}

// notify leaves a signal in c, unless one is there already.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
