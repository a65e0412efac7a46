package desk

import (
	"context"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/seal"
)

// Of a letter, as much is read as a question has.
const (
	beforehandText = 200
	beforehandMost = 3
)

// Beforehand are entries that may answer a letter while it is being written,
// best first. It stores nothing, and says nothing unless the library is sure
// enough to answer or to ask back.
func (d *Desk) Beforehand(ctx context.Context, title, text string) ([]knowledge.Entry, error) {
	for _, asked := range []string{title, text} {
		start := []rune(asked)
		asked = string(start[:min(len(start), beforehandText)])
		if channel.CheckText("/text", "", asked, beforehandText) != nil {
			continue
		}
		decision, _, err := d.Decide(ctx, seal.Mask(asked))
		if err != nil {
			return nil, err
		}
		if found := d.entriesOf(&decision); len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

// entriesOf are the entries a decision answers with, or offers.
func (d *Desk) entriesOf(decision *knowledge.Decision) []knowledge.Entry {
	var ids []string
	if a := decision.Answer; a != nil && !a.Fixed() {
		ids = append(ids, a.Entry)
	}
	for i := range decision.More {
		ids = append(ids, decision.More[i].Entry)
	}
	for _, o := range decision.Options {
		ids = append(ids, o.Entry)
	}
	var found []knowledge.Entry
	for _, id := range ids {
		if e, ok := d.Library().Entry(id); ok && len(found) < beforehandMost {
			found = append(found, e)
		}
	}
	return found
}
