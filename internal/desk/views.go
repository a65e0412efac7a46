package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
)

// Actor is the member of staff who acts, as the access room sees them.
type Actor struct {
	ID       string
	Name     string
	Unit     string        // unit id
	Path     string        // its unit path
	Scope    string        // unit path it may see below; "*" sees every unit
	Moves    []ticket.Move // what the roles allow
	Reports  bool          // may see restricted tickets of every unit
	Contact  bool          // may see who wrote, with a reason
	Unseal   bool          // may decide who sees who wrote a report
	Edits    bool          // may explain answers and decide labels
	Correct  bool          // may say what a question should have been answered by
	Figures  bool          // may see how answers do
	Standing []Actor       // those a stands in for

	Organises bool // may say who holds posts, is on duty and stands in
	Calendar  bool // may import notices of public holidays
	Watches   bool // may see how units do: supervision, circulars, scores
	Health    bool // may see what the self-check found
	Calls     bool // may call citizens back, and decide what follows
	Appeals   bool // may appeal against ratings of its units
	Judges    bool // may decide such appeals of other units
	Opens     bool // may open tickets on behalf of somebody, and register calls
	Consults  bool // may draft consultations of its units
	Publishes bool // may approve and publish them

	Orders bool // works on orders of 12345 platforms

	Chats string // unit path whose categories it answers for in chats; "*": all; empty: none

	Signals  bool // may see weak signals, and acknowledges those told to it
	Assesses bool // decides what becomes of them

	Channels bool // may look after what comes from other systems and goes to them

	Keeps bool // decides about holds and erasures

	Audits bool // may read the audit trail and check that it is whole

	Roles   []string // by name
	Drafts  string   // unit path below which it drafts texts for the public; "*": of every unit; empty: none
	Reviews bool     // reads every text for the public before it is published
}

// MaySee reports whether a may see t at all. A unit sees nothing before the task
// force has dispatched it: only then has somebody looked whom it is about.
func (a *Actor) MaySee(t *ticket.Ticket) bool {
	switch {
	case a.Scope == "", a.avoided(t):
		return false
	case t.Restricted():
		return a.Reports || t.Handles(a.Unit) && t.Dispatched()
	default:
		return a.Scope == "*" || t.Dispatched() && t.InScope(a.Scope)
	}
}

// avoided reports whether t is about a's unit, or one above it, or about this
// very person, wherever they work now.
func (a *Actor) avoided(t *ticket.Ticket) bool {
	return t.Avoids(a.Path) || slices.Contains(t.Avoid, assignment.AboutUser(a.ID))
}

// May reports whether a's roles allow the move.
func (a *Actor) May(m ticket.Move) bool { return slices.Contains(a.Moves, m) }

// MayMove reports whether a may make the move with t, or somebody a stands in
// for.
func (a *Actor) MayMove(t *ticket.Ticket, m ticket.Move) bool {
	return a.own(t, m) || a.instead(t, m) != ""
}

// covers reports whether the unit at path is in a's scope.
func (a *Actor) covers(path string) bool {
	return a.Scope == "*" || within(path, a.Scope)
}

// own reports whether a's own roles allow the move with t. Who is asked for an
// opinion gives it, and moves nothing else.
func (a *Actor) own(t *ticket.Ticket, m ticket.Move) bool {
	return a.May(m) && (a.covers(t.LeadPath) || m == ticket.Opine || m == ticket.Note)
}

// instead is the user id of whom a stands in for with the move; empty: nobody.
func (a *Actor) instead(t *ticket.Ticket, m ticket.Move) string {
	for i := range a.Standing {
		if away := &a.Standing[i]; away.own(t, m) && !away.avoided(t) {
			return away.ID
		}
	}
	return ""
}

// Question is what somebody asked, once, outside of a chat.
type Question struct {
	Text    string
	Session string // of the client's own making; empty: nothing is remembered
	// Thread is what was talked about, where the client carries it itself.
	Thread conversation.Thread
	Choice *string // entry chosen from those offered; empty: none of these; nil: Text counts
}

// Opening is a letter on its way to becoming a ticket.
type Opening struct {
	Letter         channel.Letter // ID and ReceivedAt are set by the desk
	Actor          *Actor         // staff on behalf of a caller; nil: the citizen
	IdempotencyKey string         // empty: none
	Names          []string       // units or officers a complaint is about, as written
	Unit           string         // id of the unit staff know to answer it; empty: the catalogue says
	Upstream       string         // id of the unit the platform it was passed on from names, may be empty
	Avoid          []string       // units and persons known to have to keep away, as of an earlier ticket

	// with writes, in the transaction of the ticket, what belongs to it.
	with func(ctx context.Context, tx Tx, n *opened) error
}

// Receipt is what the citizen takes home. QueryCode is shown this once.
type Receipt struct {
	Number      string          `json:"number"`
	QueryCode   string          `json:"query_code"`
	Unit        string          `json:"unit"` // shown name of the responsible unit
	DueAt       time.Time       `json:"due_at"`
	Rule        string          `json:"rule"`
	Provisional bool            `json:"provisional"`
	Explain     []deadline.Line `json:"explain"`
	// Emergency is what to do first where the letter tells of a present danger: a
	// letter is read too late.
	Emergency *Emergency `json:"emergency,omitempty"`
	Repeated  bool       `json:"-"` // an idempotent repeat of an earlier opening
}

// Emergency is the fixed wording for a present danger.
type Emergency struct {
	Text     string   `json:"text"`
	Hotlines []string `json:"hotlines"`
}

// Timeline is what the citizen sees of the own ticket.
type Timeline struct {
	Number      string
	Kind        channel.Kind
	Status      ticket.Status
	Unit        string
	CreatedAt   time.Time
	DueAt       time.Time
	Provisional bool
	Steps       []TimelineStep
	Reply       *reply.Draft  // the released one
	Rating      int           // 1 to 5; 0: not rated
	Moves       []ticket.Move // what the citizen may do now: supply, rate, withdraw
	Published   string        // id of the reply as everybody reads it; empty: it was not published
	Erased      time.Time     // when what was written was erased; zero: it was not

	Clock *ExplainedClock // by which DueAt was counted; nil: nothing is counted for it any more
}

// TimelineStep is one public step.
type TimelineStep struct {
	At   time.Time
	Text string
}

// TicketView is everything staff see of a ticket. The contact is not part of
// it: see Desk.RevealContact.
type TicketView struct {
	Ticket     ticket.Ticket
	Letter     channel.Letter
	Files      []channel.Attachment // of the letter
	Events     []ticket.Event
	Drafts     []reply.Draft
	Clocks     []deadline.Clock
	HasContact bool
	Parent     string          // number of the ticket it is answered with, where the viewer may see that
	Children   []string        // numbers of the tickets that are answered with it
	Moves      []ticket.Move   // what the viewer may do now
	Forms      []ticket.Form   // what these need, in the same order
	Findings   []proof.Finding // in the latest reply, until it is released
	Appeals    []Appeal        // against its ratings
	Review     *TextView       // how the reply of this round was read; nil: it was not submitted yet
	Disclosure *DisclosureView // who may read the reply; nil: not decided, or the ticket was just moved
	Order      string          // id of the 12345 order it came with, where the viewer works on those; empty: none
	Discloses  bool            // the viewer may decide now who may read the reply
	Erased     time.Time       // when what people wrote was erased; zero: it was not
	Hold       *Hold           // what keeps it from being erased; nil: nothing does
}

// Command asks for a move.
type Command struct {
	Move    ticket.Move
	Version int64    // the version the actor saw
	Unit    string   // dispatch, reassign: the lead unit id
	Co      []string // dispatch, reassign, involve: units asked for their opinion
	Into    string   // merge: number of the ticket it is answered with
	Reason  string   // a code of the move's list
	Note    string   // internal; opine: the opinion; rate: what the citizen added
	Text    string   // draft: the reply; ask, decline, transfer, reclassify: what the citizen reads
	Days    int      // extend: how much more time, in the unit of the rule's bound
	Score   int      // rate: 1 (很差) to 5 (很好)
	Solved  bool     // rate: whether the matter is solved, as the citizen sees it
	Reasons []string // rate: why, codes of ticket.RatingReasons
	By      string   // supervise: the day by which the unit reports, YYYY-MM-DD; empty: what the rules say
	Outcome reply.Outcome
	Kind    channel.Kind // reclassify: the kind it is from now on

	Quotes  []reply.Quote // draft: what of the library stands in it
	BasedOn *Revision     // draft, submit: the reply as the actor saw it; nil: as of Version

	Override string // submit: why what a proof blocks is right all the same

	Gates    []review.Gate    // approve: what was ticked
	Gate     review.Gate      // send_back: where the reply does not pass, for a Reason of its list
	Comments []review.Comment // send_back: about passages of the reply
}

// Said is a chat message as sent by a client.
type Said struct {
	Conversation string
	ClientID     string // ≤ 64 characters, unique in the conversation
	Kind         conversation.MessageKind
	Text         string // for text
	Entry        string // for choice
	Attachment   string // for file
}

// SaidResult tells the sender where the message stands.
type SaidResult struct {
	Seq       int64
	Head      int64 // after the bot's answer, if any
	At        time.Time
	Duplicate bool
}

// Admission lets a client into a conversation.
type Admission struct {
	Pass         string // single use, 60 s
	Conversation string
	Token        string // bearer of the conversation; only when it is new
	ExpiresAt    time.Time
}

// LibraryEntry is an entry as the public pages show it.
type LibraryEntry struct {
	Entry     knowledge.Entry
	Documents []knowledge.Document
}

// DeadlinePreview asks when a letter would have to be answered.
type DeadlinePreview struct {
	Kind       channel.Kind
	Source     channel.Source
	Urgency    channel.Urgency
	ReceivedAt time.Time
}
