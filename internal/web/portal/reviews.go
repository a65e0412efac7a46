package portal

import "time"

// Reviews lists texts that several people read before the public does.
type Reviews struct {
	Mine  bool // only those whose step the reader may take
	Texts []ReviewBrief
	New   []Choice // kinds the reader may write
}

// ReviewBrief is one text in a list.
type ReviewBrief struct {
	ID, Kind, Title, Unit, State string
	Step                         string    // waited for; empty: none
	Due                          time.Time // until when
	Late, Mine                   bool
}

// Review is a text with everything its readers need.
type Review struct {
	ReviewBrief

	Hash       string
	StepID     string
	Body       string
	Attributes []Named
	Disclosure string
	Findings   []ReviewFinding
	Changes    []ReviewChange // since the version before
	Ledger     []ReviewAct
	Versions   []int // that have a form
	Gates      []ReviewGate
	Moves      []Choice // what else may be done now
	Withdraws  []Choice // reasons to withdraw
	Edits      bool     // the reader may write another version
	Errors     Problems
}

// Named is something with a name.
type Named struct{ Name, Value string }

// ReviewGate is a gate with the reasons why a text does not pass it.
type ReviewGate struct {
	Value, Name string
	Needed      bool // in this step
	Reasons     []Choice
}

// ReviewFinding is what a machine noticed.
type ReviewFinding struct {
	Severity, Excerpt, Message string
	Blocks                     bool
}

// ReviewChange is what changed in one part of the text.
type ReviewChange struct {
	Part  string
	Spans []ReviewSpan
}

// ReviewSpan is a piece of a text before and after.
type ReviewSpan struct {
	Before, After string
	Same          bool
}

// ReviewAct is what somebody did.
type ReviewAct struct {
	At                                    time.Time
	Move, Step, By, For, Gates, Gate, Why string
	Words                                 string
	Version                               int
	Comments                              []Named // quote and comment
}

// ReviewForm is the secrecy-review form of a version, to be printed.
type ReviewForm struct {
	ID, Kind, Audience, Unit, Title, Hash, Decision, Reason, Basis string
	Version, Chain                                                 int
	Authors                                                        []Signature
	Readings                                                       []FormReading
	Approved                                                       time.Time // zero: not yet
	Published, Ended                                               *Signature
}

// Signature is who signed, and when.
type Signature struct {
	Name, Unit, For string
	At              time.Time
}

// FormReading is what one reader decided.
type FormReading struct {
	Signature

	Step, Gates, Gate, Why, Words string
}

func (Reviews) name() string    { return "staff_reviews" }
func (Review) name() string     { return "staff_review" }
func (ReviewForm) name() string { return "staff_review_form" }

func (Reviews) title() string      { return "审核发布" }
func (r Review) title() string     { return withErrors(r.Title, r.Errors) }
func (f ReviewForm) title() string { return "政府信息公开保密审查表：" + f.Title }

func (Reviews) nav() string    { return "/staff/reviews" }
func (Review) nav() string     { return "/staff/reviews" }
func (ReviewForm) nav() string { return "/staff/reviews" }
