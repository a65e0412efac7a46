package reply

import "time"

// MaxText is the longest reply, in characters.
const MaxText = 5000

// Draft is one revision of a reply.
type Draft struct {
	ID         string
	TicketID   string
	Round      int // the ticket's round it answers
	Revision   int // 1.. within the round
	Text       string
	Outcome    Outcome
	Author     string // user id
	At         time.Time
	ApprovedBy string // user id, empty until approved
	ApprovedAt time.Time
	ReleasedAt time.Time // zero until released
}

// Outcome is what became of the matter; a reply must name it.
type Outcome string

// The outcomes a reply can state.
const (
	Resolved    Outcome = "resolved"     // 已解决
	Partly      Outcome = "partly"       // 部分解决
	Explained   Outcome = "explained"    // 已解释说明
	NotAccepted Outcome = "not_accepted" // 诉求不予支持
	Referred    Outcome = "referred"     // 已转有权单位
)
