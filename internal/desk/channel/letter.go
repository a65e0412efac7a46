package channel

import "time"

// Source is the way a letter came in.
type Source string

// The sources a letter can come from.
const (
	Web    Source = "web"    // letter form on the website
	Chat   Source = "chat"   // website chat, handed over
	WeChat Source = "wechat" // Official Account or Mini Program
	Phone  Source = "phone"  // staff on behalf of a caller
	Window Source = "window" // staff on behalf of a visitor
	Post   Source = "post"   // staff on behalf of a paper letter
	H12345 Source = "12345"  // the city's hotline platform
	Watch  Source = "watch"  // staff, of what they found themselves

	Mailbox Source = "mailbox" // a mailbox others run: the mayor's, the province's
	Social  Source = "social"  // messages to the bureau's accounts on other platforms
)

// Sources returns every source, in the order they are shown.
func Sources() []Source {
	return []Source{Web, Chat, WeChat, Phone, Window, Post, H12345, Mailbox, Social, Watch}
}

// Kind is what a letter asks for. It decides identity policy and clocks.
type Kind string

// The kinds of letters.
const (
	Consult    Kind = "consult"    // 咨询
	Help       Kind = "help"       // 求助
	Complaint  Kind = "complaint"  // 投诉
	Report     Kind = "report"     // 举报
	Suggestion Kind = "suggestion" // 建议
	Praise     Kind = "praise"     // 表扬
	SiteError  Kind = "site_error" // 网站找错
	Petition   Kind = "petition"   // 信访
	Disclosure Kind = "disclosure" // 依申请公开
	Signal     Kind = "signal"     // 舆情: public opinion that has to be answered in public
	Opinion    Kind = "opinion"    // 对征求意见稿的意见
)

// Urgency is how soon a matter has to be seen to, as whoever takes it in sees it.
type Urgency string

// The urgencies of letters; empty is ordinary.
const (
	Ordinary Urgency = ""
	Urgent   Urgency = "urgent"    // 紧急: the same day
	Critical Urgency = "emergency" // 突发: within hours, through nights and holidays
)

// Origin is the platform a letter was passed on from, with its own number and date.
type Origin struct {
	Platform string    // e.g. 12345, national, province, mayor; empty: none
	ID       string    // its number there
	Due      time.Time // when it wants the answer; zero: it does not say
}

// What marks letters that were made up for training and measurements.
const (
	DemoPlatform = "demo" // they say they were passed on from here
	DemoMark     = "【演示】" // begins their titles
)

// Limits of a letter, in characters (Unicode code points) and counts.
const (
	MaxTitle       = 100
	MaxText        = 5000
	MaxName        = 50
	MaxAddress     = 100
	MaxAttachments = 5
	maxCode        = 64 // bytes of a category or district; one nobody knows goes to the task force
)

// Contact is how to reach the person who wrote. It is sealed at rest and never
// part of a list.
type Contact struct {
	Name     string
	Phone    string
	IDNumber string // of the identity card, where the kind needs it
	Address  string
	Email    string
	BySMS    bool // wants to hear of progress so
	ByMail   bool
}

// Letter is one message from the public, whatever way it came.
type Letter struct {
	ID           string // UUIDv7
	Source       Source
	Kind         Kind
	Title        string
	Text         string
	Category     string // a routing category code, may be empty
	District     string // a district code of the organisation, may be empty
	Contact      *Contact
	Attachments  []string // attachment ids, uploaded before
	Conversation string   // the chat it was handed over from, may be empty
	ReceivedAt   time.Time
	Urgency      Urgency
	Origin       Origin
	Fields       map[string]string // what its kind asks for beside title and text
	// Consent is what its writer agreed to: that what was asked may be published,
	// without personal data (PIPL art. 25). Only of kinds whose replies are.
	Consent      bool
	Consultation string // id of the consultation it is an opinion on, for the kinds that are about one
}

// Attachment is an uploaded file, stored apart from the letter.
type Attachment struct {
	ID     string
	Name   string // as shown; never used as a path
	Type   string // by content, from the allow-list
	Size   int64
	SHA256 string // hex
	At     time.Time
	Scan   Scan
}

// Hotline is one line of the one-screen registry (seed 003 clause 22).
type Hotline struct {
	Number    string `yaml:"number"` // empty: the bureau has not published it yet
	Name      string `yaml:"name"`
	Use       string `yaml:"use"`
	Scope     string `yaml:"scope"`    // national | local
	Group     string `yaml:"group"`    // e.g. emergency, report
	Category  string `yaml:"category"` // one of the eight report categories, or empty
	Certainty string `yaml:"certainty"`
	Note      string `yaml:"note"`
}
