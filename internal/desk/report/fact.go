package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"jiesu/internal/problem"
)

// FactKind says what happened.
type FactKind string

// The kinds of facts.
const (
	Answered FactKind = "answered" // Value: 1 in time, 0 late
	Returned FactKind = "returned"
	Redone   FactKind = "redone" // the answer is to be given again
	Rated    FactKind = "rated"  // Value: 1 to 5
)

// Fact is one step of one ticket, as it was when the month was frozen.
type Fact struct {
	Ticket string // id
	Seq    int64  // of the step
	Unit   string // id of who led the ticket then
	Kind   FactKind
	Reason string // code: returned, redone
	Value  int
}

// cases are what a part counts: how many, and how many of them speak for the
// unit.
type cases struct{ good, of int }

// Tally adds facts up. Its sheet does not depend on the order they come in; its
// digest does.
type Tally struct {
	rules  *Rules
	units  map[string]map[PartID]*cases
	digest hash.Hash
	facts  int
}

// NewTally returns a tally of a month without facts.
func NewTally(r *Rules) *Tally {
	return &Tally{rules: r, units: map[string]map[PartID]*cases{}, digest: sha256.New()}
}

// Add adds a fact.
func (t *Tally) Add(f Fact) error {
	const worst, best = 1, 5
	switch f.Kind {
	case Answered:
		t.count(f, OnTime, f.Value == 1)
		t.count(f, Returns, true)
		t.count(f, Redo, true)
	case Returned:
		t.count(f, Returns, false)
	case Redone:
		t.undo(f)
	case Rated:
		if f.Value < worst || f.Value > best {
			return problem.New(problem.Internal, "score.fact", "考核数据中的评价不正确。")
		}
		t.count(f, Satisfaction, f.Value >= t.good())
	default:
		return problem.New(problem.Internal, "score.fact", "考核数据中有未知的内容。")
	}
	t.facts++
	_, _ = fmt.Fprintf(t.digest, "%q %d %q %q %q %d\n", f.Ticket, f.Seq, f.Unit, f.Kind, f.Reason, f.Value) // a hash never fails to write
	return nil
}

// Facts is how many were added.
func (t *Tally) Facts() int { return t.facts }

// Digest is the SHA-256 of the facts in their order.
func (t *Tally) Digest() string { return hex.EncodeToString(t.digest.Sum(nil)) }

// count adds a case to a part, unless it is excused.
func (t *Tally) count(f Fact, id PartID, good bool) {
	c := t.cases(f.Unit, id)
	if t.excused(f, id) {
		return
	}
	c.of++
	if good {
		c.good++
	}
}

// undo takes an answer's credit away. It may have been given in another month:
// more are not undone than there are.
func (t *Tally) undo(f Fact) {
	if c := t.cases(f.Unit, Redo); !t.excused(f, Redo) {
		c.good--
	}
}

func (t *Tally) cases(unit string, id PartID) *cases {
	if t.units[unit] == nil {
		t.units[unit] = map[PartID]*cases{}
	}
	if t.units[unit][id] == nil {
		t.units[unit][id] = &cases{}
	}
	return t.units[unit][id]
}

func (t *Tally) excused(f Fact, id PartID) bool {
	i := slices.IndexFunc(t.rules.Parts, func(p Part) bool { return p.ID == id })
	return i >= 0 && f.Reason != "" && slices.Contains(t.rules.Parts[i].Excuses, f.Reason)
}

// good is the rating from which somebody was satisfied.
func (t *Tally) good() int {
	i := slices.IndexFunc(t.rules.Parts, func(p Part) bool { return p.ID == Satisfaction })
	if i < 0 {
		return 0
	}
	return t.rules.Parts[i].Good
}
