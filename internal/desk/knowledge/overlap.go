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
func (l *Library) scoreWithout(q *asked, i int32, without int) float64 {
	beside := l.beside(q)
	defer beside.end()
	numbers := make([]int32, 0, l.first[i+1]-l.first[i])
	for n := l.first[i]; n < l.first[i+1]; n++ {
		if int(n-l.first[i]) != without {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		numbers = append(numbers, l.first[i])
	}
	whole, title := beside.wholeOf(i, numbers), beside.question(numbers[0])
	best := 0.0
	for k, n := range numbers {
		v := beside.question(n)
		v.complete(&title, &whole)
		if s := l.model.score(&v); k == 0 || s > best {
			best = s
		}
	}
	return best
}

// wholeOf is whole for an entry that has only some of its questions.
func (c *comparison) wholeOf(i int32, numbers []int32) vector {
	l, both := c.library, c.wholes[i]
	questions := make([]known, len(numbers))
	for k, n := range numbers {
		questions[k] = l.questions[n]
	}
	subjects := union(questions, Subject)
	both[Char] = l.shared(c.asked.known[Char], union(questions, Char))
	both[Subject] = l.shared(c.asked.known[Subject], subjects)
	return l.compareWhole(c.asked, &both, &c.answers[i], subjects)
}

// shared adds up the weights of the terms that are also in held, which ascends.
func (l *Library) shared(terms, held []uint32) float32 {
	var sum float32
	for _, t := range terms {
		if _, found := slices.BinarySearch(held, t); found {
			sum += l.weights[t]
		}
	}
	return sum
}
