package channel

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"jiesu/internal/problem"
)

// Listing is a line of the directory of hotlines: what the public reads of it, and
// whose it is.
type Listing struct {
	ID      string `yaml:"id"` // stays while number and name change
	Hotline `yaml:",inline"`
	Hours   string `yaml:"hours"`  // when somebody answers; empty: not said
	Unit    string `yaml:"unit"`   // id of the unit that answers; empty: none of ours
	Closed  bool   `yaml:"closed"` // taken out of the directory
}

// ChangeState is where a change of the directory stands.
type ChangeState string

// The states of a change.
const (
	ChangeProposed ChangeState = "proposed"
	ChangeApproved ChangeState = "approved"
	ChangeRefused  ChangeState = "refused"
)

// HotlineChange is what some lines are from a moment on.
type HotlineChange struct {
	ID         string
	Lines      []Listing
	From       time.Time
	Reason     string
	State      ChangeState
	ProposedBy string // user id
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  time.Time
	Words      string // of who decided
	Version    int64
}

// Directory is the registry of hotlines through time: what is shipped, and every
// approved change since. It is a value: nothing in it changes.
type Directory struct {
	shipped []Listing
	changes []HotlineChange // approved, in the order they take effect
	after   [][]Listing     // the lines that are open before the first change, and after each
}

// NewDirectory returns the directory that changes make of what is shipped. Changes
// that nobody approved are left out.
func NewDirectory(shipped []Hotline, changes []HotlineChange) *Directory {
	d := &Directory{}
	for _, h := range shipped {
		d.shipped = append(d.shipped, Listing{ID: shippedID(&h), Hotline: h})
	}
	for _, c := range changes {
		if c.State == ChangeApproved {
			d.changes = append(d.changes, c)
		}
	}
	slices.SortStableFunc(d.changes, func(a, b HotlineChange) int {
		return cmp.Or(a.From.Compare(b.From), a.DecidedAt.Compare(b.DecidedAt), strings.Compare(a.ID, b.ID))
	})
	d.after = d.states()
	return d
}

// shippedID names a shipped line by its number, and a local one, whose number the
// bureau has yet to fill in, by its report category.
func shippedID(h *Hotline) string {
	if h.Category != "" {
		return "report-" + h.Category
	}
	return h.Number
}

// states are the directory before its first change and after each.
func (d *Directory) states() [][]Listing {
	lines := slices.Clone(d.shipped)
	place := make(map[string]int, len(lines))
	for i := range lines {
		place[lines[i].ID] = i
	}
	open := func() []Listing {
		return slices.Clip(slices.DeleteFunc(slices.Clone(lines), func(l Listing) bool { return l.Closed }))
	}
	states := [][]Listing{open()}
	for i := range d.changes {
		for _, l := range d.changes[i].Lines {
			n, known := place[l.ID]
			if !known {
				n = len(lines)
				place[l.ID], lines = n, append(lines, l)
			}
			lines[n] = l
		}
		states = append(states, open())
	}
	return states
}

// On returns the directory as it is at a moment, in the order of the registry. It is
// everybody's: callers leave it as it is.
func (d *Directory) On(at time.Time) []Listing {
	begun := 0
	for begun < len(d.changes) && !d.changes[begun].From.After(at) {
		begun++
	}
	return d.after[begun]
}

// Term is what a line was from one moment to another.
type Term struct {
	Listing

	From   time.Time     // zero: since ever
	Until  time.Time     // zero: still
	Change HotlineChange // that began it; the zero value: shipped
}

// History is what the line with an id was, one term after the other; a closed term is
// one in which it was not there.
func (d *Directory) History(id string) []Term {
	var terms []Term
	begin := func(t Term) {
		if n := len(terms); n > 0 {
			terms[n-1].Until = t.From
			if terms[n-1].From.Equal(t.From) { // put right on the day it took effect
				terms = terms[:n-1]
			}
		}
		terms = append(terms, t)
	}
	for _, l := range d.shipped {
		if l.ID == id {
			begin(Term{Listing: l})
		}
	}
	for i := range d.changes {
		for _, l := range d.changes[i].Lines {
			if l.ID == id {
				begin(Term{Listing: l, From: d.changes[i].From, Change: d.changes[i]})
			}
		}
	}
	return terms
}

// Limits of a line, in characters.
const (
	maxLineUse  = 200
	maxLineName = 50
)

// LineGroups are the groups of the registry, in the order it shows them.
func LineGroups() []string {
	return []string{"emergency", "police", "report", "government", "market", "supervision", "service"}
}

// ReportCategories are the eight categories of reports that have lines of their
// own (seed 003 clause 22).
func ReportCategories() []string {
	return []string{"gang", "guns", "fraud", "smuggling", "drugs", "vice", "economic", "food-drug-environment"}
}

// Check normalises a line and reports every part that is not acceptable in one
// problem "hotline.invalid".
func (l *Listing) Check() error {
	for _, s := range []*string{&l.ID, &l.Number, &l.Name, &l.Use, &l.Hours, &l.Note, &l.Unit} {
		*s = tidy(*s)
	}
	l.Scope, l.Certainty = cmp.Or(l.Scope, "local"), cmp.Or(l.Certainty, "C")
	var fields []problem.Field
	text := func(pointer, name, s string, most int) {
		if f := CheckText(pointer, name, s, most); f != nil {
			fields = append(fields, *f)
		}
	}
	text("/name", "名称", l.Name, maxLineName)
	text("/use", "用途", l.Use, maxLineUse)
	if l.Hours != "" {
		text("/hours", "服务时间", l.Hours, maxLineName)
	}
	if l.Note != "" {
		text("/note", "备注", l.Note, maxLineUse)
	}
	choice := func(pointer, value string, among ...string) {
		if !slices.Contains(among, value) {
			fields = append(fields, problem.Field{Pointer: pointer, Code: "unknown", Message: "请从列表中选择。"})
		}
	}
	choice("/scope", l.Scope, "national", "local")
	choice("/group", l.Group, LineGroups()...)
	choice("/category", l.Category, append(ReportCategories(), "")...)
	choice("/certainty", l.Certainty, "A", "B", "C")
	if !dialled(l.Number) && (l.Number != "" || l.Category == "") {
		fields = append(fields, problem.Field{Pointer: "/number", Code: "phone", Message: "请填写可以拨打的号码，3至15位数字，可带区号和短横线。"})
	}
	if l.Closed && l.Category != "" {
		fields = append(fields, problem.Field{Pointer: "/closed", Code: "category", Message: "八类举报电话不能停用，只能更换号码。"})
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "hotline.invalid", "热线“"+cmp.Or(l.Name, l.ID)+"”有几处需要修改。").With(fields...)
	}
	return nil
}

// dialled reports whether s can be the number of a hotline, which may be shorter
// than that of a person.
func dialled(s string) bool {
	if len(s) < 3 {
		return false
	}
	if len(s) < 5 {
		return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	}
	return PlausiblePhone(s)
}
