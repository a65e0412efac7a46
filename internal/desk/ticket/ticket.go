package ticket

import (
	"time"

	"jiesu/internal/desk/channel"
)

// Ticket is one case. Personal data is not part of it: the letter holds that.
type Ticket struct {
	ID           string // UUIDv7
	Number       string // shown to the citizen, see NewNumber
	LetterID     string
	Kind         channel.Kind
	Source       channel.Source
	Title        string // personal data masked
	Category     string
	District     string
	Conversation string
	Status       Status
	Lead         string   // responsible unit id (主办); the task force until dispatched
	LeadPath     string   // its path, for scope
	Avoid        []string // unit ids, and persons (assignment.AboutUser), that must never see it (回避)
	Round        int      // 1..; a redo opens the next
	Returns      int      // times a unit sent it back in this round
	DueAt        time.Time
	Provisional  bool
	Reason       string // code of the last decline or return
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int64
}

// Restricted reports whether the ticket may be seen only by its own handlers.
func (t *Ticket) Restricted() bool { return t.Kind == channel.Report }

// Event is one step of a ticket's life. Events are append-only.
type Event struct {
	ID       string
	TicketID string
	Seq      int64 // equals the ticket's version after the move
	Move     Move
	From     Status
	To       Status
	Actor    string // user id, empty for the citizen and the system
	Unit     string // acting unit id
	Reason   string // reason code
	Note     string // internal, never leaves the house
	Public   string // sentence the citizen may read, empty: not shown
	At       time.Time
}
