package deadline

import "time"

// Unit is what a budget is counted in. It is a property of the rule, never
// global (the 日 of one regulation is not that of another).
type Unit string

// The units of a budget.
const (
	WorkingDay Unit = "working_day"
	NaturalDay Unit = "natural_day" // rolls forward when the last day is a holiday
	Hour       Unit = "hour"        // elapsed, through nights and holidays
)

// Budget is how long a rule gives.
type Budget struct {
	N    int  `json:"n" yaml:"n"`
	Unit Unit `json:"unit" yaml:"unit"`
}

// Step is one rung of the ladder: when to tell whom.
type Step struct {
	Name string    `json:"name"` // warn | due | overdue.notice | overdue.circular
	To   string    `json:"to"`   // handler | head | taskforce | leader
	At   time.Time `json:"at"`
}

// Line is one line of an explanation, oldest first.
type Line struct {
	Date string `json:"date"` // YYYY-MM-DD, Beijing
	Text string `json:"text"` // e.g. 第1个工作日（调休上班）
}

// Result is a computed due date with everything it rests on.
type Result struct {
	Due         time.Time // last instant that is still in time, UTC
	Budget      Budget
	Rule        string // rule id
	Version     int    // rule version
	Calendar    string // calendar version
	Provisional bool   // rests on a year whose notice has not been published
	Explain     []Line
	Steps       []Step // ascending by At
}

// Clock is a running deadline of a ticket.
type Clock struct {
	ID           string
	TicketID     string
	Rule         string
	RuleVersion  int
	Budget       Budget
	Calendar     string
	StartedAt    time.Time
	DueAt        time.Time
	MetAt        time.Time // zero: not met
	BreachedAt   time.Time // zero: not breached; equals DueAt otherwise
	SupersededBy string
	Provisional  bool
	Explain      []Line
	Steps        []Step
	NextStep     int       // index into Steps of the next rung
	NextAt       time.Time // when it fires; zero: nothing left
	Version      int64
}
