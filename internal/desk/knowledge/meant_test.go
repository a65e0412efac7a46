package knowledge_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
)

// cosines is a similarity as a test says.
type cosines struct {
	byEntry map[string]float64
	ok      bool
}

func (c cosines) Similarity(context.Context, string) (map[string]float64, bool) {
	return c.byEntry, c.ok
}

const meantModel = `
rank: {char_entry: 4}
confidence: {bias: -1, first: 2}
thresholds: {answer: 0.6, clarify: 0.3, near: 3}
with_meaning:
  rank: {char_entry: 4, meaning: 20}
  confidence: {bias: -1, first: 2, meaning: 1}
  thresholds: {answer: 0.6, clarify: 0.3, near: 3}
  training: {embeddings: one}
`

// TestNearnessInMeaning brings in an entry that shares no word with the question,
// on whatever scale a model's cosines lie; where it is not known all is as
// without.
func TestNearnessInMeaning(t *testing.T) {
	t.Parallel()
	entries := []knowledge.Entry{{ID: "dog", Question: "养犬登记"}, {ID: "lost", Question: "遗失招领"}, {ID: "house", Question: "房屋出租备案"}}
	lib, err := knowledge.NewLibrary(entries, nil)
	if err != nil {
		t.Fatal(err)
	}
	index := search.NewEmbedded()
	if err := index.Replace(t.Context(), entries); err != nil {
		t.Fatal(err)
	}
	m, err := knowledge.ParseModel([]byte(meantModel))
	if err != nil || m.Meant() != "one" {
		t.Fatalf("meant with %q, %v", m.Meant(), err)
	}
	const question = "小狗房子"
	ask := func(m *knowledge.Matcher) []knowledge.Scored {
		_, scored, err := m.Match(t.Context(), lib.With(mustParse(t)), question, today)
		if err != nil {
			t.Fatal(err)
		}
		return scored
	}
	plain := knowledge.NewMatcher(index)
	want := ask(plain)
	for name, c := range map[string]cosines{
		"late": {map[string]float64{"dog": 1}, false}, "nothing": {nil, true},
	} {
		if got := ask(plain.Understanding(c)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	for name, c := range map[string]cosines{
		"wide":   {map[string]float64{"lost": 0.9, "dog": 0.1, "house": 0.1}, true},
		"narrow": {map[string]float64{"lost": 0.79, "dog": 0.77, "house": 0.77}, true},
	} {
		if got := ask(plain.Understanding(c)); got[0].Entry != "lost" || got[0].Features()["meaning"] == 0 {
			t.Errorf("%s: first is %+v", name, got[0])
		}
	}
	if _, err := knowledge.ParseModel([]byte(strings.Replace(meantModel, "embeddings: one", "price: 1", 1))); err == nil {
		t.Error("weights of a model nobody names are taken")
	}
}

func mustParse(t *testing.T) *knowledge.Model {
	t.Helper()
	m, err := knowledge.ParseModel([]byte(meantModel))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
