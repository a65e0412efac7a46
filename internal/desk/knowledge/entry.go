package knowledge

import "time"

// Document is a law or policy document an entry rests on, with the eight
// metadata fields of a normative document (seed 003 clause 2).
type Document struct {
	ID        string
	Title     string
	Number    string // 文号
	Issuer    string
	Index     string // 索引号
	Topic     string
	Written   string // YYYY-MM-DD
	Published string // YYYY-MM-DD
	Effective string // YYYY-MM-DD
	Validity  string // in_force | amended | repealed | expired
	Kind      string
	Note      string
}

// Basis is where an answer comes from.
type Basis struct {
	Document string // document id
	Title    string
	Number   string
	Article  string // may be empty
}

// ServiceItem is what one needs to know to get something done at a counter.
type ServiceItem struct {
	Conditions []string
	Materials  []string
	Procedure  []string
	TimeLimit  string
	Fee        string
}

// Entry is one reviewed question and answer.
type Entry struct {
	ID        string
	Version   int
	Question  string
	Variants  []string
	Answer    string
	Category  string
	Audience  string
	Keywords  []string
	Basis     []Basis
	Owner     string // unit id
	Item      *ServiceItem
	Local     string // what the bureau must fill in or override
	Certainty string // A | B | C
	Sample    bool   // shipped text that no bureau has reviewed yet
	ValidFrom time.Time
	ValidTo   time.Time // zero: open
	ReviewBy  time.Time
}

// Answers reports whether e may answer on the day of at.
func (e *Entry) Answers(at time.Time) bool {
	return !at.Before(e.ValidFrom) && (e.ValidTo.IsZero() || at.Before(e.ValidTo.AddDate(0, 0, 1)))
}

// Verbatim is the reply that says e, and nothing else.
func (e *Entry) Verbatim() *Reply {
	return &Reply{Entry: e.ID, Version: e.Version, Question: e.Question, Text: e.Answer, Basis: e.Basis, Sample: e.Sample}
}
