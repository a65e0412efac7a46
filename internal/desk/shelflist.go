package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// mostEntryTexts bounds the texts about entries that are read together.
const mostEntryTexts = 10_000

// EntryState is how an entry stands.
type EntryState string

// The states.
const (
	EntryPublished EntryState = "published" // it answers
	EntryScheduled EntryState = "scheduled" // its first day, or a version of it, is to come
	EntryDue       EntryState = "due"       // it answers, and waits for its review
	EntryStopped   EntryState = "stopped"   // what it rests on is over, or its own review
	EntryExpired   EntryState = "expired"   // its last day has passed
	EntryWithdrawn EntryState = "withdrawn"
	EntryRetired   EntryState = "retired"
	EntryInWork    EntryState = "in_work" // a text about it is on its way to be published
)

// EntryStates returns every state, in the order they are shown.
func EntryStates() []EntryState {
	return []EntryState{EntryPublished, EntryDue, EntryStopped, EntryScheduled, EntryInWork, EntryExpired, EntryWithdrawn, EntryRetired}
}

// Name is the Chinese name of s, or empty for an unknown one.
func (s EntryState) Name() string {
	switch s {
	case EntryPublished:
		return "已发布"
	case EntryScheduled:
		return "待生效"
	case EntryDue:
		return "待复审"
	case EntryStopped:
		return "依据有变化，暂停回答"
	case EntryExpired:
		return "已过期"
	case EntryWithdrawn:
		return "已撤回"
	case EntryRetired:
		return "已停用"
	case EntryInWork:
		return "审核中"
	}
	return ""
}

// ShelfEntry is an entry as staff see it.
type ShelfEntry struct {
	knowledge.Entry

	State EntryState           // of what the public has; in work: it has nothing yet
	Next  *knowledge.Published // a version whose moment is to come; nil: none, or not to be read yet
	Text  *TextView            // the text about it; nil: none, or not to be read by the asker
	Gate  *Gate                // what the golden set says of that text's latest version; nil: nothing yet

	Past      []knowledge.Published // every version, oldest first; only of a single entry
	Documents []knowledge.Document  // what it rests on; only of a single entry
}

// is reports whether s is a state of e: some go together.
func (e *ShelfEntry) is(s EntryState) bool {
	switch s {
	case EntryScheduled:
		return e.State == s || e.Next != nil
	case EntryInWork:
		return e.Text != nil && e.Text.State != review.Published && e.Text.State != review.Withdrawn
	case EntryPublished:
		return e.State == s || e.State == EntryDue
	case EntryDue, EntryStopped, EntryExpired, EntryWithdrawn, EntryRetired:
	}
	return e.State == s
}

// ShelfFilter chooses entries.
type ShelfFilter struct {
	State EntryState // empty: any
	Owner string     // unit id; empty: any
	Text  string     // part of an id, a question or a way to ask; empty: any
}

// ShelfView is the library as staff see it.
type ShelfView struct {
	Entries []ShelfEntry       // that fit, in library order
	Counts  map[EntryState]int // of those that fit but for their state
}

// keepsShelf reports whether a has to do with the library at all.
func (a *Actor) keepsShelf() bool { return a.Reviews || a.Publishes || a.Drafts != "" }

// OnShelf lists entries by their states. What is not published yet shows to
// whoever may read the text about it.
func (d *Desk) OnShelf(ctx context.Context, a Actor, f ShelfFilter) (ShelfView, error) {
	a = d.deputed(a)
	v := ShelfView{Counts: map[EntryState]int{}}
	if !a.any((*Actor).keepsShelf) {
		return v, noShelf()
	}
	all, err := d.shelved(ctx, &a)
	if err != nil {
		return v, err
	}
	part := folded(f.Text)
	for _, e := range all {
		if f.Owner != "" && e.Owner != f.Owner || part != "" && !mentions(&e.Entry, part) {
			continue
		}
		for _, s := range EntryStates() {
			if e.is(s) {
				v.Counts[s]++
			}
		}
		if f.State == "" || e.is(f.State) {
			v.Entries = append(v.Entries, e)
		}
	}
	return v, nil
}

func noShelf() error {
	return problem.New(problem.Denied, "library.denied", "您的岗位不能管理问答库。")
}

func mentions(e *knowledge.Entry, part string) bool {
	return slices.ContainsFunc(append([]string{e.ID, e.Question}, e.Variants...), func(s string) bool { return strings.Contains(folded(s), part) })
}

// EntryOnShelf is one entry with all its versions.
func (d *Desk) EntryOnShelf(ctx context.Context, a Actor, id string) (ShelfEntry, error) {
	a = d.deputed(a)
	if !a.any((*Actor).keepsShelf) {
		return ShelfEntry{}, noShelf()
	}
	all, err := d.shelved(ctx, &a)
	if err != nil {
		return ShelfEntry{}, err
	}
	i := slices.IndexFunc(all, func(e ShelfEntry) bool { return e.ID == id })
	if i < 0 {
		return ShelfEntry{}, noEntry()
	}
	e := all[i]
	e.Documents = d.withDocuments(&e.Entry).Documents
	for _, p := range d.books.shelf.Load().Versions(id) {
		if p.From.After(d.at()) && e.Next == nil { // not to be read yet
			continue
		}
		e.Past = append(e.Past, p)
	}
	if e.Text == nil {
		return e, nil
	}
	gates, err := d.Store.Gated(ctx, e.Text.ID, e.Text.Latest().Hash)
	if len(gates) > 0 {
		e.Gate = &gates[0]
	}
	return e, err
}

// shelved is every entry a may know of: those of the library, and those that
// are still to be published.
func (d *Desk) shelved(ctx context.Context, a *Actor) ([]ShelfEntry, error) {
	if err := d.ReloadLibrary(ctx); err != nil {
		return nil, err
	}
	texts, err := entryTexts(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	at, shelf := d.at(), d.books.shelf.Load()
	var all []ShelfEntry
	for _, e := range d.Library().Entries() {
		one := ShelfEntry{Entry: e, State: d.entryState(&e, at)}
		if it := texts[e.ID]; it != nil {
			delete(texts, e.ID)
			if err := d.besideText(ctx, a, &one, it, shelf); err != nil {
				return nil, err
			}
		}
		all = append(all, one)
	}
	var fresh []ShelfEntry
	for id, it := range texts {
		if !a.reads(it) || it.State == review.Withdrawn {
			continue
		}
		t := entryKind{d}.read(it, len(it.Versions))
		one := ShelfEntry{Entry: t.Entry, State: EntryInWork}
		if err := d.besideText(ctx, a, &one, it, shelf); err != nil {
			return nil, err
		}
		if one.Next != nil {
			one.Entry, one.State = one.Next.Entry, EntryScheduled
		}
		one.ID = id
		fresh = append(fresh, one)
	}
	slices.SortFunc(fresh, func(a, b ShelfEntry) int { return cmp.Compare(a.ID, b.ID) })
	return append(all, fresh...), nil
}

// besideText adds the text about an entry, and what it will be, for whoever may
// read that.
func (d *Desk) besideText(ctx context.Context, a *Actor, e *ShelfEntry, it *review.Item, shelf *knowledge.Shelf) error {
	if !a.reads(it) {
		return nil
	}
	v, err := d.briefText(ctx, d.Store, a, it)
	if err != nil {
		return err
	}
	e.Text = &v
	if it.Live == 0 {
		return nil
	}
	for _, p := range shelf.Versions(it.Subject) {
		if p.From.After(d.at()) && p.Stopped.IsZero() {
			e.Next = &p
		}
	}
	return nil
}

// entryTexts are the texts about entries, by the entry's id: it has one at most.
func entryTexts(ctx context.Context, r ReviewReader) (map[string]*review.Item, error) {
	found, err := r.Reviews(ctx, ReviewFilter{States: review.States(), Audience: review.Public, Kind: review.Entry, Newest: true, Limit: mostEntryTexts})
	texts := make(map[string]*review.Item, len(found))
	for i := range found {
		if it := &found[i]; texts[it.Subject] == nil {
			texts[it.Subject] = it
		}
	}
	return texts, err
}

// entryState is how an entry of the library stands at a moment.
func (d *Desk) entryState(e *knowledge.Entry, at time.Time) EntryState {
	switch {
	case e.Stopped == knowledge.Withdrawn:
		return EntryWithdrawn
	case e.Stopped == knowledge.Retired:
		return EntryRetired
	case e.Stopped == knowledge.Revising:
		return EntryStopped
	case at.Before(e.ValidFrom):
		return EntryScheduled
	case dayOver(e.ValidTo, at):
		return EntryExpired
	case d.Rules.Due.Due(e, at):
		return EntryDue
	}
	return EntryPublished
}
