package desk

import (
	"encoding/json"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
)

// Filter selects tickets for a list.
type Filter struct {
	Scope      string // unit path; only tickets led by it or below. Empty: all
	Unit       string // unit id of the viewer, for restricted tickets
	Viewer     string // user id of the viewer, who sees nothing about themselves
	Reports    bool   // may see restricted tickets outside its own unit (task force)
	Statuses   []ticket.Status
	Kinds      []channel.Kind
	Lead       string // unit id
	Holder     string // user id of who works on it
	Mine       bool   // those the viewer holds
	Co         bool   // those Unit is asked for an opinion on, instead of those in Scope
	Supervised bool   // only those under supervision
	Untaken    bool   // only those a unit has to handle and nobody there has taken
	District   string
	Category   string
	Source     channel.Source
	DueFrom    time.Time       // only tickets due at or after it; zero: all
	DueBefore  time.Time       // only tickets due before it; zero: all
	Overdue    time.Time       // only open tickets due before it; zero: all
	Aspect     Aspect          // only tickets that lists of supervision show under it at At
	Owner      string          // aspect: unit id of who answers for it now
	At         time.Time       // aspect: the time that counts
	Disclosure DisclosureStage // only released replies, by how far it is decided who may read them
	Sort       TicketSort
	Query      string // in the masked title, or the number or whole groups of it; words find no reports
	Cursor     string // of the page before, opaque
	Limit      int    // 1..100
}

// TicketSort is how the tickets of a list follow each other.
type TicketSort string

// The orders of a list.
const (
	SoonestDue  TicketSort = "due" // so is an empty one
	LatestDue   TicketSort = "due_latest"
	LastCreated TicketSort = "created" // the newest first
	LastChanged TicketSort = "updated"
)

// Page is one page of tickets, due soonest first unless asked for otherwise.
type Page struct {
	Tickets  []ticket.Ticket
	Next     string             // empty: no more
	Excerpts map[string]Excerpt // of what was looked for, by ticket id
}

// Pass lets one socket into one conversation, once.
type Pass struct {
	Hash         []byte // SHA-256 of the pass
	Conversation string
	ExpiresAt    time.Time
}

// Idempotency remembers an answer so that a repeat gets the same one.
type Idempotency struct {
	Scope     string // e.g. letters
	Key       []byte // SHA-256 of the client's key
	Request   []byte // SHA-256 of the canonical request
	Response  []byte // sealed at rest by the store
	ExpiresAt time.Time
}

// JobState is where a job stands.
type JobState string

// The states of a job.
const (
	JobReady  JobState = "ready" // runs at RunAt, or again after its lease ran out
	JobDone   JobState = "done"
	JobFailed JobState = "failed" // gave up; an operator must look
)

// Job is durable work, stored in the transaction of the change that caused it.
// Handlers are idempotent: a crash may run a job twice, its effect counts once.
type Job struct {
	ID         string
	Kind       string // e.g. notify.staff
	Key        string // unique; the same key is never queued twice
	Args       json.RawMessage
	State      JobState
	RunAt      time.Time
	LeaseUntil time.Time
	Attempts   int
	LastError  string // code only, no personal data
	CreatedAt  time.Time
}

// Notification tells a unit or a post that something waits for it.
type Notification struct {
	ID     string // derived from its cause, so that it is stored once
	Unit   string // unit id
	To     string // handler | head | taskforce | leader
	Ticket string // ticket number
	Kind   string // e.g. ticket.dispatched, clock.warn, clock.due
	Text   string // no personal data
	At     time.Time
}

// Unanswered is a question the library could not answer, personal data masked.
type Unanswered struct {
	Text    string
	Count   int
	FirstAt time.Time
	LastAt  time.Time
}
