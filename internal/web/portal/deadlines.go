package portal

import "time"

// Deadlines works out when a letter would have to be answered.
type Deadlines struct {
	Kinds       []Choice
	Channels    []Choice
	First, Last int // years dates can be worked out in

	Kind, Channel, Date, Time string
	Errors                    Problems
	Due                       *Due // nil: nothing asked yet
}

// Due is a date with what it rests on.
type Due struct {
	Received    time.Time
	At          time.Time
	Exact       bool // the time of day counts
	Rule        string
	Budget      string
	Basis       string
	Certain     string // how sure the number is, in plain words
	Provisional bool
	Days        []Day
}

func (d Deadlines) title() string {
	if d.Due != nil {
		return "最晚答复日期"
	}
	return withErrors("算一算答复日期", d.Errors)
}

func (Deadlines) nav() string { return "/letters/new" }
