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
	Quotes     []Quote   // what of the library stands in it
}

// Quote is a version of an entry that a reply quotes: should it be recalled, whoever
// was given the reply is found.
type Quote struct {
	Entry   string `json:"Entry"` // the names drafts are stored with
	Version int    `json:"Version"`
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

	// Of a request for information: 政府信息公开条例 第三十六条, 第三十七条.
	AlreadyPublic  Outcome = "already_public"  // （一）已经主动公开
	Provided       Outcome = "provided"        // （二）予以公开
	PartlyProvided Outcome = "partly_provided" // 部分公开
	Withheld       Outcome = "withheld"        // （三）不予公开
	NotHeld        Outcome = "not_held"        // （四）信息不存在
	NotResponsible Outcome = "not_responsible" // （五）不属于本机关负责公开
	Duplicate      Outcome = "duplicate"       // （六）重复申请
	SpecialLaw     Outcome = "special_law"     // （七）依照有关法律、行政法规办理

	// Of an opinion on a consultation.
	Adopted       Outcome = "adopted"        // 采纳
	PartlyAdopted Outcome = "partly_adopted" // 部分采纳
	NotAdopted    Outcome = "not_adopted"    // 不予采纳
)
