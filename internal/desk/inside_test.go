package desk_test

import (
	"context"
	"sync/atomic"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

// leaving is an index that sends what it is asked to a model.
type leaving struct {
	knowledge.Index

	sent atomic.Int64
}

func (l *leaving) Search(context.Context, string, int) ([]knowledge.Candidate, error) {
	l.sent.Add(1)
	return nil, nil
}

// What citizens ask may go to a model, masked; letters may not.
func TestLettersAreComparedInsideTheHouse(t *testing.T) {
	t.Parallel()
	h := open(t)
	number, l := handled(t, h, lostCard()), &leaving{}
	h.AssistWith(desk.Assistance{Matcher: h.Matcher})
	h.Matcher = knowledge.NewMatcher(l)
	found, err := h.EntriesFor(t.Context(), h.handler("handler", "traffic"), number)
	if err != nil || len(found) == 0 || l.sent.Load() > 0 {
		t.Errorf("found %d entries, error %v, sent %d times", len(found), err, l.sent.Load())
	}
	if _, err := h.Ask(t.Context(), desk.Question{Text: "身份证丢了怎么补办"}); err != nil || l.sent.Load() == 0 {
		t.Errorf("a question was sent %d times, error %v", l.sent.Load(), err)
	}
}
