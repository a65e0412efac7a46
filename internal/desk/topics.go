package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/report"
	"jiesu/internal/problem"
)

// TopicFigure stands for a topic where a figure of a report is named; its value
// says which one.
const TopicFigure = "topic"

// TopicScope says which letters are put together as topics: those that came in
// from a time on, before another, by the links that were known at a third.
type TopicScope struct {
	From, Until time.Time
	Known       time.Time
}

// TopicReader reads which letters are about the same matter. A report (举报), or
// what was one when it came in, is never among them.
type TopicReader interface {
	// TopicPairs are the pairs of tickets that were found to be about the same
	// matter with at least this probability.
	TopicPairs(ctx context.Context, s TopicScope, least float64) ([]report.Pair, error)
	// TopicTickets are the ids of the tickets such pairs join with one, ascending.
	TopicTickets(ctx context.Context, id string, s TopicScope, least float64) ([]string, error)
}

// Topic is a matter many letters of a month are about.
type Topic struct {
	Value string // id of its first ticket
	Label string // words many of them share, or their category
	N     int64
}

// countCells counts what happened in a month, and the topics of a form.
func (d *Desk) countCells(ctx context.Context, form *report.Form, s TopicScope) ([]report.Cell, error) {
	cells, err := d.Store.CountCells(ctx, s.From, s.Until)
	if err != nil || form.Topics.Most == 0 {
		return cells, err
	}
	pairs, err := d.Store.TopicPairs(ctx, s, linkedOther)
	return append(cells, form.Topics.Cells(pairs)...), err
}

// topicsOf are the topics of a month, with names made of titles a may see. Topics of
// several months are not added up: a matter may go on under another first letter.
func (d *Desk) topicsOf(ctx context.Context, a *Actor, r *Report, months [][]report.Cell) ([]Topic, error) {
	if len(months) != 1 || r.Months[0].Month != r.Name {
		return nil, nil
	}
	var topics []Topic
	for _, c := range months[0] {
		if c.Step == report.Topic {
			topics = append(topics, Topic{Value: c.Code, N: c.N})
		}
	}
	slices.SortFunc(topics, func(a, b Topic) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value)) })
	return topics, d.nameTopics(ctx, a, r, topics)
}

// nameTopics names topics by words of the library that many of their titles share,
// or by the category most of them have: of the tickets a may see. What a machine
// takes for personal data is left out before; but it does not know every name.
func (d *Desk) nameTopics(ctx context.Context, a *Actor, r *Report, topics []Topic) error {
	const read = 50 // titles of one topic
	past, err := d.remember()
	if err != nil {
		return err
	}
	titles := make([][]string, len(topics))
	scope := d.topicScope(r.Period, r.Months[0].At)
	for i := range topics {
		ids, err := d.Store.TopicTickets(ctx, topics[i].Value, scope, linkedOther)
		if err != nil {
			return err
		}
		ids = ids[:min(read, len(ids))]
		known, err := d.pastByID(ctx, ids)
		if err != nil {
			return err
		}
		tickets := slices.DeleteFunc(ordered(known, ids), func(t PastTicket) bool { return !a.MaySee(&t.Ticket) })
		topics[i].Label = d.commonCategory(tickets)
		for j := range tickets {
			title, err := d.withoutPersons(tickets[j].Title)
			if err != nil {
				return err
			}
			titles[i] = append(titles[i], title)
		}
	}
	for i, phrase := range report.Phrases(titles, r.Form.Topics.Fewest, past.same.Familiar) {
		topics[i].Label = cmp.Or(phrase, topics[i].Label)
	}
	return nil
}

// topicScope is what topics of a month are made of: a closed one knows no link that
// was found later.
func (d *Desk) topicScope(p Period, closed time.Time) TopicScope {
	if closed.IsZero() {
		closed = d.at()
	}
	return TopicScope{From: p.From, Until: p.Until, Known: closed}
}

// commonCategory is the name of the category most tickets have.
func (d *Desk) commonCategory(tickets []PastTicket) string {
	n := map[string]int{}
	best := ""
	for i := range tickets {
		c := tickets[i].Ticket.Category
		if n[c]++; n[c] > n[best] || n[c] == n[best] && c < best {
			best = c
		}
	}
	return d.valueName(ByCategory, best)
}

// withoutPersons parts a title where it holds personal data.
func (d *Desk) withoutPersons(title string) (string, error) {
	p, err := d.proofread(proof.Text{Text: title, Public: true})
	if err != nil {
		return "", err
	}
	rs := []rune(title)
	for _, f := range p.Findings {
		if strings.HasPrefix(f.Code, "person.") {
			for i := f.From; i < min(f.To, len(rs)); i++ {
				rs[i] = '*'
			}
		}
	}
	return string(rs), nil
}

// topicTickets lists the letters of a topic of a month, of tickets a may see.
func (d *Desk) topicTickets(ctx context.Context, a *Actor, p Period, f Figure) (FigureTickets, error) {
	none := problem.New(problem.Invalid, "report.figure", "没有这一项数字。")
	if a.Scope != "*" || f.Value == nil || !p.From.AddDate(0, 1, 0).Equal(p.Until) {
		return FigureTickets{}, none
	}
	form, closed, err := d.closedForm(ctx, p.Name)
	if err != nil {
		return FigureTickets{}, err
	}
	ids, err := d.Store.TopicTickets(ctx, *f.Value, d.topicScope(p, closed), linkedOther)
	if err != nil {
		return FigureTickets{}, err
	}
	if form.Topics.Most == 0 || len(ids) < form.Topics.Fewest || ids[0] != *f.Value {
		return FigureTickets{}, none
	}
	def := &report.Definition{Top: []report.Term{{Step: report.Received}}}
	c := Counted{From: p.From, Until: p.Until, Steps: def.Steps(false), Tickets: ids, After: f.After, Limit: mostCounted}
	return d.behind(ctx, a, def, f, c)
}

// closedForm is what a period was closed under, and when: the form of today where
// it is not closed.
func (d *Desk) closedForm(ctx context.Context, period string) (*report.Form, time.Time, error) {
	kept, err := d.Store.ReportMonth(ctx, period)
	if problem.KindOf(err) == problem.NotFound {
		form, err := report.LoadForm()
		return form, time.Time{}, err
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	form, err := report.ParseForm(kept.Form)
	return form, kept.At, err
}
