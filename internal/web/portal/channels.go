package portal

import "time"

// Inbox is what came from other systems and could not be taken.
type Inbox struct {
	States   []StateLink
	Arrivals []Arrival
	Next     string // address of the next page; empty: this is the last
	Errors   Problems
}

// StateLink leads to one of the lists of a page.
type StateLink struct {
	Path, Name string
	On         bool
}

// Arrival is one message that came.
type Arrival struct {
	ID, Source, State, Reason, Detail string
	At                                time.Time
	Again, Drop                       bool // it can be taken again; dropped
}

// Deliveries are what was sent to other systems.
type Deliveries struct {
	States     []StateLink
	Deliveries []DeliveryBrief
	Next       string // address of the next page; empty: this is the last
}

// DeliveryBrief is one line of the list.
type DeliveryBrief struct {
	ID, Route, Kind, Ticket, State, Reason string
	Tries                                  int
	At, NextAt                             time.Time // NextAt: zero where it does not wait
	Dead                                   bool
}

// Delivery is one delivery with its attempts.
type Delivery struct {
	DeliveryBrief

	Attempts    []DeliveryAttempt
	Again, Drop bool // it can be sent again; dropped
	Errors      Problems
}

// DeliveryAttempt is one try.
type DeliveryAttempt struct {
	No, Status      int
	At              time.Time
	Millis          int64
	Outcome, Detail string
}

// Imports are the mailboxes letters come from.
type Imports struct {
	Sources []MailSource
	Chosen  string
	Errors  Problems
}

// MailSource is a mailbox others run.
type MailSource struct {
	Name, Title string
	Hook        bool
	Reply       string // how answers go back, Chinese; empty: they do not
	Replies     bool   // staff enter some
}

// MailImport says what becomes, or became, of a file with letters.
type MailImport struct {
	Source, Title, File string
	Kept                string // the file's content, to be sent again; empty: nothing is to be taken
	Counts              string
	Rows                []MailRow // but for those that are known
	Applied             bool
	Refused             bool // there are rows to be saved
}

// MailRow is a letter of a file with what becomes of it.
type MailRow struct {
	N                               int
	ID, Brief, Outcome, Number, Why string
}

// MailReplies are answers that are to be entered where their letters came from.
type MailReplies struct {
	Source, Title string
	Replies       []MailReply
	Done          bool // some were just noted
	Errors        Problems
}

// MailReply is one of them.
type MailReply struct {
	ID, Number, Step, Status, Title, Text, Unit string
	At                                          time.Time
}

func (Inbox) name() string       { return "staff_inbox" }
func (Deliveries) name() string  { return "staff_deliveries" }
func (Delivery) name() string    { return "staff_delivery" }
func (Imports) name() string     { return "staff_imports" }
func (MailImport) name() string  { return "staff_mail_import" }
func (MailReplies) name() string { return "staff_mail_replies" }

func (i Inbox) title() string       { return withErrors("收到的消息", i.Errors) }
func (Deliveries) title() string    { return "发出的消息" }
func (d Delivery) title() string    { return withErrors("发出的消息", d.Errors) }
func (i Imports) title() string     { return withErrors("其他信箱", i.Errors) }
func (MailImport) title() string    { return "导入来信" }
func (r MailReplies) title() string { return withErrors("要录入的答复", r.Errors) }

func (Inbox) nav() string       { return "/staff/inbox" }
func (Deliveries) nav() string  { return "/staff/deliveries" }
func (Delivery) nav() string    { return "/staff/deliveries" }
func (Imports) nav() string     { return "/staff/imports" }
func (MailImport) nav() string  { return "/staff/imports" }
func (MailReplies) nav() string { return "/staff/imports" }
