package search

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"jiesu/internal/desk/knowledge"
)

// embedder is the name lexical vectors are kept under.
const embedder = "lexical"

// aboutKey is the key of the one document that says what an index holds. It
// has no searchable text and no vector, so no search finds it.
const aboutKey = "about"

// document is an entry as Meilisearch keeps it.
type document struct {
	Key       string         `json:"key"` // of the entry id, in the letters Meilisearch allows
	Entry     string         `json:"entry"`
	Question  string         `json:"question"`
	Variants  []string       `json:"variants"`
	Keywords  []string       `json:"keywords"`
	Answer    string         `json:"answer"`
	Canonical []string       `json:"canonical"` // question and variants, synonyms as one word
	Category  string         `json:"category"`
	Audience  string         `json:"audience"`
	Hash      string         `json:"hash"` // of everything else
	Vectors   map[string]any `json:"_vectors"`
}

// about is the document under aboutKey.
type about struct {
	Key      string         `json:"key"`
	Library  string         `json:"library"`  // fingerprint of all documents
	Settings string         `json:"settings"` // fingerprint of the settings
	Entries  int            `json:"entries"`
	Vectors  map[string]any `json:"_vectors"`
}

// content is what an index should hold. It keeps what is needed to compare and
// to ask; documents are made again when they are sent.
type content struct {
	entries []knowledge.Entry // by key
	keys    []string          // ascending
	hashes  map[string]string // by key
	rarity  map[knowledge.Term]float32
	library string // fingerprint
}

// newContent analyses the entries; of two with one id the later wins.
func newContent(a *knowledge.Analyzer, entries []knowledge.Entry) (*content, error) {
	byKey := make(map[string]knowledge.Entry, len(entries))
	for i := range entries {
		byKey[keyOf(entries[i].ID)] = entries[i]
	}
	c := &content{keys: slices.Sorted(maps.Keys(byKey)), hashes: make(map[string]string, len(byKey))}
	frequency, sum := map[knowledge.Term]int{}, sha256.New()
	for _, key := range c.keys {
		e := byKey[key]
		d, telling, err := newDocument(a, &e)
		if err != nil {
			return nil, err
		}
		for _, t := range telling {
			frequency[t]++
		}
		c.entries, c.hashes[key] = append(c.entries, e), d.Hash
		_, _ = fmt.Fprintln(sum, key, d.Hash) // a hash takes everything
	}
	c.library = hex.EncodeToString(sum.Sum(nil)[:16])
	c.rarity = make(map[knowledge.Term]float32, len(frequency))
	for t, n := range frequency {
		all, f := float64(len(c.keys)), float64(n)
		c.rarity[t] = float32(math.Log(1 + (all-f+0.5)/(f+0.5)))
	}
	return c, nil
}

func newDocument(a *knowledge.Analyzer, e *knowledge.Entry) (document, []knowledge.Term, error) {
	vector, telling := vectorOf(a, e)
	d := document{
		Key: keyOf(e.ID), Entry: e.ID, Question: e.Question, Variants: e.Variants, Keywords: e.Keywords, Answer: e.Answer,
		Canonical: []string{a.Canonical(e.Question)}, Category: e.Category, Audience: e.Audience,
		Vectors: map[string]any{embedder: vector},
	}
	for _, v := range e.Variants {
		d.Canonical = append(d.Canonical, a.Canonical(v))
	}
	if !slices.ContainsFunc(vector, func(n int) bool { return n != 0 }) {
		d.Vectors[embedder] = nil // nothing is nearest to nowhere
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return document{}, nil, fmt.Errorf("search: document of %s: %w", e.ID, err)
	}
	sum := sha256.Sum256(raw)
	d.Hash = hex.EncodeToString(sum[:16])
	return d, telling, nil
}

// keyOf is the id of an entry's document; entry ids may hold what document ids
// may not.
func keyOf(entry string) string {
	sum := sha256.Sum256([]byte(entry))
	return "e" + hex.EncodeToString(sum[:16])
}

// vector is the question as a lexical vector, rare terms first; nil where the
// content has none of its terms.
func (c *content) vector(t *knowledge.Text) []float32 {
	v, found := make([]float32, dimensions), false
	for _, terms := range t.Terms {
		for _, term := range terms {
			if r, ok := c.rarity[term]; ok {
				spread(v, term, r)
				found = true
			}
		}
	}
	if !found {
		return nil
	}
	return v
}

// changed is the content after an update.
func (c *content) changed(a *knowledge.Analyzer, upserts []knowledge.Entry, deletes []string) (*content, error) {
	gone := make(map[string]bool, len(deletes))
	for _, id := range deletes {
		gone[id] = true
	}
	kept := slices.DeleteFunc(slices.Clone(c.entries), func(e knowledge.Entry) bool { return gone[e.ID] })
	return newContent(a, append(kept, upserts...))
}

// about is the document that says the index holds c.
func (m *Meilisearch) about(c *content) about {
	a := about{Key: aboutKey, Library: c.library, Settings: m.settingsSum, Entries: len(c.keys), Vectors: map[string]any{}}
	for name := range m.settings.Embedders {
		a.Vectors[name] = nil // or the server would ask for one
	}
	return a
}
