package desk_test

import (
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
)

// vagueChat is a chat in which the robot has just asked back.
func vagueChat(t *testing.T, h *house) (*chat, desk.AnswerBody) {
	t.Helper()
	for _, text := range []string{"驾驶证", "身份证", "户口", "养狗", "居住证", "交通事故", "护照"} {
		c := newChat(t, h)
		b := c.say(text)
		if b.Decision == knowledge.Clarify {
			return c, b
		}
	}
	t.Fatal("nothing is asked back")
	return nil, desk.AnswerBody{}
}

func TestAskingBackEndsAfterTwoRounds(t *testing.T) {
	t.Parallel()
	h := openShipped(t)
	c, b := vagueChat(t, h)
	offered := map[string]bool{}
	for round := 1; b.Decision == knowledge.Clarify; round++ {
		if round > conversation.MaxRounds {
			t.Fatalf("round %d", round)
		}
		if !b.NoneOption || len(b.Options) < 2 || len(b.Options) > 4 {
			t.Errorf("round %d offers %+v", round, b.Options)
		}
		for _, o := range b.Options {
			if offered[o.Entry] {
				t.Errorf("%s was refused already", o.Entry)
			}
			offered[o.Entry] = true
		}
		b = c.choose("")
	}
	if b.Decision != knowledge.None || !strings.HasPrefix(b.Answer.Entry, "line:none.") {
		t.Errorf("ends in %+v", b)
	}
	rows, err := h.store.AskedWaiting(t.Context(), 10)
	must(t, err)
	if len(rows) != 1 {
		t.Errorf("noted %+v", rows)
	}
}

func TestAChoiceMayBeTyped(t *testing.T) {
	t.Parallel()
	h := openShipped(t)
	for _, typed := range []string{"第二个", "2", "选2", "２。", "二"} {
		c, b := vagueChat(t, h)
		if got := entry(c.say(strings.ReplaceAll(typed, "２", "2"))); got != b.Options[1].Entry {
			t.Errorf("%q chose %q, wanted %s", typed, got, b.Options[1].Entry)
		}
	}
	c, _ := vagueChat(t, h)
	if b := c.say("都不是"); b.Decision != knowledge.Clarify && b.Decision != knowledge.None {
		t.Errorf("none of these: %+v", b)
	}
	c, first := vagueChat(t, h)
	if b := c.choose(first.Options[0].Entry); entry(b) != first.Options[0].Entry {
		t.Errorf("chosen: %+v", b)
	}
}

// TestRefiningAChoice: what is typed next is read with what is being clarified,
// and the third choice about one matter is not asked.
func TestRefiningAChoice(t *testing.T) {
	t.Parallel()
	h := openShipped(t)
	c := newChat(t, h)
	if b := c.say("驾驶证"); b.Decision != knowledge.Clarify {
		t.Fatalf("驾驶证 ends in %s", b.Decision)
	}
	if got := entry(c.say("丢了")); got != "licence-lost" {
		t.Errorf("丢了 is answered with %q", got)
	}
	c, _ = vagueChat(t, h)
	rounds := 1
	for _, text := range []string{"驾驶证", "驾照", "驾驶证", "驾照"} {
		c.say("驾驶证")
		if b := c.say(text); b.Decision == knowledge.Clarify {
			rounds++
		}
	}
	if rounds > 5 {
		t.Errorf("asked back %d times", rounds)
	}
}
