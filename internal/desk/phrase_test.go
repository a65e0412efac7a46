package desk_test

import (
	"slices"
	"testing"

	"jiesu/internal/desk"
)

func TestPhrases(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	shared, err := c.AddPhrase(t.Context(), c.ana, desk.ChatPhrase{Title: "问候", Text: "您好，很高兴为您服务。"}, true)
	must(t, err)
	own, err := c.AddPhrase(t.Context(), c.patrol, desk.ChatPhrase{Title: "换证", Text: "请到车管所换证。", Category: "traffic"}, false)
	must(t, err)
	for what, x := range map[string]struct {
		p      desk.ChatPhrase
		a      desk.Actor
		shared bool
		code   string
	}{
		"for everybody, by one unit": {desk.ChatPhrase{Title: "一", Text: "二"}, c.patrol, true, "phrase.denied"},
		"by a leader":                {desk.ChatPhrase{Title: "一", Text: "二"}, c.leader("boss"), false, "phrase.denied"},
		"without a title":            {desk.ChatPhrase{Text: "二"}, c.ana, true, "phrase.invalid"},
		"with personal data":         {desk.ChatPhrase{Title: "一", Text: "身份证号11010519491231002X"}, c.ana, true, "phrase.blocked"},
	} {
		_, err := c.AddPhrase(t.Context(), x.a, x.p, x.shared)
		refusedWith(t, what, err, x.code)
	}
	listed := func(a desk.Actor, f desk.PhraseFilter) (titles []string) {
		ps, err := c.Phrases(t.Context(), a, f)
		must(t, err)
		for _, p := range ps {
			titles = append(titles, p.Title)
		}
		return titles
	}
	if got := listed(c.patrol, desk.PhraseFilter{Category: "traffic"}); !slices.Equal(got, []string{"换证", "问候"}) {
		t.Errorf("the own and everybody's: %v", got)
	}
	if got := listed(c.ana, desk.PhraseFilter{Text: "服务"}); !slices.Equal(got, []string{"问候"}) {
		t.Errorf("found %v", got)
	}
	_, err = c.ChangePhrase(t.Context(), c.ana, own)
	refusedWith(t, "somebody else's", err, "phrase.not_found")
	shared.Text = "您好。"
	next, err := c.ChangePhrase(t.Context(), c.ana, shared)
	must(t, err)
	_, err = c.ChangePhrase(t.Context(), c.bo, shared)
	refusedWith(t, "an old version", err, "phrase.stale")
	next.Retired = true
	_, err = c.ChangePhrase(t.Context(), c.bo, next)
	must(t, err)
	if got := listed(c.ana, desk.PhraseFilter{}); len(got) != 0 {
		t.Errorf("a retired one is offered: %v", got)
	}
	if got := c.audited(t, "phrase/"+shared.ID); !slices.Equal(got, []string{"ana phrase.add", "ana phrase.change", "bo phrase.retire"}) {
		t.Errorf("the trail tells %v", got)
	}
}
