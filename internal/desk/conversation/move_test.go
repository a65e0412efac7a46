package conversation_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// TestEveryPathThroughAConversation makes moves at random: whatever was refused
// changed nothing, exactly one clerk has what a person answers, and nobody has
// anything else.
func TestEveryPathThroughAConversation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(2026, 6, 8, 1, 30, 0, 0, time.UTC)
		c := conversation.Conversation{ID: "c", State: conversation.Bot, Version: 1}
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			at = at.Add(time.Minute)
			ch := conversation.Change{
				Move: rapid.SampledFrom(conversation.Moves()).Draw(t, "move"), At: at, Ticket: "J1",
				Skill: rapid.SampledFrom([]string{"", "traffic", "dogs"}).Draw(t, "skill"), Avoid: []string{"traffic"}, From: 7,
				Clerk: rapid.SampledFrom([]string{"u1", "u2"}).Draw(t, "clerk"),
			}
			next, err := c.Apply(ch)
			if err != nil {
				if problem.KindOf(err) != problem.Conflict || !reflect.DeepEqual(next, c) {
					t.Fatalf("%s from %s: %v, and %+v became %+v", ch.Move, c.State, err, c, next)
				}
				continue
			}
			if next.Version != c.Version+1 || !next.UpdatedAt.Equal(at) {
				t.Fatalf("%s: version %d after %d", ch.Move, next.Version, c.Version)
			}
			if (next.State == conversation.Person) != (next.Clerk != "" && next.Taken.Equal(at)) {
				t.Fatalf("%s: %+v", ch.Move, next)
			}
			if (next.State == conversation.Queued) != next.Since.Equal(at) {
				t.Fatalf("%s: %+v", ch.Move, next)
			}
			if !next.State.Live() && (next.Skill != "" || next.Avoid != nil || next.From != 0 || next.Again) {
				t.Fatalf("%s leaves something of the person behind: %+v", ch.Move, next)
			}
			if next.Again && c.Clerk == "" || ch.Move == conversation.Requeue && !next.Again {
				t.Fatalf("%s: goes first %v", ch.Move, next.Again)
			}
			c = next
		}
	})
}

// TestMoves is the table of moves as people think of it: whatever is not in it is
// refused.
func TestMoves(t *testing.T) {
	t.Parallel()
	states := []conversation.State{conversation.Bot, conversation.Handed, conversation.Queued, conversation.Person, conversation.Ended}
	want := map[conversation.Move]map[conversation.State]conversation.State{
		conversation.Ask:      {"bot": "queued", "handed": "queued", "ended": "queued"},
		conversation.Leave:    {"queued": "bot"},
		conversation.Take:     {"queued": "person"},
		conversation.Transfer: {"person": "person"},
		conversation.Requeue:  {"person": "queued"},
		conversation.HandBack: {"person": "bot"},
		conversation.End:      {"person": "ended"},
		conversation.Register: {"bot": "handed", "handed": "handed", "queued": "handed", "person": "handed", "ended": "handed"},
		conversation.Resume:   {"ended": "bot"},
	}
	for _, m := range conversation.Moves() {
		for _, s := range states {
			next, err := conversation.Conversation{State: s}.Apply(conversation.Change{Move: m})
			if to, ok := want[m][s]; ok != (err == nil) || ok && next.State != to {
				t.Errorf("%s from %s: %s %v, want %q", m, s, next.State, err, to)
			}
		}
	}
	if _, err := (conversation.Conversation{State: conversation.Bot}).Apply(conversation.Change{Move: "dance"}); err == nil {
		t.Error("an unknown move was made")
	}
}
