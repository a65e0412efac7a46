package assignment

import (
	"slices"
	"strings"
	"time"

	"jiesu/internal/problem"
)

// Person is a member of staff as the directory knows them.
type Person struct {
	ID    string // user id
	Name  string
	Unit  string
	Roles []string
}

// Post (岗位) is a place in a unit that people hold in turn.
type Post struct {
	ID   string
	Unit string
	Name string
	Role string // handler, head, taskforce or leader: whose notices it gets
}

// TermKind is what a term is about.
type TermKind string

// The kinds of terms.
const (
	Holding  TermKind = "holder" // holds a post
	Shift    TermKind = "duty"   // is on duty for a post, or for a unit
	Standing TermKind = "deputy" // stands in for somebody who is away (代理)
)

// Term is somebody's task from one moment to another.
type Term struct {
	ID     string
	Kind   TermKind
	Post   string // held, or on duty for
	Unit   string // on duty for, where there is no post
	User   string // who holds, is on duty, or is away
	Deputy string // who stands in
	From   time.Time
	Until  time.Time // zero: open; only a holder may be
	Reason string    // of a deputy
}

// Covers reports whether the term runs at a moment.
func (t *Term) Covers(at time.Time) bool {
	return !at.Before(t.From) && (t.Until.IsZero() || at.Before(t.Until))
}

func (t *Term) overlaps(o *Term) bool {
	return (o.Until.IsZero() || t.From.Before(o.Until)) && (t.Until.IsZero() || o.From.Before(t.Until))
}

// Directory is who is where and when. It is a value: nothing in it changes.
type Directory struct {
	Tree   *Tree
	People []Person // those who may sign in
	Posts  []Post
	Terms  []Term
}

// Person finds somebody.
func (d *Directory) Person(id string) (Person, bool) {
	i := slices.IndexFunc(d.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return d.People[i], true
}

// Post finds a post.
func (d *Directory) Post(id string) (Post, bool) {
	i := slices.IndexFunc(d.Posts, func(p Post) bool { return p.ID == id })
	if i < 0 {
		return Post{}, false
	}
	return d.Posts[i], true
}

// CheckPost says what is wrong with a post that is to be added.
func (d *Directory) CheckPost(p Post) error {
	_, taken := d.Post(p.ID)
	switch {
	case p.ID == "" || strings.ContainsAny(p.ID, "/:*% "):
		return problem.New(problem.Invalid, "post.id", "岗位编号不能为空，不能有空格、冒号和斜线。")
	case taken:
		return problem.New(problem.Conflict, "post.taken", "已有这个编号的岗位。")
	case d.Tree.Path(p.Unit) == "":
		return problem.New(problem.Invalid, "post.unknown_unit", "没有这个单位。")
	case !slices.Contains([]string{"handler", "head", "taskforce", "leader"}, p.Role):
		return problem.New(problem.Invalid, "post.role", "岗位的职责不正确。")
	}
	return nil
}

// CheckTerm says what is wrong with a term that is to be added.
func (d *Directory) CheckTerm(t Term) error {
	if t.From.IsZero() || !t.Until.IsZero() && !t.From.Before(t.Until) || t.Until.IsZero() && t.Kind != Holding {
		return problem.New(problem.Invalid, "term.dates", "起止时间不正确：结束要晚于开始。")
	}
	user, ok := d.Person(t.User)
	if !ok {
		return problem.New(problem.Invalid, "term.unknown_user", "没有这个账号，或者已停用。")
	}
	if t.Kind == Standing {
		return d.checkDeputy(&t, user)
	}
	p, ok := d.Post(t.Post)
	switch {
	case t.Post != "" && !ok:
		return problem.New(problem.Invalid, "term.unknown_post", "没有这个岗位。")
	case t.Kind == Holding && t.Post == "":
		return problem.New(problem.Invalid, "term.unknown_post", "请选择岗位。")
	case t.Kind == Shift && (t.Post == "") == (t.Unit == ""):
		return problem.New(problem.Invalid, "duty.target", "请选择一个岗位或者一个单位。")
	case t.Unit != "" && d.Tree.Path(t.Unit) == "":
		return problem.New(problem.Invalid, "term.unknown_unit", "没有这个单位。")
	case t.Kind == Holding && !d.within(user.Unit, p.Unit):
		return problem.New(problem.Invalid, "holder.unit", "任职人员应当是岗位所在单位或者上级单位的人员。")
	}
	for i := range d.Terms {
		o := &d.Terms[i]
		switch {
		case o.Kind != t.Kind || o.User != t.User || !t.overlaps(o):
			continue
		case t.Kind == Shift:
			return problem.New(problem.Conflict, "duty.overlap", "同一人的值班时间不能重叠。")
		case o.Post == t.Post:
			return problem.New(problem.Conflict, "holder.overlap", "这名人员在这段时间已经任职。")
		}
	}
	return nil
}

func (d *Directory) checkDeputy(t *Term, user Person) error {
	deputy, ok := d.Person(t.Deputy)
	switch {
	case !ok:
		return problem.New(problem.Invalid, "term.unknown_user", "没有这个代理人的账号，或者已停用。")
	case t.Deputy == t.User:
		return problem.New(problem.Invalid, "deputy.self", "不能由自己代理自己。")
	case !d.within(deputy.Unit, user.Unit):
		return problem.New(problem.Invalid, "deputy.unit", "代理人应当是本单位或者上级单位的人员。")
	case strings.TrimSpace(t.Reason) == "":
		return problem.New(problem.Invalid, "deputy.reason", "请填写代理原因。")
	}
	for i := range d.Terms {
		if o := &d.Terms[i]; o.Kind == Standing && o.User == t.User && t.overlaps(o) {
			return problem.New(problem.Conflict, "deputy.overlap", "这段时间已经有代理人。")
		}
	}
	// Somebody who is away hands on to whoever stands in for them: the chain that
	// begins at the deputy must not lead back within the same time.
	if d.leadsTo(*t, t.Deputy, t.User, 0) {
		return problem.New(problem.Conflict, "deputy.circle", "代理关系不能成环。")
	}
	return nil
}

// leadsTo follows the deputies of from through the time of window.
func (d *Directory) leadsTo(window Term, from, to string, depth int) bool {
	if from == to || depth > len(d.Terms) {
		return true
	}
	for i := range d.Terms {
		o := &d.Terms[i]
		if o.Kind != Standing || o.User != from || !o.overlaps(&window) {
			continue
		}
		common := window
		if o.From.After(common.From) {
			common.From = o.From
		}
		if o.Until.Before(common.Until) {
			common.Until = o.Until
		}
		if d.leadsTo(common, o.Deputy, to, depth+1) {
			return true
		}
	}
	return false
}

// within reports whether unit is lower or one above it.
func (d *Directory) within(unit, lower string) bool {
	return unit == lower || slices.ContainsFunc(d.Tree.Ancestors(lower), func(u Unit) bool { return u.ID == unit })
}

// Gap is a time nobody is on duty.
type Gap struct {
	Target string // "post:<id>" or a unit id
	From   time.Time
	Until  time.Time
}

// Gaps lists when nobody is on duty between two moments, for every post and unit
// that has a roster at all.
func (d *Directory) Gaps(from, until time.Time) []Gap {
	shifts := map[string][]Term{}
	var targets []string
	for _, t := range d.Terms {
		if t.Kind == Shift {
			if shifts[t.target()] == nil {
				targets = append(targets, t.target())
			}
			shifts[t.target()] = append(shifts[t.target()], t)
		}
	}
	slices.Sort(targets)
	var gaps []Gap
	for _, target := range targets {
		gaps = append(gaps, gapsOf(target, shifts[target], from, until)...)
	}
	return gaps
}

// gapsOf lists the gaps of one roster.
func gapsOf(target string, shifts []Term, from, until time.Time) []Gap {
	slices.SortFunc(shifts, func(a, b Term) int { return a.From.Compare(b.From) })
	var gaps []Gap
	for _, t := range shifts {
		if !from.Before(until) {
			return gaps
		}
		if from.Before(t.From) {
			gaps = append(gaps, Gap{target, from, earlier(t.From, until)})
		}
		if from.Before(t.Until) {
			from = t.Until
		}
	}
	if from.Before(until) {
		gaps = append(gaps, Gap{target, from, until})
	}
	return gaps
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (t *Term) target() string {
	if t.Post != "" {
		return "post:" + t.Post
	}
	return t.Unit
}
