package signal

import (
	"math"
	"slices"
	"time"
)

// Sighting is a letter as a watch for surges sees it.
type Sighting struct {
	ID     string
	At     time.Time
	About  *Text  // its title, or how it begins
	Whole  *Text  // everything it says; nil: not known, it repeats no other
	Writer string // something that is the same for one person, or nothing
	Group  string // category and district, or nothing
}

// Surge is more letters about one matter than its own past lets expect.
type Surge struct {
	Letters  []string      // of the window, oldest first; the last one raised it
	Voices   int           // among them that are neither by a writer of another nor say the same as another
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

	alike      = 0.25   // cosine from which a letter tells of a matter
	resembling = 80     // percent from which one letter is another one again
	fewest     = 3      // voices beside the last one
	chance     = 0.0005 // at which one window raises a surge
	few        = 0.5    // voices a past is thought to hold beside those it holds
	rare       = 250    // among so many: one in five hundred, for a matter nothing is known of
)

// windows are looked at for each letter.
func windows() []time.Duration { return []time.Duration{3 * day, week, 2 * week, 4 * week} }

// Surges watches letters in the order they come and tells when a matter, or a
// category in a district, is written about more than its own past lets expect.
// It knows nothing of what comes later.
//
// Each letter joins the matter it is closest to. What counts are voices: who
// writes again, or sends a text others have sent, is heard once. For each new
// voice those of its matter are counted in windows of 3, 7, 14 and 28 days, and
// before. The past is a rate by letter and not by day: which share of all letters
// was about the matter. Weekdays, holidays and seasons in which more is written
// of everything thereby raise no surge; for what has a season of its own the same
// weeks a year before are a second past, and the higher of the two rates counts.
// The rate has a Gamma prior, so the count to come is negative binomial (a Poisson
// with an uncertain rate, as the surveillance of diseases does it: Farrington
// 1996, Noufaily 2013). A surge is raised where as many voices or more have a
// chance below 0.0005 in one of the windows: for letters written independently at
// most 2 in a thousand, and as many again for groups.
// One that was raised is raised again only after it has been as usual for four
// weeks.
//
// Surges is not safe for concurrent use.
type Surges struct {
	matters *matters
	groups  map[string]*matter
	times   []time.Time // of all letters
	seen    map[string]time.Time
}

// NewSurges returns a watch that has seen nothing. The key should be drawn by
// chance.
func NewSurges(key uint64) *Surges {
	return &Surges{matters: newMatters(key), groups: map[string]*matter{}, seen: map[string]time.Time{}}
}

// Watch takes in the next letter and returns what it raises: nothing, a matter,
// a group, or both. A letter seen before, or older than the one before it,
// changes nothing.
func (s *Surges) Watch(l Sighting) []Surge {
	if _, known := s.seen[l.ID]; known || len(s.times) > 0 && l.At.Before(s.times[len(s.times)-1]) {
		return nil
	}
	now := s.matters.words.read(&l)
	m := s.matters.join(l.About)
	echo := m.repeats(&now)
	var raised []Surge
	if found, ok := s.hear(m, now, echo, rare); ok {
		raised = append(raised, found)
	}
	if found, ok := s.hearGroup(l.Group, now, echo); ok {
		raised = append(raised, found)
	}
	s.seen[l.ID], s.times = l.At, append(s.times, l.At)
	return raised
}

// hearGroup is hear for a category and district. No group is rare by nature: it is
// judged once there is a past.
func (s *Surges) hearGroup(group string, now told, echo bool) (Surge, bool) {
	if group == "" {
		return Surge{}, false
	}
	m := s.groups[group]
	if m == nil {
		m = &matter{}
		s.groups[group] = m
	}
	if len(s.times) == 0 || now.at.Sub(s.times[0]) < 2*quiet {
		m.tell(now, echo)
		return Surge{}, false
	}
	found, ok := s.hear(m, now, echo, 1)
	found.Group = group
	return found, ok
}

// hear lets a letter speak in a matter and judges whether that is unusual, and was
// not before. Among says how many letters beside those there are the past is
// thought to hold.
func (s *Surges) hear(m *matter, now told, echo bool, among float64) (Surge, bool) {
	voices := m.voices
	m.tell(now, echo)
	if echo {
		return Surge{}, false
	}
	found, ok := s.judge(voices, now.at, among)
	if !ok {
		return Surge{}, false
	}
	again := !m.raised.IsZero() && now.at.Sub(m.raised) <= quiet
	m.raised = now.at
	for _, l := range m.since(now.at.Add(-found.Window)) {
		found.Letters = append(found.Letters, l.id)
	}
	return found, !again
}

// judge compares the windows before a voice with what the voices before them let
// expect, and returns the least likely one.
func (s *Surges) judge(voices []time.Time, at time.Time, among float64) (Surge, bool) {
	best := Surge{Chance: chance}
	for _, w := range windows() {
		from := at.Add(-w)
		inside := len(voices) - between(voices, time.Time{}, from)
		if inside < fewest {
			continue
		}
		heard, all := s.expect(voices, at, w, among)
		coming := float64(between(s.times, from, at))
		if p := tail(inside, heard, all/(all+coming)); p < best.Chance {
			best = Surge{Voices: inside + 1, Window: w, Expected: heard / all * coming, Chance: p}
		}
	}
	return best, best.Voices > 0
}

// expect is the rate of voices before a window that ends at: so many of so many
// letters. It is that of the same weeks a year ago where that is higher and rests
// on letters: a year nothing is known of is no season.
func (s *Surges) expect(voices []time.Time, at time.Time, w time.Duration, among float64) (heard, all float64) {
	rate := func(from, to time.Time) (float64, float64) {
		return few + float64(between(voices, from, to)), among + float64(between(s.times, from, to))
	}
	heard, all = rate(time.Time{}, at.Add(-w))
	if h, a := rate(at.Add(-yearAgo-w), at.Add(w-yearAgo)); h >= few+fewest && h*all > heard*a {
		return h, a
	}
	return heard, all
}

// between counts the times from one on, before another.
func between(times []time.Time, from, to time.Time) int {
	i, _ := slices.BinarySearchFunc(times, from, time.Time.Compare)
	j, _ := slices.BinarySearchFunc(times, to, time.Time.Compare)
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
	s.matters.forget(before, at.Add(-quiet))
	for group, m := range s.groups {
		if m.forget(before, at.Add(-quiet)); len(m.letters) == 0 {
			delete(s.groups, group)
		}
	}
	for id, at := range s.seen {
		if at.Before(before) {
			delete(s.seen, id)
		}
	}
	s.times = slices.DeleteFunc(s.times, func(t time.Time) bool { return t.Before(before) })
}
