package portal

import "time"

// Signals lists weak signals in letters.
type Signals struct {
	Finished bool // those that are over
	Signals  []SignalBrief
}

// SignalBrief is one signal in a list.
type SignalBrief struct {
	ID, Level, Category, Pattern, Unit, State string
	Major, Late, Waits                        bool // waits: for the reader to acknowledge it
	Raised                                    time.Time
	Letters                                   int // that the reader may see
}

// Signal is a signal with what may be done about it.
type Signal struct {
	SignalBrief

	Version     int64
	Disposition string
	Answer      string // number of the ticket that answers it
	Numbers     []string
	Because     []Named // what, and of which letter
	Told        []SignalTold
	Releases    []SignalAct
	Ledger      []SignalAct

	Assess, Respond, Release, Close, Merge bool // may be done now

	Levels, Categories, Units []Ticked
	Errors                    Problems
}

// SignalTold is a post that was told of a major signal.
type SignalTold struct {
	Post, By  string // by: who acknowledged it
	At, Due   time.Time
	Acked     time.Time // zero: not yet
	Overdue   bool
	Escalated bool // because nobody told before had acknowledged it
}

// SignalAct is what somebody did or made public.
type SignalAct struct {
	At              time.Time
	What, By, Words string
}

func (Signals) name() string { return "staff_signals" }
func (Signal) name() string  { return "staff_signal" }

func (Signals) title() string  { return "弱信号" }
func (s Signal) title() string { return withErrors(s.Category, s.Errors) }

func (Signals) nav() string { return "/staff/signals" }
func (Signal) nav() string  { return "/staff/signals" }
