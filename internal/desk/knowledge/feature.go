package knowledge

import "slices"

// feature names one measure of how well an entry fits a question. All lie in
// [0,1].
type feature uint8

const (
	exact           feature = iota // the same characters in the same order
	charDice                       // shared characters, of both
	charTitle                      // shared characters with the entry's own question, of the question
	charEntry                      // the question's characters in any question of the entry
	pairEntry                      // shared pairs, of the entry
	soundQuestion                  // shared syllable pairs, of the question
	subjectDice                    // shared characters of what it is about, of both
	subjectQuestion                // the same, of the question
	subjectEntry                   // the same, in any question of the entry
	order                          // longest common subsequence, of both
	orderQuestion                  // the same, of the question: an abbreviation is all in it
	loss                           // the most telling character of the question that the entry lacks, of the most telling there is
	objectMissing                  // the question's things that the entry does not speak of
	objectExtra                    // the entry's things that the question does not speak of
	actionMissing                  // the same for what is to be done
	actionExtra                    //
	aspectMissing                  // the same for the side asked about: fee, place …
	aspectExtra                    //
	slotConflict                   // both name a slot and differ
	slotExtra                      // only the entry names a slot
	titleSlot                      // the entry's own question is about a case the question asked does not name
	keyword                        // the question's pairs and words in the key words or any question of the entry
	answerText                     // found in the answer
	popular                        // how often editors confirmed that the entry answers, of the most confirmed
	inMeaning                      // how near a model of meanings puts the entry, compared with all others; 0 where nobody knows
	features        = iota
)

func (f feature) String() string {
	return [features]string{
		"exact", "char_dice", "char_title", "char_entry", "pair_entry", "sound_question",
		"subject_dice", "subject_question", "subject_entry", "order", "order_question", "loss",
		"object_missing", "object_extra", "action_missing", "action_extra", "aspect_missing", "aspect_extra",
		"slot_conflict", "slot_extra", "title_slot", "keyword", "answer_text", "popular", "meaning",
	}[f]
}

// vector holds one value for each feature.
type vector [features]float64

// asked is a question prepared for comparing with many entries.
type asked struct {
	Text
	known   [sorts][]uint32 // term numbers the library knows
	total   [sorts]float32  // weight of all terms, unknown ones too
	strange float32         // weight of the most telling character nobody used here
}

func (l *Library) asked(t Text) asked {
	q := asked{Text: t}
	for s, ts := range t.Terms {
		q.known[s] = l.lookup(ts)
		for _, x := range ts {
			if n, ok := l.terms[x]; ok {
				q.total[s] += l.weights[n]
			} else {
				w := l.rare * l.analyzer.lexicon.lightness(x)
				q.total[s] += w
				if Sort(s) == Subject {
					q.strange = max(q.strange, w)
				}
			}
		}
	}
	return q
}

// compare measures the question against one known question of an entry.
func (l *Library) compare(q *asked, k *known) vector {
	var v vector
	char, pair, subject := l.shared(q.known[Char], k.terms[Char]), l.shared(q.known[Pair], k.terms[Pair]), l.shared(q.known[Subject], k.terms[Subject])
	v[charDice] = dice(char, q.total[Char], k.sums[Char])
	v[charTitle] = ratio(char, q.total[Char]) // of this text; the caller keeps that of the title
	v[pairEntry] = ratio(pair, k.sums[Pair])
	v[soundQuestion] = ratio(l.shared(q.known[Sound], k.terms[Sound]), q.total[Sound])
	v[subjectDice] = dice(subject, q.total[Subject], k.sums[Subject])
	v[subjectQuestion] = ratio(subject, q.total[Subject])
	l.compareConcepts(q, k, &v)
	l.compareSlots(q, k, &v)
	common := subsequence(q.symbols, k.symbols)
	v[order] = dice(float32(common), float32(len(q.symbols)), float32(len(k.symbols)))
	v[orderQuestion] = ratio(float32(common), float32(len(q.symbols)))
	if common == len(q.symbols) && common == len(k.symbols) && common > 0 {
		v[exact] = 1
	}
	return v
}

// compareWhole measures the question against what the entry says as a whole.
func (l *Library) compareWhole(q *asked, x *extra) vector {
	var v vector
	v[charEntry] = ratio(l.shared(q.known[Char], x.chars), q.total[Char])
	v[subjectEntry] = ratio(l.shared(q.known[Subject], x.subjects), q.total[Subject])
	v[loss] = l.loss(q, x)
	total := q.total[Pair] + q.total[Concept]
	v[keyword] = ratio(l.shared(q.known[Pair], x.keywords)+l.shared(q.known[Concept], x.keywords), total)
	v[answerText] = ratio(l.shared(q.known[Pair], x.answer)+l.shared(q.known[Concept], x.answer), total)
	return v
}

// shared adds up the weights of the numbers both ascending lists hold.
func (l *Library) shared(a, b []uint32) float32 {
	var sum float32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			sum += l.weights[a[i]]
			i++
			j++
		}
	}
	return sum
}

// compareConcepts asks which things and actions of one side the other side
// lacks, each by how much it tells: that both speak of the police says little
// in a library of the police. A related concept counts for part.
func (l *Library) compareConcepts(q *asked, k *known, v *vector) {
	lex := l.analyzer.lexicon
	var asked, missing, held, extra [3 + 1]float64
	for _, c := range q.concepts {
		w := l.tells(c)
		asked[lex.classes[c]] += w
		missing[lex.classes[c]] += w * (1 - lex.match(c, k.concepts))
	}
	for _, c := range k.concepts {
		w := l.tells(c)
		held[lex.classes[c]] += w
		extra[lex.classes[c]] += w * (1 - lex.match(c, q.concepts))
	}
	share := func(part, whole float64) float64 {
		if whole == 0 {
			return 0
		}
		return part / whole
	}
	v[objectMissing] = share(missing[object], asked[object])
	v[objectExtra] = share(extra[object], held[object])
	v[actionMissing] = share(missing[action], asked[action])
	v[actionExtra] = share(extra[action], held[action])
	v[aspectMissing] = share(missing[aspect], asked[aspect])
	v[aspectExtra] = share(extra[aspect], held[aspect])
}

// tells is how much a concept tells in this library.
func (l *Library) tells(c concept) float64 { return float64(l.telltales[c]) }

// match is 1 if cs holds c, less if it holds a related concept.
func (l *lexicon) match(c concept, cs []concept) float64 {
	const kin = 0.6
	best := 0.0
	for _, d := range cs {
		if d == c {
			return 1
		}
		for _, r := range l.related[c] {
			if r == d {
				best = kin
			}
		}
	}
	return best
}

// compareSlots looks for slots in which both sides name a value but none in
// common, and for slots only the entry names, those apart that mark a case:
// who does not say "abroad" does not ask about abroad.
func (l *Library) compareSlots(q *asked, k *known, v *vector) {
	slotOf, marked := l.analyzer.lexicon.slotOf, l.analyzer.lexicon.marked
	for _, own := range k.slots {
		same := func(c concept) bool { return slotOf[c] == slotOf[own] }
		shared := func(c concept) bool { return same(c) && slices.Contains(k.slots, c) }
		switch {
		case !slices.ContainsFunc(q.slots, same):
			v[slotExtra] = 1
			if marked[own] {
				v[titleSlot] = 1
			}
		case !slices.ContainsFunc(q.slots, shared):
			v[slotConflict] = 1
		}
	}
}

// loss is the weight of the most telling character that the question has and
// the entry lacks, as a share of the weight of a character nobody used.
func (l *Library) loss(q *asked, x *extra) float64 {
	lost := float32(0)
	for i, n := range q.known[Subject] {
		if _, found := slices.BinarySearch(x.subjects, n); !found {
			lost = max(lost, l.weights[q.known[Subject][i]])
		}
	}
	return ratio(max(lost, q.strange), l.rare)
}

// compared is how many symbols of a text are compared in order: a rambling
// letter is compared by its beginning; its terms count in full.
const compared = 64

// subsequence is the length of the longest common subsequence.
func subsequence(a, b []symbol) int {
	a, b = a[:min(len(a), compared)], b[:min(len(b), compared)]
	var rows [2][compared + 1]uint8
	for i := range a {
		prev, row := &rows[i%2], &rows[(i+1)%2]
		for j := range b {
			if a[i] == b[j] {
				row[j+1] = prev[j] + 1
			} else {
				row[j+1] = max(row[j], prev[j+1])
			}
		}
	}
	return int(rows[len(a)%2][len(b)])
}

func ratio(part, whole float32) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, float64(part/whole))
}

func dice(common, a, b float32) float64 { return ratio(2*common, a+b) }
