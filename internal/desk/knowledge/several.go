package knowledge

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// several splits a message into its questions, also where only a comma stands
// between two that ask about different things.
func (l *Library) several(text string) []string {
	questions := several(text)
	if questions == nil {
		return l.clauses(text)
	}
	var out []string
	for _, q := range questions {
		if parts := l.clauses(q); len(parts) > 1 {
			out = append(out, parts...)
			continue
		}
		out = append(out, q)
	}
	return out[:min(most, len(out))]
}

// clauses splits at commas where both sides ask and name objects of their own.
func (l *Library) clauses(text string) []string {
	const longest = 120 // characters: what is longer is a story, and commas in it mean little
	if utf8.RuneCountInString(text) > longest {
		return nil
	}
	var out []string
	var before []concept
	for _, c := range cut(text, "，,、") {
		own := l.about(c)
		other := slices.ContainsFunc(own, func(o concept) bool { return !slices.Contains(before, o) })
		last := len(out) - 1
		if last < 0 || !asks(c) || !asks(out[last]) || len(before) == 0 || !other {
			if last < 0 {
				out = append(out, c)
			} else {
				out[last] += c
			}
			before = append(before, own...)
			continue
		}
		out, before = append(out, c), own
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// each looks at the questions of one message by themselves, the later ones
// also together with what the one before was about. All sure answers are
// given; an unsure question does not spoil a sure one. Where not one is sure,
// or the message as a whole is surer of something else, whole stands.
func (m *Matcher) each(ctx context.Context, lib *Library, questions []string, at time.Time, whole Decision) (Decision, error) {
	both := Decision{Kind: Answer, Confidence: 1}
	var replies []Reply
	var topic Topic
	for _, q := range questions {
		r, err := m.part(ctx, lib, topic, q, at)
		if err != nil {
			return Decision{}, err
		}
		given := func(entry string) bool {
			return slices.ContainsFunc(replies, func(r Reply) bool { return r.Entry == entry })
		}
		switch d := r.Decision; {
		case d.Kind == Answer && !given(d.Answer.Entry):
			replies = append(replies, *d.Answer)
			if d.Confidence < both.Confidence {
				both.Confidence, both.Evidence = d.Confidence, d.Evidence
			}
			topic = Topic{Entry: d.Answer.Entry, Asked: r.Asked}
		case d.Kind == Answer, len(r.Scored) > 0 && given(r.Scored[0].Entry):
		case lib.asksSomething(q):
			both.Missed = append(both.Missed, strings.TrimSpace(q))
		}
	}
	if len(replies) == 0 || len(replies) == 1 && whole.Kind == Answer && whole.Answer.Entry != replies[0].Entry {
		return whole, nil
	}
	both.Answer, both.More = &replies[0], replies[1:]
	return both, nil
}

// part decides about one question of a message. One that is sure only because
// little was asked must name what it is about.
func (m *Matcher) part(ctx context.Context, lib *Library, topic Topic, question string, at time.Time) (Reading, error) {
	decision, scored, err := m.single(ctx, lib, question, at)
	if err != nil {
		return Reading{}, err
	}
	return m.inContext(ctx, lib, topic, Reading{Decision: decision, Scored: scored, Asked: question}, at)
}

// asksSomething reports whether a part of a message is a question of its own,
// and not 怎么办 or 急: it names something of the trade, or enough else.
func (l *Library) asksSomething(question string) bool {
	const enough = 6 // different characters
	t := l.analyzer.Analyse(question)
	return len(t.concepts) > 0 || len(t.Terms[Char]) >= enough
}
