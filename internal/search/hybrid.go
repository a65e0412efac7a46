package search

import (
	"context"
	"errors"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/trace"
)

// Embedding is a model of meanings that the Meilisearch server asks by itself, with
// texts of the library when it indexes them and with a question when it searches.
type Embedding struct {
	URL   string // OpenAI-compatible base, as the server reaches it; empty: none
	Model string
	Key   string // may be empty
}

// meaning is the name the vectors of the model are kept under.
const meaning = "meaning"

// embedder is how the server asks. An entry has one vector, of its question and
// variants; what is longer than models take is cut off.
func (e Embedding) embedder() meilisearch.Embedder {
	const longest = 1000 // bytes
	return meilisearch.Embedder{
		Source: meilisearch.RestEmbedderSource, URL: e.URL + "/embeddings", APIKey: e.Key,
		DocumentTemplate:         "{{ doc.question }}{% for variant in doc.variants %}\n{{ variant }}{% endfor %}",
		DocumentTemplateMaxBytes: longest,
		Request:                  map[string]any{"model": e.Model, "input": []string{"{{text}}", "{{..}}"}},
		Response:                 map[string]any{"data": []any{map[string]string{"embedding": "{{embedding}}"}, "{{..}}"}},
	}
}

// Near finds entries by meaning alone, best first. Without an embedder there are none.
func (m *Meilisearch) Near(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error) {
	if m.o.Embedding.URL == "" {
		return nil, nil
	}
	searcher, err := m.prepared(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := searcher.Index(m.live).SearchWithContext(ctx, beginning(text), &meilisearch.SearchRequest{
		Hybrid: &meilisearch.SearchRequestHybrid{SemanticRatio: 1, Embedder: meaning},
		Limit:  int64(limit), AttributesToRetrieve: []string{"entry"}, ShowRankingScore: true,
	})
	if err != nil {
		return nil, fault(ctx, "embedder", err)
	}
	var hits []struct {
		Entry string  `json:"entry"`
		Score float64 `json:"_rankingScore"`
	}
	if err := answer.Hits.DecodeInto(&hits); err != nil {
		return nil, fault(ctx, "embedder", err)
	}
	var found []knowledge.Candidate
	for _, h := range hits {
		if h.Entry != "" { // where little is left to find, the server adds what has no vector
			found = append(found, knowledge.Candidate{Entry: h.Entry, Score: h.Score})
		}
	}
	return found, nil
}

// Nearest finds entries by meaning; *Meilisearch fulfils it.
type Nearest interface {
	Near(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error)
}

// mostNear is how many entries are asked for by meaning: the nearest say what there
// is to say, and each is compared.
const mostNear = 10

// HybridOptions make a hybrid index.
type HybridOptions struct {
	Words  knowledge.Index
	Near   Nearest
	Within time.Duration // for the entries found by meaning, from when the question came
	Now    func() time.Time
}

// Hybrid is a knowledge.Index that lays what is near in meaning behind all that an
// index by words found. It asks for both at once. An embedder that is late or down
// takes nothing away and, after some failures in a row, is asked from time to time
// only.
type Hybrid struct {
	o        HybridOptions
	gate     gate
	observed func(engine, outcome string)
}

// NewHybrid returns an index over another, whose content is its own.
func NewHybrid(o HybridOptions) *Hybrid {
	return &Hybrid{o: o, gate: gate{trusted: true}, observed: func(string, string) {}}
}

// ObserveWith sets who is told of every search by meaning: the engine (meaning) and
// the outcome (ok, late, failed, or spared where it failed before). Call it before
// the first search.
func (h *Hybrid) ObserveWith(observed func(engine, outcome string)) { h.observed = observed }

// Replace implements knowledge.Index.
func (h *Hybrid) Replace(ctx context.Context, entries []knowledge.Entry) error {
	return h.o.Words.Replace(ctx, entries)
}

// Search implements knowledge.Index.
func (h *Hybrid) Search(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error) {
	near := make(chan []knowledge.Candidate, 1)
	go func() { near <- h.near(ctx, text) }()
	found, err := h.o.Words.Search(ctx, text, limit)
	if err != nil {
		return nil, err
	}
	return joined(found, <-near, limit), nil
}

// near is what the embedder finds in time, or nothing.
func (h *Hybrid) near(ctx context.Context, text string) []knowledge.Candidate {
	if !h.gate.enter(h.o.Now()) {
		h.observed(meaning, "spared")
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, h.o.Within)
	defer cancel()
	traced, span := trace.Search(limited, meaning)
	found, err := h.o.Near.Near(traced, text, mostNear)
	span.End(err)
	switch {
	case err == nil:
		h.gate.succeeded()
		h.observed(meaning, "ok")
	case ctx.Err() != nil: // whoever asked has gone: that says nothing about the embedder
		h.gate.abandoned()
	default:
		h.gate.failed(h.o.Now())
		outcome := "failed"
		if errors.Is(err, context.DeadlineExceeded) {
			outcome = "late"
		}
		h.observed(meaning, outcome)
	}
	return found
}

// joined lays those of near that were not found yet behind found, as far as there is
// room. Scores of two engines are not comparable: only the order means anything.
func joined(found, near []knowledge.Candidate, limit int) []knowledge.Candidate {
	known := make(map[string]bool, len(found))
	last := 1.0
	for _, c := range found {
		known[c.Entry], last = true, c.Score
	}
	for _, c := range near {
		if len(found) < limit && !known[c.Entry] {
			found = append(found, knowledge.Candidate{Entry: c.Entry, Score: last * c.Score})
		}
	}
	return found
}
