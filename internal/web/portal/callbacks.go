package portal

import "time"

// Callbacks shows whom to call and what units have against ratings, as far as the
// reader has to do with either.
type Callbacks struct {
	At      time.Time
	Calling bool // the reader calls people
	Calls   []CallBrief
	Overdue int
	Appeals []Appeal
	Filing  bool // the reader may appeal
	Filed   AppealForm
	Errors  Problems

	Decided, Decision string // id of the appeal whose decision was typed
}

// CallBrief is a call to be made.
type CallBrief struct {
	ID, Ticket, Unit, Cause string
	Due, Rectify            time.Time // rectify: zero where nothing is to be put right
	Attempts                int
	Late                    bool
}

// Appeal is what a unit has against a rating.
type Appeal struct {
	ID, Ticket, Unit, Rating, Reason, Words, Decision string
	Filed, Due                                        time.Time // due: zero where there is no date
	Late, Mine                                        bool      // mine: the reader may decide it
	Version                                           int64
}

// AppealForm is a form to appeal with, and what was typed into it.
type AppealForm struct {
	Ticket, Reason, Words string
	Reasons               []Choice
}

// Call is one call, with what to ask and what was typed.
type Call struct {
	CallBrief

	Waiting       bool
	Title, Reply  string
	Rating        string // empty: to be asked for
	Contact       string // empty: not shown yet
	Version       int64
	Results       []Choice
	Scores        []Choice
	Reasons       []Ticked
	Thens         []Choice
	Result, Score string
	Solved        bool
	Words, Note   string
	Then          string
	Errors        Problems
}

func (Callbacks) name() string { return "staff_callbacks" }
func (Call) name() string      { return "staff_callback" }

func (v Callbacks) title() string { return withErrors("回访和申诉", v.Errors) }
func (v Call) title() string      { return withErrors("回访"+v.Ticket, v.Errors) }

func (Callbacks) nav() string { return "/staff/callbacks" }
func (Call) nav() string      { return "/staff/callbacks" }
