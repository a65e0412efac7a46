package portal

import "time"

// Notices lists what the public has to know now.
type Notices struct {
	Notices []Notice
}

// Notice is what the public has to know.
type Notice struct {
	ID        string
	Unit      string
	Title     string
	Text      string
	Emergency bool
	Published time.Time
	Until     time.Time // zero: until it is withdrawn
	Versions  int       // that were published
}

func (Notices) title() string  { return "公告" }
func (n Notice) title() string { return n.Title }

func (Notices) nav() string { return "" }
func (Notice) nav() string  { return "" }
