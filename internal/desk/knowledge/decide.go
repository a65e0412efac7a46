package knowledge

import "slices"

// verbatim is the least confidence where the question is an entry's own, word
// for word, and no other entry's.
const verbatim = 0.97

// confidence is the chance that the first entry is right.
func (l *Library) confidence(scored []Scored, e evidence) float64 {
	p := l.model.probability(e)
	if scored[0].values[exact] == 1 && (len(scored) == 1 || scored[1].values[exact] == 0) {
		return max(p, verbatim)
	}
	return p
}

// decide answers where the first entry is sure, well ahead and no slot speaks
// against it; asks back where the subject is ours but the choice is not clear;
// and says none otherwise: a wrong answer costs more than "I don't know".
func (l *Library) decide(f *finding) Decision {
	if len(f.scored) == 0 {
		return Decision{Kind: None}
	}
	t, top := &l.model.thresholds, &f.scored[0]
	d := Decision{Kind: None, Confidence: f.confidence, Evidence: f.evidence.explain()}
	ahead := len(f.scored) == 1 || top.Score-f.scored[1].Score >= t.Margin
	if f.confidence >= t.Answer && ahead && top.values[slotConflict] == 0 && !l.splits(f.scored) {
		d.Kind, d.Answer = Answer, l.reply(top.Entry)
		return d
	}
	options := l.options(f.scored)
	if l.ours(f) >= t.Clarify && len(options) > 1 {
		d.Kind, d.Options = Clarify, options
	}
	return d
}

// ours is how sure it is that the subject of the question is one of the
// library's, even if it is not clear which entry is meant.
func (l *Library) ours(f *finding) float64 {
	e := f.evidence
	e[margin] = max(e[margin], l.model.thresholds.Related)
	return l.model.probability(e)
}

// splits reports whether the first two entries are for different cases (minor
// or adult, lost or expired …), equally fitting but for the case, and the
// question does not say which.
func (l *Library) splits(scored []Scored) bool {
	const even = 0.5
	if len(scored) < 2 || scored[0].Score-scored[1].Score > even {
		return false
	}
	a, b := &scored[0], &scored[1]
	if a.values[slotExtra] == 0 || b.values[slotExtra] == 0 {
		return false
	}
	slotOf := l.analyzer.lexicon.slotOf
	return slices.ContainsFunc(a.slots, func(x concept) bool {
		return !slices.Contains(b.slots, x) && slices.ContainsFunc(b.slots, func(y concept) bool { return slotOf[x] == slotOf[y] })
	})
}

// options are the entries to choose from: two to four near the first, with
// questions that differ.
func (l *Library) options(scored []Scored) []Option {
	var out []Option
	for _, s := range scored {
		if len(out) == most || scored[0].Score-s.Score > l.model.thresholds.Near {
			break
		}
		question := l.entries[l.byID[s.Entry]].Question
		if !slices.ContainsFunc(out, func(o Option) bool { return o.Question == question }) {
			out = append(out, Option{Entry: s.Entry, Question: question})
		}
	}
	l.hint(out)
	return out
}

// reply is the entry's text, verbatim, with the documents it rests on.
func (l *Library) reply(id string) *Reply {
	e := &l.entries[l.byID[id]]
	r := &Reply{Entry: e.ID, Version: e.Version, Question: e.Question, Text: e.Answer, Sample: e.Sample}
	for _, b := range e.Basis {
		if d, ok := l.documents[b.Document]; ok {
			b.Title, b.Number = d.Title, d.Number
		}
		r.Basis = append(r.Basis, b)
	}
	return r
}
