package knowledge

import (
	"cmp"
	"slices"
)

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
	telling []uint32        // the known subject terms, the most telling first
	strange float32         // weight of the most telling character nobody used here
}

func (l *Library) asked(t Text) asked {
	q := asked{Text: t}
	for s, ts := range t.Terms {
		known := make([]uint32, 0, len(ts))
		for _, x := range ts {
			if n, ok := l.terms[x]; ok {
				known = append(known, n)
				q.total[s] += l.weights[n]
				continue
			}
			w := l.rare * l.analyzer.lexicon.lightness(x)
			q.total[s] += w
			if Sort(s) == Subject {
				q.strange = max(q.strange, w)
			}
		}
		slices.Sort(known)
		q.known[s] = known
	}
	q.telling = slices.Clone(q.known[Subject])
	slices.SortFunc(q.telling, func(a, b uint32) int { return cmp.Compare(l.weights[b], l.weights[a]) })
	return q
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
		if l.kin[int(c)*len(l.names)+int(d)] {
			best = kin
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

func ratio(part, whole float32) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, float64(part/whole))
}

func dice(common, a, b float32) float64 { return ratio(2*common, a+b) }
