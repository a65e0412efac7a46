package review

import (
	"slices"
	"time"

	"jiesu/internal/problem"
)

// Item is a text on its way. It changes only through [Item.Apply].
type Item struct {
	ID       string // UUIDv7
	Kind     Kind
	Subject  string // what it belongs to, as its kind names that: the id of an entry, a ticket, a consultation
	Audience Audience
	Unit     string // whose text it is: a unit id
	UnitPath string
	State    State
	Chain    Chain     // what the latest version was submitted to; zero: nothing yet
	Versions []Version // oldest first
	Ledger   []Act     // in order
	Live     int       // the version the audience has; 0: none

	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int64
}

// Begin returns it with its first version. The caller has filled in what it is
// and whose.
func (it Item) Begin(c Command) (Item, error) {
	if it.Kind.Name() == "" || it.Audience.Name() == "" {
		return Item{}, problem.New(problem.Invalid, "review.kind", "没有这类内容。")
	}
	if err := c.actors(); err != nil {
		return Item{}, err
	}
	c.Move, it.CreatedAt = Write, c.At
	if err := it.write(&c); err != nil {
		return Item{}, err
	}
	it.enter(&c)
	return it, nil
}

// Latest is the version that is worked on; nil before there is any.
func (it *Item) Latest() *Version {
	if len(it.Versions) == 0 {
		return nil
	}
	return &it.Versions[len(it.Versions)-1]
}

// At returns a version.
func (it *Item) At(n int) (Version, error) {
	if n < 1 || n > len(it.Versions) {
		return Version{}, problem.New(problem.NotFound, "review.no_version", "没有这个版本。")
	}
	return it.Versions[n-1], nil
}

// Marks returns who has passed a version, in the order of the steps. An edit
// makes a version without any.
func (it *Item) Marks(n int) []Act {
	var marks []Act
	for i := range it.Ledger {
		if a := &it.Ledger[i]; a.Move == Pass && a.Version == n {
			marks = append(marks, *a)
		}
	}
	return marks
}

// Wait is what a text under review waits for.
type Wait struct {
	Step  Step
	Since time.Time // when its clock starts, of the purpose [Purpose]
}

// Wait returns the step that is waited for; none unless it is under review.
func (it *Item) Wait() (Wait, bool) {
	if it.State != InReview {
		return Wait{}, false
	}
	return Wait{Step: *it.step(), Since: it.UpdatedAt}, true
}

// step is the one the latest version has come to.
func (it *Item) step() *Step { return &it.Chain.Steps[len(it.Marks(len(it.Versions)))] }

// Authors returns who wrote a version: everybody who did since the last version
// that was approved before it, and for whom.
func (it *Item) Authors(n int) []string {
	var ids []string
	for i := range it.Ledger {
		switch a := &it.Ledger[i]; {
		case a.Version > n:
			return ids
		case a.To == Approved && a.Version < n:
			ids = nil
		case a.Move.writes():
			for _, id := range a.people() {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}
