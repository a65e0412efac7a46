package search

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
)

// MeilisearchOptions say which server to use and how.
type MeilisearchOptions struct {
	URL       string
	Key       string    // may index; the master key makes the search key too
	SearchKey string    // may search only; empty: found or made with Key
	Prefix    string    // of the names of our indexes
	Part      string    // of the name of an index beside the one in use, for an evaluation; searched with Key
	Embedding Embedding // that finds by meaning; none: by words alone
}

// Meilisearch is a knowledge.Index on a Meilisearch server.
//
// A question is asked in two ways at once: as words, which the server segments
// and ranks, and as a lexical vector, which finds entries that share rare terms
// even where the words differ. Both see one state of the index.
type Meilisearch struct {
	o           MeilisearchOptions
	live        string // name of the index that is searched
	keyring     string // name of the index that says which keys are in use
	analyzer    *knowledge.Analyzer
	settings    meilisearch.Settings
	settingsSum string
	admin       meilisearch.ServiceManager
	transport   http.RoundTripper
	searcher    atomic.Pointer[access]
	expected    atomic.Pointer[expectation]
	version     atomic.Pointer[string]
	changing    sync.Mutex // one change of the index at a time
}

// expectation is what the index should hold, analysed when first needed.
type expectation struct {
	entries []knowledge.Entry
	content func() (*content, error)
}

// mostAsked is how many candidates the server is asked for, at most: it compares
// vectors in proportion to their number and then reads a document for each. With
// fewer, right entries that have many variants drop out.
const mostAsked = 40

const (
	askingTakes = 30 * time.Second // at most, for one request that changes or describes
	pollEvery   = 100 * time.Millisecond
)

// NewMeilisearch returns an engine that has not spoken to its server yet.
func NewMeilisearch(o MeilisearchOptions) (*Meilisearch, error) {
	a, err := knowledge.NewAnalyzer()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	m := &Meilisearch{o: o, live: o.Prefix + o.Part + "_entries", keyring: o.Prefix + "_keys", analyzer: a, transport: http.DefaultTransport}
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		own := t.Clone()
		own.DialContext = dial
		own.MaxIdleConnsPerHost = 64 // a burst of questions does not open a connection each
		m.transport = own
	}
	if m.settings, m.settingsSum, err = newSettings(o.Embedding); err != nil {
		return nil, err
	}
	m.admin = m.client(o.Key)
	m.Expect(nil)
	return m, nil
}

// client speaks with one key. It never retries by itself: a question would wait
// too long, and changes are retried as jobs.
func (m *Meilisearch) client(key string) meilisearch.ServiceManager {
	return meilisearch.New(m.o.URL, meilisearch.WithAPIKey(key), meilisearch.DisableRetries(),
		meilisearch.WithCustomClient(&http.Client{Transport: m.transport, Timeout: askingTakes}))
}

// Close lets go of idle connections.
func (m *Meilisearch) Close() {
	if t, ok := m.transport.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

// Expect says what the index should hold, without touching it.
func (m *Meilisearch) Expect(entries []knowledge.Entry) {
	m.expected.Store(&expectation{entries: entries, content: sync.OnceValues(func() (*content, error) { return newContent(m.analyzer, entries) })})
}

func (m *Meilisearch) content() (*content, error) { return m.expected.Load().content() }

// Search implements knowledge.Index.
func (m *Meilisearch) Search(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	t := m.analyzer.Analyse(text)
	if t.Empty() || limit <= 0 {
		return nil, nil
	}
	queries, err := m.queries(text, &t)
	if err != nil || len(queries) == 0 {
		return nil, err
	}
	searcher, err := m.prepared(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := searcher.MultiSearchWithContext(ctx, &meilisearch.MultiSearchRequest{
		Federation: &meilisearch.MultiSearchFederation{Limit: int64(min(limit, mostAsked))}, Queries: queries,
	})
	if code := apiCode(err); code == "invalid_api_key" || code == "missing_authorization_header" {
		m.searcher.Store(nil) // the key was taken away; the next question looks for one again
	}
	if err != nil {
		return nil, fault(ctx, "search", err)
	}
	var hits []struct {
		Entry      string `json:"entry"`
		Federation struct {
			Score float64 `json:"weightedRankingScore"`
		} `json:"_federation"`
	}
	if err := answer.Hits.DecodeInto(&hits); err != nil {
		return nil, fault(ctx, "search", err)
	}
	found := make([]knowledge.Candidate, 0, len(hits))
	for _, h := range hits {
		if h.Entry != "" { // where little is left to find, the server adds what has no vector
			found = append(found, knowledge.Candidate{Entry: h.Entry, Score: h.Federation.Score})
		}
	}
	return found, nil
}

// queries are the two ways to ask. The server looks at ten words of a question
// only, so fillers are dropped and the frequent words yield to the rare ones.
func (m *Meilisearch) queries(text string, t *knowledge.Text) ([]*meilisearch.SearchRequest, error) {
	c, err := m.content()
	if err != nil {
		return nil, err
	}
	var queries []*meilisearch.SearchRequest
	ask := func(q meilisearch.SearchRequest, weight float64) {
		q.IndexUID, q.AttributesToRetrieve, q.ShowRankingScore = m.live, []string{"entry"}, true
		q.FederationOptions = &meilisearch.SearchFederationOptions{Weight: weight}
		queries = append(queries, &q)
	}
	if words := beginning(m.analyzer.Canonical(text)); words != "" {
		ask(meilisearch.SearchRequest{
			Query: words, Locales: []string{chinese}, MatchingStrategy: meilisearch.Frequency,
		}, wordsWeigh)
	}
	if vector := c.vector(t); vector != nil {
		ask(meilisearch.SearchRequest{Vector: vector, Hybrid: &meilisearch.SearchRequestHybrid{SemanticRatio: 1, Embedder: embedder}}, vectorWeighs)
	}
	return queries, nil
}

// beginning is as much of a question as the server is given: it looks at few words, and
// a model of meanings refuses what is long.
func beginning(text string) string {
	const longest = 200 // characters
	rs := []rune(text)
	return string(rs[:min(longest, len(rs))])
}

// How much the two ways to ask count when their results are merged.
const (
	wordsWeigh   = 0.85
	vectorWeighs = 1
)

// fault is err without anything that was sent: a request holds a citizen's
// question, and its headers a key.
func fault(ctx context.Context, what string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("meilisearch: %s: %w", what, ended)
	}
	cause := fmt.Errorf("meilisearch: %s failed", what)
	if e, ok := errors.AsType[*meilisearch.Error](err); ok {
		var address *url.Error
		switch {
		case e.MeilisearchApiError.Code != "":
			cause = fmt.Errorf("meilisearch: %s: status %d, %s", what, e.StatusCode, e.MeilisearchApiError.Code)
		case errors.As(e.OriginError, &address):
			cause = fmt.Errorf("meilisearch: %s: %w", what, address.Err)
		case e.StatusCode != 0:
			cause = fmt.Errorf("meilisearch: %s: status %d", what, e.StatusCode)
		}
	}
	return problem.New(problem.Unavailable, "search.meilisearch", "检索服务暂时不可用。").Because(cause)
}

// apiCode is the code the server gave for err, or "".
func apiCode(err error) string {
	if e, ok := errors.AsType[*meilisearch.Error](err); ok {
		return e.MeilisearchApiError.Code
	}
	return ""
}
