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
	Document string `json:"document"` // id
	Title    string `json:"title,omitempty"`
	Number   string `json:"number,omitempty"`
	Article  string `json:"article,omitempty"`
}

// ServiceItem is what one needs to know to get something done at a counter.
type ServiceItem struct {
	Conditions []string `json:"conditions,omitempty"`
	Materials  []string `json:"materials,omitempty"`
	Procedure  []string `json:"procedure,omitempty"`
	TimeLimit  string   `json:"time_limit,omitempty"`
	Fee        string   `json:"fee,omitempty"`
}

// Entry is one reviewed question and answer.
type Entry struct {
	ID        string       `json:"id"`
	Version   int          `json:"version"`
	Question  string       `json:"question"`
	Variants  []string     `json:"variants,omitempty"`
	Answer    string       `json:"answer"`
	Category  string       `json:"category"`
	Audience  string       `json:"audience"`
	Keywords  []string     `json:"keywords,omitempty"`
	Basis     []Basis      `json:"basis,omitempty"`
	Owner     string       `json:"owner"` // unit id
	Item      *ServiceItem `json:"item,omitempty"`
	Local     string       `json:"local,omitempty"`  // what the bureau must fill in or override
	Certainty string       `json:"certainty"`        // A | B | C
	Sample    bool         `json:"sample,omitempty"` // shipped text that no bureau has reviewed yet
	ValidFrom time.Time    `json:"valid_from"`
	ValidTo   time.Time    `json:"valid_to,omitzero"` // zero: open
	ReviewBy  time.Time    `json:"review_by,omitzero"`
	Stopped   Stop         `json:"-"` // why it does not answer; empty: it does
}

// Answers reports whether e may answer on the day of at.
func (e *Entry) Answers(at time.Time) bool {
	return e.Stopped == "" && !at.Before(e.ValidFrom) && (e.ValidTo.IsZero() || at.Before(e.ValidTo.AddDate(0, 0, 1)))
}

// Verbatim is the reply that says e, and nothing else.
func (e *Entry) Verbatim() *Reply {
	return &Reply{Entry: e.ID, Version: e.Version, Question: e.Question, Text: e.Answer, Basis: e.Basis, Sample: e.Sample}
}
