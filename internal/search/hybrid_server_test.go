package search_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
	"jiesu/internal/search/searchtest"
)

// place puts texts anywhere, but those about dogs near each other.
func place(text string) []float64 {
	sum := sha256.Sum256([]byte(text))
	v := make([]float64, len(sum))
	for i, b := range sum {
		v[i] = float64(b)/128 - 1
	}
	if strings.Contains(text, "狗") || strings.Contains(text, "毛孩子") {
		v[0] += 10
	}
	return v
}

// model embeds texts for those who have its key.
type model struct {
	*httptest.Server
	down  atomic.Bool
	mu    sync.Mutex
	asked map[string]int // texts by name of the model
}

func newModel(t *testing.T) *model {
	t.Helper()
	m := &model{asked: map[string]int{}}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil || r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer geheim-embedder" || m.down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		m.mu.Lock()
		m.asked[request.Model] += len(request.Input)
		m.mu.Unlock()
		type vector struct {
			Index     int       `json:"index"`
			Embedding []float64 `json:"embedding"`
		}
		var vectors []vector
		for i, text := range request.Input {
			vectors = append(vectors, vector{i, place(text)})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": vectors})
	}))
	t.Cleanup(m.Close)
	return m
}

// texts is how many texts a model was asked for.
func (m *model) texts(name string) int { m.mu.Lock(); defer m.mu.Unlock(); return m.asked[name] }

// TestHybridOnAServer finds by meaning on a real server, which asks a model: that of
// the test.
func TestHybridOnAServer(t *testing.T) {
	t.Parallel()
	s, e := ownServer(t), newModel(t)
	s.start(filepath.Join(t.TempDir(), "data"), "--experimental-allowed-ip-networks", "127.0.0.0/8")
	const question = "毛孩子怎么登记"
	entries := searchtest.Entries()
	for i := range 60 { // that share more words with the question than the answer does
		entries = append(entries, knowledge.Entry{ID: fmt.Sprintf("room-%d", i), Question: fmt.Sprintf("%d号窗口怎么登记？", i)})
	}
	one := s.engine(search.Embedding{URL: e.URL + "/v1", Model: "one", Key: "geheim-embedder"})
	if err := one.Replace(t.Context(), entries); err != nil {
		t.Fatal(err)
	}
	if n := e.texts("one"); n < len(entries) || n > len(entries)+5 {
		t.Errorf("the model was asked for %d texts of %d entries", n, len(entries))
	}
	byWords, err := one.Search(t.Context(), question, 80)
	if err != nil || strings.Contains(ids(byWords), "dog-licence") {
		t.Fatalf("by words: found %v, error %v", byWords, err)
	}
	both, err := inTime(t, one, question)
	if err != nil || len(both) <= len(byWords) || !slices.Equal(both[:len(byWords)], byWords) || both[len(byWords)].Entry != "dog-licence" {
		t.Errorf("found %s, error %v, wanted all of %s and then dog-licence", ids(both), err, ids(byWords))
	}
	e.down.Store(true)
	h, counts := hybrid(one, one, 10*time.Second)
	for range 4 {
		if found, err := h.Search(t.Context(), question, 80); err != nil || !slices.Equal(found, byWords) {
			t.Errorf("without the model: found %s, error %v, wanted what words find", ids(found), err)
		}
	}
	if counts["meaning failed"]+counts["meaning late"] != 3 || counts["meaning spared"] != 1 {
		t.Errorf("without the model: %v", counts)
	}
	_, err = one.Near(t.Context(), question, 1)
	if err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "毛孩子") {
		t.Errorf("error %v", err)
	}
	e.down.Store(false)
	s.anotherModel(e, entries, question)
}

// inTime asks until the model answered in the time the server gives it, which a
// machine at work may take a few questions for.
func inTime(t *testing.T, m *search.Meilisearch, question string) (found []knowledge.Candidate, err error) {
	t.Helper()
	for range 50 {
		h, counts := hybrid(m, m, 10*time.Second)
		if found, err = h.Search(t.Context(), question, 80); counts["meaning ok"] > 0 {
			break
		}
	}
	return found, err
}

// anotherModel has a process with other settings build its index while another asks.
func (s *server) anotherModel(e *model, entries []knowledge.Entry, question string) {
	t, done := s.t, make(chan struct{})
	one := s.engine(search.Embedding{URL: e.URL + "/v1", Model: "one", Key: "geheim-embedder"})
	h, _ := hybrid(one, one, 10*time.Second)
	one.Expect(entries)
	two := s.engine(search.Embedding{URL: e.URL + "/v1", Model: "two", Key: "geheim-embedder"})
	two.Expect(entries)
	var asking sync.WaitGroup
	asking.Go(func() { // nobody may notice
		for {
			if found, err := h.Search(t.Context(), question, 80); err != nil || !strings.HasPrefix(ids(found), "room-") {
				t.Errorf("meanwhile: found %v, error %v", found, err)
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	did, err := two.Sync(t.Context())
	close(done)
	asking.Wait()
	if err != nil || !did.Rebuilt || e.texts("two") < len(entries) {
		t.Errorf("did %+v, error %v, the model embedded %d texts", did, err, e.texts("two"))
	}
	if state, err := two.Check(t.Context()); err != nil || !state.InStep {
		t.Errorf("%s, error %v", state, err)
	}
	before := e.texts("two")
	if found, err := inTime(t, two, question); err != nil || !strings.Contains(ids(found), "dog-licence") || e.texts("two") == before {
		t.Errorf("found %v, error %v", found, err)
	}
}
