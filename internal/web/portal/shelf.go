package portal

import "time"

// Shelf is the library as staff see it.
type Shelf struct {
	States  []ShelfState
	Owners  []Choice
	State   string // chosen; empty: any
	Owner   string
	Text    string // searched for
	Entries []ShelfBrief
	Count   int    // that fit
	More    string // address of the next ones; empty: no more, or to be found by searching
	Imports bool   // the reader may
	Errors  Problems
}

// ShelfState is a state with the number of its entries.
type ShelfState struct {
	Value, Name, Path string
	N                 int
}

// ShelfBrief is one entry of the list.
type ShelfBrief struct {
	ID, Question, Category, Owner, State string
	Version                              int // 0: it was never published
	Next                                 time.Time
	ReviewBy                             time.Time
	Text, TextState                      string // id and state of the text about it; empty: none
}

// ShelfImport says what becomes, or became, of a file with entries.
type ShelfImport struct {
	File    string // name
	Kept    string // its content, to be sent again; empty: it cannot be imported
	Counts  string
	Rows    []ImportedRow // but for those that are the same
	Faults  []ImportFault
	Applied bool
}

// ImportedRow is a row with what becomes of it.
type ImportedRow struct {
	N                                int
	Entry, Question, Outcome, Fields string
	Text                             string // id of the text about it; empty: none
}

// ImportFault is why a row cannot be taken.
type ImportFault struct {
	Row             int // 0: the file as a whole
	Column, Message string
}

// ShelfItem is one entry with its versions and what may be done with it.
type ShelfItem struct {
	ShelfBrief

	Answer    string
	ValidFrom time.Time
	ValidTo   time.Time
	Bases     []ShelfBasis
	Versions  []ShelfVersion // newest first
	Gate      *ShelfGate     // of the text about it; nil: not measured
	Acts      bool           // the reader may take versions back, and say that a document is over
	Reasons   []Choice
	Notices   []Choice // that were published, to tell people with
	Told      string   // what was done; empty: nothing
	Given     *ShelfGiven
	Errors    Problems
}

// ShelfBasis is a document an entry rests on.
type ShelfBasis struct {
	ID, Title, Article, Validity string
}

// ShelfVersion is one version that was published.
type ShelfVersion struct {
	N       int
	From    time.Time
	Stopped time.Time // zero: it was not
}

// ShelfGate is what the golden set says.
type ShelfGate struct {
	Figures []GateFigure
	Changes int // questions that are decided otherwise
	At      time.Time
}

// GateFigure is one figure, before and after.
type GateFigure struct {
	Name, Before, After string
	Fell                bool // further than is allowed
}

// ShelfGiven is who was given a version.
type ShelfGiven struct {
	Version int
	Stopped bool
	Answers []GivenAnswer
	Total   int // answers there are
	Hidden  int // reports
	Cut     bool

	Calls    []AnsweredCall // to hotlines
	CutCalls bool
}

// AnsweredCall is a call that was answered with a version.
type AnsweredCall struct {
	ID       string
	At       time.Time
	Number   string // of the line
	By, Unit string // who took it
}

// GivenAnswer is an answer in a chat.
type GivenAnswer struct {
	At     time.Time
	Ticket string // number of what the chat became; empty: nothing
}

func (Shelf) name() string       { return "staff_shelf" }
func (ShelfImport) name() string { return "staff_shelf_import" }
func (ShelfItem) name() string   { return "staff_shelf_item" }

func (s Shelf) title() string     { return withErrors("问答库管理", s.Errors) }
func (ShelfImport) title() string { return "导入问答" }
func (i ShelfItem) title() string { return withErrors(i.Question, i.Errors) }

func (Shelf) nav() string       { return "/staff/library" }
func (ShelfImport) nav() string { return "/staff/library" }
func (ShelfItem) nav() string   { return "/staff/library" }
