package desk

import (
	"context"
	"net/netip"
	"time"
)

// The parts of routes before "/" of what people are told by.
const (
	SMSCarrier   = "sms"
	EmailCarrier = "mail"
	RobotCarrier = "robot"
)

// Reach is how the desk tells people outside of its own pages. The zero value
// tells nobody.
type Reach struct {
	Site   string          // address of the portal, which links begin with; empty: there are no links
	SMS    string          // name of the provider; empty: no short messages
	Values []TemplateValue // what the template takes, in its order
	Mail   bool            // there is a relay
	Robots []GroupRobot
	Hook   SMSHook
	// Read reads what the provider of short messages pushed: what became of those
	// sent, and the numbers of people who want no more.
	Read func(body []byte) (reports []SMSReport, leaving []string, err error)
}

// SMSHook is where the provider of short messages pushes to. Few of them sign what
// they push: a secret in the address and the addresses it comes from stand for that.
type SMSHook struct {
	Key    string         // empty: nothing is taken
	From   []netip.Prefix // empty: from anywhere
	Thanks string         // what a push is answered with
}

// TemplateValue is what a template of short messages may hold.
type TemplateValue string

// The values of templates. There are no others: nothing of what a letter is about.
const (
	ValueNumber TemplateValue = "number"
	ValueState  TemplateValue = "state"
	ValueLink   TemplateValue = "link"
)

// GroupRobot is a robot in a group of a unit's staff.
type GroupRobot struct {
	Name  string
	Kind  string // whose robot it is, such as wecom
	Unit  string
	About []string // first parts of kinds of notices, such as ticket or clock; empty: all
}

// ShortMessage is the body of a delivery by SMS: the values of a template.
type ShortMessage struct {
	Phone  string       `json:"phone"`
	Values []NamedValue `json:"values"`
}

// NamedValue is one value of a template.
type NamedValue struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Email is the body of a delivery by e-mail.
type Email struct {
	To          string `json:"to"`
	Subject     string `json:"subject"`
	Text        string `json:"text"`
	Unsubscribe string `json:"unsubscribe,omitempty"` // address that ends them; empty: they cannot be ended
}

// RobotText is the body of a delivery to a group of staff.
type RobotText struct {
	Text string `json:"text"`
}

// ReachReader reads how people are told.
type ReachReader interface {
	// NoticeSetting returns how somebody of the staff wants to be told; who never
	// said is not.
	NoticeSetting(ctx context.Context, user string) (NoticeSetting, error)
	// NoticeSettings returns how those of the users want to be told who have said.
	NoticeSettings(ctx context.Context, users []string) ([]NoticeSetting, error)
	OptedOut(ctx context.Context, who []byte) (bool, error)
	// DeliveryOfReceipt finds what a provider gave a receipt for.
	DeliveryOfReceipt(ctx context.Context, receipt []byte) (id string, err error)
}

// ReachWriter writes it.
type ReachWriter interface {
	// AddToDigest keeps lines until they are taken; a known ID is skipped silently.
	AddToDigest(ctx context.Context, lines ...DigestLine) error
	// TakeDigest removes and returns what is due for a recipient, oldest first.
	TakeDigest(ctx context.Context, recipient string, until time.Time) ([]DigestLine, error)
	// SaveNoticeSetting stores s where the row still has version was, 0: where there
	// is none; otherwise it is a Conflict "notice_setting.stale".
	SaveNoticeSetting(ctx context.Context, s NoticeSetting, was int64) error
	SetOptOut(ctx context.Context, who []byte, out bool, when time.Time) error
	// CountMessage counts one more message to who in the span that ends at until, and
	// returns how many that makes.
	CountMessage(ctx context.Context, who []byte, until time.Time) (int, error)
	KeepReceipt(ctx context.Context, receipt []byte, delivery string) error // a known one is skipped silently
}

// ReachWith tells the desk how people are told. Call it before serving.
func (d *Desk) ReachWith(r Reach) { d.reach = r }
