package conversation

import (
	"encoding/json"
	"time"
)

// State says who answers in a conversation.
type State string

// The states of a conversation.
const (
	Bot    State = "bot"    // the reviewed library answers
	Handed State = "handed" // left to the task force: a ticket exists, the bot still answers new questions
	Queued State = "queued" // waits for a person
	Person State = "person" // a person answers
	Ended  State = "ended"  // the person is done: the library answers whatever comes next
)

// Live reports whether people and not the library answer.
func (s State) Live() bool { return s == Queued || s == Person }

// Role is who said a message.
type Role string

// The roles in a conversation.
const (
	User   Role = "user"
	Robot  Role = "bot"
	Staff  Role = "staff"
	System Role = "system"
)

// MessageKind tells a client how to show a body.
type MessageKind string

// The kinds of durable messages and their bodies.
const (
	Text    MessageKind = "text"    // {"text"}
	Choice  MessageKind = "choice"  // {"entry","text"}: the citizen picked an offered entry
	File    MessageKind = "file"    // {"attachment","name","type","size"}
	Answer  MessageKind = "answer"  // the ask decision, see server's schema
	Receipt MessageKind = "receipt" // {"number","query_code","due_at","unit","text"}: a ticket was opened from this chat
	Notice  MessageKind = "notice"  // {"text"[,"number"]}: progress or the released reply
)

// MaxText is the longest chat message, in characters.
const MaxText = 2000

// Conversation is one chat of one citizen.
type Conversation struct {
	ID        string
	Epoch     string // changes only when history was restored or merged
	Head      int64  // the highest sequence number given out
	State     State
	TokenHash []byte // SHA-256 of the bearer token that owns it
	Ticket    string // number of the ticket it was handed over to, may be empty
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int64 // raised by every change but new messages

	// These say how a person comes to answer; they are empty while the library does.
	Skill string    // category code it needs somebody for; empty: anybody who may answer all
	Since time.Time // queued: since when
	Again bool      // somebody had it before: it goes first
	Clerk string    // user id of who answers
	Taken time.Time // by the clerk
	From  int64     // people read what came after this number: before it was another matter
	Avoid []string  // units and persons it is about, as of a ticket: they never see it
}

// Source pins what an answer rested on, so that it can be recalled.
type Source struct {
	Entry   string `json:"Entry"` // the names messages are stored with
	Version int    `json:"Version"`
}

// Message is one durable line of a conversation. Seq is 1..n without gaps,
// assigned in the transaction that stores it.
type Message struct {
	Conversation string
	Seq          int64
	ClientID     string // the sender's id for it, unique per conversation and role; empty for system
	Role         Role
	Name         string // shown name of staff, else empty
	Kind         MessageKind
	Body         json.RawMessage
	BodyHash     []byte // SHA-256 of kind and body as sent; tells a repeat from a conflict
	Sources      []Source
	At           time.Time
}
