package access

import (
	"encoding/hex"
	"time"
)

// Role is what somebody does at the desk.
type Role string

// The roles of staff.
const (
	Admin     Role = "admin"     // system administrator: accounts and settings; sees no letters
	Security  Role = "security"  // security administrator: who has which role, second factors, sessions; sees no letters
	TaskForce Role = "taskforce" // mailbox task force: screens, dispatches, reviews, releases
	Head      Role = "head"      // head of a unit: approves its replies
	Handler   Role = "handler"   // handles tickets of its unit
	Leader    Role = "leader"    // bureau leader: sees everything but personal data, moves nothing
	Editor    Role = "editor"    // keeps the answers: explains them, decides labels; sees no letters
	Auditor   Role = "auditor"   // reads the audit trail, administrators' acts included; sees no letters
)

// Name is the Chinese name of r, or empty for an unknown role.
func (r Role) Name() string {
	switch r {
	case Admin:
		return "系统管理员"
	case Security:
		return "安全保密管理员"
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
	case Auditor:
		return "安全审计员"
	}
	return ""
}

// Duty says in Chinese what somebody with r does, and does not.
func (r Role) Duty() string {
	switch r {
	case Admin:
		return "新增、停用账号，管理机构岗位、工作日历和对外接口，看不到来信；角色由安全保密管理员授予。"
	case Security:
		return "授予和收回角色，重置二次验证，结束登录的设备，看不到来信；不能由系统管理员、安全审计员兼任。"
	case TaskForce:
		return "受理、分派、督办全局来信，审核并发布答复，可以看举报件。"
	case Head:
		return "审核本单位的答复，安排本单位的来信。"
	case Handler:
		return "办理本单位的来信，起草答复，登记来电。"
	case Leader:
		return "查看全局来信和统计，批示、审批，看不到来信人信息。"
	case Editor:
		return "维护问答库，审读对外稿件，看不到来信。"
	case Auditor:
		return "查看操作日志并核验是否完整，看不到来信和举报件编号；不能由系统管理员、安全保密管理员兼任。"
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
	Factor       bool // has a second factor
	CreatedAt    time.Time
	SignedInAt   time.Time // last; zero: never
	Version      int64     // counts what administrators change
}

// Session is a signed-in user. Only the hash of its token is stored.
type Session struct {
	Place

	TokenHash []byte // SHA-256
	UserID    string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Way       Way
	Proved    bool // by a second factor, too
}

// Way is how somebody signed in.
type Way string

// The ways to sign in.
const (
	ByPassword Way = "password"
	ByProvider Way = "provider" // of identities, see [Claim]
)

// Place is where somebody signed in, as much of it as helps them to know it again.
type Place struct {
	Network string // the part of the address a log may hold
	Device  string // browser and system by family
}

// ID names a session without giving it away.
func (s *Session) ID() string { return hex.EncodeToString(s.TokenHash[:min(8, len(s.TokenHash))]) }

// half reports whether nothing was opened yet but the question for a code.
func (s *Session) half() bool { return s.ExpiresAt.Sub(s.CreatedAt) <= halfLife }

// live reports whether a session has not run out.
func (s *Session) live(at time.Time) bool {
	return at.Before(s.ExpiresAt) && at.Sub(s.SeenAt) <= sessionIdle
}
