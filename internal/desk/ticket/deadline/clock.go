package deadline

import "time"

// Unit is what a budget is counted in. It is a property of the rule, never
// global (the 日 of one regulation is not that of another).
type Unit string

// The units of a budget.
const (
	WorkingDay  Unit = "working_day"
	NaturalDay  Unit = "natural_day"  // rolls forward when the last day is a holiday, unless the rule says otherwise
	WorkingHour Unit = "working_hour" // within the working hours of working days
	Hour        Unit = "hour"         // elapsed, through nights and holidays
)

// Budget is how long a rule gives.
type Budget struct {
	N    int  `json:"n" yaml:"n"`
	Unit Unit `json:"unit" yaml:"unit"`
}

// Step is one rung of the ladder: when to tell whom.
type Step struct {
	Name  string    `json:"name"` // e.g. warn, due, overdue.notice, overdue.circular
	To    string    `json:"to"`   // handler | head | taskforce | leader | system | post:<id>
	At    time.Time `json:"at"`
	Tell  time.Time `json:"tell,omitzero"`  // when people hear of it: after the quiet hours; zero: at once
	Every int       `json:"every,omitzero"` // working days after which it comes again; 0: once
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
	Purpose     Purpose
	Rule        string    // rule id
	Version     int       // version of the rules
	Calendar    string    // calendar version
	Cap         time.Time // a date of somebody else's that Due is not after; zero: none
	Provisional bool      // rests on a year whose notice has not been published
	Explain     []Line
	Steps       []Step // ascending by At
}

// Clock is a running deadline of a ticket.
type Clock struct {
	ID           string
	TicketID     string
	Purpose      Purpose
	Round        int    // of the ticket
	Unit         string // whose clock it is: a unit id
	Rule         string
	RuleVersion  int
	Budget       Budget // of the rule
	Extra        int    // added by extensions, in the budget's unit
	Extensions   int    // how often it was extended
	Cap          time.Time
	Pauses       []Pause
	History      []Change
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
	NextAt       time.Time // when it fires; zero: nothing left, or paused
	Version      int64
}

// Change is what once moved a clock's date.
type Change struct {
	At     time.Time  `json:"at"`
	Kind   ChangeKind `json:"kind"`
	Reason string     `json:"reason,omitempty"` // of a pause; a calendar's version
	Before time.Time  `json:"before"`           // the date it had
	After  time.Time  `json:"after"`            // the date it has since
}

// ChangeKind says what moved a date.
type ChangeKind string

// The kinds of changes.
const (
	Paused    ChangeKind = "paused"
	Resumed   ChangeKind = "resumed"
	Extended  ChangeKind = "extended"
	Recounted ChangeKind = "recounted" // another calendar, or another date it may not be after
)

// PauseReason says why a clock stands still.
type PauseReason string

// The reasons for which rules may let a clock be paused.
const (
	AwaitSupplement PauseReason = "supplement"  // 等待补充
	ThirdParty      PauseReason = "third_party" // 征求第三方意见 (政府信息公开条例 第三十三条)
	OtherAgency     PauseReason = "other_agency"
	Hearing         PauseReason = "hearing"
	Examination     PauseReason = "examination"
)

// Name is the Chinese name of r, or empty for an unknown reason.
func (r PauseReason) Name() string {
	switch r {
	case AwaitSupplement:
		return "等待来信人补充"
	case ThirdParty:
		return "征求第三方意见"
	case OtherAgency:
		return "征求其他机关意见"
	case Hearing:
		return "举行听证"
	case Examination:
		return "检验、检测或者鉴定"
	}
	return ""
}
