package signal

import (
	"math"
	"slices"
	"time"
)

// Sighting is a letter as a watch for surges sees it.
type Sighting struct {
	ID    string
	At    time.Time
	About *Text  // its title, or how it begins
	Group string // category and district, or nothing
}

// Surge is more letters about one matter than its own past lets expect.
type Surge struct {
	Letters  []string      // of the window, oldest first; the last one raised it
	Group    string        // where a category in a district is written about too much, and not one matter
	Window   time.Duration // in which they came
	Expected float64       // how many its past lets expect beside the last
	Chance   float64       // of as many, or more, without a reason
}

const (
	day      = 24 * time.Hour
	week     = 7 * day
	quiet    = 4 * week  // after which a matter may surge again
	yearAgo  = 52 * week // to the same day of the week
	recalled = yearAgo + 2*quiet

	alike      = 0.33   // kinship from which two letters tell of one matter
	fewest     = 3      // letters beside the last one
	neighbours = 60     // looked at for one letter
	chance     = 0.0005 // at which one window raises a surge
	few        = 0.5    // letters a past is thought to hold beside those it holds
	rare       = 250    // among so many: one in five hundred, for a matter nothing is known of
)

// windows are looked at for each letter.
func windows() []time.Duration { return []time.Duration{3 * day, week, 2 * week, 4 * week} }

// Surges watches letters in the order they come and tells when a matter, or a
// category in a district, is written about more than its own past lets expect.
// It knows nothing of what comes later.
//
// Letters are near where the rare pairs of characters of their titles are the
// same ([Index]). For each new letter those near it are counted in windows of 3,
// 7, 14 and 28 days, and before. The past is a rate by letter and not by day:
// which share of all letters was about the matter. Weekdays, holidays and
// seasons in which more is written of everything thereby raise no surge; for
// what has a season of its own the same weeks a year before are a second past,
// and the higher of the two rates counts. The rate has a Gamma prior, so the
// count to come is negative binomial (a Poisson with an uncertain rate, as the
// surveillance of diseases does it: Farrington 1996, Noufaily 2013). A surge is
// raised where as many letters or more have a chance below 0.0005 in one of the
// windows: for letters written independently at most 2 in a thousand, and as many again for
// groups.
// Letters that tell of a matter already raised join it in silence until four
// weeks have passed without any.
//
// Surges is not safe for concurrent use.
type Surges struct {
	index  *Index
	times  []time.Time // of all letters
	seen   map[string]seen
	groups map[string][]named
	raised map[string]time.Time // a group was raised
	matter int                  // how many were raised
}

// seen is what is kept of a letter.
type seen struct {
	at     time.Time
	matter int // that it belongs to; 0: none was raised
}

// named is a letter and its time.
type named struct {
	id string
	at time.Time
}

// NewSurges returns a watch that has seen nothing. The key should be drawn by
// chance.
func NewSurges(key uint64) *Surges {
	return &Surges{
		index: NewIndex(key), seen: map[string]seen{}, groups: map[string][]named{}, raised: map[string]time.Time{},
	}
}

// Watch takes in the next letter and returns what it raises: nothing, a matter,
// a group, or both. A letter seen before, or older than the one before it,
// changes nothing.
func (s *Surges) Watch(l Sighting) []Surge {
	if _, known := s.seen[l.ID]; known || len(s.times) > 0 && l.At.Before(s.times[len(s.times)-1]) {
		return nil
	}
	var raised []Surge
	near := s.near(&l)
	matter, known := s.known(near, l.At)
	if !known {
		if found, ok := s.judge(near, l, rare); ok {
			s.matter++
			matter = s.matter
			for _, id := range found.Letters[:len(found.Letters)-1] {
				s.seen[id] = seen{s.seen[id].at, matter}
			}
			raised = append(raised, found)
		}
	}
	if found, ok := s.group(l); ok {
		raised = append(raised, found)
	}
	s.index.Add(l.ID, l.At, l.About)
	s.seen[l.ID], s.times = seen{l.At, matter}, append(s.times, l.At)
	return raised
}

// near lists the letters that tell of the matter of l, oldest first.
func (s *Surges) near(l *Sighting) []named {
	var out []named
	for _, n := range s.index.kin(l.About, s.index.Near(l.ID, l.About, neighbours)) {
		if n.Share >= alike {
			out = append(out, named{n.ID, s.seen[n.ID].at})
		}
	}
	slices.SortStableFunc(out, func(a, b named) int { return a.at.Compare(b.at) })
	return out
}

// kin gives each near letter, instead of the share, the part of what it and a
// short text tell together that both tell, rare terms counting most. A letter
// with few and common words is part of many others and kin of none.
func (x *Index) kin(t *Text, near []Near) []Near {
	x.mu.RLock()
	defer x.mu.RUnlock()
	terms := x.mixed(t)
	told := func(term uint32) float64 { return x.rarity(term) * x.rarity(term) }
	var mine float64
	for _, term := range terms {
		mine += told(term)
	}
	for i, n := range near {
		var other, both float64
		for _, term := range x.sketches[x.place[n.ID]] {
			other += told(term)
			if _, ok := slices.BinarySearch(terms, term); ok {
				both += told(term)
			}
		}
		near[i].Share = ratio(both, math.Sqrt(mine*other))
	}
	return near
}

// known is the matter that at least half of the near letters of the last weeks
// belong to, if one was raised.
func (s *Surges) known(near []named, at time.Time) (matter int, known bool) {
	votes := map[int]int{}
	recent := near[since(near, at.Add(-quiet)):]
	for _, n := range recent {
		m := s.seen[n.id].matter
		if votes[m]++; m > 0 && 2*votes[m] >= len(recent) {
			matter = m
		}
	}
	return matter, matter > 0
}

// group judges the category and district of l, once it has a past: no group is
// rare by nature.
func (s *Surges) group(l Sighting) (Surge, bool) {
	if l.Group == "" {
		return Surge{}, false
	}
	before := s.groups[l.Group]
	s.groups[l.Group] = append(before, named{l.ID, l.At})
	if since, ok := s.raised[l.Group]; ok && l.At.Sub(since) <= quiet || len(s.times) == 0 || l.At.Sub(s.times[0]) < 2*quiet {
		return Surge{}, false
	}
	found, ok := s.judge(before, l, 1)
	if ok {
		found.Group, s.raised[l.Group] = l.Group, l.At
	}
	return found, ok
}

// judge compares the windows before l with what the letters before them let
// expect, and returns the least likely one. Among says how many letters beside
// those there are the past is thought to hold.
func (s *Surges) judge(like []named, l Sighting, among float64) (Surge, bool) {
	best := Surge{Chance: chance}
	for _, w := range windows() {
		inside := like[since(like, l.At.Add(-w)):]
		if len(inside) < fewest {
			continue
		}
		heard, all := s.expect(like, l.At, w, among)
		coming := float64(s.between(l.At.Add(-w), l.At))
		if p := tail(len(inside), heard, all/(all+coming)); p < best.Chance {
			best = Surge{Window: w, Expected: heard / all * coming, Chance: p}
			for _, n := range inside {
				best.Letters = append(best.Letters, n.id)
			}
			best.Letters = append(best.Letters, l.ID)
		}
	}
	return best, len(best.Letters) > 0
}

// expect is the rate of like letters before a window that ends at: so many of so
// many. It is that of the same weeks a year ago where that is higher and rests on
// letters: a year nothing is known of is no season.
func (s *Surges) expect(like []named, at time.Time, w time.Duration, among float64) (heard, all float64) {
	rate := func(from, to time.Time) (float64, float64) {
		return few + float64(since(like, to)-since(like, from)), among + float64(s.between(from, to))
	}
	heard, all = rate(time.Time{}, at.Add(-w))
	if h, a := rate(at.Add(-yearAgo-w), at.Add(w-yearAgo)); h >= few+fewest && h*all > heard*a {
		return h, a
	}
	return heard, all
}

// since is the place of the first letter at or after t.
func since(like []named, t time.Time) int {
	i, _ := slices.BinarySearchFunc(like, t, func(n named, t time.Time) int { return n.at.Compare(t) })
	return i
}

// between counts the letters of all kinds from a time on, before another.
func (s *Surges) between(from, to time.Time) int {
	i, _ := slices.BinarySearchFunc(s.times, from, time.Time.Compare)
	j, _ := slices.BinarySearchFunc(s.times, to, time.Time.Compare)
	return j - i
}

// tail is the chance of n or more of a negative binomial of shape r, where each
// is the last with probability p.
func tail(n int, r, p float64) float64 {
	term := math.Pow(p, r) // the chance of none
	below := 0.0
	for k := range n {
		below += term
		term *= (float64(k) + r) / float64(k+1) * (1 - p)
	}
	return max(0, 1-below)
}

// Forget drops what counts no more at a time.
func (s *Surges) Forget(at time.Time) {
	before := at.Add(-recalled)
	s.index.Forget(before)
	for id, l := range s.seen {
		if l.at.Before(before) && !s.index.Knows(id) {
			delete(s.seen, id)
		}
	}
	i, _ := slices.BinarySearchFunc(s.times, before, time.Time.Compare)
	s.times = slices.Clone(s.times[i:])
	for g, list := range s.groups {
		if list = slices.Clone(list[since(list, before):]); len(list) == 0 {
			delete(s.groups, g)
		} else {
			s.groups[g] = list
		}
	}
}
