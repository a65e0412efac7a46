package desk

import (
	"context"
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// HouseRules are what the desk decides by.
type HouseRules struct {
	Router       *assignment.Router
	Catalogue    assignment.Version // in force now
	AutoDispatch float64
	Profile      *deadline.Profile
	Signs        *signal.Watchlist // nil: nothing is taken for a weak signal, or the reader sees none
	Gaps         *gap.Rules        // nil: none are kept
}

// HouseRules shows whoever plans, or watches over, the house what it decides by.
// What signals are found by is for those who see signals.
func (d *Desk) HouseRules(a Actor) (HouseRules, error) {
	if !a.Organises && !a.Watches {
		return HouseRules{}, problem.New(problem.Denied, "rules.denied", "您的岗位不能查看办理规则。")
	}
	h := HouseRules{Router: d.Router, Catalogue: d.Router.CatalogueAt(d.at()), AutoDispatch: d.AutoDispatch, Profile: d.Profile, Gaps: d.Gaps}
	if a.Signals {
		h.Signs = d.Signs
	}
	return h, nil
}

// TrialLetter is a letter nobody sends.
type TrialLetter struct {
	Kind     channel.Kind
	Source   channel.Source
	Urgency  channel.Urgency
	Category string // may be empty
	District string // may be empty
	Title    string
	Text     string
	Names    []string // units or officers it is about
}

// Trial is what would become of a letter.
type Trial struct {
	Category string // its words suggest; empty: they say nothing
	Assigned assignment.Assignment
	Unit     string // shown name of who would get it
	Avoid    []string
	Persons  int // who would have to keep away
	Units    []UnitSuggestion
	Co       []UnitSuggestion
	Clocks   []ExplainedClock
	Later    []deadline.Rule // of its clocks that start on the way
	Hits     []TrialHit
	Danger   *Emergency
}

// TrialHit is a signal that would be raised.
type TrialHit struct {
	signal.Hit

	CategoryName string
	Owner        string // shown name of who would answer for it
}

// TryLetter says what would become of a letter, by the rules of now. Nothing of it
// is kept, counted or told to anybody. A suggestion names only tickets a may see.
func (d *Desk) TryLetter(ctx context.Context, a Actor, l TrialLetter) (Trial, error) {
	rules, err := d.HouseRules(a)
	if err != nil {
		return Trial{}, err
	}
	if err := d.checkTrial(&l); err != nil {
		return Trial{}, err
	}
	p, err := d.remember()
	if err != nil {
		return Trial{}, err
	}
	at := d.at()
	q := assignment.Request{Kind: string(l.Kind), Category: l.Category, District: l.District, Title: l.Title, Text: l.Text, Names: l.Names, At: at}
	v := Trial{Category: d.Router.CategoryOf(q), Assigned: d.Router.Route(q)}
	t, event := ticket.Ticket{
		Kind: l.Kind, Source: l.Source, Urgency: l.Urgency, Category: l.Category, District: l.District, Title: l.Title,
		Lead: v.Assigned.Unit, LeadPath: d.Tree.Path(v.Assigned.Unit), Avoid: v.Assigned.Avoid,
	}.Begin("", "", v.Assigned.Unit, at)
	letter := channel.Letter{Kind: l.Kind, Source: l.Source, Category: l.Category, District: l.District, Title: l.Title, Text: l.Text}
	v.Units, v.Co = d.suggestUnits(p, &t, letter), d.suggestCo(&t, letter)
	if err := d.nameLike(ctx, a, v.Units); err != nil {
		return Trial{}, err
	}
	clocks, err := d.clocksFor(&t, &t, &event)
	if err != nil {
		return Trial{}, err
	}
	v.Clocks, v.Later = d.explained(&t, clocks), notYet(d.Profile.Rules(matterOf(&t)), clocks)
	if rules.Signs != nil && watched(&t) {
		v.Hits = d.tryWatchlist(&t, letter)
	}
	if first := d.danger(letter); first != nil {
		v.Danger = &Emergency{Text: first.Answer.Text, Hotlines: first.Hotlines}
	}
	d.nameTrial(&v)
	return v, nil
}

// checkTrial refuses what could not be a letter.
func (d *Desk) checkTrial(l *TrialLetter) error {
	var fields []problem.Field
	for _, f := range []*problem.Field{
		channel.CheckText("/title", "标题", l.Title, channel.MaxTitle), channel.CheckText("/text", "内容", l.Text, channel.MaxText),
	} {
		if f != nil {
			fields = append(fields, *f)
		}
	}
	choice := func(pointer string, known bool) {
		if !known {
			fields = append(fields, problem.Field{Pointer: pointer, Code: "unknown", Message: "请从列表中选择。"})
		}
	}
	_, district := d.Tree.BranchOf(l.District)
	choice("/kind", l.Kind.Name() != "" && !l.Kind.Profile().Consulted)
	choice("/channel", l.Source.Name() != "")
	choice("/category", l.Category == "" || d.Router.CategoryName(l.Category) != "")
	choice("/district", l.District == "" || district)
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "rules.letter", "这封来信有几处需要修改。").With(fields...)
	}
	return nil
}

// tryWatchlist reads a letter as one that is sent.
func (d *Desk) tryWatchlist(t *ticket.Ticket, l channel.Letter) []TrialHit {
	var hits []TrialHit
	for _, h := range d.signsIn(l) {
		c, _ := d.Signs.Category(h.Category)
		hits = append(hits, TrialHit{Hit: h, CategoryName: c.Name, Owner: d.responsible(t, h.Category).Name})
	}
	return hits
}

// notYet are the rules whose clocks do not run yet.
func notYet(rules []deadline.Rule, running []deadline.Clock) []deadline.Rule {
	return slices.DeleteFunc(rules, func(r deadline.Rule) bool {
		return slices.ContainsFunc(running, func(c deadline.Clock) bool { return c.Purpose == r.Purpose })
	})
}

// nameTrial fills in what people call the units; of persons it says how many.
func (d *Desk) nameTrial(v *Trial) {
	u, _ := d.Tree.ByID(v.Assigned.Unit)
	v.Unit = u.Name
	for _, id := range v.Assigned.Avoid {
		if u, ok := d.Tree.ByID(id); ok {
			v.Avoid = append(v.Avoid, u.Name)
		} else if strings.HasPrefix(id, assignment.AboutUser("")) {
			v.Persons++
		}
	}
}
