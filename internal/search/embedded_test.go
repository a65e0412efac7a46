package search_test

import (
	"testing"

	"go.uber.org/goleak"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
	"jiesu/internal/search/searchtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEmbeddedConforms(t *testing.T) {
	t.Parallel()
	searchtest.Run(t, func(*testing.T) knowledge.Index { return search.NewEmbedded() })
}

// The engine alone already understands what the trade says for one thing.
func TestEmbeddedFindsSynonymsAndSounds(t *testing.T) {
	t.Parallel()
	index := search.NewEmbedded()
	if err := index.Replace(t.Context(), searchtest.Entries()); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"驾本没了":  "licence-lost", // another word for the thing
		"身分正补办": "id-lost",      // characters that sound the same
		"犬证":    "dog-licence",
		"迁居民户籍": "hukou-move",
	} {
		found, err := index.Search(t.Context(), text, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 1 || found[0].Entry != want {
			t.Errorf("Search(%q) = %v, want %s", text, found, want)
		}
	}
}
