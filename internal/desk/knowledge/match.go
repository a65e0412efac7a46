package knowledge

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Scored is one entry compared with a question.
type Scored struct {
	Entry string
	Score float64 // ours; comparable between entries of one question

	values vector
	slots  []concept
	beside float64 // what of the things asked about its own question does not speak of
}

// Features names what the score was made of, for editors.
func (s *Scored) Features() map[string]float64 {
	m := make(map[string]float64, features)
	for f := range feature(features) {
		m[f.String()] = s.values[f]
	}
	return m
}

// Matcher decides which entry, if any, answers a question.
type Matcher struct {
	index   Index
	meaning Embedder // may be nil
}

// NewMatcher returns a matcher that takes its candidates from index. Scores
// and decisions are its own: they do not depend on the engine.
func NewMatcher(index Index) *Matcher { return &Matcher{index: index} }

// Match decides what to say to text on the day of at, and lists the entries
// compared, best first. Only entries of lib that answer on that day count.
// The decision is Answer, Clarify or None; None carries no answer, because its
// wording is not the library's.
func (m *Matcher) Match(ctx context.Context, lib *Library, text string, at time.Time) (Decision, []Scored, error) {
	return m.match(ctx, lib, m.meant(ctx, lib, text), text, at)
}

// match is Match where near is lib, or lib as far as it is known how near its
// entries are to text in meaning. The parts of a message are other texts: of
// them that is not known.
func (m *Matcher) match(ctx context.Context, lib, near *Library, text string, at time.Time) (Decision, []Scored, error) {
	decision, scored, err := m.single(ctx, near, text, at)
	if err != nil {
		return Decision{}, nil, err
	}
	if questions := lib.several(text); len(questions) > 1 {
		if decision, err = m.each(ctx, lib, questions, at, decision); err != nil {
			return Decision{}, nil, err
		}
	}
	return decision, scored, nil
}

// single takes text for one question.
func (m *Matcher) single(ctx context.Context, lib *Library, text string, at time.Time) (Decision, []Scored, error) {
	best, err := m.weigh(ctx, lib, text, at)
	if err != nil {
		return Decision{}, nil, err
	}
	if asked, ok := focus(text); ok {
		focused, err := m.weigh(ctx, lib, asked, at)
		if err != nil {
			return Decision{}, nil, err
		}
		if focused.confidence > best.confidence && focused.agrees(&best) {
			best = focused
		}
	}
	return lib.decideAlone(text, &best), best.scored, nil
}

// finding is one reading of a message with what was found for it.
type finding struct {
	asked      asked
	scored     []Scored
	evidence   evidence
	confidence float64
}

// agrees reports whether two readings of a message lead to the same entry, or
// other found none. Where they differ, a part of the message alone proves
// nothing.
func (f *finding) agrees(other *finding) bool {
	return len(other.scored) == 0 || f.scored[0].Entry == other.scored[0].Entry
}

// candidates is how many entries the index is asked for.
const candidates = 80

// weigh compares text with the candidates of the index: as it was typed, and
// as the library would have written it. The reading that is surer counts:
// mending what was typed right only takes away from it.
func (m *Matcher) weigh(ctx context.Context, lib *Library, text string, at time.Time) (finding, error) {
	typed := lib.analyzer.Normalise(text)
	f, err := m.read(ctx, lib, typed, at)
	if err != nil {
		return finding{}, err
	}
	if mended := lib.spelling.mend(typed); mended != typed {
		other, err := m.read(ctx, lib, mended, at)
		if err != nil {
			return finding{}, err
		}
		if other.confidence > f.confidence {
			f = other
		}
	}
	return f, nil
}

// read compares one reading, which is normalised, with the candidates.
func (m *Matcher) read(ctx context.Context, lib *Library, reading string, at time.Time) (finding, error) {
	q := lib.asked(lib.analyzer.analyse(reading))
	if q.Empty() {
		return finding{}, nil
	}
	found, err := m.index.Search(ctx, reading, candidates)
	if err != nil {
		return finding{}, fmt.Errorf("knowledge: candidates: %w", err)
	}
	f := finding{asked: q, scored: lib.rank(&q, lib.alsoNear(found), at)}
	if len(f.scored) > 0 {
		f.evidence = lib.model.evidence(&q, f.scored)
		f.confidence = lib.confidence(f.scored, f.evidence)
	}
	return f, nil
}

// rank scores the candidates that may answer on the day of at.
func (l *Library) rank(q *asked, found []Candidate, at time.Time) []Scored {
	type place struct {
		entry int32
		at    int // among those compared
		score float64
	}
	compared, places := make([]Scored, 0, len(found)), make([]place, 0, len(found))
	confirmed := l.popular.Load()
	beside := l.beside(q)
	defer beside.end()
	for _, c := range found {
		i, ok := l.byID[c.Entry]
		if !ok || !l.entries[i].Answers(at) {
			continue
		}
		whole := beside.whole(i)
		if confirmed != nil {
			whole[popular] = (*confirmed)[i]
		}
		if l.near != nil {
			whole[inMeaning] = l.near[i]
		}
		s := beside.entry(i, &whole)
		compared, places = append(compared, s), append(places, place{i, len(places), s.Score})
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.entry, b.entry)) })
	scored := make([]Scored, len(places))
	for i, p := range places {
		scored[i] = compared[p.at]
	}
	return scored
}

// entry takes the question or variant of the entry that fits best; whole is how
// the entry as a whole compares.
func (c *comparison) entry(i int32, whole *vector) Scored {
	l := c.library
	best := Scored{Entry: l.entries[i].ID}
	title := c.question(l.first[i])
	best.beside = title[objectMissing]
	for n := l.first[i]; n < l.first[i+1]; n++ {
		v := title
		if n > l.first[i] {
			v = c.question(n)
		}
		v.complete(&title, whole)
		if s := l.model.score(&v); n == l.first[i] || s > best.Score {
			best.Score, best.values, best.slots = s, v, l.questions[n].slots
		}
	}
	return best
}

// complete takes over what is measured against the entry's own question, for
// variants stray into what others are about, and against the entry as a whole.
func (v *vector) complete(title, whole *vector) {
	v[charTitle], v[titleSlot] = title[charTitle], title[titleSlot]
	for _, f := range [...]feature{charEntry, subjectEntry, loss, keyword, answerText, popular, inMeaning} {
		v[f] = whole[f]
	}
}

// evidence gathers what tells whether the first entry is right.
func (m *Model) evidence(q *asked, scored []Scored) evidence {
	const farthest, longest, most = 12, 40, 4
	e := evidence{
		first:       math.Log1p(max(0, scored[0].Score)),
		margin:      math.Log1p(farthest),
		length:      math.Log1p(float64(min(len(q.symbols), longest))) / math.Log1p(longest),
		concepts:    float64(min(len(q.concepts), most)) / most,
		sameSubject: scored[0].values[subjectDice], elsewhere: scored[0].beside, otherThing: scored[0].values[objectExtra],
		inTitle: scored[0].values[charTitle], inPairs: scored[0].values[pairEntry],
		meantFirst: scored[0].values[inMeaning],
	}
	if len(scored) > 1 {
		e[margin] = math.Log1p(min(farthest, scored[0].Score-scored[1].Score))
		nearest := 0.0
		for i := range scored[1:] {
			nearest = max(nearest, scored[i+1].values[inMeaning])
		}
		e[meantAhead] = max(0, scored[0].values[inMeaning]-nearest)
	}
	return e
}
