package desk_test

import (
	"slices"
	"strings"
	"testing"

	"jiesu/internal/desk"
)

func TestALetterLookedUpSaysWhyItIsDueOnItsDay(t *testing.T) {
	t.Parallel()
	h := open(t)
	receipt, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	if err != nil {
		t.Fatal(err)
	}
	line, err := h.Lookup(t.Context(), receipt.Number, receipt.QueryCode)
	if err != nil || line.Clock == nil {
		t.Fatalf("no reason: %v", err)
	}
	if k := line.Clock; !k.DueAt.Equal(line.DueAt) || k.By.Name == "" || !slices.Equal(k.Explain, receipt.Explain) {
		t.Errorf("due %s because of %+v", line.DueAt, k)
	}
}

func TestBeforehandOffersOnlyWhatTheLibraryIsSureOf(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, c := range []struct{ name, title, text, want string }{
		{"by its title", "身份证丢了怎么补办", "昨天在车站丢的。", "id-card"},
		{"by how it begins", "请教一个问题", "身份证丢了怎么补办？", "id-card"},
		{"nothing like it", "股票", "明天会涨吗", ""},
		{"present danger", "救命", "我家着火了", ""},
		{"nothing written", "", "", ""},
	} {
		found, err := d.Beforehand(t.Context(), c.title, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(found) > 0; got != (c.want != "") || got && !strings.Contains(found[0].ID, c.want) {
			t.Errorf("%s: %v", c.name, found)
		}
	}
}
