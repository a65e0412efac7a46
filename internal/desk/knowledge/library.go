package knowledge

import (
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Library is one state of the reviewed entries, analysed and ready to be compared
// with questions. It is immutable, but for what [Library.Learn] is told.
type Library struct {
	entries   []Entry
	documents map[string]Document
	byID      map[string]int32
	analyzer  *Analyzer
	model     *Model
	terms     map[Term]uint32   // number of a term known here
	weights   []float32         // by term number: how much it tells
	rare      float32           // weight of a term nobody used here
	telltales []float32         // by concept: its weight
	symbols   map[symbol]uint32 // number of a symbol known here, from 1; 0 is unknown
	questions []known           // question and variants of all entries, in order
	first     []int32           // by entry: its first question; one more at the end
	spelling  *spelling
	subjects  [][]uint32 // by entry: what all its questions are about

	inQuestions, inEntries, inAnswers postings   // the terms of questions; of all questions of an entry and its key words; of its answer
	comparisons                       *sync.Pool // of *comparison, for all copies

	popular *atomic.Pointer[[]float64] // by entry; nil: nothing is known. The one thing that changes, for all copies
	nearest []int32                    // the entries nearest in meaning, if near is known
	near    []float64                  // by entry: see meant; nil: nothing is known
	foreign func(text string) string   // a word of a text that others answer for, or ""; may be nil
}

// known is a question or variant of an entry.
type known struct {
	terms    [sorts][]uint32 // by Sort; ascending term numbers
	sums     [sorts]float32  // their weights added up
	symbols  []uint32        // numbers of the first of them, in order
	length   int             // number of symbols
	concepts []concept
	slots    []concept
}

// NewLibrary analyses the entries. Of two entries with one id the later wins.
func NewLibrary(entries []Entry, docs []Document) (*Library, error) {
	analyzer, err := NewAnalyzer()
	if err != nil {
		return nil, err
	}
	m, err := ShippedModel()
	if err != nil {
		return nil, err
	}
	l := &Library{
		documents: make(map[string]Document, len(docs)), byID: make(map[string]int32, len(entries)),
		analyzer: analyzer, model: m, terms: map[Term]uint32{}, symbols: map[symbol]uint32{}, spelling: newSpelling(analyzer.readings),
		popular: &atomic.Pointer[[]float64]{}, comparisons: &sync.Pool{},
	}
	for _, d := range docs {
		l.documents[d.ID] = d
	}
	for i := range entries {
		at, seen := l.byID[entries[i].ID]
		if !seen {
			at = int32(len(l.entries)) //nolint:gosec // a library is far below 2^31 entries
			l.byID[entries[i].ID] = at
			l.entries = append(l.entries, Entry{})
		}
		l.entries[at] = entries[i]
	}
	l.analyse()
	return l, nil
}

// With is the same library judged by another model, for replaying questions
// under other settings.
func (l *Library) With(m *Model) *Library {
	other := *l
	other.model = m
	return &other
}

// Again is the library in another edition, if that has the same texts: what was
// stopped, and documents, may be others. It takes no time.
func (l *Library) Again(e Edition) (*Library, bool) {
	if len(e.Entries) != len(l.entries) {
		return nil, false
	}
	for i := range e.Entries {
		if a, b := &e.Entries[i], &l.entries[i]; a.ID != b.ID || a.Version != b.Version || a.Question != b.Question || a.Answer != b.Answer {
			return nil, false
		}
	}
	other := *l
	other.entries, other.documents = e.Entries, make(map[string]Document, len(e.Documents))
	for _, d := range e.Documents {
		other.documents[d.ID] = d
	}
	return &other, true
}

// Stopping is the library with the stops of another edition, where it has the
// entry in the same version; for the time the other is being analysed.
func (l *Library) Stopping(e Edition) *Library {
	other := *l
	other.entries = slices.Clone(l.entries)
	for i := range e.Entries {
		if n, ok := l.byID[e.Entries[i].ID]; ok && other.entries[n].Version == e.Entries[i].Version {
			other.entries[n].Stopped = e.Entries[i].Stopped
		}
	}
	return &other
}

// Model is what the library is judged by.
func (l *Library) Model() *Model { return l.model }

// Learn tells the library, and every copy of it, how often each entry was
// confirmed to answer a question. It tips the scales between entries that fit
// alike. Questions being answered meanwhile are not disturbed.
func (l *Library) Learn(confirmed map[string]int) {
	most := 0
	for id, n := range confirmed {
		if _, ok := l.byID[id]; ok {
			most = max(most, n)
		}
	}
	if most == 0 {
		l.popular.Store(nil)
		return
	}
	known := make([]float64, len(l.entries))
	for id, n := range confirmed {
		if i, ok := l.byID[id]; ok {
			known[i] = math.Log1p(float64(max(0, n))) / math.Log1p(float64(most))
		}
	}
	l.popular.Store(&known)
}

// Learnt tells apart what a library was told by [Library.Learn], and when.
type Learnt struct{ confirmed *[]float64 }

// Learnt is what the library was told last.
func (l *Library) Learnt() Learnt { return Learnt{l.popular.Load()} }

// Beside is the same library among others: word finds what in a text somebody
// else answers for. Such a text is answered only by an entry that asks about
// that word.
func (l *Library) Beside(word func(text string) string) *Library {
	other := *l
	other.foreign = word
	return &other
}

// Len is the number of entries.
func (l *Library) Len() int { return len(l.entries) }

// Entry finds an entry by id.
func (l *Library) Entry(id string) (Entry, bool) {
	i, ok := l.byID[id]
	if !ok {
		return Entry{}, false
	}
	return l.entries[i], true
}

// Entries lists all entries in the order given.
func (l *Library) Entries() []Entry { return slices.Clone(l.entries) }

// Documents lists all documents by id.
func (l *Library) Documents() []Document {
	return slices.SortedFunc(maps.Values(l.documents), func(a, b Document) int { return strings.Compare(a.ID, b.ID) })
}

// Document finds a document by id.
func (l *Library) Document(id string) (Document, bool) {
	d, ok := l.documents[id]
	return d, ok
}

func (l *Library) analyse() {
	for _, list := range l.analyzer.lexicon.phrases {
		for _, p := range list {
			l.spelling.learn(p.text)
		}
	}
	var f frequencies
	for i := range l.entries {
		e := &l.entries[i]
		l.first = append(l.first, int32(len(l.questions))) //nolint:gosec // see NewLibrary
		l.question(e.Question, i, &f)
		for _, v := range e.Variants {
			l.question(v, i, &f)
		}
	}
	l.first = append(l.first, int32(len(l.questions))) //nolint:gosec // see NewLibrary
	l.spelling.settle()
	l.weigh(f.entries)
	l.subjects = make([][]uint32, len(l.entries))
	wholes, answers := make([][]uint32, len(l.entries)), make([][]uint32, len(l.entries))
	for i := range l.entries {
		questions := l.questions[l.first[i]:l.first[i+1]]
		l.subjects[i] = union(questions, Subject)
		wholes[i] = slices.Concat(union(questions, Char), l.subjects[i], l.keywords(&l.entries[i], questions))
		answers[i] = unique(l.telling(l.entries[i].Answer))
	}
	l.inQuestions = invert(len(l.terms), l.compared())
	l.inEntries, l.inAnswers = invert(len(l.terms), slices.All(wholes)), invert(len(l.terms), slices.All(answers))
}

// compared are the terms each question is compared by with another one, sort by
// sort.
func (l *Library) compared() iter.Seq2[int, []uint32] {
	return func(yield func(int, []uint32) bool) {
		for i := range l.questions {
			for _, ts := range l.questions[i].terms[:Concept] {
				if !yield(i, ts) {
					return
				}
			}
		}
	}
}

// question takes in one question or variant of the entry.
func (l *Library) question(text string, entry int, f *frequencies) {
	normal := l.analyzer.Normalise(text)
	l.spelling.learn([]rune(normal))
	t := l.analyzer.analyse(normal)
	k := known{symbols: l.numbers(t.symbols[:min(len(t.symbols), compared)]), length: len(t.symbols), concepts: t.concepts, slots: t.slots}
	for s := range t.Terms {
		k.terms[s] = l.intern(t.Terms[s])
		f.count(k.terms[s], entry, len(l.terms))
	}
	l.questions = append(l.questions, k)
}

// frequencies counts, by term number, the entries whose questions have a term.
type frequencies struct {
	entries []uint32
	last    []int // the last entry counted
}

func (f *frequencies) count(terms []uint32, entry, known int) {
	for len(f.entries) < known {
		f.entries, f.last = append(f.entries, 0), append(f.last, -1)
	}
	for _, n := range terms {
		if f.last[n] != entry {
			f.last[n] = entry
			f.entries[n]++
		}
	}
}

// intern numbers terms, new ones too.
func (l *Library) intern(ts []Term) []uint32 {
	out := make([]uint32, len(ts))
	for i, t := range ts {
		n, ok := l.terms[t]
		if !ok {
			n = uint32(len(l.terms)) //nolint:gosec // see NewLibrary
			l.terms[t] = n
		}
		out[i] = n
	}
	slices.Sort(out)
	return out
}

// numbers gives each symbol its number, new ones too.
func (l *Library) numbers(ss []symbol) []uint32 {
	out := make([]uint32, len(ss))
	for i, s := range ss {
		n, ok := l.symbols[s]
		if !ok {
			n = unknown + 1 + uint32(len(l.symbols)) //nolint:gosec // see NewLibrary
			l.symbols[s] = n
		}
		out[i] = n
	}
	return out
}

// lookup numbers the terms this library knows.
func (l *Library) lookup(ts []Term) []uint32 {
	out := make([]uint32, 0, len(ts))
	for _, t := range ts {
		if n, ok := l.terms[t]; ok {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// weigh gives each term its inverse document frequency: a term in every entry
// tells nothing, a term in one entry tells all.
func (l *Library) weigh(frequency []uint32) {
	n := float64(len(l.entries))
	l.weights = make([]float32, len(frequency))
	for i, f := range frequency {
		l.weights[i] = float32(math.Log(1 + (n-float64(f)+0.5)/(float64(f)+0.5)))
	}
	l.rare = float32(math.Log(1 + (n+0.5)/0.5))
	for t, n := range l.terms {
		l.weights[n] *= l.analyzer.lexicon.lightness(t)
	}
	l.telltales = make([]float32, len(l.analyzer.lexicon.names))
	for c := range l.telltales {
		l.telltales[c] = l.rare
		if n, ok := l.terms[term(Concept, uint32(c), 0)]; ok {
			l.telltales[c] = l.weights[n]
		}
	}
	for i := range l.questions {
		k := &l.questions[i]
		for s, ts := range k.terms {
			for _, t := range ts {
				k.sums[s] += l.weights[t]
			}
		}
	}
}

// keywords are the pairs and concepts of the key words and of all questions of an
// entry.
func (l *Library) keywords(e *Entry, questions []known) []uint32 {
	var own []uint32
	for _, k := range e.Keywords {
		own = append(own, l.telling(k)...)
	}
	return unique(slices.Concat(own, union(questions, Pair), union(questions, Concept)))
}

// union lists the terms of a sort that any of the questions holds.
func union(questions []known, s Sort) []uint32 {
	if len(questions) == 1 {
		return questions[0].terms[s]
	}
	var all []uint32
	for i := range questions {
		all = append(all, questions[i].terms[s]...)
	}
	return slices.Clip(unique(all))
}

// telling lists the known pairs and concepts of a text.
func (l *Library) telling(s string) []uint32 {
	t := l.analyzer.Analyse(s)
	return append(l.lookup(t.Terms[Pair]), l.lookup(t.Terms[Concept])...)
}
