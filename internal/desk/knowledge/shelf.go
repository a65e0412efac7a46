package knowledge

import (
	"maps"
	"slices"
	"time"
)

// ActKind is what an act does to the library.
type ActKind string

// The kinds of acts.
const (
	Release  ActKind = "release"  // a reviewed version of an entry answers from a moment on
	Withdraw ActKind = "withdraw" // a version was wrong: it answers no more
	Retire   ActKind = "retire"   // a version is needed no more
	Status   ActKind = "status"   // a document has another validity from a day on
)

// Act is something that changed the library since its files. Acts are only
// added; the library is its files and its acts in order.
type Act struct {
	Seq      int64 // 1..; the store gives it
	Kind     ActKind
	Entry    string // id; empty with a document
	Version  int    // of the entry
	Text     Entry  // release
	Review   string // release: id of the text that was reviewed
	Document string // status: id
	Validity string // status: in_force | amended | repealed | expired
	From     time.Time
	Reason   string // a code
	Words    string // why, or where that is published
	By       string // user id
	At       time.Time
}

// Stop is why an entry of the library does not answer although its days have
// come; empty: it does.
type Stop string

// The reasons.
const (
	Withdrawn Stop = "withdrawn"
	Retired   Stop = "retired"
	Revising  Stop = "revising" // a document it rests on is over, or its own review
)

// Shelf is every version of every entry there ever was.
type Shelf struct {
	files     []Entry
	documents []Document
	acts      []Act
	rules     DueRules
}

// NewShelf puts what the files say on a shelf.
func NewShelf(files []Entry, documents []Document, r DueRules) *Shelf {
	return &Shelf{files: files, documents: documents, rules: r}
}

// With is the shelf after more acts.
func (s *Shelf) With(acts ...Act) *Shelf {
	other := *s
	other.acts = append(slices.Clip(s.acts), acts...)
	return &other
}

// Seq is the number of the last act.
func (s *Shelf) Seq() int64 {
	if len(s.acts) == 0 {
		return 0
	}
	return s.acts[len(s.acts)-1].Seq
}

// Edition is the library at a moment.
type Edition struct {
	Entries   []Entry
	Documents []Document
	Next      time.Time // when it is another one without any act; zero: never
}

// At is the edition at a moment: of each entry the newest version whose moment
// has come. One that was stopped stays, and says so.
func (s *Shelf) At(at time.Time) Edition {
	e := Edition{Entries: slices.Clone(s.files)}
	place := map[string]int{}
	for i := range e.Entries {
		place[e.Entries[i].ID] = i
	}
	for i := range s.acts {
		a := &s.acts[i]
		if a.Kind != Release || e.waits(a.From, at) {
			continue
		}
		if n, known := place[a.Entry]; known {
			e.Entries[n] = a.Text
			continue
		}
		place[a.Entry] = len(e.Entries)
		e.Entries = append(e.Entries, a.Text)
	}
	over := s.validities(&e, at)
	for i := range e.Entries {
		s.stop(&e, &e.Entries[i], over, at)
	}
	for i := range s.acts {
		a := &s.acts[i]
		n, known := place[a.Entry]
		if !known || e.Entries[n].Version != a.Version {
			continue
		}
		//nolint:exhaustive // the others stop no version
		switch a.Kind {
		case Withdraw:
			e.Entries[n].Stopped = Withdrawn
		case Retire:
			e.Entries[n].Stopped = Retired
		}
	}
	return e
}

// waits reports whether a moment is still to come, and remembers the next.
func (e *Edition) waits(moment, at time.Time) bool {
	if !moment.After(at) {
		return false
	}
	if e.Next.IsZero() || moment.Before(e.Next) {
		e.Next = moment
	}
	return true
}

// validities gives the documents of e the validity they have at a moment, and
// returns those that are over.
func (s *Shelf) validities(e *Edition, at time.Time) map[string]bool {
	says := map[string]string{}
	for i := range s.acts {
		if a := &s.acts[i]; a.Kind == Status && !e.waits(a.From, at) {
			says[a.Document] = a.Validity
		}
	}
	over := map[string]bool{}
	e.Documents = slices.Clone(s.documents)
	for i := range e.Documents {
		d := &e.Documents[i]
		if v, said := says[d.ID]; said {
			d.Validity = v
		}
		if d.Over() {
			over[d.ID] = true
		}
	}
	return over
}

// stop stops an entry that rests on what is over, or whose own review is.
func (s *Shelf) stop(e *Edition, entry *Entry, over map[string]bool, at time.Time) {
	entry.Stopped = ""
	for _, b := range entry.Basis {
		if over[b.Document] {
			entry.Stopped = Revising
		}
	}
	if last := s.rules.Last(entry); !last.IsZero() && !e.waits(last, at) {
		entry.Stopped = Revising
	}
}

// Versions lists every version of an entry, oldest first.
func (s *Shelf) Versions(id string) []Published {
	found := map[int]Published{}
	for i := range s.files {
		if f := &s.files[i]; f.ID == id {
			found[f.Version] = Published{Entry: *f, From: f.ValidFrom}
		}
	}
	for i := range s.acts {
		a := &s.acts[i]
		if a.Entry != id {
			continue
		}
		p := found[a.Version]
		switch a.Kind {
		case Release:
			p = Published{Entry: a.Text, From: a.From, At: a.At, Review: a.Review}
		case Withdraw:
			p.Entry.Stopped, p.Stopped = Withdrawn, a.At
		case Retire:
			p.Entry.Stopped, p.Stopped = Retired, a.At
		case Status:
		}
		found[a.Version] = p
	}
	var all []Published
	for _, n := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[n])
	}
	return all
}

// Published is one version of an entry.
type Published struct {
	Entry   Entry
	From    time.Time // when it began to answer, or will
	At      time.Time // when it was published; zero: it came with the files
	Review  string    // id of the text that was reviewed; empty: it came with the files
	Stopped time.Time // when it was withdrawn or retired; zero: it was not
}

// Over reports whether d may be cited no more.
func (d *Document) Over() bool { return d.Validity == "repealed" || d.Validity == "expired" }
