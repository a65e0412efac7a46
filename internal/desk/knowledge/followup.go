package knowledge

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Topic is what was talked about last; the zero Topic is nothing.
type Topic struct {
	Entry string // that answered; may be empty while a question is being clarified
	Asked string // the question, as it was understood; may be empty where Entry is set
}

// Reading is a message and what was decided about it.
type Reading struct {
	Decision Decision
	Scored   []Scored
	Asked    string // the question as it was understood: the topic of what follows
	Followed bool   // it was understood together with the topic
}

// Follow decides what to say to text when topic was talked about before. A
// short question that names no object of its own is also read together with
// the topic, and the surer of both readings counts. What is read together is
// answered only by an entry about the same subject that speaks of everything
// the question names: context never makes an answer out of nothing.
func (m *Matcher) Follow(ctx context.Context, lib *Library, topic Topic, text string, at time.Time) (Reading, error) {
	decision, scored, err := m.Match(ctx, lib, text, at)
	if err != nil {
		return Reading{}, err
	}
	return m.inContext(ctx, lib, topic, Reading{Decision: decision, Scored: scored, Asked: text}, at)
}

// inContext weighs what was decided about a question alone against what it
// says together with the topic.
func (m *Matcher) inContext(ctx context.Context, lib *Library, topic Topic, alone Reading, at time.Time) (Reading, error) {
	if topic == (Topic{}) {
		return alone, nil
	}
	decision := alone.Decision
	f, ok := lib.follows(topic, alone.Asked)
	if !ok || f.named && decision.Kind == Answer {
		return alone, nil
	}
	if decision.Kind == Answer && f.shares(lib, decision.Answer.Entry) {
		alone.Asked = f.readings()[0] // what follows is still about the same subject
	}
	together, err := m.together(ctx, lib, f, at)
	switch {
	case err != nil:
		return Reading{}, err
	case f.replaced && decision.Kind == Answer && together.Decision.Kind != Clarify:
		return together, nil // the object alone was no question
	case together.Decision.Kind == None:
		return alone, nil
	case decision.Kind != Answer:
		return together, nil
	case together.Decision.Kind != Answer || decision.Confidence >= together.Decision.Confidence && f.shares(lib, decision.Answer.Entry):
		return alone, nil
	}
	return together, nil
}

// Elliptic reports whether text, after topic, is a question of the kind that
// leaves out what it is about, and names nothing else that it could be about.
func (l *Library) Elliptic(topic Topic, text string) bool {
	f, ok := l.follows(topic, text)
	return ok && !f.replaced && !slices.ContainsFunc(f.said, func(p piece) bool { return p.role == content && len(p.text) > 1 })
}

// followUp is a question that leaves something out, taken apart.
type followUp struct {
	topic    Topic
	text     string    // what the citizen said, normalised
	said     []piece   // the same, taken apart
	before   []piece   // the topic's question
	subject  []concept // what an entry that answers must be about
	named    bool      // it names an object, though not as its subject
	replaced bool      // it puts another object in the place of the topic's
}

// longestFollowUp is how long a question may be that leaves its subject out.
const longestFollowUp = 24

// follows takes text apart. It is false where text stands on its own.
func (l *Library) follows(topic Topic, text string) (*followUp, bool) {
	e, err := ellipses()
	normal := l.Mended(text)
	if err != nil || normal == "" || utf8.RuneCountInString(normal) > longestFollowUp {
		return nil, false
	}
	f := &followUp{topic: topic, text: normal, said: l.pieces(e, normal)}
	if !e.asksForPapers(f.said) {
		papersAsSubject(f.said)
	}
	before := topic.Asked
	if entry, ok := l.Entry(topic.Entry); ok && (before == "" || utf8.RuneCountInString(before) > 2*longestFollowUp) {
		before = entry.Question
	}
	f.before = papersAsSubject(l.pieces(e, l.analyzer.Normalise(before)))
	f.subject = append(objects(f.before), l.mainObjects(topic.Entry)...)
	own := objects(f.said)
	f.named = len(own) > 0 || slices.ContainsFunc(f.said, func(p piece) bool { return p.role == place || p.role == paper })
	switch {
	case len(own) == 0:
		return f, has(f.said, side, who, doing, content)
	case has(f.said, side, who, doing, content):
		return nil, false
	case strings.HasPrefix(normal, "那") || strings.HasSuffix(normal, "呢"):
		f.subject, f.replaced, f.named = own, true, false
		return f, has(f.before, side, who, doing)
	}
	return nil, false
}

// together reads the question with its topic: with all of what was to be done,
// and with the subject alone; where neither is answered, without whom it was
// for, and last with nothing but the subject.
func (m *Matcher) together(ctx context.Context, lib *Library, f *followUp, at time.Time) (Reading, error) {
	readings := f.readings()
	best := Reading{Decision: Decision{Kind: None}, Asked: readings[0]}
	for i, asked := range readings {
		if i > 1 && best.Decision.Kind == Answer {
			break
		}
		found, err := m.weigh(ctx, lib, asked, at)
		if err != nil {
			return best, err
		}
		d := lib.decideTogether(f, &found)
		if lib.sureness(f, d) > lib.sureness(f, best.Decision) {
			best = Reading{Decision: d, Scored: found.scored, Asked: asked, Followed: true}
		}
	}
	return best, nil
}

// sureness orders decisions: an answer before a choice before nothing, and an
// entry whose questions name what is asked before one that speaks of it.
func (l *Library) sureness(f *followUp, d Decision) float64 {
	switch {
	case d.Kind == Answer && has(f.said, side) && l.names(f, d.Answer.Entry):
		return 3 + d.Confidence
	case d.Kind == Answer:
		return 2 + d.Confidence
	case d.Kind == Clarify:
		return 1 + d.Confidence
	}
	return 0
}

// readings are the question with what it leaves out filled in, the fullest
// first.
func (f *followUp) readings() []string {
	if f.replaced {
		return []string{text(f.said, func(p *piece) bool { return p.role == subject }) + f.base(content, place, paper, who, doing, side)}
	}
	other := has(f.said, side, doing, content, place, paper) // it asks something of its own
	whom := has(f.said, who)
	full := []role{subject, content, place, paper}
	if !whom {
		full = append(full, who)
	}
	if !other {
		full = append(full, side)
	}
	var all []string
	add := func(roles ...role) {
		reading := f.base(roles...) + f.text
		if whom { // whom it is for stands before what is to be done
			reading = f.text + f.base(roles...)
		}
		if !slices.Contains(all, reading) {
			all = append(all, reading)
		}
	}
	add(append(slices.Clone(full), doing)...)
	if other || whom {
		add(full...)
		add(subject, content, place, paper)
		add(subject)
	}
	return all
}

// base is what was asked before, as far as its pieces have one of the roles.
func (f *followUp) base(roles ...role) string {
	return text(f.before, func(p *piece) bool { return slices.Contains(roles, p.role) })
}

// decideTogether decides about a reading. Only entries that suit count; of
// those near the first, one whose own questions name the side asked about comes
// before one whose answer merely speaks of it.
func (l *Library) decideTogether(f *followUp, found *finding) Decision {
	none := Decision{Kind: None, Confidence: found.confidence}
	kept := l.suiting(f, found.scored)
	if len(kept) == 0 {
		return none
	}
	t := &l.model.thresholds
	best := kept[0]
	if d := l.decide(found); d.Kind == Answer && d.Answer.Entry == best {
		return d
	}
	answer := Decision{
		Kind: Answer, Confidence: max(found.confidence, t.Answer), Answer: l.reply(best), Evidence: found.evidence.explain(),
	}
	if asked := has(f.said, side); asked && (l.names(f, best) || best == f.topic.Entry) || !asked && len(kept) == 1 {
		return answer
	}
	if len(kept) < fewestOptions {
		return none
	}
	d := Decision{Kind: Clarify, Confidence: found.confidence, Evidence: found.evidence.explain()}
	for _, entry := range kept[:min(mostOptions, len(kept))] {
		d.Options = append(d.Options, Option{Entry: entry, Question: l.entries[l.byID[entry]].Question})
	}
	l.hint(d.Options)
	return d
}

// suiting lists the entries near the first that suit: those whose own question
// names the side asked about, then those of which another question does, then
// the entry that answered before, then the others.
func (l *Library) suiting(f *followUp, scored []Scored) []string {
	const farthest = 8 // places behind the first
	var titled, naming, before, others []string
	for i, s := range scored {
		if i > farthest || scored[0].Score-s.Score > l.model.thresholds.Near {
			break
		}
		switch {
		case !l.suits(f, s.Entry):
		case has(f.said, side) && l.namesIn(f, l.entries[l.byID[s.Entry]].Question):
			titled = append(titled, s.Entry)
		case has(f.said, side) && l.names(f, s.Entry):
			naming = append(naming, s.Entry)
		case s.Entry == f.topic.Entry:
			before = append(before, s.Entry)
		default:
			others = append(others, s.Entry)
		}
	}
	return slices.Concat(titled, naming, before, others)
}

// names reports whether the entry's questions name every side asked about.
func (l *Library) names(f *followUp, entry string) bool {
	e := &l.entries[l.byID[entry]]
	return l.namesIn(f, append([]string{e.Question}, e.Variants...)...)
}

func (l *Library) namesIn(f *followUp, questions ...string) bool {
	e, err := ellipses()
	if err != nil {
		return false
	}
	named := map[int]bool{}
	for _, p := range l.pieces(e, l.analyzer.Normalise(strings.Join(questions, "\n"))) {
		if p.role == side {
			named[p.group] = true
		}
	}
	return !slices.ContainsFunc(f.said, func(p piece) bool { return p.role == side && !named[p.group] })
}

// mainObjects are the objects that a good part of an entry's questions name.
func (l *Library) mainObjects(entry string) []concept {
	const share = 3 // one question in so many
	i, ok := l.byID[entry]
	if !ok {
		return nil
	}
	questions := l.questions[l.first[i]:l.first[i+1]]
	named := map[concept]int{}
	var out []concept
	for _, k := range questions {
		for _, c := range k.concepts {
			if named[c]++; l.analyzer.lexicon.classes[c] == object && named[c] == 1+len(questions)/share {
				out = append(out, c)
			}
		}
	}
	return out
}

// shares reports whether the entry is about the subject talked about.
func (f *followUp) shares(l *Library, entry string) bool {
	if len(f.subject) == 0 {
		return entry == f.topic.Entry
	}
	return l.speaksOf(entry, f.subject)
}

// suits reports whether the entry is about the subject and speaks of all the
// question names: whom, which side, and every word not known otherwise.
func (l *Library) suits(f *followUp, entry string) bool {
	e, err := ellipses()
	if err != nil || !f.shares(l, entry) {
		return false
	}
	if l.otherCase(f, entry) {
		return false
	}
	text := l.said(entry)
	canonical := string(l.analyzer.read([]rune(text)).canonical)
	named := f.said
	if f.replaced { // the rest of the question is the one before
		named = slices.DeleteFunc(slices.Concat(f.said, f.before), func(p piece) bool { return p.role == subject || p.role == content })
	}
	if l.otherSide(e, named, entry) {
		return false
	}
	for _, p := range named {
		ok := true
		switch p.role {
		case side:
			ok = slices.ContainsFunc(append(e.found[p.group], string(p.text)), func(w string) bool { return strings.Contains(text, w) })
		case who:
			ok = slices.ContainsFunc(e.who[p.group], func(w string) bool { return strings.Contains(text, w) })
		case content:
			ok = holds(text, p.text)
		case place, paper:
			ok = strings.Contains(text, string(p.text)) || p.as != 0 && strings.Contains(canonical, l.analyzer.lexicon.names[p.as])
		case doing:
			ok = l.does(entry, p.as) || strings.Contains(text, string(p.text))
		case subject, cue:
		}
		if !ok {
			return false
		}
	}
	return true
}

// otherSide reports whether the entry's own question is about a side of the
// matter, and not about one of those asked about: what something costs does not
// tell where to get it.
func (l *Library) otherSide(e *ellipsis, asked []piece, entry string) bool {
	own := l.pieces(e, l.analyzer.Normalise(l.entries[l.byID[entry]].Question))
	return has(asked, side) && has(own, side) && !slices.ContainsFunc(asked, func(a piece) bool {
		return a.role == side && slices.ContainsFunc(own, func(o piece) bool { return o.role == side && o.group == a.group })
	})
}

// otherCase reports whether the entry's own question is for another case than
// the one talked about: lost where it was expired. A case the follow-up itself
// names takes the place of the one before.
func (l *Library) otherCase(f *followUp, entry string) bool {
	lex := l.analyzer.lexicon
	before := l.analyzer.slotValues(l.analyzer.read([]rune(text(f.before, func(*piece) bool { return true }))).canonical)
	now := l.analyzer.slotValues(l.analyzer.read([]rune(f.text)).canonical)
	own := l.questions[l.first[l.byID[entry]]].slots
	return slices.ContainsFunc(before, func(b concept) bool {
		same := func(c concept) bool { return lex.slotOf[c] == lex.slotOf[b] }
		shared := func(c concept) bool { return same(c) && slices.Contains(before, c) }
		return !slices.ContainsFunc(now, same) && slices.ContainsFunc(own, same) && !slices.ContainsFunc(own, shared)
	})
}

// does reports whether a question of the entry names the action, or one that
// points at it.
func (l *Library) does(entry string, action concept) bool {
	i := l.byID[entry]
	return slices.ContainsFunc(l.questions[l.first[i]:l.first[i+1]], func(k known) bool { return l.analyzer.lexicon.match(action, k.concepts) > 0 })
}

// said is all an entry says, normalised.
func (l *Library) said(entry string) string {
	e := &l.entries[l.byID[entry]]
	return l.analyzer.Normalise(strings.Join(append([]string{e.Question, e.Answer}, e.Variants...), "\n"))
}
