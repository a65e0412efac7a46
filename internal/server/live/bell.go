package live

import (
	"slices"
	"sync"
)

// bell wakes whoever listens to a conversation. A listener is a channel with
// room for one signal: a second ring before it looks adds nothing, since it
// will read everything there is anyway.
type bell struct {
	mu        sync.Mutex
	listeners map[string][]chan struct{}
}

func newBell() *bell { return &bell{listeners: map[string][]chan struct{}{}} }

// listen returns a signal for a conversation and how to stop listening.
func (b *bell) listen(conversation string) (signal chan struct{}, stop func()) {
	signal = make(chan struct{}, 1)
	b.join(conversation, signal)
	return signal, func() { b.leave(conversation, signal) }
}

func (b *bell) join(conversation string, signal chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listeners[conversation] = append(b.listeners[conversation], signal)
}

func (b *bell) leave(conversation string, signal chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// A new slice: ring may be walking the old one.
	rest := slices.DeleteFunc(slices.Clone(b.listeners[conversation]), func(c chan struct{}) bool { return c == signal })
	if len(rest) == 0 {
		delete(b.listeners, conversation)
		return
	}
	b.listeners[conversation] = rest
}

// ring signals every listener of a conversation. It never blocks.
func (b *bell) ring(conversation string) {
	b.mu.Lock()
	listeners := b.listeners[conversation]
	b.mu.Unlock()
	for _, c := range listeners {
		notify(c)
	}
}

// notify leaves a signal in c, unless one is there already.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
