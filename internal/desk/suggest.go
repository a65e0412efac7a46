package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
)

const (
	shownUnits   = 3
	shownSimilar = 10
	shownFrom    = 0.3 // a letter less likely about the same matter is not shown
)

// UnitSuggestion is a unit a ticket may belong to.
type UnitSuggestion struct {
	Unit        string
	Name        string
	Probability float64 // 0 where nothing was learnt yet: the rules alone
	Reasons     []string
	like        []string // ids of released tickets that resemble it
}

// SimilarTicket is an earlier or later ticket that seems to be about the same
// matter.
type SimilarTicket struct {
	Ticket      ticket.Ticket
	Probability float64
	SamePerson  bool
	Linked      bool // the desk noted it when the letter came in
	Reasons     []string
}

// ModelInfo says what suggestions rest on; the zero value: on the rules alone.
type ModelInfo struct {
	Version   string
	TrainedAt time.Time
	Examples  int
	Accuracy  float64 // by cross-validation within the examples
}

// Suggestions is what the desk's past says about a ticket.
type Suggestions struct {
	Units   []UnitSuggestion
	Co      []UnitSuggestion // units the catalogue lets help; those asked already are not among them
	Similar []SimilarTicket
	Model   ModelInfo
}

// Suggestions says which unit a ticket may belong to and which other tickets
// seem to be about the same matter. Tickets a may not see are not among them.
func (d *Desk) Suggestions(ctx context.Context, a Actor, number string) (Suggestions, error) {
	p, err := d.remember()
	if err != nil {
		return Suggestions{}, err
	}
	t, err := seen(ctx, d.Store, a, number)
	if err != nil {
		return Suggestions{}, err
	}
	l, err := d.Store.Letter(ctx, t.LetterID)
	if err != nil {
		return Suggestions{}, err
	}
	var s Suggestions
	if m := p.model.Load(); m != nil {
		s.Model = ModelInfo{Version: m.version, TrainedAt: m.at, Examples: m.Examples(), Accuracy: m.Report().Accuracy}
	}
	s.Units, s.Co = d.suggestUnits(p, &t, l), d.suggestCo(&t, l)
	if err := d.nameLike(ctx, a, s.Units); err != nil {
		return Suggestions{}, err
	}
	if remembered(t.Kind) {
		s.Similar, err = d.similarTo(ctx, p, a, &t, l)
	}
	return s, err
}

// suggestUnits asks the rules, and the past where it may have a say: a letter
// about a unit or an officer goes where the rules of avoidance send it.
func (d *Desk) suggestUnits(p *past, t *ticket.Ticket, l channel.Letter) []UnitSuggestion {
	rule := d.Router.Route(requestOf(t, l.Title, l.Text))
	m := p.model.Load()
	named := !t.Status.Dispatched() && t.Returns == 0 && rule.Unit != t.Lead // whoever was named is not kept; where the letter went, is
	switch {
	case named:
		return d.named([]UnitSuggestion{{Unit: t.Lead, Reasons: []string{"规则：登记时的分派"}}})
	case m == nil, t.Restricted(), len(t.Avoid) > 0, rule.Rule == assignment.Avoidance:
		return d.named([]UnitSuggestion{{Unit: rule.Unit, Reasons: []string{"规则：" + rule.Reason}}})
	}
	var units []UnitSuggestion
	for i, s := range m.Suggest(d.readForUnit(p.analyzer, t, l.Title, l.Text).Bag(), m.Units()) {
		u := UnitSuggestion{Unit: s.Unit, Probability: s.Probability, like: s.Like}
		if s.Unit == rule.Unit && rule.Rule != "fallback" {
			u.Reasons = append(u.Reasons, "规则："+rule.Reason)
		}
		if i < shownUnits || len(u.Reasons) > 0 {
			units = append(units, u)
		}
	}
	if len(units) > shownUnits { // the unit of the rules is always shown
		units = append(units[:shownUnits-1], units[shownUnits])
	}
	return d.named(units)
}

// suggestCo lists whom the catalogue wants to help with a ticket (会办).
func (d *Desk) suggestCo(t *ticket.Ticket, l channel.Letter) []UnitSuggestion {
	rule := d.Router.Route(requestOf(t, l.Title, l.Text))
	var units []UnitSuggestion
	for _, id := range rule.Co {
		if !t.Handles(id) && !t.Avoids(d.Tree.Path(id)) {
			units = append(units, UnitSuggestion{Unit: id, Reasons: []string{"规则：" + rule.Reason}})
		}
	}
	return d.named(units)
}

// named leaves out units that exist no more and names the others.
func (d *Desk) named(units []UnitSuggestion) []UnitSuggestion {
	kept := units[:0]
	for _, u := range units {
		if known, ok := d.Tree.ByID(u.Unit); ok {
			u.Name = known.Name
			kept = append(kept, u)
		}
	}
	return kept
}

// nameLike turns resembling tickets into reasons, naming only those a may see.
func (d *Desk) nameLike(ctx context.Context, a Actor, units []UnitSuggestion) error {
	var ids []string
	for _, u := range units {
		ids = append(ids, u.like...)
	}
	known, err := d.pastByID(ctx, ids)
	if err != nil {
		return err
	}
	for i := range units {
		u := &units[i]
		if len(u.like) == 0 {
			continue
		}
		reason := fmt.Sprintf("与 %d 件已办结来信相似", len(u.like))
		for _, id := range u.like {
			if t, ok := known[id]; ok && a.MaySee(&t.Ticket) {
				reason = fmt.Sprintf("与 %s 等 %d 件已办结来信相似", t.Ticket.Number, len(u.like))
				break
			}
		}
		u.Reasons = append(u.Reasons, reason)
	}
	return nil
}

func (d *Desk) pastByID(ctx context.Context, ids []string) (map[string]PastTicket, error) {
	if len(ids) == 0 {
		return map[string]PastTicket{}, nil
	}
	tickets, err := d.Store.Past(ctx, PastFilter{IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	found := make(map[string]PastTicket, len(tickets))
	for _, t := range tickets {
		found[t.Ticket.ID] = t
	}
	return found, nil
}

// match is another ticket and how likely it is about the same matter.
type match struct {
	past        PastTicket
	probability float64
	samePerson  bool
	reasons     []string
}

// matches compares a letter with those that share its rare words and those the
// same person wrote.
func (d *Desk) matches(ctx context.Context, p *past, t *ticket.Ticket, l channel.Letter) ([]match, error) {
	const compared = 20
	whole, title := ReadText(p.analyzer, l.Title+"\n"+l.Text), ReadText(p.analyzer, l.Title)
	p.index.Add(t.ID, t.CreatedAt, &whole)
	own, err := d.Store.Past(ctx, PastFilter{Writer: t.LetterID, After: idsFrom(t.CreatedAt.Add(-pastKept)), Newest: true, Limit: compared})
	if err != nil {
		return nil, err
	}
	known := map[string]PastTicket{}
	wrote := map[string]bool{}
	for _, o := range own {
		known[o.Ticket.ID], wrote[o.Ticket.ID] = o, true
	}
	var ids []string
	for _, n := range p.index.Near(t.ID, &whole, compared) {
		if !wrote[n.ID] {
			ids = append(ids, n.ID)
		}
	}
	near, err := d.pastByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	all, short := p.same.Read(&whole), p.same.Read(&title)
	var found []match
	for _, o := range append(own, ordered(near, ids)...) {
		if o.Ticket.ID != t.ID {
			person := wrote[o.Ticket.ID] || t.Conversation != "" && o.Ticket.Conversation == t.Conversation
			found = append(found, p.compare(all, short, o, person))
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return cmp.Compare(b.probability, a.probability) })
	return found, nil
}

func ordered(known map[string]PastTicket, ids []string) []PastTicket {
	var out []PastTicket
	for _, id := range ids {
		if t, ok := known[id]; ok {
			out = append(out, t)
		}
	}
	return out
}

// compare takes the likelier of two looks: at the titles, and at everything.
// A title says it best; but people give long stories short titles.
func (p *past) compare(whole, title *signal.Reading, o PastTicket, person bool) match {
	otherTitle := ReadText(p.analyzer, o.Title)
	all := ReadText(p.analyzer, o.Title+"\n"+o.Text)
	m := match{past: o, samePerson: person}
	m.probability, m.reasons = p.same.Same(whole, p.same.Read(&all))
	if byTitle, reasons := p.same.Same(title, p.same.Read(&otherTitle)); byTitle > m.probability {
		m.probability, m.reasons = byTitle, nil
		for _, r := range reasons {
			m.reasons = append(m.reasons, "标题"+r)
		}
	}
	if person {
		m.reasons = append([]string{"同一来信人"}, m.reasons...)
	}
	return m
}

// similarTo lists what is linked with t, and what else comes close, as far as a
// may see it.
func (d *Desk) similarTo(ctx context.Context, p *past, a Actor, t *ticket.Ticket, l channel.Letter) ([]SimilarTicket, error) {
	links, err := d.Store.Links(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	linked := map[string]Link{}
	for _, link := range links {
		linked[cmp.Or(strings.TrimPrefix(link.From, t.ID), link.To)] = link
	}
	found, err := d.matches(ctx, p, t, l)
	if err != nil {
		return nil, err
	}
	var out []SimilarTicket
	for _, m := range found {
		_, known := linked[m.past.Ticket.ID]
		delete(linked, m.past.Ticket.ID)
		if a.MaySee(&m.past.Ticket) && (known || m.probability >= shownFrom) {
			out = append(out, SimilarTicket{
				Ticket: m.past.Ticket, Probability: m.probability, SamePerson: m.samePerson, Linked: known, Reasons: m.reasons,
			})
		}
	}
	older, err := d.onlyLinked(ctx, a, linked)
	out = append(out, older...)
	slices.SortStableFunc(out, func(a, b SimilarTicket) int { return cmp.Compare(b.Probability, a.Probability) })
	return out[:min(len(out), shownSimilar)], err
}

// onlyLinked lists tickets that were linked once and are out of the index now.
func (d *Desk) onlyLinked(ctx context.Context, a Actor, linked map[string]Link) ([]SimilarTicket, error) {
	var ids []string
	for id := range linked {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	known, err := d.pastByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []SimilarTicket
	for _, t := range ordered(known, ids) {
		if link := linked[t.Ticket.ID]; a.MaySee(&t.Ticket) {
			out = append(out, SimilarTicket{
				Ticket: t.Ticket, Probability: link.Probability, SamePerson: link.Kind == SamePerson, Linked: true, Reasons: []string{"登记时已关联"},
			})
		}
	}
	return out, nil
}
