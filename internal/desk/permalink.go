package desk

import (
	"cmp"
	"slices"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
)

// EntryVersion is one version of an entry under its lasting address.
type EntryVersion struct {
	LibraryEntry

	From      time.Time // when it began to answer
	Published time.Time // zero: it came with the files
	Newest    int       // the version that is in use
}

// EntryVersion returns a version that was published, whatever became of it. One
// whose moment has not come is nobody's to read yet.
func (d *Desk) EntryVersion(id string, n int) (EntryVersion, error) {
	at := d.at()
	versions := d.books.shelf.Load().Versions(id)
	i := slices.IndexFunc(versions, func(p knowledge.Published) bool { return p.Entry.Version == n })
	if i < 0 || versions[i].From.After(at) {
		return EntryVersion{}, problem.New(problem.NotFound, "library.no_version", "没有这条问答的这个版本。")
	}
	p := &versions[i]
	v := EntryVersion{LibraryEntry: d.withDocuments(&p.Entry), From: p.From, Published: p.At, Newest: n}
	if now, ok := d.Library().Entry(id); ok {
		v.Newest = now.Version
		if now.Version == n {
			v.Entry.Stopped = cmp.Or(v.Entry.Stopped, now.Stopped)
		}
	}
	return v, nil
}

// withDocuments is an entry with what is known of the documents it rests on.
func (d *Desk) withDocuments(e *knowledge.Entry) LibraryEntry {
	view := LibraryEntry{Entry: *e}
	for _, b := range e.Basis {
		if doc, ok := d.Library().Document(b.Document); ok {
			view.Documents = append(view.Documents, doc)
		}
	}
	return view
}
