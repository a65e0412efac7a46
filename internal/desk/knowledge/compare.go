package knowledge

import (
	"iter"
	"math/bits"
	"slices"
)

// postings say who holds each term: one list for every term, all in one array.
type postings struct {
	starts  []uint32 // by term number: where its holders begin; one more at the end
	holders []uint32 // ascending within a term
}

// invert makes postings of what each holder holds. The holders come in
// ascending order.
func invert(terms int, held iter.Seq2[int, []uint32]) postings {
	p := postings{starts: make([]uint32, terms+1)}
	for _, ts := range held {
		for _, t := range ts {
			p.starts[t+1]++
		}
	}
	for t := range terms {
		p.starts[t+1] += p.starts[t]
	}
	p.holders = make([]uint32, p.starts[terms])
	next := slices.Clone(p.starts)
	for holder, ts := range held {
		for _, t := range ts {
			p.holders[next[t]] = uint32(holder) //nolint:gosec // see NewLibrary
			next[t]++
		}
	}
	return p
}

func (p *postings) of(term uint32) []uint32 { return p.holders[p.starts[term]:p.starts[term+1]] }

// sharing is how much of a question somebody has, by the sort of what they
// share: weights added up.
type sharing [sorts]float32

// comparison is a question laid beside the whole library at once. What they
// share is gathered term by term from the postings, which takes a tenth of the
// time of comparing list with list.
type comparison struct {
	library   *Library
	asked     *asked
	questions []sharing // by question
	wholes    []sharing // by entry: with any of its questions and its key words
	answers   []sharing // by entry: with its answer
	places    []uint64  // by symbol number: where the question has the symbol, the first place in the lowest bit
}

// beside lays q beside the library. The comparison must be ended.
func (l *Library) beside(q *asked) *comparison {
	c, ok := l.comparisons.Get().(*comparison)
	if !ok {
		c = &comparison{
			questions: make([]sharing, len(l.questions)), wholes: make([]sharing, len(l.entries)), answers: make([]sharing, len(l.entries)),
			places: make([]uint64, len(l.symbols)+1),
		}
	}
	c.library, c.asked = l, q
	for sort, terms := range q.known {
		for _, t := range terms {
			w := l.weights[t]
			spread(c.questions, l.inQuestions.of(t), sort, w)
			spread(c.wholes, l.inEntries.of(t), sort, w)
			spread(c.answers, l.inAnswers.of(t), sort, w)
		}
	}
	for i, s := range q.symbols[:min(len(q.symbols), compared)] {
		c.places[l.symbols[s]] |= 1 << i
	}
	c.places[unknown] = 0
	return c
}

func spread(to []sharing, holders []uint32, sort int, weight float32) {
	for _, h := range holders {
		to[h][sort] += weight
	}
}

// end gives back what the comparison was made with.
func (c *comparison) end() {
	clear(c.questions)
	clear(c.wholes)
	clear(c.answers)
	for _, s := range c.asked.symbols[:min(len(c.asked.symbols), compared)] {
		c.places[c.library.symbols[s]] = 0
	}
	l := c.library
	c.library, c.asked = nil, nil
	l.comparisons.Put(c)
}

// question measures the question against the n-th known question.
func (c *comparison) question(n int32) vector {
	var v vector
	q, k, both := c.asked, &c.library.questions[n], &c.questions[n]
	v[charDice] = dice(both[Char], q.total[Char], k.sums[Char])
	v[charTitle] = ratio(both[Char], q.total[Char]) // of this text; the caller keeps that of the title
	v[pairEntry] = ratio(both[Pair], k.sums[Pair])
	v[soundQuestion] = ratio(both[Sound], q.total[Sound])
	v[subjectDice] = dice(both[Subject], q.total[Subject], k.sums[Subject])
	v[subjectQuestion] = ratio(both[Subject], q.total[Subject])
	c.library.compareConcepts(q, k, &v)
	c.library.compareSlots(q, k, &v)
	common := c.subsequence(k)
	v[order] = dice(float32(common), float32(len(q.symbols)), float32(k.length))
	v[orderQuestion] = ratio(float32(common), float32(len(q.symbols)))
	if common == len(q.symbols) && common == k.length && common > 0 {
		v[exact] = 1
	}
	return v
}

// whole measures the question against what the i-th entry says as a whole.
func (c *comparison) whole(i int32) vector {
	return c.library.compareWhole(c.asked, &c.wholes[i], &c.answers[i], c.library.subjects[i])
}

func (l *Library) compareWhole(q *asked, questions, answer *sharing, subjects []uint32) vector {
	var v vector
	v[charEntry] = ratio(questions[Char], q.total[Char])
	v[subjectEntry] = ratio(questions[Subject], q.total[Subject])
	v[loss] = l.loss(q, subjects)
	total := q.total[Pair] + q.total[Concept]
	v[keyword] = ratio(questions[Pair]+questions[Concept], total)
	v[answerText] = ratio(answer[Pair]+answer[Concept], total)
	return v
}

// loss is the weight of the most telling character that the question has and
// none of subjects is, as a share of the weight of a character nobody used.
func (l *Library) loss(q *asked, subjects []uint32) float64 {
	lost := q.strange
	for _, n := range q.telling {
		if _, found := slices.BinarySearch(subjects, n); !found {
			lost = max(lost, l.weights[n])
			break // the others tell less
		}
	}
	return ratio(lost, l.rare)
}

// compared is how many symbols of a text are compared in order, as many as fit
// a word: a rambling letter is compared by its beginning; its terms count in full.
const compared = 64

// unknown numbers the symbols that are in no question of the library.
const unknown = 0

// subsequence is the length of the longest common subsequence of the question
// and k: Hyyrö, "Bit-parallel LCS-length computation revisited", 2004. A bit of
// rows is 0 where one more symbol of the question finds its like.
func (c *comparison) subsequence(k *known) int {
	n := min(len(c.asked.symbols), compared)
	rows := ^uint64(0)
	for _, s := range k.symbols {
		like := rows & c.places[s]
		rows = (rows + like) | (rows - like)
	}
	return bits.OnesCount64(^rows << (compared - n))
}
