package knowledge

import (
	"context"
	"time"
)

// Golden are the questions a library is measured by.
type Golden struct {
	Queries []Query
	Outside []string // nothing answers them
}

// Trial is how a library does with the golden questions.
type Trial struct {
	Report Report

	said map[string]string // by question: what was said
}

// Try asks the golden questions.
func (g Golden) Try(ctx context.Context, ask Ask, now func() time.Time) (Trial, error) {
	t := Trial{said: make(map[string]string, len(g.Queries)+len(g.Outside))}
	var err error
	t.Report, err = Evaluate(ctx, func(ctx context.Context, text string) (Decision, []string, error) {
		d, ids, err := ask(ctx, text)
		if err == nil {
			t.said[text] = saidBy(&d)
		}
		return d, ids, err
	}, g.Queries, g.Outside, now)
	return t, err
}

// Changes are the golden questions two libraries decide otherwise, in order.
func (g Golden) Changes(before, after *Trial) []Change {
	var changes []Change
	note := func(text string) {
		if a, b := before.said[text], after.said[text]; a != b {
			changes = append(changes, Change{Text: text, Before: a, After: b})
		}
	}
	for i := range g.Queries {
		note(g.Queries[i].Text)
	}
	for _, text := range g.Outside {
		note(text)
	}
	return changes
}
