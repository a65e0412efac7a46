package portal

// Unsubscribe ends messages, or takes that back.
type Unsubscribe struct {
	Token string
	Out   bool // they are ended
	Done  bool // just now
}

func (Unsubscribe) title() string { return "退订进展通知" }

func (Unsubscribe) nav() string { return "" }
