package portal

import (
	"time"

	"github.com/valyala/quicktemplate"
)

// View is the data of one page. Its type has the template: main in the file of its
// name or its kind.
type View interface {
	title() string // of the document
	nav() string   // the path of the menu item it belongs to, may be empty
	streammain(w *quicktemplate.Writer, static *Assets)
}

// Frame is what every page shares.
type Frame struct {
	Large bool   // large print was chosen
	Back  string // where the large-print switch returns to, a path of ours

	Alerts []Link // emergency notices
}

// Link leads to another page.
type Link struct {
	Path string
	Name string
}

// Line is a phone line.
type Line struct {
	Number string // empty: not published yet
	Name   string
	Use    string
	Hours  string
	Note   string
}

// LineGroup is a headed group of lines.
type LineGroup struct {
	ID    string // anchor
	Name  string
	Hint  string
	Lines []Line
}

// Count is a library category with the number of its entries.
type Count struct {
	Name string
	N    int
}

// Choice is one option of a form field.
type Choice struct {
	Value string
	Name  string
	Hint  string
}

// FieldError is what is wrong with one field of a form.
type FieldError struct {
	Field   string // the field's name, which is its anchor too
	Message string
}

// Problems is everything wrong with a form, in reading order.
type Problems []FieldError

// For returns the message for a field, or nothing.
func (p Problems) For(field string) string {
	for _, e := range p {
		if e.Field == field {
			return e.Message
		}
	}
	return ""
}

// Home is the first page.
type Home struct {
	Categories []Count
}

// Source is a document an answer rests on.
type Source struct {
	Title   string
	Number  string
	Article string
}

// Option is an entry offered to choose from.
type Option struct {
	Entry    string
	Question string
	Hint     string // what tells it from the other options; may be empty
}

// Ask is the question form, with the answer below it once asked.
type Ask struct {
	Text   string
	Errors Problems
	Answer *Answer // nil: nothing asked yet
	Thread Thread  // what is talked about, for the next question
}

// Thread is what is talked about. The pages remember nothing: hidden fields
// carry it.
type Thread struct {
	Topic   string // entry
	Asked   string
	Open    string // the question being clarified
	Offered []string
	Refused []string
	Round   int // 0: nothing is being clarified
}

// Part is one reply under its question.
type Part struct {
	Question string // of the entry; with fixed wording, as asked, or empty
	Entry    string // id; empty for fixed wording
	Version  int
	Text     string
	Sample   bool
	Sources  []Source
}

// Answer is what the desk said. Decision is its wire value.
type Answer struct {
	Part

	Decision string
	Asked    string
	More     []Part // of a message with several questions: the others
	Options  []Option
	Lines    []Line // to call, first
	Key      string // of this page: rating or choosing twice is doing it once
	Rated    bool   // the citizen has just said whether it helped
}

// Emergency reports whether the lines come before everything else.
func (a *Answer) Emergency() bool { return a.Decision == "emergency" }

// Chat hosts the chat.
type Chat struct {
	Script string // address of the chat's script; empty: the chat is not there
}

// KeptFile is an attachment that was taken before, when the form came back for
// another reason.
type KeptFile struct {
	ID   string
	Name string
}

// Question is asked where one place sends forms very often: words to be copied.
type Question struct {
	Token string
	Words string
}

// Letter is the letter form with what was typed into it.
type Letter struct {
	Key        string // makes sending twice the same as sending once
	Kinds      []Choice
	Categories []Choice
	Districts  []Choice

	Kind, Title, Text, Category, District, About, Name, Phone string
	IDNumber, Address, Email                                  string
	BySMS, ByMail                                             bool   // how they want to hear of progress
	IDNumberKinds, AddressKinds                               string // the kinds that ask for them
	Groups                                                    []FieldGroup
	Files                                                     []KeptFile
	Consent                                                   bool   // what was asked may be published
	PublishKinds                                              string // the kinds whose replies may be
	Seen                                                      bool   // what may answer it was shown
	Offers                                                    []Offer
	Question                                                  *Question
	Errors                                                    Problems
}

// FieldGroup is what one kind of letter asks for beside title and text.
type FieldGroup struct {
	Kind   string
	Name   string
	Fields []AskedField
}

// AskedField is one field of a group: a choice where it has options.
type AskedField struct {
	Name     string
	Label    string
	Hint     string
	Max      int
	Required bool
	Options  []Choice
	Value    string
}

// Day is one line of how a due date came about.
type Day struct {
	Date string
	Text string
}

// Receipt is what the citizen takes home. The query code is shown this once.
type Receipt struct {
	Opinion     bool   // on a consultation: it has no answer of its own
	Emergency   string // what to do first, where the letter tells of a present danger
	Number      string
	QueryCode   string
	Unit        string
	Due         time.Time
	Provisional bool
	Days        []Day
}

// Progress is the query form, and what it found.
type Progress struct {
	Number   string
	Errors   Problems
	Question *Question
	Ticket   *Ticket // nil: nothing looked up yet
	Acts     Acts
}

// Acts is what citizens may do with the own letter. The query code is asked for
// each time: no page holds it.
type Acts struct {
	Number                 string
	Supply, Rate, Withdraw bool
	Copy                   bool   // of everything held about them
	Key                    string // makes a form sent twice the same
	Asked                  string // what is to be completed
	Files                  []KeptFile
	Question               *Question
	Errors                 Problems
	Text                   string // as typed, shown again
	Score                  string
	Solved                 bool
	Scores                 []Choice
	Reasons                []Ticked // why it is rated so
}

// Ticked is one of several things that may be chosen.
type Ticked struct {
	Choice

	On bool
}

// None reports whether there is nothing to do.
func (a Acts) None() bool { return !a.Supply && !a.Rate && !a.Withdraw && !a.Copy }

// Ticket is what a citizen sees of the own letter.
type Ticket struct {
	Opinion     bool // on a consultation: it has no answer of its own
	Number      string
	Kind        string
	Status      string
	StatusHint  string
	Done        bool
	Unit        string
	Created     time.Time
	Due         time.Time
	Provisional bool
	Why         *Due // how Due came about; nil: another date holds
	Steps       []Step
	Reply       *Reply
	Published   string    // id of the reply as everybody reads it; empty: it was not published
	Erased      time.Time // when what was written was erased; zero: it was not
}

// Step is one public step, newest first.
type Step struct {
	At   time.Time
	Text string
}

// Reply is the released reply.
type Reply struct {
	Text    string
	Outcome string
	At      time.Time
}

// Hotlines is the one-screen registry.
type Hotlines struct {
	Groups []LineGroup
	On     string    // the day that was asked for; empty: today
	Day    time.Time // it is of
}

// Library lists entries.
type Library struct {
	Categories []Count
	Category   string // chosen; empty: all
	Text       string // searched for; empty: browsing
	Entries    []Brief
}

// Brief is one entry in a list.
type Brief struct {
	ID       string
	Question string
	Category string
}

// Document is a basis with its metadata.
type Document struct {
	Title, Number, Issuer, Index, Topic, Written, Published, Effective, Validity, Note string

	Article string // what of it the entry rests on
}

// Item is what one needs to get something done at a counter.
type Item struct {
	Conditions []string
	Materials  []string
	Procedure  []string
	TimeLimit  string
	Fee        string
}

// Entry is one question with its answer.
type Entry struct {
	ID        string
	Version   int
	Question  string
	Answer    string
	Category  string
	Owner     string // shown name of the unit
	Certainty string // A | B | C
	Sample    bool
	Local     string
	ReviewBy  time.Time
	Item      *Item
	Documents []Document
	Related   []Brief

	From   time.Time // a version under its lasting address: when it began to answer; zero: it is the one in use
	Newest int       // another version is in use; 0: none
	Halted string    // why it answers no more; empty: it may
}

// About says what this is.
type About struct{}

// Failure is a page for everything that went wrong.
type Failure struct {
	Status  int
	Heading string
	Text    string
	Request string // request id, for whoever helps
}

func (Home) title() string { return "" }
func (Chat) title() string { return "在线对话" }
func (r Receipt) title() string {
	if r.Opinion {
		return "已收到您的意见"
	}
	return "已收到您的来信"
}

func (Hotlines) title() string   { return "举报和服务电话" }
func (About) title() string      { return "关于本站" }
func (e Entry) title() string    { return e.Question }
func (f Failure) title() string  { return f.Heading }
func (l Letter) title() string   { return withErrors("写信", l.Errors) }
func (p Progress) title() string { return withErrors("查进度", p.Errors) }

func (a Ask) title() string {
	if a.Answer != nil {
		return "答复"
	}
	return withErrors("问一问", a.Errors)
}

func (l Library) title() string {
	switch {
	case l.Text != "":
		return "搜索结果"
	case l.Category != "":
		return l.Category + "问答"
	}
	return "政策问答库"
}

// withErrors puts "出错" first, so that a screen reader says it on arrival.
func withErrors(title string, p Problems) string {
	if len(p) > 0 {
		return "需要修改：" + title
	}
	return title
}

func (Home) nav() string     { return "/" }
func (Ask) nav() string      { return "/ask" }
func (Chat) nav() string     { return "/ask" }
func (Letter) nav() string   { return "/letters/new" }
func (Receipt) nav() string  { return "/letters/new" }
func (Progress) nav() string { return "/letters" }
func (Hotlines) nav() string { return "/hotlines" }
func (Library) nav() string  { return "/library" }
func (Entry) nav() string    { return "/library" }
func (About) nav() string    { return "" }
func (Failure) nav() string  { return "" }
