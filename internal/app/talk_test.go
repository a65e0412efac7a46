package app

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
)

// followUpRow is a question asked after another was answered; without entries
// it is one that nothing in the library answers.
type followUpRow struct {
	ID       string   `json:"id"`
	First    string   `json:"first"`
	Then     string   `json:"then"`
	EntryIDs []string `json:"entry_ids"`
}

// TestGoldenFollowUps: context finds most of what is meant, and makes no answer
// out of nothing.
func TestGoldenFollowUps(t *testing.T) {
	t.Parallel()
	known, index := shippedContent(t)
	matcher, at := knowledge.NewMatcher(index), time.Now()
	rows, err := readLines[followUpRow](filepath.Join("..", "..", "faq", "golden", "followups.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	topics := conversation.NewTopics(known.topics)
	known.library = known.library.Beside(func(text string) string { _, word := topics.Find(text); return word })
	asked, right := 0, 0
	for _, r := range rows {
		first, err := matcher.Follow(t.Context(), known.library, knowledge.Topic{}, r.First, at)
		if err != nil {
			t.Fatal(err)
		}
		if first.Decision.Kind != knowledge.Answer {
			t.Errorf("%s: %q ends in %s", r.ID, r.First, first.Decision.Kind)
			continue
		}
		topic := knowledge.Topic{Entry: first.Decision.Answer.Entry, Asked: first.Asked}
		then, err := matcher.Follow(t.Context(), known.library, topic, r.Then, at)
		if err != nil {
			t.Fatal(err)
		}
		d := then.Decision
		if v, gated := conversation.Gate(r.Then); gated { // the library is not asked
			d = knowledge.Decision{Kind: v.Kind}
		}
		if len(r.EntryIDs) > 0 {
			asked++
		}
		switch {
		case d.Kind != knowledge.Answer:
		case slices.Contains(r.EntryIDs, d.Answer.Entry):
			right++
		default:
			t.Errorf("%s: after %q, %q is answered with %s (understood as %q), wanted one of %v", r.ID, r.First, r.Then, d.Answer.Entry, then.Asked, r.EntryIDs)
		}
	}
	if right*100 < asked*90 {
		t.Errorf("%d of %d follow-ups are answered", right, asked)
	}
}

// topicRow is a question that is not ours, with the line that says whose it is.
type topicRow struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Line string `json:"line"`
}

// TestGoldenTopics: who asks about what is not ours is told whom to ask.
func TestGoldenTopics(t *testing.T) {
	t.Parallel()
	known, index := shippedContent(t)
	d := desk.New(desk.Parts{Library: known.library, Matcher: knowledge.NewMatcher(index), Lines: known.lines, Topics: known.topics, Now: time.Now})
	rows, err := readLines[topicRow](filepath.Join("..", "..", "faq", "golden", "topics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		decision, _, err := d.Decide(t.Context(), r.Text)
		if err != nil {
			t.Fatal(err)
		}
		if decision.Kind != knowledge.None || decision.Answer.Entry != "line:"+r.Line || len(decision.Hotlines) == 0 {
			t.Errorf("%s: %q ends in %s %+v, wanted %s", r.ID, r.Text, decision.Kind, decision.Answer, r.Line)
		}
	}
}
