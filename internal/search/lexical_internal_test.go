package search

import (
	"testing"

	"jiesu/internal/desk/knowledge"
)

// TestVectorsOfSharedTermsPointTheSameWay holds what nearest vectors rest on.
func TestVectorsOfSharedTermsPointTheSameWay(t *testing.T) {
	t.Parallel()
	a, err := knowledge.NewAnalyzer()
	if err != nil {
		t.Fatal(err)
	}
	entries := []knowledge.Entry{
		{ID: "id", Question: "身份证丢了怎么补办？"}, {ID: "hukou", Question: "户口怎么迁到外地？"}, {ID: "dog", Question: "养狗要办什么证？"},
	}
	c, err := newContent(a, entries)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"居民身份证遗失补领": "id", "迁户口去外地": "hukou", "狗证": "dog"} {
		q := a.Analyse(text)
		asked, best, name := c.vector(&q), float32(0), ""
		for i := range entries {
			v, _ := vectorOf(a, &entries[i])
			var dot, length float32
			for k := range v {
				dot += asked[k] * float32(v[k])
				length += float32(v[k] * v[k])
			}
			if near := dot * dot / length; dot > 0 && near > best {
				best, name = near, entries[i].ID
			}
		}
		if name != want {
			t.Errorf("%s is nearest to %q, want %s", text, name, want)
		}
	}
	q := a.Analyse("zebra")
	if v := c.vector(&q); v != nil {
		t.Error("a question without a known term has a vector")
	}
}

// TestContentIsNamedByWhatItHolds: equal content has one name in every process,
// and any change of an entry another one.
func TestContentIsNamedByWhatItHolds(t *testing.T) {
	t.Parallel()
	a, err := knowledge.NewAnalyzer()
	if err != nil {
		t.Fatal(err)
	}
	name := func(entries ...knowledge.Entry) string {
		c, err := newContent(a, entries)
		if err != nil {
			t.Fatal(err)
		}
		return c.library
	}
	one, two := knowledge.Entry{ID: "1", Question: "护照"}, knowledge.Entry{ID: "2", Question: "签证"}
	changed := one
	changed.Answer = "到窗口办理。"
	if name(one, two) != name(two, one) || name(one, two) != name(changed, two, one) {
		t.Error("the order, or what a later entry replaces, changes the name")
	}
	if name(one, two) == name(changed, two) || name(one) == name(one, two) || name() == name(one) {
		t.Error("different content has one name")
	}
}
