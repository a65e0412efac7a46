package live

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// changes gathers which lists have changed until staff are told, all of them at once:
// a frame is made once, and not for every screen.
type changes struct {
	mu     sync.Mutex
	topics map[string]bool // nil: staff need not be told
}

// add notes topics, and reports whether they are the first.
func (c *changes) add(topics []string) (first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if first = c.topics == nil; first {
		c.topics = map[string]bool{}
	}
	for _, t := range topics {
		c.topics[t] = true
	}
	return first
}

// take is what has changed, in order.
func (c *changes) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	topics := c.topics
	c.topics = nil
	return slices.Sorted(maps.Keys(topics))
}

// Changed tells all of staff that lists have changed, at every replica. It never
// blocks.
func (h *Hub) Changed(topics []string) {
	h.mark(topics)
	h.others.tellChanged(topics)
}

// mark is Changed at this replica alone. What changes within the pace is told together.
func (h *Hub) mark(topics []string) {
	if h.changes.add(topics) {
		time.AfterFunc(h.times.Pace, func() {
			topics, made := h.changes.take(), map[string][]byte{}
			for _, c := range h.clerks.of(everybody) {
				c.tellOf(topics, made)
			}
		})
	}
}

// tellOf names the lists that have changed, of those the client wants to hear of. made
// are the frames made for others, by their topics; nil: none. It never blocks.
func (c *staffConn) tellOf(topics []string, made map[string][]byte) {
	c.mu.Lock()
	if c.topics == nil {
		for _, t := range topics {
			c.dirty[t] = true
		}
		c.mu.Unlock()
		return
	}
	all := slices.Contains(topics, everything)
	var named []string
	for _, t := range c.topics {
		if all || slices.Contains(topics, t) {
			named = append(named, t)
		}
	}
	c.mu.Unlock()
	if len(named) > 0 {
		slices.Sort(named)
		key := strings.Join(named, " ")
		frame, ok := made[key]
		if !ok {
			frame = encode(changedFrame{T: "changed", Topics: named})
			if made != nil {
				made[key] = frame
			}
		}
		c.queue(frame)
	}
	if all || slices.Contains(topics, topicChats) {
		c.call(boarding)
	}
}
