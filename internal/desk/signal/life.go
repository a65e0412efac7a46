package signal

import (
	"slices"
	"time"

	"jiesu/internal/problem"
)

// Pattern says what drew attention to a signal.
type Pattern string

// The patterns.
const (
	Lexicon    Pattern = "lexicon" // words of one letter
	Repeated   Pattern = "repeat"  // one person writes again and again
	ManyPeople Pattern = "group"   // many people write about one matter
	Surging    Pattern = "surge"   // more is written than the past lets expect
)

// Name is the Chinese name of p, or empty for an unknown pattern.
func (p Pattern) Name() string {
	switch p {
	case Lexicon:
		return "敏感词句"
	case Repeated:
		return "一人多次来信"
	case ManyPeople:
		return "多人反映同一事项"
	case Surging:
		return "来信激增"
	}
	return ""
}

// State is where a signal stands.
type State string

// The states.
const (
	Open       State = "open"
	Assessed   State = "assessed"
	Responding State = "responding" // a ticket of public opinion answers it
	Closed     State = "closed"
)

// States returns every state, in the order they come.
func States() []State { return []State{Open, Assessed, Responding, Closed} }

// Name is the Chinese name of s, or empty for an unknown state.
func (s State) Name() string {
	switch s {
	case Open:
		return "待研判"
	case Assessed:
		return "已研判"
	case Responding:
		return "应对中"
	case Closed:
		return "已办结"
	}
	return ""
}

// Move is what people do with a signal.
type Move string

// The moves.
const (
	Acknowledge Move = "acknowledge"
	Assess      Move = "assess"
	Respond     Move = "respond"
	Release     Move = "release" // something was made public
	Close       Move = "close"
	Merge       Move = "merge" // into another one about the same matter
)

// Name is the Chinese name of m, or empty for an unknown move.
func (m Move) Name() string {
	switch m {
	case Acknowledge:
		return "签收"
	case Assess:
		return "研判"
	case Respond:
		return "应对"
	case Release:
		return "发布"
	case Close:
		return "办结"
	case Merge:
		return "并入"
	}
	return ""
}

// Moves returns what may be done in s. Where it leads stands in [Signal.Apply].
func (s State) Moves() []Move {
	switch s {
	case Open:
		return []Move{Acknowledge, Assess, Merge}
	case Assessed:
		return []Move{Acknowledge, Assess, Respond, Close, Merge}
	case Responding:
		return []Move{Acknowledge, Assess, Release, Close, Merge}
	case Closed:
	}
	return nil
}

// Disposition is what a signal turned out to be.
type Disposition string

// The dispositions.
const (
	Confirmed  Disposition = "confirmed"
	FalseAlarm Disposition = "false_alarm"
	Merged     Disposition = "merged"
)

// Name is the Chinese name of d, or empty for an unknown disposition.
func (d Disposition) Name() string {
	switch d {
	case Confirmed:
		return "属实"
	case FalseAlarm:
		return "误报"
	case Merged:
		return "并入其他信号"
	}
	return ""
}

// Channel is how something was made public.
type Channel string

// The channels.
const (
	Statement Channel = "statement" // a text that was read and published
	Press     Channel = "press"     // a press conference
)

// Name is the Chinese name of c, or empty for an unknown channel.
func (c Channel) Name() string {
	switch c {
	case Statement:
		return "文字发布"
	case Press:
		return "新闻发布会"
	}
	return ""
}

// Signal is a weak signal (弱信号): something in letters that people have to look
// at before it grows, and what became of it.
type Signal struct {
	ID         string
	Pattern    Pattern
	Level      Level
	Category   string // id of the watchlist
	District   string
	Group      string // surge of a category in a district: which; else empty
	Unit       string // id of who is responsible
	UnitPath   string
	Restricted bool // raised by a report (举报): only who may see that sees it
	State      State
	Since      time.Time // the letter that raised it came
	RaisedAt   time.Time
	UpdatedAt  time.Time
	Tickets    []string // ids of those it is about, as they joined
	Response   string   // id of the ticket that answers it; empty: none yet
	Into       string   // merged: id of the other
	Version    int64    // raised by what people do, and not by letters that join

	Body
}

// Body is what is kept of a signal beside what it is found by.
type Body struct {
	Watchlist   string      `json:"watchlist"` // version it was found by
	Evidence    []Evidence  `json:"evidence"`
	Told        []Told      `json:"told,omitempty"`
	Releases    []Published `json:"releases,omitempty"`
	Ledger      []Act       `json:"ledger,omitempty"`
	Disposition Disposition `json:"disposition,omitempty"`
}

// Evidence is why a signal was raised, or a letter joined it.
type Evidence struct {
	Ticket  string  `json:"ticket"` // id
	Pattern Pattern `json:"pattern"`
	Row     string  `json:"row,omitempty"`     // of the lexicon
	Passage string  `json:"passage,omitempty"` // of the letter, personal data masked
	Count   int     `json:"count,omitempty"`   // repeat, group, surge: letters or people
}

// Told is a post that heard of a signal and has to acknowledge it.
type Told struct {
	Chain   int       `json:"chain"` // of posts that hear of it one after the other
	Unit    string    `json:"unit"`
	To      string    `json:"to"` // role
	At      time.Time `json:"at"`
	DueAt   time.Time `json:"due_at"`
	By      string    `json:"by,omitempty"` // user id of who acknowledged it
	AckedAt time.Time `json:"acked_at,omitzero"`
}

// Published is something that was made public.
type Published struct {
	At      time.Time `json:"at"`
	Channel Channel   `json:"channel"`
	Text    string    `json:"text,omitempty"` // statement: number of the answered ticket, or id of the published text
	Words   string    `json:"words,omitempty"`
	By      string    `json:"by"` // user id
}

// Act is what somebody did with a signal.
type Act struct {
	At    time.Time `json:"at"`
	Move  Move      `json:"move"`
	By    string    `json:"by"` // user id
	Words string    `json:"words,omitempty"`
}

// mostEvidence bounds what is kept of one signal: what came first tells most.
const mostEvidence = 40

// Finished reports whether nothing more is to be done.
func (s *Signal) Finished() bool { return s.State == Closed }

// Join adds tickets with their evidence and reports whether one was new. It
// leaves the version: whoever acts has seen what people did, and letters may come
// by the second.
func (s *Signal) Join(at time.Time, tickets []string, because ...Evidence) bool {
	had := len(s.Tickets)
	for _, t := range tickets {
		if !slices.Contains(s.Tickets, t) {
			s.Tickets = append(s.Tickets, t)
		}
	}
	if len(s.Tickets) == had {
		return false
	}
	s.Evidence = append(s.Evidence, because[:min(len(because), max(0, mostEvidence-len(s.Evidence)))]...)
	s.UpdatedAt = at
	return true
}

// Tell notes that a post hears of s now and has to acknowledge it in time.
func (s *Signal) Tell(chain int, unit, to string, at time.Time, within time.Duration) {
	s.Told = append(s.Told, Told{Chain: chain, Unit: unit, To: to, At: at, DueAt: at.Add(within)})
}

// Chains is how many chains of posts were told.
func (s *Signal) Chains() int {
	n := 0
	for _, t := range s.Told {
		n = max(n, t.Chain+1)
	}
	return n
}

// Unacknowledged is the last post told in a chain, where none of the chain has
// acknowledged it.
func (s *Signal) Unacknowledged(chain int) (last Told, waits bool) {
	for _, t := range s.Told {
		if t.Chain != chain {
			continue
		}
		if !t.AckedAt.IsZero() {
			return Told{}, false
		}
		last, waits = t, true
	}
	return last, waits
}

// Command is a move somebody makes.
type Command struct {
	Move        Move
	By          string // user id
	At          time.Time
	Words       string
	Mine        func(Told) bool // acknowledge: whether a post that was told is the actor's
	Level       Level           // assess
	Category    string          // assess
	Unit        string          // assess: who is responsible
	UnitPath    string
	Response    string // respond: id of the ticket that answers it
	Published   Published
	Disposition Disposition // close
	Into        string      // merge
}

// Apply makes a move, or refuses it and leaves s as it was.
func (s *Signal) Apply(c Command) error {
	if !slices.Contains(s.State.Moves(), c.Move) {
		return problem.New(problem.Conflict, "signal.state", "“"+s.State.Name()+"”的信号不能进行这项操作。")
	}
	next := *s
	next.Told, next.Releases = slices.Clone(s.Told), slices.Clone(s.Releases)
	if err := next.apply(&c); err != nil {
		return err
	}
	next.Ledger = append(slices.Clone(s.Ledger), Act{At: c.At, Move: c.Move, By: c.By, Words: c.Words})
	next.UpdatedAt, next.Version = c.At, s.Version+1
	*s = next
	return nil
}

func (s *Signal) apply(c *Command) error {
	if c.Words == "" && slices.Contains([]Move{Assess, Close, Merge}, c.Move) {
		return problem.New(problem.Invalid, "signal.words", "请写明情况。").With(problem.Field{Pointer: "/words", Code: "required", Message: "请写明情况。"})
	}
	switch c.Move {
	case Acknowledge:
		return s.acknowledge(c)
	case Assess:
		s.Level, s.Category, s.Unit, s.UnitPath = c.Level, c.Category, c.Unit, c.UnitPath
		if s.State == Open {
			s.State = Assessed
		}
	case Respond:
		s.State, s.Response = Responding, c.Response
	case Release:
		s.Releases = append(s.Releases, c.Published)
	case Close:
		return s.close(c)
	case Merge:
		s.State, s.Disposition, s.Into = Closed, Merged, c.Into
	}
	return nil
}

// acknowledge marks the posts of the actor that have not acknowledged s yet.
func (s *Signal) acknowledge(c *Command) error {
	found := false
	for i := range s.Told {
		if t := &s.Told[i]; t.AckedAt.IsZero() && c.Mine(*t) {
			t.By, t.AckedAt, found = c.By, c.At, true
		}
	}
	if !found {
		return problem.New(problem.Conflict, "signal.not_told", "没有等您签收的通报。")
	}
	return nil
}

// close ends s. What proved true and major is answered in public first.
func (s *Signal) close(c *Command) error {
	switch {
	case c.Disposition != Confirmed && c.Disposition != FalseAlarm:
		return problem.New(problem.Invalid, "signal.disposition", "请选择处置结果：属实或者误报。").
			With(problem.Field{Pointer: "/disposition", Code: "unknown", Message: "请选择处置结果。"})
	case c.Disposition == Confirmed && s.Level == Major && len(s.Releases) == 0:
		return problem.New(problem.Conflict, "signal.unanswered", "重大敏感情况属实的，至少发布一次权威信息后才能办结。")
	}
	s.State, s.Disposition = Closed, c.Disposition
	return nil
}
