package knowledge

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Overlap is a pair of entries that citizens cannot easily tell apart: some
// ways to ask the one lead to the other.
type Overlap struct {
	Entry, Other string
	Ways         []string // to ask Entry that fit Other as well or better
	Of           int      // ways to ask Entry
}

// Overlaps finds the entries that answer on the day of at and overlap, the
// worst first. Each way to ask an entry is asked as if the entry did not have
// it; what fits another entry as well two times or more is an overlap.
func (m *Matcher) Overlaps(ctx context.Context, lib *Library, at time.Time) ([]Overlap, error) {
	const fewest = 2
	var found []Overlap
	for i := range lib.entries {
		e := &lib.entries[i]
		if !e.Answers(at) {
			continue
		}
		ways := append([]string{e.Question}, e.Variants...)
		led := map[string][]string{}
		for n, way := range ways {
			others, err := m.mistakenFor(ctx, lib, int32(i), n, way, at)
			if err != nil {
				return nil, err
			}
			for _, other := range others {
				led[other] = append(led[other], way)
			}
		}
		for other, ways := range led {
			if len(ways) >= fewest {
				found = append(found, Overlap{Entry: e.ID, Other: other, Ways: ways, Of: 1 + len(e.Variants)})
			}
		}
	}
	slices.SortFunc(found, func(a, b Overlap) int {
		return cmp.Or(cmp.Compare(len(b.Ways)*a.Of, len(a.Ways)*b.Of), cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Other, b.Other))
	})
	return found, nil
}

// mistakenFor lists the entries that the n-th way to ask an entry fits as well
// as what is left of the entry without it.
func (m *Matcher) mistakenFor(ctx context.Context, lib *Library, entry int32, n int, way string, at time.Time) ([]string, error) {
	f, err := m.read(ctx, lib, lib.analyzer.Normalise(way), at)
	if err != nil {
		return nil, err
	}
	own := lib.scoreWithout(&f.asked, entry, n)
	var others []string
	for i := range f.scored {
		if s := &f.scored[i]; lib.byID[s.Entry] != entry && s.Score >= own {
			others = append(others, s.Entry)
		}
	}
	return others, nil
}

// scoreWithout is the score of an entry that does not have its n-th question.
func (l *Library) scoreWithout(q *asked, i int32, n int) float64 {
	questions := slices.Clone(l.questions[l.first[i]:l.first[i+1]])
	if n < len(questions) && len(questions) > 1 {
		questions = slices.Delete(questions, n, n+1)
	}
	x := l.extras[i]
	x.chars, x.subjects = union(questions, Char), union(questions, Subject)
	whole, title := l.compareWhole(q, &x), l.compare(q, &questions[0])
	best := 0.0
	for k := range questions {
		v := l.compare(q, &questions[k])
		v.complete(&title, &whole)
		if s := l.model.score(&v); k == 0 || s > best {
			best = s
		}
	}
	return best
}
