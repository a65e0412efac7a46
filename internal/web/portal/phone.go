package portal

import "time"

// PhoneForm is where whoever answers a hotline writes a call down.
type PhoneForm struct {
	Key                         string // makes sending twice the same as sending once
	Lines                       []Choice
	Outcomes                    []Choice
	Kinds                       []Choice
	Categories, Districts       []Choice
	Urgencies                   []Choice
	Line, Outcome               string
	Kind, Category, District    string
	Urgency, Text, About        string
	Name, Phone, Entry, Caution string // caution: what to say first
	Warned, BySMS               bool
	Hints                       *PhoneHints
	Done                        *PhoneDone
	Errors                      Problems
}

// PhoneHints is what helps while the caller is on the line.
type PhoneHints struct {
	Unit, Reason, Category string
	Entries                []PhoneEntry
	Earlier                []PhoneRow
	Known                  bool // the number was given
}

// PhoneEntry is an answer of the library.
type PhoneEntry struct {
	ID, Question, Text string
	Version            int
}

// PhoneDone is a call that was recorded.
type PhoneDone struct {
	Outcome string
	Ticket  *Receipt
}

// PhoneLog lists the calls of a day.
type PhoneLog struct {
	Day      time.Time
	Total    int
	Outcomes []string // headings of the counts
	Counts   []PhoneCount
	Calls    []PhoneRow
	Cut      bool
	Takes    bool // the reader registers calls
}

// PhoneCount is how many calls came in on a line, by outcome.
type PhoneCount struct {
	Name, Number string
	N            []int
	Total        int
}

// PhoneRow is one call in a list.
type PhoneRow struct {
	At                                    time.Time
	Line, Outcome, Kind, Phone            string
	Ticket, Title, Words, Entry, Category string
	Version                               int
	Warned                                bool
}

// HotlineDirectory is the directory of hotlines on a day, as staff see it.
type HotlineDirectory struct {
	Day     time.Time
	Groups  []HotlineGroup
	Pending []HotlineChange
	Decided []HotlineChange
	Propose bool // the reader may
	Form    HotlineForm
	Tried   *HotlineTried
	Errors  Problems
}

// HotlineGroup is a headed group of lines.
type HotlineGroup struct {
	Name  string
	Lines []HotlineRow
}

// HotlineRow is a line with who stands behind it.
type HotlineRow struct {
	ID, Number, Name, Use, Hours, Unit, Duty string
}

// HotlineChange is a change of the directory.
type HotlineChange struct {
	ID, Reason, By, State, Words string
	From, At                     time.Time
	Lines                        []HotlineRow
	Closed                       []string
	Version                      int64
	Mine                         bool // the reader may decide it
}

// HotlineForm asks for one line to be something else.
type HotlineForm struct {
	ID, Number, Name, Use, Hours, Unit, Group, From, Reason string
	Closed                                                  bool
	Lines, Units, Groups                                    []Choice
}

// HotlineTried is what a file would change.
type HotlineTried struct {
	Kept  string // the file, to be sent back
	Lines []HotlineRow
	Same  int
}

// Label names the table of the lines.
func (HotlineTried) Label() string { return "有变化的热线" }

// Label names the table of the lines.
func (HotlineChange) Label() string { return "变更以后" }

// Label names the table of the lines.
func (g HotlineGroup) Label() string { return g.Name }

// HotlineHistory is what one line was.
type HotlineHistory struct {
	Name  string
	Terms []HotlineTerm
}

// HotlineTerm is what it was for some time.
type HotlineTerm struct {
	HotlineRow

	From, Until time.Time // zero: since ever, still
	Reason      string
}

func (PhoneForm) name() string        { return "staff_call_new" }
func (PhoneLog) name() string         { return "staff_calls" }
func (HotlineDirectory) name() string { return "staff_hotlines" }
func (HotlineHistory) name() string   { return "staff_hotline" }

func (v PhoneForm) title() string        { return withErrors("登记来电", v.Errors) }
func (PhoneLog) title() string           { return "来电登记簿" }
func (v HotlineDirectory) title() string { return withErrors("热线目录", v.Errors) }
func (v HotlineHistory) title() string   { return v.Name }

func (PhoneForm) nav() string        { return "/staff/calls" }
func (PhoneLog) nav() string         { return "/staff/calls" }
func (HotlineDirectory) nav() string { return "/staff/hotlines" }
func (HotlineHistory) nav() string   { return "/staff/hotlines" }
