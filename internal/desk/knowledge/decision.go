package knowledge

import (
	"context"
	"strings"
)

// Candidate is an entry an index thinks may answer, best first.
type Candidate struct {
	Entry string  // entry id
	Score float64 // the engine's own score; only its order means anything
}

// Index finds candidate entries. Engines live in internal/search and pass one
// conformance suite.
type Index interface {
	// Search returns at most limit candidates, best first. An empty result is
	// not an error.
	Search(ctx context.Context, text string, limit int) ([]Candidate, error)
	// Replace swaps the whole content. Searches running meanwhile see either
	// the old or the new content, never a mixture.
	Replace(ctx context.Context, entries []Entry) error
}

// Kind says what a decision is.
type Kind string

// The decisions a question can end in (the wire values of POST /api/v1/ask).
const (
	Answer     Kind = "answer"
	Clarify    Kind = "clarify"
	Emergency  Kind = "emergency"
	Restricted Kind = "restricted"
	SmallTalk  Kind = "smalltalk"
	None       Kind = "none"
)

// Reply is the text shown, verbatim, with what it rests on. For fixed wording
// Entry is "line:" and the line's id.
type Reply struct {
	Entry    string
	Version  int
	Question string
	Text     string
	Basis    []Basis
	Sample   bool
}

// fixed is what an Entry of fixed wording begins with.
const fixed = "line:"

// FixedReply says a fixed sentence by its id; question is what it answers, and
// may be empty.
func FixedReply(id, question, text string) Reply {
	return Reply{Entry: fixed + id, Version: 1, Question: question, Text: text}
}

// Fixed reports whether r is fixed wording, not an entry of the library.
func (r *Reply) Fixed() bool { return strings.HasPrefix(r.Entry, fixed) }

// Option is one choice offered when a question fits several entries.
type Option struct {
	Entry    string
	Question string
	Hint     string // what tells it from the other options, in words of the trade; may be empty
}

// Decision is what the desk says to one question.
type Decision struct {
	Kind       Kind
	Confidence float64  // calibrated probability in [0,1] that the first entry is right
	Answer     *Reply   // set for every kind but Clarify
	More       []Reply  // of one message with several questions: what answers the others
	Missed     []string // of such a message: the questions nothing sure was found for, as asked
	Options    []Option
	Evidence   map[string]float64 `json:"-"` // what the confidence was made of, for editors
	Hotlines   []string           // numbers to call first, with Emergency and some fixed lines
}
