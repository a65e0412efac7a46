package ticket

import (
	"slices"
	"strings"
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
	Urgency      channel.Urgency
	Origin       channel.Origin // where it was passed on from; zero: it came to us
	Title        string         // personal data masked
	Category     string
	District     string
	Conversation string
	Status       Status
	Resume       Status // supplement: where it goes on from
	Lead         string // responsible unit id (主办); the task force until dispatched
	LeadPath     string // its path, for scope
	Holder       string // user id of who works on it; empty: nobody has taken it
	Co           []CoHandler
	Avoid        []string  // unit ids, and persons (assignment.AboutUser), that must never see it (回避)
	Parent       string    // merged: id of the ticket it is answered with
	Round        int       // 1..; a redo opens the next
	Returns      int       // times a unit sent it back in this round
	Asks         int       // times its citizen was asked to complete it in this round
	Urges        int       // times somebody urged
	Supervised   bool      // under supervision (督办)
	Supervisions int       // times it was put under supervision in this round
	FeedbackDue  time.Time // until when the unit has to report on that; zero: nobody waits for it
	Extension    *Extension
	Consultation string    // an opinion: id of what it is about
	ClosesAt     time.Time // an opinion: until when others may be sent; its waits count from then
	Third        string    // what outside is waited for: a code of [ConsultReasons] or [SuspendReasons]; empty: nothing
	Rating       int       // 1 (很差) to 5 (很好) of this round; 0: not rated
	Solved       bool      // as the citizen sees it; only where rated
	DueAt        time.Time
	Standing     bool      // the clock of its answer stands still: it cannot be late
	CircularAt   time.Time // from when it is to be named (通报); zero: the rules know no such time
	Provisional  bool
	Reason       string // code of the last decline or return
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int64
}

// CoHandler is a unit that is asked for its opinion (会办).
type CoHandler struct {
	Unit   string `json:"unit"`
	Path   string `json:"path"`
	Given  bool   `json:"given,omitempty"`  // the opinion is there
	Waived bool   `json:"waived,omitempty"` // it did not come in time
}

// Pending reports whether the opinion is still waited for.
func (c CoHandler) Pending() bool { return !c.Given && !c.Waived }

// Extension is a request for more time that nobody has decided on.
type Extension struct {
	N      int       `json:"n"` // in the unit of the rule's bound
	Reason string    `json:"reason"`
	By     string    `json:"by"` // user id
	At     time.Time `json:"at"`
}

// Restricted reports whether the ticket may be seen only by its own handlers.
func (t *Ticket) Restricted() bool { return t.Kind == channel.Report }

// Dispatched reports whether the ticket's units see it: see [Status.Dispatched].
func (t *Ticket) Dispatched() bool {
	return t.Status.Dispatched() || t.Status == Supplement && t.Resume == Handling
}

// Handles reports whether a unit handles t or gives its opinion on it.
func (t *Ticket) Handles(unit string) bool {
	return t.Lead == unit || slices.ContainsFunc(t.Co, func(c CoHandler) bool { return c.Unit == unit })
}

// InScope reports whether one of t's units is the one at path, or below it.
func (t *Ticket) InScope(path string) bool {
	below := func(p string) bool { return p == path || strings.HasPrefix(p, path+"/") }
	return below(t.LeadPath) || slices.ContainsFunc(t.Co, func(c CoHandler) bool { return below(c.Path) })
}

// Avoids reports whether a unit, by its path, must never see t: below an
// avoided unit is avoided.
func (t *Ticket) Avoids(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(id string) bool { return slices.Contains(t.Avoid, id) })
}

// Event is one step of a ticket's life. Events are append-only.
type Event struct {
	ID       string
	TicketID string
	Seq      int64 // equals the ticket's version after the move
	Move     Move
	From     Status
	To       Status
	Actor    string       // user id, empty for the citizen and the system
	Unit     string       // acting unit id
	Lead     string       // unit id that led the ticket until then: whose work the move is about
	Reason   string       // reason code; rate: codes, separated by commas
	Note     string       // internal, never leaves the house
	Public   string       // sentence the citizen may read, empty: not shown
	Score    int          // rate: 1 to 5
	Solved   bool         // rate: as the citizen sees it
	Kind     channel.Kind // of the ticket until then; empty: from before steps kept it
	At       time.Time
}
