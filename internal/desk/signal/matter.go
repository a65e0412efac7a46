package signal

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// weighted is a term and how much it says about a text or a matter.
type weighted struct {
	term   uint32
	weight float64
}

// matter is what some letters tell about.
type matter struct {
	terms   []weighted  // of all its letters together, ascending
	length  float64     // of terms as a vector
	letters []told      // oldest first
	voices  []time.Time // of letters that repeat no other
	raised  time.Time   // when it was last unusual; zero: never
}

// told is a letter of a matter.
type told struct {
	id     string
	at     time.Time
	writer string
	sketch []uint32 // of its whole text, ascending; nil: not known
}

// matters sorts letters by what they tell about: each joins the matter its words
// are closest to, by the cosine between the rare terms of both, or begins a new
// one. The words of a matter are those of all its letters, so that what they have
// in common counts and what one of them adds does not.
type matters struct {
	words   vocabulary
	list    []*matter
	holders map[uint32][]int32 // places in list
	shared  []float64          // by place; all nought between two looks
}

func newMatters(key uint64) *matters {
	return &matters{words: newVocabulary(key), holders: map[uint32][]int32{}}
}

// join finds the matter of a text, or begins one. What people wrote is compared
// as it stands: words of the trade that stand for others would blur what has no
// entry in the library.
func (m *matters) join(t *Text) *matter {
	terms := m.words.mixed(t.Plain, nil)
	text := m.words.weigh(terms)
	found := m.closest(text)
	if found < 0 {
		found = len(m.list)
		m.list, m.shared = append(m.list, &matter{}), append(m.shared, 0)
	}
	for _, term := range m.list[found].add(text) {
		m.holders[term] = append(m.holders[term], int32(found)) //nolint:gosec // far below 2^31 matters
	}
	m.words.learn(terms)
	return m.list[found]
}

// closest is the place of the matter a text belongs to, or -1. Only matters that
// can come close enough are compared: the cosine of a text of length one is at
// most the length of what it shares, so neither the commonest terms, which
// together are too short, nor matters with few of the others need a look.
func (m *matters) closest(text []weighted) int {
	rare := slices.SortedFunc(slices.Values(text), func(a, b weighted) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.term, b.term))
	})
	skipped := 0.0
	for len(rare) > 0 && skipped+rare[0].weight*rare[0].weight < alike*alike {
		skipped += rare[0].weight * rare[0].weight
		rare = rare[1:]
	}
	best, place := alike, -1
	for _, at := range m.sharing(rare) {
		most := m.shared[at] + skipped
		if m.shared[at] = 0; most < best*best {
			continue
		}
		if c := m.list[at].cosine(text); c > best || c == best && (place < 0 || int(at) < place) {
			best, place = c, int(at)
		}
	}
	return place
}

// sharing lists the matters that hold some of the words, and leaves in m.shared
// how much of the text those are.
func (m *matters) sharing(words []weighted) []int32 {
	var touched []int32
	for _, w := range words {
		for _, at := range m.holders[w.term] {
			if m.shared[at] == 0 {
				touched = append(touched, at)
			}
			m.shared[at] += w.weight * w.weight
		}
	}
	return touched
}

// cosine is how close a text of length one comes to m.
func (m *matter) cosine(text []weighted) float64 {
	var sum float64
	for _, w := range text {
		if i, ok := slices.BinarySearchFunc(m.terms, w.term, byTerm); ok {
			sum += w.weight * m.terms[i].weight
		}
	}
	return ratio(sum, m.length)
}

// add puts the words of one more letter in, and returns those that are new.
func (m *matter) add(text []weighted) (fresh []uint32) {
	terms := make([]weighted, 0, len(m.terms)+len(text))
	old := m.terms
	for _, w := range text {
		n, known := slices.BinarySearchFunc(old, w.term, byTerm)
		terms = append(terms, old[:n]...)
		if old = old[n:]; known {
			w.weight += old[0].weight
			old = old[1:]
		} else {
			fresh = append(fresh, w.term)
		}
		terms = append(terms, w)
	}
	m.terms = append(terms, old...)
	m.length = norm(m.terms)
	return fresh
}

func byTerm(w weighted, term uint32) int { return cmp.Compare(w.term, term) }

func norm(terms []weighted) float64 {
	var sum float64
	for _, w := range terms {
		sum += w.weight * w.weight
	}
	return math.Sqrt(sum)
}

// read keeps of a letter what tells whether another one repeats it: of the numbers
// of its terms, which are as good as drawn by chance, the lowest.
func (v *vocabulary) read(l *Sighting) told {
	t := told{id: l.ID, at: l.At, writer: l.Writer}
	if l.Whole != nil {
		terms := v.mixed(l.Whole.Plain, nil)
		t.sketch = slices.Clone(terms[:min(len(terms), sketchSize)])
	}
	return t
}

// repeats reports whether a letter is by a writer of another one of the last
// weeks, or says the same.
func (m *matter) repeats(now *told) bool {
	return slices.ContainsFunc(m.since(now.at.Add(-quiet)), func(l told) bool {
		return l.writer != "" && l.writer == now.writer || resembles(l.sketch, now.sketch)
	})
}

// tell adds a letter, which is a voice unless it is an echo of another one.
func (m *matter) tell(now told, echo bool) {
	m.letters = append(m.letters, now)
	if !echo {
		m.voices = append(m.voices, now.at)
	}
}

// resembles reports whether most of what two texts say together both say, as far
// as their sketches tell. Two that do not are told apart after a few terms.
func resembles(a, b []uint32) bool {
	const misses = sketchSize - sketchSize*resembling/100
	both, all := 0, 0
	for len(a) > 0 && len(b) > 0 && all < sketchSize && all-both <= misses {
		switch all++; cmp.Compare(a[0], b[0]) {
		case -1:
			a = a[1:]
		case 1:
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
			both++
		}
	}
	all = min(all+len(a)+len(b), max(all, sketchSize))
	return both > 0 && 100*both >= resembling*all
}

// since lists the letters from a time on.
func (m *matter) since(t time.Time) []told {
	i, _ := slices.BinarySearchFunc(m.letters, t, func(l told, t time.Time) int { return l.at.Compare(t) })
	return m.letters[i:]
}

// forget drops letters before a time, and of those before a later one what would
// tell of a repetition.
func (m *matter) forget(before, recent time.Time) {
	m.letters = slices.DeleteFunc(m.letters, func(l told) bool { return l.at.Before(before) })
	m.voices = slices.DeleteFunc(m.voices, func(t time.Time) bool { return t.Before(before) })
	for i := range m.letters {
		if l := &m.letters[i]; l.at.Before(recent) {
			l.writer, l.sketch = "", nil
		}
	}
}

// forget does so for all matters, and drops those that have no letters left.
func (m *matters) forget(before, recent time.Time) {
	m.holders = map[uint32][]int32{}
	m.list = slices.DeleteFunc(m.list, func(a *matter) bool {
		a.forget(before, recent)
		return len(a.letters) == 0
	})
	m.shared = make([]float64, len(m.list))
	for at, a := range m.list {
		for _, w := range a.terms {
			m.holders[w.term] = append(m.holders[w.term], int32(at))
		}
	}
}
