package search

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/meilisearch/meilisearch-go"

	"jiesu/internal/desk/knowledge"
)

// chinese is how Meilisearch is told to segment texts and questions; without
// it, short questions are taken for Japanese.
const chinese = "cmn"

// newSettings are the settings of an index, and their fingerprint: another model,
// address or key makes another index, beside the one in use.
//
// Typing mistakes are mended before a question comes here, and whole words are
// compared, so typo tolerance and prefixes would only add wrong candidates.
func newSettings(e Embedding) (meilisearch.Settings, string, error) {
	synonyms, err := knowledge.Synonyms()
	if err != nil {
		return meilisearch.Settings{}, "", fmt.Errorf("search: %w", err)
	}
	noPrefixes := "disabled"
	s := meilisearch.Settings{
		RankingRules:         []string{"words", "exactness"},
		SearchableAttributes: []string{"question", "canonical", "variants", "keywords", "answer"},
		FilterableAttributes: []string{"category", "audience"},
		LocalizedAttributes:  []*meilisearch.LocalizedAttributes{{Locales: []string{chinese}, AttributePatterns: []string{"*"}}},
		Synonyms:             synonyms,
		ProximityPrecision:   meilisearch.ByAttribute,
		TypoTolerance:        &meilisearch.TypoTolerance{MinWordSizeForTypos: meilisearch.MinWordSizeForTypos{OneTypo: 5, TwoTypos: 9}},
		PrefixSearch:         &noPrefixes,
		SearchCutoffMs:       250, // below the time a question waits
		Embedders:            map[string]meilisearch.Embedder{embedder: {Source: meilisearch.UserProvidedEmbedderSource, Dimensions: dimensions}},
	}
	if e.URL != "" {
		s.Embedders[meaning] = e.embedder()
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return meilisearch.Settings{}, "", fmt.Errorf("search: settings: %w", err)
	}
	sum := sha256.Sum256(raw)
	return s, hex.EncodeToString(sum[:16]), nil
}
