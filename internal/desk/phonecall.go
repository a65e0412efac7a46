package desk

import (
	"context"
	"time"

	"jiesu/internal/desk/channel"
)

// PhoneOutcome is what became of a call to a hotline.
type PhoneOutcome string

// The outcomes of calls.
const (
	PhoneTicket   PhoneOutcome = "ticket"       // 转为工单
	PhoneAnswered PhoneOutcome = "answered"     // 当场答复, with an entry of the library
	PhoneReferred PhoneOutcome = "referred"     // 转接110或者其他热线
	PhoneSilent   PhoneOutcome = "silent"       // 无声
	PhoneAbusive  PhoneOutcome = "abusive"      // 骚扰、辱骂
	PhoneWrong    PhoneOutcome = "wrong_number" // 打错
)

// PhoneOutcomes returns every outcome, in the order forms show them.
func PhoneOutcomes() []PhoneOutcome {
	return []PhoneOutcome{PhoneTicket, PhoneAnswered, PhoneReferred, PhoneSilent, PhoneAbusive, PhoneWrong}
}

// Name is the Chinese name of o, or empty for an unknown outcome.
func (o PhoneOutcome) Name() string {
	switch o {
	case PhoneTicket:
		return "登记为工单"
	case PhoneAnswered:
		return "当场答复"
	case PhoneReferred:
		return "转接110或者其他热线"
	case PhoneSilent:
		return "无声电话"
	case PhoneAbusive:
		return "骚扰电话"
	case PhoneWrong:
		return "打错电话"
	}
	return ""
}

// Asked reports whether the caller wanted something, so that the record holds what.
func (o PhoneOutcome) Asked() bool {
	return o == PhoneTicket || o == PhoneAnswered || o == PhoneReferred
}

// PhoneCall is a call to one of the bureau's hotlines. Of one that became a ticket
// the letter holds what was said and who called, for whoever may see that.
type PhoneCall struct {
	ID           string
	At           time.Time
	By           string // user id of who took it
	Unit         string // of theirs, then
	Path         string
	Line         string // id in the directory of hotlines
	Number       string // of that line, then
	Outcome      PhoneOutcome
	TicketID     string
	Entry        string // it was answered with
	EntryVersion int
	Warned       bool // the caller was told to call 110 first, or put through
	Kind         channel.Kind
	Category     string
	District     string
	Words        string
	Phone        string // the caller's; empty: not known, or it is in a report (举报)
}

// PhoneFilter chooses calls.
type PhoneFilter struct {
	From, Until time.Time
	Path        string // of units at it or below; empty: of every unit
	By          string // or taken by this user, wherever they were
	Phone       string // of the caller; empty: any
	Limit       int
}

// AnsweredCall is a call to a hotline that was answered with an entry, without a
// word of the caller's: whoever took it knows whom to call back.
type AnsweredCall struct {
	ID       string
	At       time.Time
	Number   string // of the line, then
	By       string // user id of who took it
	ByName   string
	Unit     string // of theirs, then
	UnitName string
}

// PhoneReader reads calls.
type PhoneReader interface {
	// PhoneCalls returns the newest calls that fit, newest first.
	PhoneCalls(ctx context.Context, f PhoneFilter) ([]PhoneCall, error)
	// AnsweredCalls returns at most limit calls that were answered with a version of
	// an entry, newest first, without names.
	AnsweredCalls(ctx context.Context, entry string, version, limit int) ([]AnsweredCall, error)
}

// PhoneWriter writes them; they never change.
type PhoneWriter interface {
	InsertPhoneCall(ctx context.Context, c PhoneCall) error
}

// PhoneDraft is a call as whoever took it writes it down.
type PhoneDraft struct {
	IdempotencyKey string
	Line           string
	Outcome        PhoneOutcome
	Letter         channel.Letter // kind, words, category, district, urgency, and who called
	Names          []string       // whom a complaint or report is about
	Entry          string         // answered: with which entry
	Warned         bool
}

// PhoneReceipt is a call that is recorded, with its ticket's receipt where it
// became one.
type PhoneReceipt struct {
	Outcome  PhoneOutcome
	Ticket   *Receipt
	Repeated bool // this very call was recorded before
}
