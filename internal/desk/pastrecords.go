package desk

import (
	"time"

	"jiesu/internal/desk/ticket"
)

// PastFilter selects tickets of the past. Reports (举报) are never among them.
type PastFilter struct {
	After    string   // only tickets with a later id; ids grow with time
	IDs      []string // only these
	Writer   string   // only tickets of whoever wrote the letter with this id, by telephone number
	Released bool     // only tickets that have been answered
	Newest   bool     // newest first; oldest first otherwise
	Limit    int
}

// PastTicket is a ticket with what its letter says.
type PastTicket struct {
	Ticket      ticket.Ticket
	Title, Text string
	Writer      string // the same for letters of one telephone number, and no number; nothing: none was given
}

// LinkKind says how two tickets belong together.
type LinkKind string

// The kinds of links.
const (
	SamePerson LinkKind = "same_person" // the same matter, written by the same person
	Similar    LinkKind = "similar"     // the same matter, written by others
)

// Link says that a ticket seems to be about the same matter as an earlier one.
// It closes nothing; the same person's later letter keeps the earlier one's date.
type Link struct {
	From        string    `json:"from"` // id of the later ticket
	To          string    `json:"to"`   // id of the earlier ticket
	Kind        LinkKind  `json:"kind"`
	Probability float64   `json:"probability"`
	By          string    `json:"by"` // user id, or "system"
	At          time.Time `json:"at"`
}
