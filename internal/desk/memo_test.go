package desk_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

// What was asked this minute is not weighed again, unless what is known has changed.
func TestWhatWasAskedThisMinuteIsRemembered(t *testing.T) {
	t.Parallel()
	h := open(t)
	weighed := 0
	h.Matcher = knowledge.NewMatcher(slow{Index: h.Index, write: func(context.Context) error { weighed++; return nil }})
	ask := func(text string) knowledge.Decision {
		decision, err := h.Ask(t.Context(), desk.Question{Text: text})
		must(t, err)
		return decision
	}
	again := func(what string, want bool) {
		t.Helper()
		before := weighed
		if ask("身份证丢了怎么补办？"); (weighed > before) != want {
			t.Errorf("%s: weighed again: %t", what, weighed > before)
		}
	}
	first := ask("身份证丢了怎么补办？")
	again("at once", false)
	if got := ask("身份证丢了怎么补办？"); !reflect.DeepEqual(got, first) || got.Kind != knowledge.Answer {
		t.Errorf("remembered %+v of %+v", got, first)
	}
	h.Library().Learn(map[string]int{"passport-first": 3})
	again("after learning", true)
	h.pass(time.Minute)
	again("a minute later", true)
	must(t, h.ReloadLibrary(t.Context()))
	again("by a library read anew", true)
}
