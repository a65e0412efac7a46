package webhooks

import (
	"encoding/json"
	"time"
)

// Type says what happened. A receiver passes over types it does not know.
type Type string

// The types of events.
const (
	TicketOpened       Type = "ticket.opened"
	TicketAccepted     Type = "ticket.accepted"
	TicketDeclined     Type = "ticket.declined"
	TicketAsked        Type = "ticket.asked" // its citizen is asked to complete it
	TicketSupplied     Type = "ticket.supplied"
	TicketReclassified Type = "ticket.reclassified" // it is of another kind
	TicketDispatched   Type = "ticket.dispatched"   // to a unit, or from one to another
	TicketSigned       Type = "ticket.signed"       // the unit has it
	TicketReturned     Type = "ticket.returned"     // and gives it back
	TicketRescheduled  Type = "ticket.rescheduled"  // the date of its answer moved, stands still or goes on
	TicketAnswered     Type = "ticket.answered"
	TicketRated        Type = "ticket.rated"
	TicketReopened     Type = "ticket.reopened" // a new round
	TicketClosed       Type = "ticket.closed"
	TicketMerged       Type = "ticket.merged" // it is answered with another
	TicketUnmerged     Type = "ticket.unmerged"
	TicketWithdrawn    Type = "ticket.withdrawn"
	TicketTransferred  Type = "ticket.transferred" // to another authority

	Ping Type = "ping" // staff try whether an endpoint is there
)

// TicketTypes returns the types that tell of tickets, in the order a letter meets them.
func TicketTypes() []Type {
	return []Type{
		TicketOpened, TicketAccepted, TicketDeclined, TicketAsked, TicketSupplied, TicketReclassified, TicketDispatched, TicketSigned, TicketReturned,
		TicketRescheduled, TicketAnswered, TicketRated, TicketReopened, TicketClosed, TicketMerged, TicketUnmerged, TicketWithdrawn, TicketTransferred,
	}
}

// Event is the body of a delivery, thin on purpose: it says that something happened,
// and where to ask. schema/event.json describes it.
type Event struct {
	Type      Type      `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it happened
	Data      any       `json:"data"`      // a [Ticket]; of a ping a [Pinged]
}

// Ticket is what leaves of a ticket. Never what somebody wrote, never who, never a
// report, an opinion on a consultation or a weak signal.
type Ticket struct {
	Number     string     `json:"number"`
	Kind       string     `json:"kind"`
	State      string     `json:"state"`
	Unit       string     `json:"unit"`    // id of who is responsible now
	Version    int64      `json:"version"` // grows with every step of the ticket: the older event is the one with the smaller
	OccurredAt time.Time  `json:"occurred_at"`
	DueAt      *time.Time `json:"due_at"` // null: nobody waits for an answer, or its clock stands still
}

// Pinged says which endpoint is tried.
type Pinged struct {
	Endpoint string `json:"endpoint"`
}

// Body is e as it is sent.
func (e Event) Body() ([]byte, error) { return json.Marshal(e) }
