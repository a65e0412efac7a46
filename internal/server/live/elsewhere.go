package live

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	askEvery    = 20 * time.Second
	believedFor = 3 * askEvery // without being told again: that replica may be gone
)

// What somebody may be present at: a ticket, of staff; a conversation, its citizen.
func ticketKey(number string) string        { return "ticket/" + number }
func citizenKey(conversation string) string { return "citizen/" + conversation }

// presence is who is somewhere at one replica.
type presence struct {
	Key    string          `json:"key"`
	There  bool            `json:"there"`
	People []presentPerson `json:"people,omitempty"` // of staff
}

// elsewhere is who is present at other replicas, of what somebody here wants to know.
// It lives in memory: others are asked again and again, and what they do not repeat is
// forgotten.
type elsewhere struct {
	now func() time.Time
	mu  sync.Mutex
	at  map[string]map[string]belief // by key, then by replica
}

type belief struct {
	people []presentPerson
	until  time.Time
}

func newElsewhere(now func() time.Time) *elsewhere {
	return &elsewhere{now: now, at: map[string]map[string]belief{}}
}

// believe notes what a replica says.
func (e *elsewhere) believe(replica string, p presence) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !p.There {
		delete(e.at[p.Key], replica)
		return
	}
	if e.at[p.Key] == nil {
		e.at[p.Key] = map[string]belief{}
	}
	e.at[p.Key][replica] = belief{p.People, e.now().Add(believedFor)}
}

// of are those who are present, and whether anybody is.
func (e *elsewhere) of(key string) (people []presentPerson, there bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	at := e.now()
	for _, b := range e.at[key] {
		if b.until.After(at) {
			people, there = append(people, b.people...), true
		}
	}
	return people, there
}

// forget drops what is not wanted any longer or too old, and names the keys of which
// something wanted was dropped.
func (e *elsewhere) forget(wanted map[string]bool) (changed []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	at := e.now()
	for key, replicas := range e.at {
		if !wanted[key] {
			delete(e.at, key)
			continue
		}
		for replica, b := range replicas {
			if !b.until.After(at) {
				delete(replicas, replica)
				changed = append(changed, key)
			}
		}
	}
	return changed
}

// here is who is present at this replica.
func (h *Hub) here(key string) presence {
	p := presence{Key: key}
	if number, ok := strings.CutPrefix(key, ticketKey("")); ok {
		p.People = h.readersHere(number)
		p.There = len(p.People) > 0
		return p
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	p.There = h.conversations[strings.TrimPrefix(key, citizenKey(""))] > 0
	return p
}

// wanted are the keys of which somebody here wants to know who is present.
func (h *Hub) wanted() map[string]bool {
	all := map[string]bool{}
	for _, number := range h.readers.keys() {
		all[ticketKey(number)] = true
	}
	for _, side := range h.rooms.keys() {
		if conversation, ok := strings.CutPrefix(side, clerksOf("")); ok {
			all[citizenKey(conversation)] = true
		}
	}
	return all
}

func (h *Hub) wants(key string) bool {
	if number, ok := strings.CutPrefix(key, ticketKey("")); ok {
		return len(h.readers.of(number)) > 0
	}
	return len(h.rooms.of(clerksOf(strings.TrimPrefix(key, citizenKey(""))))) > 0
}

// learn takes what another replica says of a key, if somebody here wants to know.
func (h *Hub) learn(replica string, p presence) {
	if h.wants(p.Key) {
		h.elsewhere.believe(replica, p)
		h.moved(p.Key)
	}
}

// moved lets those here look who is present now.
func (h *Hub) moved(key string) {
	if number, ok := strings.CutPrefix(key, ticketKey("")); ok {
		h.glance(number)
		return
	}
	h.showPresent(strings.TrimPrefix(key, citizenKey("")))
}

// askAround asks other replicas again and again for who is present, until ctx ends.
func (h *Hub) askAround(ctx context.Context) {
	for range ticks(ctx, askEvery) {
		wanted := h.wanted()
		for _, key := range h.elsewhere.forget(wanted) {
			h.moved(key)
		}
		for key := range wanted {
			h.others.askFor(key)
		}
	}
}

// ticks comes round every d until ctx ends.
func ticks(ctx context.Context, d time.Duration) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		again := time.NewTicker(d)
		defer again.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case at := <-again.C:
				if !yield(at) {
					return
				}
			}
		}
	}
}

// merged are people, each once, by name, but for one.
func merged(people []presentPerson, but string) []presentPerson {
	one := []presentPerson{}
	for _, p := range people {
		if p.ID == but {
			continue
		}
		if i := slices.IndexFunc(one, func(o presentPerson) bool { return o.ID == p.ID }); i >= 0 {
			one[i].Drafts = one[i].Drafts || p.Drafts
			continue
		}
		one = append(one, p)
	}
	return one
}
