package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/conversation"
)

// VoteKind is where a vote comes from.
type VoteKind string

// The kinds of votes.
const (
	Click      VoteKind = "click"      // an option chosen, or none of those offered
	Rating     VoteKind = "rating"     // of an answer
	Correction VoteKind = "correction" // by a clerk
)

// Vote says that an entry answers a question, or that it does not.
type Vote struct {
	Entry  string // empty: nothing of the library answers it
	Kind   VoteKind
	Agrees bool
	Count  int
}

// LabelState is where a label stands.
type LabelState string

// The states of a label.
const (
	LabelWaiting   LabelState = "waiting"
	LabelConfirmed LabelState = "confirmed"
	LabelRejected  LabelState = "rejected" // teaches nothing
)

// Label is a question with what people and clerks said about its answer. It
// teaches nothing before an editor has confirmed it.
type Label struct {
	ID        string
	Key       string // what makes two questions one; only its blind index is kept
	Question  string // personal data masked, as far as a machine sees it
	Votes     []Vote // most counted first
	Count     int
	FirstAt   time.Time
	LastAt    time.Time
	State     LabelState
	Entries   []string // that answer it, once confirmed; none: nothing of the library does
	DecidedBy string   // user id
	DecidedAt time.Time
	Version   int64 // of the decision
}

// LabelFilter selects labels for a list, most counted first.
type LabelFilter struct {
	State LabelState
	After int // how many to pass over
	Limit int
}

// Feedback is what somebody said about one message, once.
type Feedback struct {
	Conversation string
	Seq          int64
	Kind         VoteKind
	Score        int // 1..5 of a rating; 0 of a click
	At           time.Time
}

// AnswerEvent is what is counted about answers.
type AnswerEvent string

// What is counted: every decision, and what became of it.
const (
	Answered    AnswerEvent = "answer"
	Clarified   AnswerEvent = "clarify"
	Unresolved  AnswerEvent = "none"
	Gated       AnswerEvent = "gate"      // emergency, restricted topic, small talk
	Resolved    AnswerEvent = "resolved"  // an option was chosen
	Refused     AnswerEvent = "refused"   // none of the options
	Liked       AnswerEvent = "liked"     // rated 4 or 5
	Disliked    AnswerEvent = "disliked"  // rated 1 or 2
	Indifferent AnswerEvent = "neutral"   // rated 3
	Corrected   AnswerEvent = "corrected" // a clerk's correction, confirmed
)

// AnswerCount is one cell of a day's figures. It only ever grows on its day.
type AnswerCount struct {
	Day      string // YYYY-MM-DD in Beijing
	Category string // of the entry; empty: of none
	Event    AnswerEvent
	N        int64
}

// LessonReader reads what people said about answers.
type LessonReader interface {
	Label(ctx context.Context, id string) (Label, error)
	Labels(ctx context.Context, f LabelFilter) ([]Label, error)
	LabelCounts(ctx context.Context) (map[LabelState]int, error)
	// AnswerCounts adds up the days from first to last, both included.
	AnswerCounts(ctx context.Context, first, last string) ([]AnswerCount, error)
	// FeedbackOn finds what was said about a message.
	FeedbackOn(ctx context.Context, conversationID string, seq int64, kind VoteKind) (Feedback, error)
	// SaidAfter returns text messages of citizens since a time, in the order of
	// conversation and number, after the one named last.
	SaidAfter(ctx context.Context, since time.Time, lastConversation string, lastSeq int64, limit int) ([]conversation.Message, error)
}

// LessonWriter keeps what people say about answers.
type LessonWriter interface {
	// AddVotes counts votes for a question. A question not known yet begins to
	// wait under the given id; the id it is known by is returned.
	AddVotes(ctx context.Context, l Label) (id string, err error)
	// ForgetLabel drops the label of a question nobody asked before since, and that
	// has at most so many votes.
	ForgetLabel(ctx context.Context, key string, since time.Time, most int) error
	// UpdateLabel stores the decision where the row still has version was;
	// otherwise it is a Conflict "label.stale".
	UpdateLabel(ctx context.Context, l Label, was int64) error
	// CountAnswers adds to the cells; lane spreads writers that meet in one.
	CountAnswers(ctx context.Context, lane string, counts ...AnswerCount) error
	// NoteFeedback keeps the first feedback of its kind on a message and reports
	// whether this was it.
	NoteFeedback(ctx context.Context, f Feedback) (first bool, err error)
}
