package knowledge

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"
)

// Reason is why a question ended in its decision; stable, for programs.
type Reason string

// The reasons. Those with clarify or none name the first thing that spoke
// against an answer.
const (
	BecauseGate      Reason = "gate"             // the library was not asked
	BecauseSame      Reason = "answer.same"      // the question is an entry's own, word for word
	BecauseSure      Reason = "answer.sure"      //
	BecausePart      Reason = "answer.part"      // a part of the message is sure by itself
	BecauseSeveral   Reason = "answer.several"   // several questions, with an answer each
	BecauseUnsure    Reason = "clarify.unsure"   // not sure enough
	BecauseClose     Reason = "clarify.close"    // the second is as good
	BecauseConflict  Reason = "clarify.conflict" // a case is named that the first entry is not for
	BecauseSplit     Reason = "clarify.split"    // the first two are for different cases, and none is named
	BecauseBare      Reason = "clarify.bare"     // nothing is said of what it is about
	BecauseElsewhere Reason = "none.elsewhere"   // others answer for what it names
	BecauseEmpty     Reason = "none.empty"       // no words
	BecauseNothing   Reason = "none.nothing"     // no entry has anything in common
	BecauseUnrelated Reason = "none.unrelated"   // the subject is not the library's
	BecauseAlone     Reason = "none.alone"       // not sure enough, and nothing to choose from
	BecauseOther     Reason = "other"            // more than one message was looked at
)

const (
	shownCandidates = 8    // of a reading
	tolerated       = 1e-9 // of a sum, before a rest is shown
)

// Sentence says the reason in plain words.
func (r Reason) Sentence() string {
	switch r {
	case BecauseGate:
		return "前置规则已经决定，没有查问答库。"
	case BecauseSame:
		return "问题和一条问答的写法完全一样，直接回答。"
	case BecauseSure:
		return "第一条足够可靠，并且明显好过第二条，直接回答。"
	case BecausePart:
		return "整句话不够明确，但其中一部分单独看足够可靠，回答这一部分。"
	case BecauseSeveral:
		return "一句话里问了几件事，一件一件回答。"
	case BecauseUnsure:
		return "第一条不够可靠，请群众自己选。"
	case BecauseClose:
		return "前两条太接近，请群众自己选。"
	case BecauseConflict:
		return "问题里说的情况和第一条适用的情况不同，请群众自己选。"
	case BecauseSplit:
		return "前两条适用于不同情况，问题里没有说是哪一种，请群众自己选。"
	case BecauseBare:
		return "没有说是哪一件事，请群众自己选。"
	case BecauseElsewhere:
		return "问题说的事归别的单位管，第一条问答说的不是这件事。"
	case BecauseEmpty:
		return "没有可以查的文字。"
	case BecauseNothing:
		return "问答库里没有一条和它有共同之处。"
	case BecauseUnrelated:
		return "问题像是和问答库无关，不回答。"
	case BecauseAlone:
		return "只有一条沾边，又不够可靠，不回答。"
	case BecauseOther:
	}
	return "由上下文决定。"
}

// Explanation tells how a decision came about.
type Explanation struct {
	Decision Decision
	Reason   Reason
	Readings []Take // the whole message first
	Limits   []Limit
}

// Limit is one threshold of the model.
type Limit struct {
	Name  string
	Value float64
}

// Role says what part of a message a reading is.
type Role string

// The roles of readings.
const (
	Whole Role = "whole"
	Focus Role = "focus" // the asking clauses of a long letter
	Part  Role = "part"  // one of several questions
)

// Take is one way a message was read, and what was found for it.
type Take struct {
	Role       Role
	Text       string
	Normalised string
	Mended     string   // with characters that only sound right put right
	Concepts   []string // of the surer of the two, which decided
	Slots      []string // the same
	Confidence float64  // that the first candidate is right
	Ours       float64  // that the subject is one of the library's
	Evidence   []Contribution
	Candidates []Weighed
	Obstacles  []Reason // to answering with the first candidate
}

// Weighed is a candidate with what its score was made of.
type Weighed struct {
	Entry    string
	Question string
	Score    float64
	Features []Contribution // by weight, what was zero left out
}

// Contribution is one summand.
type Contribution struct {
	Name   string
	Value  float64
	Weight float64
}

// Product is what it adds.
func (c Contribution) Product() float64 { return c.Value * c.Weight }

// Explain tells how Match decides about text on the day of at.
func (m *Matcher) Explain(ctx context.Context, lib *Library, text string, at time.Time) (Explanation, error) {
	near := m.meant(ctx, lib, text)
	decision, _, err := m.match(ctx, lib, near, text, at)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Decision: decision, Limits: near.limits()}
	whole, err := m.reading(ctx, near, Whole, text, at)
	if err != nil {
		return Explanation{}, err
	}
	e.Readings = append(e.Readings, whole)
	rests := whole
	if asked, ok := focus(text); ok {
		r, err := m.reading(ctx, near, Focus, asked, at)
		if err != nil {
			return Explanation{}, err
		}
		e.Readings = append(e.Readings, r)
		if r.Confidence > whole.Confidence && r.agrees(&whole) {
			rests = r
		}
	}
	for _, q := range lib.several(text) {
		r, err := m.reading(ctx, lib, Part, q, at)
		if err != nil {
			return Explanation{}, err
		}
		e.Readings = append(e.Readings, r)
	}
	e.Reason = e.reason(&rests)
	return e, nil
}

func (r *Take) agrees(other *Take) bool {
	return len(other.Candidates) == 0 || r.Candidates[0].Entry == other.Candidates[0].Entry
}

// reading weighs one text and takes its figures apart.
func (m *Matcher) reading(ctx context.Context, lib *Library, role Role, text string, at time.Time) (Take, error) {
	r := Take{Role: role, Text: text, Normalised: lib.analyzer.Normalise(text), Mended: lib.Mended(text)}
	f, err := m.weigh(ctx, lib, text, at)
	if err != nil {
		return Take{}, err
	}
	for _, c := range f.asked.concepts {
		r.Concepts = append(r.Concepts, lib.analyzer.lexicon.names[c])
	}
	for _, s := range f.asked.slots {
		r.Slots = append(r.Slots, lib.analyzer.lexicon.slotName(s))
	}
	if len(f.scored) == 0 {
		if f.asked.Empty() {
			r.Obstacles = []Reason{BecauseEmpty}
		}
		return r, nil
	}
	r.Confidence, r.Ours, r.Obstacles = f.confidence, lib.ours(&f), lib.obstacles(text, &f)
	for s := range signal(signals) {
		r.Evidence = append(r.Evidence, Contribution{Name: s.String(), Value: f.evidence[s], Weight: lib.model.confidence[s]})
	}
	r.Evidence = append(r.Evidence, Contribution{Name: "bias", Value: 1, Weight: lib.model.bias})
	for i := range f.scored[:min(shownCandidates, len(f.scored))] {
		r.Candidates = append(r.Candidates, lib.weighed(&f.scored[i]))
	}
	return r, nil
}

// weighed takes a score apart. What the features do not explain is a rest.
func (l *Library) weighed(s *Scored) Weighed {
	w := Weighed{Entry: s.Entry, Question: l.entries[l.byID[s.Entry]].Question, Score: s.Score}
	rest := s.Score
	for f := range feature(features) {
		c := Contribution{Name: f.String(), Value: s.values[f], Weight: l.model.rank[f]}
		rest -= c.Product()
		if c.Product() != 0 {
			w.Features = append(w.Features, c)
		}
	}
	slices.SortStableFunc(w.Features, func(a, b Contribution) int {
		return cmp.Compare(math.Abs(b.Product()), math.Abs(a.Product()))
	})
	if math.Abs(rest) > tolerated {
		w.Features = append(w.Features, Contribution{Name: "rest", Value: rest, Weight: 1})
	}
	return w
}

// obstacles is what speaks against answering with the first entry, as decide
// and decideAlone see it.
func (l *Library) obstacles(text string, f *finding) []Reason {
	t, top := &l.model.thresholds, &f.scored[0]
	verbatim := top.values[exact] == 1
	var found []Reason
	for _, o := range [...]struct {
		reason Reason
		holds  bool
	}{
		{BecauseUnsure, f.confidence < t.Answer},
		{BecauseClose, len(f.scored) > 1 && top.Score-f.scored[1].Score < t.Margin},
		{BecauseConflict, top.values[slotConflict] != 0},
		{BecauseSplit, l.splits(f.scored)},
		{BecauseElsewhere, !verbatim && l.Elsewhere(text, top.Entry)},
		{BecauseBare, !verbatim && (l.bare(text) || drones(text))},
	} {
		if o.holds {
			found = append(found, o.reason)
		}
	}
	return found
}

// reason names why the decision is what it is. r is the reading it rests on,
// unless it rests on parts.
func (e *Explanation) reason(r *Take) Reason {
	switch {
	case e.Decision.Kind == Answer && len(e.Decision.More) > 0:
		return BecauseSeveral
	case e.Decision.Kind == Answer && len(r.Obstacles) == 0 && r.verbatim():
		return BecauseSame
	case e.Decision.Kind == Answer && len(r.Obstacles) == 0:
		return BecauseSure
	case e.Decision.Kind == Answer:
		return BecausePart
	case e.Decision.Kind == Clarify && len(r.Obstacles) > 0:
		return r.Obstacles[0]
	case slices.Contains(r.Obstacles, BecauseElsewhere):
		return BecauseElsewhere
	case slices.Contains(r.Obstacles, BecauseEmpty):
		return BecauseEmpty
	case len(r.Candidates) == 0:
		return BecauseNothing
	case r.Ours < limitOf(e.Limits, "clarify"):
		return BecauseUnrelated
	case e.Decision.Kind == None:
		return BecauseAlone
	}
	return BecauseOther
}

func (r *Take) verbatim() bool {
	return len(r.Candidates) > 0 && slices.ContainsFunc(r.Candidates[0].Features, func(c Contribution) bool { return c.Name == exact.String() && c.Value == 1 })
}

func (l *Library) limits() []Limit {
	t := l.model.thresholds
	return []Limit{{"answer", t.Answer}, {"margin", t.Margin}, {"clarify", t.Clarify}, {"near", t.Near}, {"related", t.Related}}
}

func limitOf(limits []Limit, name string) float64 {
	i := slices.IndexFunc(limits, func(l Limit) bool { return l.Name == name })
	return limits[i].Value
}

// slotName is the plainest word for a slot value: the shortest, and of several
// the first in order.
func (l *lexicon) slotName(c concept) string {
	best := ""
	for _, list := range l.slots {
		for _, p := range list {
			if w := string(p.text); p.concept() == c && (best == "" || len(w) < len(best) || len(w) == len(best) && strings.Compare(w, best) < 0) {
				best = w
			}
		}
	}
	return best
}
