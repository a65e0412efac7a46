package desk

import (
	"context"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// Catalogue is what forms offer to choose from.
type Catalogue struct {
	Kinds      []channel.Kind
	Categories []assignment.Category
	Districts  []assignment.Unit // branches, each with its district code
	Library    []LibraryCategory
}

// LibraryCategory counts what the library has under one heading.
type LibraryCategory struct {
	Name  string
	Count int
}

// Entries lists what may answer today, in library order; an empty category
// means all.
func (d *Desk) Entries(category string) []knowledge.Entry {
	at := d.at()
	var found []knowledge.Entry
	for _, e := range d.Library().Entries() {
		if e.Answers(at) && (category == "" || e.Category == category) {
			found = append(found, e)
		}
	}
	return found
}

// SearchEntries finds entries about text, best first.
func (d *Desk) SearchEntries(ctx context.Context, text string, limit int) ([]knowledge.Entry, error) {
	if f := channel.CheckText("/text", "搜索内容", text, 200); f != nil {
		return nil, problem.New(problem.Invalid, "library.query", f.Message).With(*f)
	}
	return d.entriesNear(ctx, d.Matcher, seal.Mask(text), limit)
}

// entriesNear finds by m the entries about text that may answer today, best first.
func (d *Desk) entriesNear(ctx context.Context, m *knowledge.Matcher, text string, limit int) ([]knowledge.Entry, error) {
	_, scored, err := m.Match(ctx, d.Library(), text, d.at())
	if err != nil {
		return nil, err
	}
	var found []knowledge.Entry
	for _, s := range scored[:min(limit, len(scored))] {
		if e, ok := d.Library().Entry(s.Entry); ok {
			found = append(found, e)
		}
	}
	return found, nil
}

// Entry returns one entry with the documents it rests on.
func (d *Desk) Entry(id string) (LibraryEntry, error) {
	e, ok := d.Library().Entry(id)
	switch {
	case ok && e.Stopped == knowledge.Revising:
		return LibraryEntry{}, problem.New(problem.NotFound, "library.revising", "这条问答所依据的规定有变化，正在修订，暂停回答。")
	case !ok || !e.Answers(d.at()):
		return LibraryEntry{}, noEntry()
	}
	return d.withDocuments(&e), nil
}

// Catalogue returns the choices of the letter form.
func (d *Desk) Catalogue() Catalogue {
	c := Catalogue{Categories: d.Router.Catalogue()}
	for _, k := range channel.Kinds() {
		if k.Profile().Public {
			c.Kinds = append(c.Kinds, k)
		}
	}
	for _, u := range d.Tree.Units() {
		if u.Level == assignment.Branch {
			c.Districts = append(c.Districts, u)
		}
	}
	for _, e := range d.Entries("") {
		if n := len(c.Library); n > 0 && c.Library[n-1].Name == e.Category {
			c.Library[n-1].Count++
			continue
		}
		c.Library = append(c.Library, LibraryCategory{Name: e.Category, Count: 1})
	}
	return c
}

// Units lists the organisation, parents before children.
func (d *Desk) Units(ctx context.Context) ([]assignment.Unit, error) { return d.Store.Units(ctx) }
