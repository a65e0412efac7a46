package live

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
)

// Relay carries what passed at one replica to the others. It may lose what it is
// given: whoever was not told finds out by itself, later.
type Relay interface {
	// Tell gives a message to all replicas, its own included.
	Tell(ctx context.Context, message []byte) error
	// Hear calls heard with each message until ctx ends, and lost where some may have
	// been missed: after it could not listen.
	Hear(ctx context.Context, heard func(message []byte), lost func())
}

// everything stands for every list there is.
const everything = "*"

// mostNotes is how many notes wait to be told; what is written meanwhile is lost.
const mostNotes = 1000

// news is what passed at one replica.
type news struct {
	From    string   `json:"from"`              // the replica
	Wake    []string `json:"wake,omitempty"`    // conversations to look at again
	Changed []string `json:"changed,omitempty"` // lists of staff
	Recheck []string `json:"recheck,omitempty"` // addresses whose connections look whether they may go on
	Notes   []note   `json:"notes,omitempty"`
	// Present says who is at this replica, and Who asks that of the others.
	Present []presence `json:"present,omitempty"`
	Who     []string   `json:"who,omitempty"`
}

// note is a frame that passes to one side of a conversation.
type note struct {
	Side  string    `json:"side"`
	Frame noteFrame `json:"frame"`
}

// exchange gathers what passes here and tells the other replicas, one message at a
// time: the more passes, the more each holds.
type exchange struct {
	relay Relay
	self  string
	log   *slog.Logger
	bell  chan struct{}

	mu      sync.Mutex
	wake    map[string]bool
	changed map[string]bool
	recheck map[string]bool
	notes   []note
	present map[string]bool // keys to say who is at
	who     map[string]bool // keys to ask for

	here func(key string) presence // who is at a key now
}

func newExchange(relay Relay, log *slog.Logger) *exchange {
	return &exchange{relay: relay, self: rand.Text(), log: log, bell: make(chan struct{}, 1), wake: map[string]bool{}, changed: map[string]bool{}, recheck: map[string]bool{}, present: map[string]bool{}, who: map[string]bool{}}
}

// add gathers something to tell. It never blocks.
func (x *exchange) add(gather func()) {
	if x.relay == nil {
		return
	}
	x.mu.Lock()
	gather()
	x.mu.Unlock()
	notify(x.bell)
}

func (x *exchange) tellWake(conversation string) { x.add(func() { x.wake[conversation] = true }) }

func (x *exchange) tellRecheck(address string) { x.add(func() { x.recheck[address] = true }) }

func (x *exchange) tellChanged(topics []string) {
	x.add(func() {
		for _, t := range topics {
			x.changed[t] = true
		}
	})
}

func (x *exchange) tellNote(side string, f noteFrame) {
	x.add(func() {
		if len(x.notes) < mostNotes {
			x.notes = append(x.notes, note{side, f})
		}
	})
}

func (x *exchange) tellPresent(key string) { x.add(func() { x.present[key] = true }) }

func (x *exchange) askFor(key string) { x.add(func() { x.who[key] = true }) }

// gathered takes what there is to tell.
func (x *exchange) gathered() news {
	n, present := x.taken()
	for _, key := range present {
		n.Present = append(n.Present, x.here(key))
	}
	return n
}

func (x *exchange) taken() (n news, present []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	n = news{From: x.self, Wake: slices.Collect(maps.Keys(x.wake)), Changed: slices.Collect(maps.Keys(x.changed)), Recheck: slices.Collect(maps.Keys(x.recheck)), Notes: x.notes, Who: slices.Collect(maps.Keys(x.who))}
	present = slices.Collect(maps.Keys(x.present))
	clear(x.recheck)
	clear(x.wake)
	clear(x.changed)
	clear(x.present)
	clear(x.who)
	x.notes = nil
	return n, present
}

// tell tells until ctx ends.
func (x *exchange) tell(ctx context.Context) {
	for {
		select {
		case <-x.bell:
		case <-ctx.Done():
			return
		}
		message, err := json.Marshal(x.gathered())
		if err == nil {
			err = x.relay.Tell(ctx, message)
		}
		if err != nil && ctx.Err() == nil {
			x.log.WarnContext(ctx, "other replicas were not told what passed; they look again by themselves", "error", err)
		}
	}
}

// hear does what other replicas tell of, until ctx ends.
func (x *exchange) hear(ctx context.Context, h *Hub) {
	x.relay.Hear(ctx, func(message []byte) {
		var n news
		if err := json.Unmarshal(message, &n); err != nil || n.From == x.self {
			return // its own, or of a release that speaks differently
		}
		h.heard(&n)
	}, h.missed)
}

// heard does what another replica tells of.
func (h *Hub) heard(n *news) {
	for _, id := range n.Wake {
		h.wake(id)
	}
	h.mark(n.Changed)
	h.look(n.Recheck...)
	for _, one := range n.Notes {
		h.show(one.Side, one.Frame)
	}
	for _, p := range n.Present {
		h.learn(n.From, p)
	}
	for _, key := range n.Who {
		if h.here(key).There {
			h.others.tellPresent(key)
		}
	}
}

// missed has everybody look again, for others may have told of anything.
func (h *Hub) missed() {
	for key := range h.wanted() {
		h.others.askFor(key)
	}
	for _, id := range h.bell.keys() {
		h.wake(id)
	}
	h.mark([]string{everything})
	for _, c := range h.clerks.of(everybody) {
		c.call(checking)
	}
}
