package knowledge

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// mostOptions and fewestOptions bound a choice.
const mostOptions, fewestOptions = 4, 2

// Others are further entries text may mean, for whoever refused the first ones:
// none, or two to four.
func (m *Matcher) Others(ctx context.Context, lib *Library, text string, refused []string, at time.Time) ([]Option, error) {
	found, err := m.weigh(ctx, lib, text, at)
	if err != nil || len(found.scored) == 0 {
		return nil, err
	}
	const further = 2 // times as far behind the first as an option of the first choice
	about := lib.about(text)
	var out []Option
	for _, s := range found.scored {
		if len(out) == mostOptions || found.scored[0].Score-s.Score > further*lib.model.thresholds.Near {
			break
		}
		question := lib.entries[lib.byID[s.Entry]].Question
		known := slices.Contains(refused, s.Entry) || slices.ContainsFunc(out, func(o Option) bool { return o.Question == question })
		if known || len(about) > 0 && !lib.speaksOf(s.Entry, about) {
			continue
		}
		out = append(out, Option{Entry: s.Entry, Question: question})
	}
	if len(out) < fewestOptions {
		return nil, nil
	}
	lib.hint(out)
	return out, nil
}

// decideAlone decides about a text nothing was said before. One that names only
// what is to be done or which side of it, such as 多久能下来, fits an entry by
// chance: it is asked back, unless it is that entry's very question. So is one
// that says the same over and over: its length proves nothing. What somebody
// else answers for is not answered by an entry about something else.
func (l *Library) decideAlone(text string, f *finding) Decision {
	d := l.decide(f)
	if d.Kind == Answer && f.scored[0].values[exact] == 0 && l.Elsewhere(text, d.Answer.Entry) {
		return Decision{Kind: None, Confidence: f.confidence, Evidence: d.Evidence}
	}
	if d.Kind != Answer || f.scored[0].values[exact] == 1 || !l.bare(text) && !drones(text) {
		return d
	}
	d = Decision{Kind: None, Confidence: f.confidence, Evidence: d.Evidence}
	if options := l.options(f.scored); len(options) >= fewestOptions {
		d.Kind, d.Options = Clarify, options
	}
	return d
}

// Elsewhere reports whether somebody else answers for what text names, and the
// entry's own question shares neither that word nor another object with it.
// Variants do not count: they bring in what people mix up with the matter.
func (l *Library) Elsewhere(text, entry string) bool {
	i, ok := l.byID[entry]
	if l.foreign == nil || !ok {
		return false
	}
	word := l.foreign(text)
	if word == "" || strings.Contains(l.analyzer.Normalise(l.entries[i].Question), word) {
		return false
	}
	theirs, title := l.about(word), l.questions[l.first[i]].concepts
	return !slices.ContainsFunc(l.about(text), func(c concept) bool {
		return slices.Contains(title, c) && !slices.Contains(theirs, c)
	})
}

// AsksAbout reports whether the entry's own question holds a word, or another
// word for the same; word is normalised.
func (l *Library) AsksAbout(entry, word string) bool {
	i, ok := l.byID[entry]
	if !ok {
		return false
	}
	title := l.questions[l.first[i]].concepts
	return strings.Contains(l.analyzer.Normalise(l.entries[i].Question), word) ||
		slices.ContainsFunc(l.about(word), func(c concept) bool { return slices.Contains(title, c) })
}

// drones reports whether a long text has hardly any different characters.
func drones(text string) bool {
	const long, few = 40, 12
	different := map[rune]bool{}
	for _, r := range text {
		different[r] = true
	}
	return len(different) < few && utf8.RuneCountInString(text) > long
}

// bare reports whether a text says nothing of what it is about.
func (l *Library) bare(text string) bool {
	e, err := ellipses()
	normal := l.Mended(text)
	if err != nil || utf8.RuneCountInString(normal) > longestFollowUp {
		return false
	}
	ps := l.pieces(e, normal)
	return has(ps, side, doing) && !has(ps, content, subject, who, place, paper)
}

// SameMatter reports whether a message may be about what another asked: it
// names no object, or one of those.
func (l *Library) SameMatter(text, other string) bool {
	own, before := l.about(text), l.about(other)
	return len(own) == 0 || slices.ContainsFunc(own, func(c concept) bool { return slices.Contains(before, c) })
}

// NamesObject reports whether a text names anything the trade knows.
func (l *Library) NamesObject(text string) bool { return len(l.about(text)) > 0 }

// about are the objects a text names.
func (l *Library) about(text string) []concept {
	e, err := ellipses()
	if err != nil {
		return nil
	}
	return objects(papersAsSubject(l.pieces(e, l.analyzer.Normalise(text))))
}

// speaksOf reports whether a question of the entry names one of the objects.
func (l *Library) speaksOf(entry string, about []concept) bool {
	i, ok := l.byID[entry]
	return ok && slices.ContainsFunc(about, func(c concept) bool {
		return slices.ContainsFunc(l.questions[l.first[i]:l.first[i+1]], func(k known) bool { return slices.Contains(k.concepts, c) })
	})
}

// hint tells options about the same thing apart by the words of the trade and
// the cases that only one of them names.
func (l *Library) hint(options []Option) {
	const longest = 2
	words := make([][]string, len(options))
	for i, o := range options {
		words[i] = l.telltale(l.byID[o.Entry])
	}
	if !l.sameObject(options) {
		return
	}
	for i := range options {
		var own []string
		for _, w := range words[i] {
			elsewhere := false
			for j := range words {
				elsewhere = elsewhere || j != i && slices.Contains(words[j], w)
			}
			if !elsewhere && len(own) < longest {
				own = append(own, w)
			}
		}
		options[i].Hint = strings.Join(own, "、")
	}
}

// sameObject reports whether there is a thing all options are about.
func (l *Library) sameObject(options []Option) bool {
	if len(options) == 0 {
		return false
	}
	first := l.questions[l.first[l.byID[options[0].Entry]]].concepts
	return slices.ContainsFunc(first, func(c concept) bool {
		return l.analyzer.lexicon.classes[c] == object && !slices.ContainsFunc(options, func(o Option) bool {
			return !slices.Contains(l.questions[l.first[l.byID[o.Entry]]].concepts, c)
		})
	})
}

// telltale lists what the entry's own question says beside its object: the
// case it is for, then what is to be done and which side of it.
func (l *Library) telltale(entry int32) []string {
	lex := l.analyzer.lexicon
	canonical := l.analyzer.read([]rune(l.analyzer.Normalise(l.entries[entry].Question))).canonical
	var out []string
	add := func(w string) {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	for i := 0; i < len(canonical); {
		if p := longest(lex.slots, canonical[i:]); p != nil {
			add(string(p.text))
			i += len(p.text)
			continue
		}
		i++
	}
	for _, c := range l.questions[l.first[entry]].concepts {
		if lex.classes[c] != object && lex.names[c] != "办理" { // said of nearly everything
			add(lex.names[c])
		}
	}
	return out
}
