package knowledge_test

import (
	"slices"
	"testing"

	"jiesu/internal/desk/knowledge"
)

func TestSynonymsNameTheOthersOfTheGroup(t *testing.T) {
	t.Parallel()
	synonyms, err := knowledge.Synonyms()
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{"身份证": "居民身份证", "居民身份证": "身份证", "户口本": "户口簿", "驾照": "驾驶证"} {
		if !slices.Contains(synonyms[word], want) {
			t.Errorf("synonyms of %s are %v, want %s among them", word, synonyms[word], want)
		}
	}
	for word, others := range synonyms {
		if slices.Contains(others, word) {
			t.Errorf("%s is a synonym of itself", word)
		}
	}
}

func TestCanonicalReadsTwoWordingsAsOne(t *testing.T) {
	t.Parallel()
	a, err := knowledge.NewAnalyzer()
	if err != nil {
		t.Fatal(err)
	}
	if x, y := a.Canonical("请问户口本丢了怎么办？"), a.Canonical("戶口簿丟了"); x != y || x == "" {
		t.Errorf("read as %q and %q", x, y)
	}
}
