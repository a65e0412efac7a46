package app

import (
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
)

// shippedContent is the content the binary carries, and its library indexed.
func shippedContent(tb testing.TB) (content, *search.Embedded) {
	tb.Helper()
	known, err := loadContent("")
	if err != nil {
		tb.Fatal(err)
	}
	index := search.NewEmbedded()
	if err := index.Replace(tb.Context(), known.library.Entries()); err != nil {
		tb.Fatal(err)
	}
	return known, index
}

// TestCommonQuestions asks the shipped library what people ask first, in as few
// words as they use. A change that loses one of these is not an improvement,
// whatever the figures say.
func TestCommonQuestions(t *testing.T) {
	t.Parallel()
	known, index := shippedContent(t)
	d := desk.New(desk.Parts{Library: known.library, Matcher: knowledge.NewMatcher(index), Lines: known.lines, Now: time.Now})
	for question, want := range map[string][]string{
		"身份证丢了":              {"id-card-lost"},
		"身份证丢了怎么办":           {"id-card-lost"},
		"身份证丢了怎么补办":          {"id-card-lost"},
		"護照丟了怎麼辦":            {"passport-lost"},
		"护照多少钱":              {"passport-fee"},
		"居住证丢了怎么办":           {"residence-permit-lost"},
		"车牌丢了怎么办":            {"vehicle-plate-lost"},
		"驾照到期了怎么换":           {"licence-renew"},
		"酒驾怎么处罚":             {"drink-driving"},
		"新生儿上户口":             {"hukou-newborn"},
		"办无犯罪记录证明":           {"ncr-where", "ncr-how"},
		"shenfenzheng diule": {"id-card-lost"},
	} {
		got, _, err := d.Decide(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		if got.Kind != knowledge.Answer || !slices.Contains(want, got.Answer.Entry) {
			t.Errorf("%s: %s %+v, wanted %v", question, got.Kind, got.Answer, want)
		}
	}
}
