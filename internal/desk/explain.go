package desk

import (
	"cmp"
	"context"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// Explained is why the desk answers a question as it does.
type Explained struct {
	Text string // as it was read: personal data masked
	Line string // the fixed line a gate leads to; empty: the library decided
	knowledge.Explanation
}

// Explain tells editors how a question is decided. Nothing of it is kept or
// counted.
func (d *Desk) Explain(ctx context.Context, a Actor, text string) (Explained, error) {
	if !a.Edits {
		return Explained{}, denied()
	}
	if f := channel.CheckText("/text", "问题", text, channel.MaxText); f != nil {
		return Explained{}, problem.New(problem.Invalid, "ask.invalid", f.Message).With(*f)
	}
	e := Explained{Text: seal.Mask(text)}
	var err error
	if e.Explanation, err = d.Matcher.Explain(ctx, d.Library(), cmp.Or(hear(e.Text).rest, e.Text), d.at()); err != nil {
		return Explained{}, err
	}
	if e.Decision, _, err = d.Decide(ctx, e.Text); err != nil {
		return Explained{}, err
	}
	switch e.Decision.Kind {
	case knowledge.Emergency, knowledge.Restricted, knowledge.SmallTalk: // what the library would have said is shown all the same
		e.Line, e.Reason = strings.TrimPrefix(e.Decision.Answer.Entry, "line:"), knowledge.BecauseGate
	case knowledge.None:
		if !strings.HasPrefix(string(e.Reason), string(knowledge.None)) {
			e.Reason = knowledge.BecauseElsewhere
		}
	case knowledge.Answer, knowledge.Clarify:
	}
	return e, nil
}
