package knowledge_test

import (
	"testing"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
)

func TestOverlappingEntriesAreFound(t *testing.T) {
	t.Parallel()
	entries := []knowledge.Entry{
		{ID: "where", Question: "无犯罪记录证明去哪里开？", Variants: []string{"无犯罪证明在哪办", "开无犯罪记录证明找谁"}},
		{ID: "place", Question: "开无犯罪记录证明去哪里？", Variants: []string{"无犯罪记录证明在哪开", "无犯罪证明找谁开"}},
		{ID: "dog", Question: "养狗要办什么证？", Variants: []string{"小狗怎么登记", "遛狗要带犬证吗"}},
	}
	lib, err := knowledge.NewLibrary(entries, nil)
	if err != nil {
		t.Fatal(err)
	}
	index := search.NewEmbedded()
	if err := index.Replace(t.Context(), entries); err != nil {
		t.Fatal(err)
	}
	found, err := knowledge.NewMatcher(index).Overlaps(t.Context(), lib, today)
	if err != nil || len(found) == 0 {
		t.Fatalf("found %v, %v", found, err)
	}
	for _, o := range found {
		if o.Entry == "dog" || o.Other == "dog" || len(o.Ways) < 2 || o.Of != 3 {
			t.Errorf("%+v", o)
		}
	}
}
