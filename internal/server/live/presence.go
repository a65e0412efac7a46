package live

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"jiesu/internal/problem"
)

// place is the ticket somebody of staff has on the screen. It lives as long as the
// connection, in the memory of the replicas: nothing of it is kept.
type place struct {
	ticket string // number; empty: none
	drafts bool   // and its reply is being written
}

// presentFrame is who else has a ticket on the screen.
type presentFrame struct {
	T      string          `json:"t"`
	Ticket string          `json:"ticket"`
	People []presentPerson `json:"people"`
}

type presentPerson struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Drafts bool   `json:"drafts"`
}

// readersHere are those who have a ticket on the screen at this replica, each once
// however many tabs they have.
func (h *Hub) readersHere(ticket string) []presentPerson {
	var people []presentPerson
	for _, c := range h.readers.of(ticket) {
		people = append(people, presentPerson{ID: c.user, Name: c.name, Drafts: c.at().drafts})
	}
	return merged(people, "")
}

// who are those who have a ticket on the screen at any replica, but for one.
func (h *Hub) who(ticket, but string) []presentPerson {
	others, _ := h.elsewhere.of(ticketKey(ticket))
	people := merged(append(h.readersHere(ticket), others...), but)
	slices.SortFunc(people, func(a, b presentPerson) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return people
}

// stir lets those who have a ticket on the screen look who else has, at every replica.
// It never blocks.
func (h *Hub) stir(ticket string) {
	h.glance(ticket)
	h.others.tellPresent(ticketKey(ticket))
}

// glance is stir at this replica alone.
func (h *Hub) glance(ticket string) {
	for _, c := range h.readers.of(ticket) {
		c.look()
	}
}

// goes notes where the client says it is; the writer looks whether it may be there.
func (c *staffConn) goes(f *inbound) {
	c.mu.Lock()
	c.wanted = place{ticket: f.Ticket, drafts: f.Drafts && f.Ticket != ""}
	c.mu.Unlock()
	c.look()
}

// look has the writer look who else is there, not too often.
func (c *staffConn) look() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stirred {
		c.stirred = true
		time.AfterFunc(c.hub.times.Pace, func() { c.call(attending) })
	}
}

func (c *staffConn) at() place {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.place
}

// tellPresent says who else has the same ticket on the screen, to whoever may see it:
// that is asked each time, for a ticket is given to others. What was told last is not
// told again.
func (c *staffConn) tellPresent(ctx context.Context) error {
	c.mu.Lock()
	wanted := c.wanted
	c.stirred = false
	c.mu.Unlock()
	if wanted.ticket != "" {
		err := c.hub.desk.SeesTicket(ctx, c.clerk(), wanted.ticket)
		switch {
		case problem.KindOf(err) == problem.NotFound:
			wanted = place{}
		case err != nil:
			c.hub.log.Error("look whether somebody may see a ticket", "sid", c.sid, "error", err)
			c.look()
			return nil
		}
	}
	was := c.at().ticket
	c.settle(wanted)
	if wanted.ticket == "" {
		c.present = nil
		if was == "" {
			return nil
		}
		return c.send(encode(presentFrame{T: "present", Ticket: was, People: []presentPerson{}}))
	}
	frame := encode(presentFrame{T: "present", Ticket: wanted.ticket, People: c.hub.who(wanted.ticket, c.user)})
	if bytes.Equal(frame, c.present) {
		return nil
	}
	c.present = frame
	return c.send(frame)
}

// settle puts the connection where it is now, and lets the others there know.
func (c *staffConn) settle(now place) {
	c.mu.Lock()
	was := c.place
	c.place = now
	c.mu.Unlock()
	if was == now {
		return
	}
	if was.ticket != now.ticket {
		if was.ticket != "" {
			c.hub.readers.leave(was.ticket, c)
			c.hub.stir(was.ticket)
		}
		if now.ticket != "" {
			c.hub.readers.join(now.ticket, c)
			c.hub.others.askFor(ticketKey(now.ticket))
		}
	}
	if now.ticket != "" {
		c.hub.stir(now.ticket)
	}
}
