package portal

import "time"

// Supervision shows what waits in the units somebody looks after.
type Supervision struct {
	At      time.Time
	Heads   []string // names of what is counted
	Units   []WatchedUnit
	Chosen  string // what the list below shows; empty: there is none
	Tickets []WatchedTicket
	More    string // address of the next page; empty: no more
	Table   string // address of the list as a table
}

// WatchedUnit is a unit with its figures, in the order of the heads.
type WatchedUnit struct {
	Name   string
	Counts []WatchedCount
	Oldest time.Time // zero: nothing is overdue
}

// WatchedCount is a figure and the list behind it.
type WatchedCount struct {
	N    int
	Path string
	What string // for those who do not see the column's head
}

// WatchedTicket is a ticket of the list.
type WatchedTicket struct {
	Number, Kind, Unit, Holder, Status string
	Card                               string // yellow, red or empty
	CardName                           string
	Due, Feedback                      time.Time // feedback: zero where nobody waits for it
	Urges, Supervisions, Returns       int
}

// Scores shows how units did in a month, and what was named in it.
type Scores struct {
	Month     string // YYYY-MM
	Frozen    time.Time
	Intact    bool
	Rules     string
	Units     []ScoredUnit
	Upheld    []UpheldLate
	Circulars []Circular
	More      bool // there are more circulars
	Errors    Problems
}

// Closed reports whether the month is closed.
func (s Scores) Closed() bool { return !s.Frozen.IsZero() }

// ScoredUnit is one unit of a sheet.
type ScoredUnit struct {
	Name  string
	Parts []ScoredPart
	Score string // empty: too little to judge by
}

// UpheldLate is how many ratings of a unit were found unfair after the month was
// closed.
type UpheldLate struct {
	Name string
	N    int
}

// ScoredPart is one rate of a unit.
type ScoredPart struct {
	Name, Share, Points string // points: empty where there were too few cases
	Cases, Of, Weight   int
}

// Circular is a ticket that was named.
type Circular struct {
	Unit, Ticket, Note string
	At                 time.Time
}

func (Supervision) name() string { return "staff_supervision" }
func (Scores) name() string      { return "staff_scores" }

func (Supervision) title() string { return "督办情况" }
func (s Scores) title() string    { return withErrors("考核与通报", s.Errors) }

func (Supervision) nav() string { return "/staff/supervision" }
func (Scores) nav() string      { return "/staff/scores" }
