package review

import (
	"slices"
	"time"
)

// Move is what somebody does with a text.
type Move string

// The moves.
const (
	Write    Move = "write" // the first version
	Edit     Move = "edit"
	Submit   Move = "submit"
	Pass     Move = "pass"
	SendBack Move = "send_back"
	Resume   Move = "resume" // what was objected to stays, and why: the reader who objected reads on
	Publish  Move = "publish"
	Withdraw Move = "withdraw"
)

// Moves returns every move that can be asked for of a text that exists.
func Moves() []Move { return []Move{Edit, Submit, Pass, SendBack, Resume, Publish, Withdraw} }

// rule is everything about a move that does not depend on the text.
type rule struct {
	name    string  // Chinese
	from    []State // where it may be made
	to      State   // where it leads; empty: the text says
	reasons []Reason
	words   bool // words to those who have the text are needed
}

// Name is the Chinese name of m, or empty for an unknown move.
func (m Move) Name() string { return m.rule().name }

// Known is m, and nothing a client made up.
func (m Move) Known() string {
	if m.Name() == "" {
		return "unknown"
	}
	return string(m)
}

// Allows reports whether m may be made in s.
func (s State) Allows(m Move) bool { return slices.Contains(m.rule().from, s) }

// reads reports whether m is what a reader does in a step.
func (m Move) reads() bool { return m == Pass || m == SendBack }

// writes reports whether m makes a version.
func (m Move) writes() bool { return m == Write || m == Edit }

// rule is the table of the machine; review.md draws it.
func (m Move) rule() rule {
	switch m {
	case Write:
		return rule{name: "起草", to: Draft}
	case Edit:
		return rule{name: "修改", from: States(), to: Draft}
	case Submit:
		return rule{name: "送审", from: []State{Draft}, to: InReview}
	case Pass:
		return rule{name: "通过", from: []State{InReview}}
	case SendBack:
		return rule{name: "退回", from: []State{InReview}, to: Returned, words: true}
	case Resume:
		return rule{name: "说明后续审", from: []State{Returned}, to: InReview, words: true}
	case Publish:
		return rule{name: "发布", from: []State{Approved}, to: Published}
	case Withdraw:
		return rule{name: "撤回", from: []State{Draft, InReview, Returned, Approved, Published}, to: Withdrawn, reasons: WithdrawReasons(), words: true}
	}
	return rule{}
}

// Person is somebody as the house knows them at the time.
type Person struct {
	ID       string // user id
	Name     string
	Unit     string
	UnitPath string
	Roles    []string
	Posts    []string // ids of those they hold
}

// Command asks for one move. Who may ask is decided outside, and who stands in
// for whom; which step somebody may take is decided here.
type Command struct {
	Move     Move
	By       Person
	For      *Person // whom By stands in for; nil: nobody
	At       time.Time
	Hash     string    // of the version they have before them
	Content  Content   // edit: what it is from now on
	Chain    Chain     // submit: what it goes through
	Step     string    // pass, send_back: the id of the step
	Gates    []Gate    // pass: what was ticked
	Gate     Gate      // send_back: where it does not pass
	Reason   string    // send_back, withdraw: a code of the gate's, or the move's list
	Words    string    // send_back, resume, withdraw
	Comments []Comment // send_back
}

// Comment is about one passage of the body.
type Comment struct {
	From, To int    // in characters of the body, the last one not included
	Quote    string // what stands there
	Text     string
}
