package desk

import (
	"context"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// Ask decides what to say to a question asked outside of a chat. Personal data
// is masked before the question is looked at or kept. A question the library
// cannot answer is noted for the editors.
func (d *Desk) Ask(ctx context.Context, q Question) (knowledge.Decision, error) {
	if f := channel.CheckText("/text", "问题", q.Text, channel.MaxText); f != nil {
		return knowledge.Decision{}, problem.New(problem.Invalid, "ask.invalid", f.Message).With(*f)
	}
	text := seal.Mask(q.Text)
	decision, _, err := d.Decide(ctx, text)
	if err != nil {
		return knowledge.Decision{}, err
	}
	if decision.Kind == knowledge.None {
		err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
			return d.noteUnanswered(ctx, tx, text)
		})
		if err != nil { // the citizen still gets the reply: an editor's list may miss one line
			d.Log.ErrorContext(ctx, "unanswered question not noted", "error", err)
		}
	}
	return decision, nil
}

// Decide runs the gates, then the library, and also returns what the library
// was weighed by, best first; nothing where a gate decided. It stores nothing;
// text has its personal data masked.
func (d *Desk) Decide(ctx context.Context, text string) (knowledge.Decision, []knowledge.Scored, error) {
	if v, ok := conversation.Gate(text); ok {
		return d.line(v.Kind, v.Line), nil, nil
	}
	decision, scored, err := d.Matcher.Match(ctx, d.Library, text, d.at())
	if err != nil {
		return knowledge.Decision{}, nil, err
	}
	if decision.Kind == knowledge.None {
		none := d.line(knowledge.None, "none.default")
		none.Confidence = decision.Confidence
		return none, scored, nil
	}
	return d.ordered(ctx, text, decision, scored), scored, nil
}

// line is a decision to say a fixed sentence.
func (d *Desk) line(kind knowledge.Kind, id string) knowledge.Decision {
	l := d.lines[id]
	return knowledge.Decision{
		Kind:       kind,
		Confidence: 1,
		Answer:     &knowledge.Reply{Entry: "line:" + id, Version: 1, Text: l.Text},
		Hotlines:   l.Hotlines,
	}
}

func (d *Desk) noteUnanswered(ctx context.Context, tx Tx, masked string) error {
	at := d.at()
	return tx.NoteUnanswered(ctx, Unanswered{Text: clip(masked, 200), Count: 1, FirstAt: at, LastAt: at})
}

// clip shortens s to at most n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
