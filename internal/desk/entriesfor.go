package desk

import (
	"context"
	"slices"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// entriesShown is how many entries are laid beside a reply.
const entriesShown = 6

// EntrySuggestion is an entry that may answer a letter, and why.
type EntrySuggestion struct {
	LibraryEntry

	Score    float64
	Features []knowledge.Contribution // what the score is made of
}

// EntriesFor finds the entries nearest to a letter for whoever may write its reply.
// It is compared inside the house, and nothing of it is kept; that of a report (举报)
// is not looked up at all.
func (d *Desk) EntriesFor(ctx context.Context, a Actor, number string) ([]EntrySuggestion, error) {
	a = d.deputed(a)
	t, err := seen(ctx, d.Store, a, number)
	switch {
	case err != nil:
		return nil, err
	case !a.MayMove(&t, ticket.Draft):
		return nil, problem.New(problem.Denied, "ticket.denied", "您的岗位不能进行这项操作。")
	case t.Restricted():
		return nil, problem.New(problem.Denied, "entries.restricted", "举报件的内容不用来查找问答，请自行查找。")
	}
	l, err := d.Store.Letter(ctx, t.LetterID)
	if err != nil {
		return nil, err
	}
	name := ""
	c, err := d.Store.Contact(ctx, t.LetterID)
	switch {
	case err == nil:
		name = c.Name
	case problem.KindOf(err) != problem.NotFound:
		return nil, err
	}
	lib := d.Library()
	e, err := d.inside().Explain(ctx, lib, impersonal(l.Title+"\n"+l.Text, name), d.at())
	if err != nil {
		return nil, err
	}
	var found []EntrySuggestion
	for _, w := range e.Readings[0].Candidates {
		entry, err := d.Entry(w.Entry)
		if err == nil && len(found) < entriesShown {
			found = append(found, EntrySuggestion{LibraryEntry: entry, Score: w.Score, Features: w.Features})
		}
	}
	return found, nil
}

// mostQuotes bounds what a reply quotes.
const mostQuotes = 20

// quoted checks what a reply says to quote: versions there are or were, each once.
func (d *Desk) quoted(quotes []reply.Quote) ([]reply.Quote, error) {
	shelf := d.books.shelf.Load()
	var known []reply.Quote
	for _, q := range quotes {
		if shelf == nil || !slices.ContainsFunc(shelf.Versions(q.Entry), func(p knowledge.Published) bool { return p.Entry.Version == q.Version }) {
			return nil, problem.New(problem.Invalid, "reply.quote", "答复引用的问答不存在，请重新引用。").With(problem.Field{Pointer: "/quotes", Code: "unknown", Message: "没有这条问答的这一版。"})
		}
		if !slices.Contains(known, q) {
			known = append(known, q)
		}
	}
	if len(known) > mostQuotes {
		return nil, problem.New(problem.Invalid, "reply.quotes", "一份答复最多引用20条问答。")
	}
	return known, nil
}
