package gap

import (
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// State is where a gap stands.
type State string

// The states of a gap.
const (
	Watched  State = "watched"  // asked too seldom for a task
	Open     State = "open"     // its unit is to write an entry
	Drafted  State = "drafted"  // others are reading what it wrote
	Answered State = "answered" // the entry was published
	Declined State = "declined" // there will be none, for a reason
	Merged   State = "merged"   // its questions are those of another gap
)

// States returns every state, in the order a gap goes through them.
func States() []State { return []State{Watched, Open, Drafted, Answered, Declined, Merged} }

// Name is the Chinese name of s.
func (s State) Name() string {
	switch s {
	case Watched:
		return "观察中"
	case Open:
		return "待解读"
	case Drafted:
		return "审核中"
	case Answered:
		return "已解读"
	case Declined:
		return "不作解读"
	case Merged:
		return "已并入"
	}
	return ""
}

// Reason is why nothing is written.
type Reason struct {
	Code string
	Name string // Chinese
}

// Reasons lists why a gap may be declined.
func Reasons() []Reason {
	return []Reason{
		{Code: "elsewhere", Name: "不属于公安机关职责"},
		{Code: "individual", Name: "属于个案，不能统一解答"},
		{Code: "closed", Name: "涉及不宜公开的内容"},
		{Code: "known", Name: "已有问答能够解答"},
		{Code: "mixed", Name: "不是同一个问题"},
	}
}

// maxWords is the longest explanation, in characters.
const maxWords = 500

// Gap is a matter people ask about, and the task it has become.
type Gap struct {
	ID        string
	State     State
	Category  string // of the library, as far as a machine can tell; may be empty
	Unit      string // whose task it is; empty while watched
	UnitPath  string
	Times     int // asked
	People    int // who asked
	FirstAt   time.Time
	LastAt    time.Time
	Since     time.Time // answered: from when on questions count anew
	Bar       int       // declined: at so many times it opens again
	OpenedAt  time.Time
	DueAt     time.Time
	Review    string // id of the text
	Entry     string // that was published last
	Into      string // merged: the other gap
	Reason    string // declined: a code
	Words     string // declined: staff's own
	DecidedBy string
	Version   int64
}

// Heard is how often something was asked, and by how many people.
type Heard struct{ Times, People int }

// New is a gap nobody has asked about yet.
func New(id, category string, at time.Time) Gap {
	return Gap{ID: id, State: Watched, Category: category, FirstAt: at, LastAt: at, Version: 1}
}

// Waits reports whether somebody has something to do.
func (g *Gap) Waits() bool { return g.State == Open || g.State == Drafted }

// Overdue reports whether the task should have been done by at.
func (g *Gap) Overdue(at time.Time) bool { return g.Waits() && at.After(g.DueAt) }

// From is the time questions count from at a time.
func (g *Gap) From(r *Rules, at time.Time) time.Time {
	if from := r.Window(at); from.After(g.Since) {
		return from
	}
	return g.Since
}

// Ripe reports whether a gap that was heard of so often lately is to become a
// task.
func (g *Gap) Ripe(r *Rules, lately Heard) bool {
	switch g.State {
	case Watched, Answered:
		return lately.Times >= r.Least.Times && lately.People >= r.Least.People
	case Declined:
		return g.Times >= g.Bar && g.People >= r.Least.People
	case Open, Drafted, Merged:
	}
	return false
}

// Begin makes a task of g.
func (g *Gap) Begin(unit, path string, at, due time.Time) {
	g.State, g.Unit, g.UnitPath, g.OpenedAt, g.DueAt = Open, unit, path, at, due
	g.Review, g.Reason, g.Words = "", "", ""
	g.Version++
}

// Assign gives the task to another unit. It gives no more time.
func (g *Gap) Assign(unit, path string) error {
	if g.State != Open {
		return g.cannot()
	}
	g.Unit, g.UnitPath = unit, path
	g.Version++
	return nil
}

// Draft notes the text that is to answer g.
func (g *Gap) Draft(review string) error {
	if g.State != Open {
		return g.cannot()
	}
	g.State, g.Review = Drafted, review
	g.Version++
	return nil
}

// GiveUp opens g again whose text was withdrawn before it was published, and
// reports whether that changes anything.
func (g *Gap) GiveUp() bool {
	if g.State != Drafted {
		return false
	}
	g.State, g.Review = Open, ""
	g.Version++
	return true
}

// Answer ends the task: the entry answers from a time on. It reports whether that
// changes anything.
func (g *Gap) Answer(entry, by string, from time.Time) bool {
	if g.State != Drafted {
		return false
	}
	g.State, g.Entry, g.Since, g.DecidedBy = Answered, entry, from, by
	g.Version++
	return true
}

// Decline says that nothing will be written.
func (g *Gap) Decline(r *Rules, reason, words, by string) error {
	if g.State != Watched && g.State != Open {
		return g.cannot()
	}
	if !slices.ContainsFunc(Reasons(), func(o Reason) bool { return o.Code == reason }) {
		return invalid("/reason", "unknown", "请选择不作解读的理由。")
	}
	if words = strings.TrimSpace(words); words == "" {
		return invalid("/words", "required", "请写明不作解读的理由。")
	}
	if f := channel.CheckText("/words", "理由", words, maxWords); f != nil {
		return invalid(f.Pointer, f.Code, f.Message)
	}
	g.State, g.Reason, g.Words, g.DecidedBy, g.Bar = Declined, reason, words, by, r.Again*max(g.Times, r.Least.Times)
	g.Version++
	return nil
}

// Merge gives what g is about to another gap, which takes over the task where it
// has none. Their questions follow.
func (g *Gap) Merge(into *Gap, by string) error {
	switch {
	case g.ID == into.ID:
		return invalid("/into", "same", "不能并入自身。")
	case g.State == Drafted || g.State == Merged || into.State == Merged:
		return g.cannot()
	}
	if g.State == Open && into.State == Watched {
		into.Begin(g.Unit, g.UnitPath, g.OpenedAt, g.DueAt)
	}
	g.State, g.Into, g.DecidedBy = Merged, into.ID, by
	g.Version++
	return nil
}

func (g *Gap) cannot() error {
	return problem.New(problem.Conflict, "gap.state", "这个问题现在是“"+g.State.Name()+"”，不能这样处理。")
}

func invalid(pointer, code, message string) error {
	return problem.New(problem.Invalid, "gap.invalid", message).With(problem.Field{Pointer: pointer, Code: code, Message: message})
}
