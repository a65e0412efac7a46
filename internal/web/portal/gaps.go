package portal

import "time"

// Gaps shows what people ask and the library does not answer well.
type Gaps struct {
	State string
	Tabs  []Choice
	Gaps  []Gap
	More  string // address of the next page; empty: no more
}

// Gap is one matter people ask about.
type Gap struct {
	ID            string
	Wordings      []string // masked; none: the reader may see none
	Times, People int
	First, Last   time.Time
	Category      string
	Unit          string // whose task it is; empty: nobody's yet
	Due           time.Time
	Late          bool
	Disliked      int
	Tickets       []string
	Hidden        int
	Review        string // id of the text that is being read
	Entry         string // id of the entry that was published
	Reason, Words string // why nothing is written
}

// Example is how somebody put it.
func (g Gap) Example() string {
	if len(g.Wordings) == 0 {
		return "（提问内容只对有权查看来信的人显示）"
	}
	return g.Wordings[0]
}

// Others are the other ways it was put.
func (g Gap) Others() []string { return g.Wordings[min(1, len(g.Wordings)):] }

// GapItem is one matter with what became of it and what may be done about it.
type GapItem struct {
	Gap

	State   string
	Version int64
	Opened  time.Time // as a task
	Into    string    // id of the gap it was merged into
	Replied []string  // numbers of letters whose reply an entry may begin with
	History []GapAct

	Assign, Decline, Merge, Draft bool // may be done now

	Units, Reasons, Targets []Ticked // targets: what it may be merged into
	Why, Ticket             string   // as they were typed
	Errors                  Problems
}

// GapAct is one thing that became of a gap.
type GapAct struct {
	At               time.Time
	What, By, Reason string // by: empty where the rules did it
}

func (Gaps) name() string    { return "staff_gaps" }
func (GapItem) name() string { return "staff_gap" }

func (Gaps) title() string      { return "群众反复问的问题" }
func (g GapItem) title() string { return withErrors(g.Example(), g.Errors) }

func (Gaps) nav() string    { return "/staff/gaps" }
func (GapItem) nav() string { return "/staff/gaps" }
