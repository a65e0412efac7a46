package desk

import (
	"context"
	"slices"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
)

// turn is one thing said to the desk, in a chat or outside of one.
type turn struct {
	text   string  // personal data masked
	choice *string // entry chosen from those offered; empty: none of these; nil: text counts
}

// taken is what came of a turn.
type taken struct {
	decision knowledge.Decision
	thread   conversation.Thread // what is talked about from now on
	notes    []string            // questions for the editors, masked
}

// take decides what to say to a turn in its thread. It stores nothing.
func (d *Desk) take(ctx context.Context, thread conversation.Thread, t turn) (taken, error) {
	choice := t.choice
	if choice == nil {
		if entry, ok := thread.Choice(t.text); ok {
			choice = &entry
		}
	}
	switch {
	case choice == nil:
		return d.say(ctx, thread, t.text)
	case *choice == "":
		return d.noneOfThese(ctx, thread)
	}
	e, err := d.Entry(*choice)
	if err != nil {
		return taken{}, err
	}
	return taken{
		decision: knowledge.Decision{Kind: knowledge.Answer, Confidence: 1, Answer: e.Entry.Verbatim()},
		thread:   conversation.Answered(e.Entry.ID, ""),
	}, nil
}

// noneOfThese offers what else may be meant, or leaves the question to people.
func (d *Desk) noneOfThese(ctx context.Context, thread conversation.Thread) (taken, error) {
	if refused, ok := thread.NoneOfThese(); ok {
		options, err := d.Matcher.Others(ctx, d.Library(), thread.Open, refused, d.at())
		if err != nil {
			return taken{}, err
		}
		if len(options) > 0 {
			return taken{
				decision: knowledge.Decision{Kind: knowledge.Clarify, Options: options},
				thread:   thread.Clarifying(thread.Open, options, true),
			}, nil
		}
	}
	return taken{decision: d.none(thread.Open, 0), notes: some(thread.Open)}, nil
}

// say decides about a text and works out what is talked about after it.
func (d *Desk) say(ctx context.Context, thread conversation.Thread, text string) (taken, error) {
	r, err := d.readOnce(ctx, question{topic: thread.Topic(), text: text})
	if err != nil {
		return taken{}, err
	}
	out := taken{decision: r.Decision, thread: thread, notes: r.Decision.Missed}
	switch r.Decision.Kind {
	case knowledge.Answer:
		out.thread = conversation.Answered(lastEntry(r.Decision), r.Asked)
		if len(r.Decision.More) > 0 { // the last of several questions: its own words are not known here
			out.thread = conversation.Answered(lastEntry(r.Decision), "")
		}
	case knowledge.Clarify:
		return d.clarify(thread, text, r), nil
	case knowledge.None:
		out.notes = some(text)
		if !d.Library().Elliptic(thread.Topic(), text) { // another matter
			out.thread = conversation.Thread{}
		}
	case knowledge.Emergency, knowledge.Restricted:
		out.thread = conversation.Thread{}
	case knowledge.SmallTalk:
	}
	return out, nil
}

// readOnce is read, but for questions that were asked this minute, or are being
// weighed just now.
func (d *Desk) readOnce(ctx context.Context, q question) (knowledge.Reading, error) {
	if !q.askedAgain() {
		return d.read(ctx, q.topic, q.text)
	}
	asked := d.memo.at(d.Library(), d.at())
	if r, ok := asked.recall(q); ok {
		return r, nil
	}
	return asked.once(q, func() (knowledge.Reading, error) {
		return d.read(context.WithoutCancel(ctx), q.topic, q.text) // others wait for it, too
	})
}

// clarify asks back, unless that was done twice about the same matter already
// or too few options are left that were not refused.
func (d *Desk) clarify(thread conversation.Thread, text string, r knowledge.Reading) taken {
	same := thread.Open != "" && d.Library().SameMatter(text, thread.Open)
	options := r.Decision.Options
	if same {
		options = slices.DeleteFunc(slices.Clone(options), func(o knowledge.Option) bool { return slices.Contains(thread.Refused, o.Entry) })
	}
	if same && thread.Round >= conversation.MaxRounds || len(options) < 2 {
		return taken{decision: d.none(text, r.Decision.Confidence), notes: some(text)}
	}
	r.Decision.Options = options
	return taken{decision: r.Decision, thread: thread.Clarifying(r.Asked, options, same)}
}

// lastEntry is the entry of the last answer that is one of the library's.
func lastEntry(decision knowledge.Decision) string {
	entry := decision.Answer.Entry
	for _, r := range decision.More {
		if !r.Fixed() {
			entry = r.Entry
		}
	}
	return entry
}

func some(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
