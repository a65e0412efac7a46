package portal

import "time"

// Notifications is how one of the staff is told of what waits.
type Notifications struct {
	Email   string
	Hows    []Ticked
	Version int64
	Saved   bool
	Errors  Problems
}

// Told lists what whoever wrote a letter was told outside of these pages.
type Told struct {
	Number, Status string
	Due            time.Time
	Report         bool // nobody is told of it
	Messages       []Message
}

// Message is one of them, or why it was none.
type Message struct {
	At, Ended                 time.Time
	Way, What, To, State, Why string
}

// Unsubscribe ends messages, or takes that back.
type Unsubscribe struct {
	Token string
	Out   bool // they are ended
	Done  bool // just now
}

func (Notifications) name() string { return "staff_notifications" }
func (Told) name() string          { return "staff_told" }
func (Unsubscribe) name() string   { return "unsubscribe" }

func (n Notifications) title() string { return withErrors("通知方式", n.Errors) }
func (t Told) title() string          { return t.Number + " 的告知情况" }
func (Unsubscribe) title() string     { return "退订进展通知" }

func (Notifications) nav() string { return "/staff/notifications" }
func (Told) nav() string          { return "/staff/notifications" }
func (Unsubscribe) nav() string   { return "" }
