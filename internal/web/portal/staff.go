package portal

import "time"

// Link is one item of the menu of signed-in staff.
type Link struct {
	Path string
	Name string
}

// SignIn is the form staff sign in with.
type SignIn struct {
	Login   string
	Changed bool // the password has just been changed

	Question *Question
	Errors   Problems
}

// Password is the form a password is changed with.
type Password struct {
	Must   bool // it was set by somebody else
	Errors Problems
}

// Desk is the first page of signed-in staff.
type Desk struct {
	Name  string
	Tiles []Tile
}

// Tile is one thing somebody may do.
type Tile struct {
	Path, Name, Hint string
}

// Explain asks for a question and shows why it is decided as it is.
type Explain struct {
	Text   string
	Errors Problems
	Result *Explanation // nil: nothing asked yet
}

// Explanation takes a decision apart.
type Explanation struct {
	Read     string // personal data masked
	Decision string // in words
	Because  string
	Reason   string // code
	Line     string // the fixed line a gate leads to
	Answer   *Brief // the entry that answers
	Options  []Brief
	Limits   []Figure
	Readings []Reading
	Choices  []Choice // entries that might have been right
}

// Figure is a named number.
type Figure struct {
	Name  string
	Code  string
	Value float64
}

// Reading is one way a message was read.
type Reading struct {
	Name       string
	Text       string
	Normalised string
	Mended     string // empty: nothing was mended
	Concepts   []string
	Slots      []string
	Confidence float64
	Ours       float64
	Obstacles  []string
	Evidence   []Summand
	Candidates []Candidate
}

// Candidate is an entry compared with a question.
type Candidate struct {
	ID       string
	Question string
	Score    float64
	Features []Summand
}

// Summand is one part of a sum.
type Summand struct {
	Name    string // in words, may be empty
	Code    string
	Value   float64
	Weight  float64
	Product float64
}

// Labels lists questions with what people said about their answers.
type Labels struct {
	State  string
	Tabs   []Tab
	Errors Problems
	Labels []Label
	More   string // address of the next page; empty: no more
}

// Tab is one state of a list.
type Tab struct {
	Value string
	Name  string
	N     int
}

// Label is one question to be decided.
type Label struct {
	ID        string
	Question  string
	Count     int
	First     time.Time
	Last      time.Time
	Votes     []Vote
	Choices   []Choice // entries somebody named
	Decided   time.Time
	Confirmed bool
	Entries   []Brief // confirmed: what answers it
	Version   int64
}

// Vote is what some people said about an entry.
type Vote struct {
	Text  string // in words
	Entry string // id; empty: nothing of the library
	Count int
}

// Answers shows what became of questions.
type Answers struct {
	Weeks  []Week // newest first
	Chosen *Week
}

// Week is one week with its figures.
type Week struct {
	Name, From, To string
	Final          bool
	Total          Row
	Rows           []Row
}

// Row is one row of figures.
type Row struct {
	Name string

	Asked, Answered, Clarified, Resolved, None, Gated, Liked, Disliked, Corrected int64
}

func (SignIn) name() string   { return "staff_sign_in" }
func (Password) name() string { return "staff_password" }
func (Desk) name() string     { return "staff_desk" }
func (Explain) name() string  { return "staff_explain" }
func (Labels) name() string   { return "staff_labels" }
func (Answers) name() string  { return "staff_answers" }

func (s SignIn) title() string   { return withErrors("工作人员登录", s.Errors) }
func (p Password) title() string { return withErrors("修改密码", p.Errors) }
func (Desk) title() string       { return "工作台" }
func (Answers) title() string    { return "每周情况" }
func (l Labels) title() string   { return withErrors("问题标注", l.Errors) }

func (e Explain) title() string {
	if e.Result != nil {
		return "为什么这样答"
	}
	return withErrors("为什么这样答", e.Errors)
}

func (SignIn) nav() string   { return "/staff/sign-in" }
func (Password) nav() string { return "/staff/password" }
func (Desk) nav() string     { return "/staff" }
func (Explain) nav() string  { return "/staff/explain" }
func (Labels) nav() string   { return "/staff/labels" }
func (Answers) nav() string  { return "/staff/answers" }
