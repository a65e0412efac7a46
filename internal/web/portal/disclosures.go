package portal

import "time"

// Disclosures lists released replies about which there is something to decide.
type Disclosures struct {
	Undecided  []DisclosureBrief
	Unfinished []DisclosureBrief
	Paged      bool   // it is not the first page of those undecided
	Next       string // cursor; empty: no more
}

// DisclosureBrief is a ticket with a released reply.
type DisclosureBrief struct {
	Number, Kind, Title, Unit string
	Received                  time.Time
}

// Disclosure is a released reply with who may read it.
type Disclosure struct {
	DisclosureBrief

	Consent       bool
	Asked         string // as it was written, only with consent
	Reply         string
	Decided       string // how, and why; empty: nobody has decided
	Outdated      bool   // it is about an earlier reply
	At            time.Time
	Text          string // id of the text for the public; empty: there is none
	TextState     string
	Public        string // id of what the public reads; empty: nothing
	Decides       bool   // the reader may
	Form          DisclosureForm
	Passages      []Passage
	Unseen        bool // the reader must not see what is to be hidden
	Redacts       bool // it can be confirmed and changed now
	MoreWords     string
	MoreWith      string
	MoreWhy       string
	PassageErrors bool // they are about passages, not about the decision
	Errors        Problems
}

// DisclosureForm is a form to decide with, and what was typed into it.
type DisclosureForm struct {
	Version            int64
	Groups             []DecisionGroup
	Title, Asked, Note string
}

// DecisionGroup is a decision with what it can rest on.
type DecisionGroup struct {
	Name    string
	Reasons []Ticked
}

// Passage is a passage that may be hidden, amid the words around it.
type Passage struct {
	Key                   string // says which passage it is, and what was done with it
	Part                  string
	Before, Words, Behind string
	Why, With             string
	Confirmed             bool
	Do                    string // hide, words or keep; empty: nothing chosen
	Instead               string // typed
}

func (Disclosures) name() string { return "staff_replies" }
func (Disclosure) name() string  { return "staff_reply" }

func (Disclosures) title() string  { return "答复公开" }
func (v Disclosure) title() string { return withErrors("答复公开"+v.Number, v.Errors) }

func (Disclosures) nav() string { return "/staff/replies" }
func (Disclosure) nav() string  { return "/staff/replies" }
