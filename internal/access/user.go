package access

import "time"

// Role is what somebody does at the desk.
type Role string

// The roles of staff.
const (
	Admin     Role = "admin"     // accounts and settings; sees no letters
	TaskForce Role = "taskforce" // mailbox task force: screens, dispatches, reviews, releases
	Head      Role = "head"      // head of a unit: approves its replies
	Handler   Role = "handler"   // handles tickets of its unit
	Leader    Role = "leader"    // bureau leader: sees everything but personal data, moves nothing
	Editor    Role = "editor"    // keeps the answers: explains them, decides labels; sees no letters
)

// Name is the Chinese name of r, or empty for an unknown role.
func (r Role) Name() string {
	switch r {
	case Admin:
		return "系统管理员"
	case TaskForce:
		return "信箱专班"
	case Head:
		return "单位负责人"
	case Handler:
		return "经办人"
	case Leader:
		return "局领导"
	case Editor:
		return "问答库编辑"
	}
	return ""
}

// User is one staff account.
type User struct {
	ID           string
	Login        string // lower case
	Name         string
	Unit         string // unit id
	UnitPath     string
	Roles        []Role
	PasswordHash string
	MustChange   bool // a password somebody else has set
	Disabled     bool
	CreatedAt    time.Time
}

// Session is a signed-in user. Only the hash of its token is stored.
type Session struct {
	TokenHash []byte // SHA-256
	UserID    string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}
