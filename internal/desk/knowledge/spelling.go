package knowledge

import (
	"maps"
	"math"
	"slices"
)

// spelling knows which characters and neighbours the library writes. It reads
// pinyin as characters and mends characters that only sound right, each into
// what the library would have written.
type spelling struct {
	readings *readings
	chars    map[rune]int
	pairs    map[[2]rune]int
	homes    map[syllable][]rune // the library's characters by how they are read
	latin    map[string]bool     // runs of letters the library writes itself

	numbers map[rune]int32 // of chars, from 1, when all is learnt; 0 is a character not among them
	ease    []float64      // by number: what choosing the character takes off the cost
	next    [][]neighbour  // by number: who stands after it, in no order
}

// neighbour is a character that stands after another one.
type neighbour struct {
	number   int32
	affinity float64 // how readily they stand side by side
}

func newSpelling(r *readings) *spelling {
	return &spelling{
		readings: r, chars: map[rune]int{}, pairs: map[[2]rune]int{},
		homes: map[syllable][]rune{}, latin: map[string]bool{},
	}
}

// learn takes in one normalised text.
func (s *spelling) learn(rs []rune) {
	for i, r := range rs {
		if n := latinRun(rs[i:]); n > 0 && (i == 0 || latinRun(rs[i-1:]) == 0) {
			s.latin[string(rs[i:i+n])] = true
		}
		y := s.readings.read(r)
		if y == 0 {
			continue
		}
		if s.chars[r]++; s.chars[r] == 1 {
			s.homes[y] = append(s.homes[y], r)
		}
		if i+1 < len(rs) && s.readings.read(rs[i+1]) != 0 {
			s.pairs[[2]rune{r, rs[i+1]}]++
		}
	}
}

// settle ends the learning: what was counted is turned into costs once, and not
// for every question.
func (s *spelling) settle() {
	const own = 0.3
	s.numbers = make(map[rune]int32, len(s.chars))
	s.ease = append(make([]float64, 0, len(s.chars)+1), 0)
	for _, r := range slices.Sorted(maps.Keys(s.chars)) {
		s.numbers[r] = int32(len(s.ease)) //nolint:gosec // see NewLibrary
		s.ease = append(s.ease, own*math.Log1p(float64(s.chars[r])))
	}
	s.next = make([][]neighbour, len(s.ease))
	for pair, n := range s.pairs {
		a := s.numbers[pair[0]]
		s.next[a] = append(s.next[a], neighbour{number: s.numbers[pair[1]], affinity: 2 + math.Log1p(float64(n))})
	}
	s.pairs = nil
}

// slot is one place of a text being mended: what may stand there.
type slot struct {
	typed  rune   // as typed; 0 if typed in pinyin
	spaced bool   // a blank stood before it
	others []rune // what sounds the same
}

// mend reads normalised text as the library would write it.
func (s *spelling) mend(normal string) string {
	const longest = 400 // what is longer was hardly typed in pinyin, and is not short of words
	rs := []rune(normal)
	if len(rs) > longest {
		return normal
	}
	slots := s.slots(rs)
	out := make([]rune, 0, len(slots))
	for from := 0; from < len(slots); {
		to := from + 1
		for to < len(slots) && !slots[to].spaced {
			to++
		}
		if from > 0 {
			out = append(out, ' ')
		}
		out = append(out, s.likeliest(slots[from:to])...)
		from = to
	}
	return string(out)
}

// slots lists the places of a text. A run of letters that spells syllables is
// one place for each of them, and blanks between such runs vanish.
func (s *spelling) slots(rs []rune) []slot {
	var out []slot
	spaced, spelt := false, false
	for i := 0; i < len(rs); {
		if rs[i] == ' ' {
			spaced = true
			i++
			continue
		}
		n := latinRun(rs[i:])
		if ys, ok := s.pinyin(rs[i : i+n]); ok {
			for k, y := range ys {
				out = append(out, slot{others: s.candidates(y), spaced: k == 0 && spaced && !spelt && len(out) > 0})
			}
			i, spaced, spelt = i+n, false, true
			continue
		}
		for k := range max(n, 1) {
			p := slot{typed: rs[i+k], spaced: k == 0 && spaced && !spelt && len(out) > 0}
			if y := s.readings.read(p.typed); y != 0 {
				p.others = s.homes[y]
			}
			out = append(out, p)
		}
		i, spaced, spelt = i+max(n, 1), false, false
	}
	return out
}

// pinyin splits a run of letters, unless the library or the trade writes it so.
func (s *spelling) pinyin(run []rune) ([]syllable, bool) {
	if len(run) < 2 || s.latin[string(run)] {
		return nil, false
	}
	return s.readings.split(string(run))
}

// candidates are the characters the library writes for a syllable.
func (s *spelling) candidates(y syllable) []rune {
	if home := s.homes[y]; len(home) > 0 {
		return home
	}
	return []rune{' '}
}

// state is one choice for one place, with the cheapest way to it.
type state struct {
	r      rune
	number int32
	cost   float64
	from   int // state of the place before
}

// likeliest picks one character for each place (Viterbi over neighbours).
func (s *spelling) likeliest(slots []slot) []rune {
	columns := make([][]state, len(slots))
	places := make([]int, len(s.ease))
	for i, p := range slots {
		columns[i] = s.choices(p)
		if i > 0 {
			s.connect(columns[i-1], columns[i], places)
		}
	}
	at, last := 0, columns[len(columns)-1]
	for k := range last {
		if last[k].cost < last[at].cost {
			at = k
		}
	}
	out := make([]rune, len(slots))
	for i := len(slots) - 1; i >= 0; i-- {
		out[i] = columns[i][at].r
		at = columns[i][at].from
	}
	return out
}

// choices are what may stand in a place. Changing what was typed has a price
// that known neighbours must outweigh.
func (s *spelling) choices(p slot) []state {
	const change = 5.5
	out := make([]state, 0, 1+len(p.others))
	if p.typed != 0 {
		n := s.numbers[p.typed]
		out = append(out, state{r: p.typed, number: n, cost: -s.ease[n]})
	}
	for _, r := range p.others {
		if r == p.typed {
			continue
		}
		n := s.numbers[r]
		c := state{r: r, number: n, cost: -s.ease[n]}
		if p.typed != 0 {
			c.cost += change
		}
		out = append(out, c)
	}
	return out
}

// connect finds the cheapest way from the states of one place to the next. In
// places, which is all zero before and after, it notes where here a character
// stands.
func (s *spelling) connect(before, here []state, places []int) {
	for k := range here {
		places[here[k].number] = k + 1
	}
	best, affinity := make([]float64, len(here)), make([]float64, len(here))
	for f := range before {
		clear(affinity)
		for _, n := range s.next[before[f].number] {
			if k := places[n.number]; k > 0 {
				affinity[k-1] = n.affinity
			}
		}
		for k := range here {
			if c := before[f].cost - affinity[k]; f == 0 || c < best[k] {
				best[k], here[k].from = c, f
			}
		}
	}
	for k := range here {
		here[k].cost += best[k]
		places[here[k].number] = 0
	}
}

// Mended is the question as the library reads it, for editors.
func (l *Library) Mended(text string) string {
	return l.spelling.mend(l.analyzer.Normalise(text))
}
