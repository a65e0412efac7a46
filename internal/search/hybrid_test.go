package search_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
	"jiesu/internal/search/searchtest"
)

// words answers at once.
type words struct {
	knowledge.Index

	found []knowledge.Candidate
	err   error
}

func (w *words) Search(context.Context, string, int) ([]knowledge.Candidate, error) {
	return slices.Clone(w.found), w.err
}

// near answers after a while, or not.
type near struct {
	takes time.Duration
	found []knowledge.Candidate
	err   error
}

func (n *near) Near(ctx context.Context, _ string, _ int) ([]knowledge.Candidate, error) {
	select {
	case <-time.After(n.takes):
		return n.found, n.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func ids(found []knowledge.Candidate) string {
	var all []string
	for _, c := range found {
		all = append(all, c.Entry)
	}
	return strings.Join(all, " ")
}

// hybrid is an index over w and n, with what was counted.
func hybrid(w knowledge.Index, n search.Nearest, within time.Duration) (*search.Hybrid, map[string]int) {
	h, counts := search.NewHybrid(search.HybridOptions{Words: w, Near: n, Within: within, Now: time.Now}), map[string]int{}
	h.ObserveWith(func(engine, outcome string) { counts[engine+" "+outcome]++ })
	return h, counts
}

func TestMeaningLiesBehindAllThatWordsFound(t *testing.T) {
	t.Parallel()
	w := &words{found: []knowledge.Candidate{{Entry: "a", Score: 3}, {Entry: "b", Score: 2}}}
	n := &near{found: []knowledge.Candidate{{Entry: "c", Score: 0.9}, {Entry: "b", Score: 0.8}, {Entry: "d", Score: 0.7}}}
	h, _ := hybrid(w, n, time.Minute)
	for limit, want := range map[int]string{10: "a b c d", 3: "a b c", 2: "a b"} {
		found, err := h.Search(t.Context(), "？", limit)
		if err != nil || ids(found) != want || !slices.IsSortedFunc(found, func(a, b knowledge.Candidate) int { return int(10 * (b.Score - a.Score)) }) {
			t.Errorf("limit %d: found %v, error %v, wanted %s", limit, found, err, want)
		}
	}
	w.err = errors.New("no words")
	if found, err := h.Search(t.Context(), "？", 10); !errors.Is(err, w.err) || found != nil {
		t.Errorf("found %v, error %v", found, err)
	}
}

// An embedder that hangs or fails delays three questions at most, and is asked
// again later.
func TestAnEmbedderThatIsAwayTakesNothingAway(t *testing.T) {
	t.Parallel()
	for what, n := range map[string]*near{"late": {takes: time.Hour}, "failed": {err: errors.New("503")}} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const within = 150 * time.Millisecond
				h, counts := hybrid(&words{found: []knowledge.Candidate{{Entry: "a", Score: 1}}}, n, within)
				ask := func(want string) {
					t.Helper()
					if found, err := h.Search(t.Context(), "？", 10); err != nil || ids(found) != want {
						t.Errorf("found %v, error %v, wanted %s", found, err, want)
					}
				}
				from := time.Now()
				for range 10 {
					ask("a")
				}
				if took := time.Since(from); took > 3*within || counts["meaning "+what] != 3 || counts["meaning spared"] != 7 {
					t.Errorf("ten questions took %v: %v", took, counts)
				}
				*n = near{found: []knowledge.Candidate{{Entry: "b", Score: 1}}}
				time.Sleep(20 * time.Second) // of the bubble
				ask("a b")
				ask("a b")
			})
		})
	}
}

// What the server is told: how to ask the model, and that the document which is no
// entry wants no vector.
func TestTheServerIsToldOfTheEmbedder(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	o := search.MeilisearchOptions{Key: fakeAdmin, Embedding: search.Embedding{URL: "http://model.example/v1", Model: "bge", Key: "geheim-embedder"}}
	m := filled(t, f, o)
	var settings struct{ Embedders map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(f.settings), &settings); err != nil {
		t.Fatal(err)
	}
	meaning := string(settings.Embedders["meaning"])
	for _, want := range []string{
		`"source":"rest"`, `"url":"http://model.example/v1/embeddings"`, `"apiKey":"geheim-embedder"`, `"model":"bge"`, `"input":["{{text}}","{{..}}"]`,
		`"data":[{"embedding":"{{embedding}}"},"{{..}}"]`, `doc.variants`,
	} {
		if !strings.Contains(meaning, want) {
			t.Errorf("the server was not told %s: %s", want, meaning)
		}
	}
	if about := string(f.indexes["jiesu_entries"]["about"]); !strings.Contains(about, `"meaning":null`) || !strings.Contains(about, `"lexical":null`) {
		t.Errorf("about is %s", about)
	}
	f.set(func() {
		f.found = `{"hits":[{"entry":"dog-licence","_rankingScore":0.9},{"_rankingScore":0}]}`
	})
	if found, err := m.Near(t.Context(), "毛孩子"+strings.Repeat("怎么登记", 1250), 5); err != nil || ids(found) != "dog-licence" {
		t.Errorf("found %v, error %v", found, err)
	}
	if utf8.RuneCountInString(f.asked) > 500 { // models refuse what is long
		t.Errorf("asked with %d characters", utf8.RuneCountInString(f.asked))
	}
	if !strings.Contains(f.asked, `"semanticRatio":1`) || !strings.Contains(f.asked, `"embedder":"meaning"`) || !strings.Contains(f.asked, "毛孩子") {
		t.Errorf("asked %s", f.asked)
	}
	for what, e := range map[string]search.Embedding{"none": {}, "another model": {URL: o.Embedding.URL, Model: "gte"}, "another key": {URL: o.Embedding.URL, Model: "bge", Key: "new"}} {
		o.Embedding = e
		other := f.engine(o)
		other.Expect(searchtest.Entries())
		if s, err := other.Check(t.Context()); err != nil || !s.Rebuilding {
			t.Errorf("%s: %s, error %v: the index must be built anew", what, s, err)
		}
	}
	f.Close()
	if _, err := m.Near(t.Context(), "毛孩子", 5); err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "毛孩子") {
		t.Errorf("error %v", err)
	}
}
