package portal

import "time"

// Replies lists replies that everybody may read, a page of them.
type Replies struct {
	Categories []ReplyCategory
	Category   string // code of the chosen one; empty: all
	Text       string // searched for; empty: browsing
	Errors     Problems
	Replies    []PublicReply
	Paged      bool   // it is not the first page
	Next       string // where the next page begins; empty: no more
}

// ReplyCategory is a category with the number of its replies.
type ReplyCategory struct {
	Code string
	Name string
	N    int
}

// PublicReply is a reply that everybody may read.
type PublicReply struct {
	ID                            string
	Title                         string
	Asked                         string // empty: its writer did not agree to have it published
	Text                          string
	Kind, Category, Unit          string
	Received, Answered, Published time.Time
	Version                       int
	Redacted                      bool // something was hidden
}

// ReplyFigures says how many letters came in, and what became of them.
type ReplyFigures struct {
	Months []MessageRow
	Total  MessageRow
}

// MessageRow are the letters of one month.
type MessageRow struct {
	Name                                                                   string
	Received, Accepted, Declined, Left, Valid, Answered, OnTime, Published int64
}

func (r Replies) title() string     { return withErrors("公开的答复", r.Errors) }
func (r PublicReply) title() string { return r.Title }
func (ReplyFigures) title() string  { return "来信受理和答复情况" }

func (Replies) nav() string      { return "" }
func (PublicReply) nav() string  { return "" }
func (ReplyFigures) nav() string { return "" }
